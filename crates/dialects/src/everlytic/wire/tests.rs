use super::*;
use http::{HeaderMap, Method};
use std::net::{IpAddr, Ipv4Addr};

fn request(accept: &[&str]) -> Request {
    let mut headers = HeaderMap::new();
    for value in accept {
        headers.append(header::ACCEPT, HeaderValue::from_str(value).unwrap());
    }
    Request {
        method: Method::GET,
        path: String::new(),
        query: None,
        headers,
        body: Bytes::new(),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        base_url: "https://crm.example/t/acme".to_owned(),
        tenant: None,
        id: String::new(),
    }
}

fn links(query: &str, page: u64, more: bool) -> Vec<(&'static str, String)> {
    let parameters = form::parse(query.as_bytes(), &form::Limits::default()).unwrap();
    page_links(&request(&[]), &parameters, page, more).into_iter().map(|link| (link.rel, link.href)).collect()
}

#[test]
fn pages_link_to_their_neighbours() {
    let address = |rest: &str| format!("https://crm.example/t/acme/api/2.0/{rest}");
    assert_eq!(links("", 1, false), [("self", address("customers")), ("home", address(""))]);
    assert_eq!(
        links("page=2&filter[name]=A%26*&count=5", 2, true),
        [
            ("self", address("customers?page=2&filter%5Bname%5D=A%26%2A&count=5")),
            ("home", address("")),
            ("next", address("customers?filter%5Bname%5D=A%26%2A&count=5&page=3")),
            ("prev", address("customers?filter%5Bname%5D=A%26%2A&count=5&page=1")),
        ]
    );
    assert_eq!(links("page=2", 2, false)[2..], [("prev", address("customers?page=1"))]);
}

#[test]
fn links_have_the_vendors_titles() {
    let titles = |links: Vec<Link>| links.iter().map(|link| link.title).collect::<Vec<_>>();
    assert_eq!(titles(customer_links(&request(&[]), 7)), ["Self", "Home", "ListEntity"]);
    assert_eq!(titles(page_links(&request(&[]), &vec![], 2, true)), ["Self", "Home", "Next", "Previous"]);
}

#[test]
fn xml_is_for_those_who_prefer_it() {
    for (accept, xml) in [
        (&[][..], false),
        (&["*/*"], false),
        (&["application/xml"], true),
        (&["application/xml", "application/json"], false),
        (&["application/json;q=0.1", "application/xml"], true),
        (&["text/html"], false),
    ] {
        let response = answer(&request(accept), StatusCode::OK, &[], &Content::Done);
        let expected = if xml { XML } else { JSON };
        assert_eq!(response.headers().get(header::CONTENT_TYPE), Some(&expected), "{accept:?}");
    }
}

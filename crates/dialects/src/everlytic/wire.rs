//! The vendor's answers, in JSON or XML: links, and one of item, collection or error.

pub(super) mod body;

use super::BASE;
use super::fields::{PROPERTIES, Problem, Shown};
use crate::Request;
use bytes::Bytes;
use domain::Customer;
use http::{HeaderValue, Response, StatusCode, header};
use wire::form;
use wire::json::{ObjectWriter, write_object};
use wire::negotiate::prefers_xml;
use wire::write::XmlWriter;

/// Where to go from here, by what is there.
#[derive(Debug, PartialEq)]
pub(super) struct Link {
    title: &'static str,
    rel: &'static str,
    href: String,
}

impl Link {
    fn new(rel: &'static str, href: String) -> Self {
        let title = match rel {
            "self" => "Self",
            "home" => "Home",
            "next" => "Next",
            "prev" => "Previous",
            _ => "ListEntity",
        };
        Self { title, rel, href }
    }
}

/// The address of a customer.
pub(super) fn href(request: &Request, id: i64) -> String {
    format!("{}{BASE}/customers/{id}", request.base_url)
}

fn home(request: &Request) -> String {
    format!("{}{BASE}/", request.base_url)
}

fn list(request: &Request) -> String {
    format!("{}{BASE}/customers", request.base_url)
}

/// The links of the root.
pub(super) fn root_links(request: &Request) -> Vec<Link> {
    vec![Link::new("self", home(request)), Link::new("home", home(request)), Link::new("collection", list(request))]
}

/// The links of a customer.
pub(super) fn customer_links(request: &Request, id: i64) -> Vec<Link> {
    vec![Link::new("self", href(request, id)), Link::new("home", home(request)), Link::new("collection", list(request))]
}

/// The links of a page. Those to its neighbours repeat all parameters but the number of the page.
pub(super) fn page_links(request: &Request, parameters: &form::Pairs<'_>, page: u64, more: bool) -> Vec<Link> {
    let encode = |keep: fn(&str) -> bool| {
        let kept = parameters.iter().map(|(name, value)| (&**name, &**value)).filter(|(name, _)| keep(name));
        form::encode(kept)
    };
    let address = |query: &str| list(request) + if query.is_empty() { "" } else { "?" } + query;
    let rest = encode(|name| name != "page");
    let separator = if rest.is_empty() { "" } else { "&" };
    let neighbour = |page: u64| address(&format!("{rest}{separator}page={page}"));
    let mut links = vec![Link::new("self", address(&encode(|_| true))), Link::new("home", home(request))];
    if more {
        links.push(Link::new("next", neighbour(page.saturating_add(1))));
    }
    if page > 1 {
        links.push(Link::new("prev", neighbour(page - 1)));
    }
    links
}

/// What an answer holds beside its links.
pub(super) enum Content<'a> {
    /// Nothing.
    Nothing,
    /// That it is done.
    Done,
    /// One customer.
    Item(&'a Customer),
    /// A page of customers.
    Collection(&'a [Customer]),
}

/// An answer in the format that the request prefers.
pub(super) fn answer(request: &Request, status: StatusCode, links: &[Link], content: &Content<'_>) -> Response<Bytes> {
    if wants_xml(request) {
        respond(status, XML, answer_xml(links, content))
    } else {
        respond(status, JSON, answer_json(links, content))
    }
}

fn answer_json(links: &[Link], content: &Content<'_>) -> String {
    let mut body = String::with_capacity(1_024);
    write_object(&mut body, |answer| {
        answer.list("links", |list| {
            for Link { title, rel, href } in links {
                list.object(|link| {
                    link.put("title", title).put("rel", rel).put("href", href);
                });
            }
        });
        match content {
            Content::Nothing => answer,
            Content::Done => answer.object("item", |item| {
                item.put("boolean", true);
            }),
            Content::Item(customer) => answer.object("item", |item| put_properties(item, customer)),
            Content::Collection(customers) => answer.list("collection", |list| {
                for customer in *customers {
                    list.object(|element| {
                        element.object("data", |data| put_properties(data, customer));
                    });
                }
            }),
        };
    });
    body
}

fn put_properties(object: &mut ObjectWriter<'_>, customer: &Customer) {
    for property in &PROPERTIES {
        match property.show(customer) {
            Shown::Text(text) => object.put(property.name, text),
            Shown::Number(number) => object.put(property.name, number),
        };
    }
}

/// No page of the vendor shows its XML: each member of the JSON is an element, each link has attributes.
fn answer_xml(links: &[Link], content: &Content<'_>) -> String {
    let mut xml = XmlWriter::document();
    xml.start("response");
    xml.start("links");
    for Link { title, rel, href } in links {
        xml.start("link").attribute("title", title).attribute("rel", rel).attribute("href", href);
        xml.end();
    }
    xml.end();
    match content {
        Content::Nothing => {}
        Content::Done => {
            xml.start("item");
            xml.element("boolean", "true");
        }
        Content::Item(customer) => {
            xml.start("item");
            elements(&mut xml, customer);
        }
        Content::Collection(customers) => {
            xml.start("collection");
            for customer in *customers {
                xml.start("element");
                xml.start("data");
                elements(&mut xml, customer);
                xml.end().end();
            }
        }
    }
    xml.finish()
}

fn elements(xml: &mut XmlWriter<'_>, customer: &Customer) {
    for property in &PROPERTIES {
        match property.show(customer) {
            Shown::Text(text) => xml.element(property.name, &text),
            Shown::Number(number) => xml.element(property.name, itoa::Buffer::new().format(number)),
        };
    }
}

/// A refusal in the format that the request prefers.
pub(super) fn error(request: &Request, status: StatusCode, sentence: &str, problems: &[Problem]) -> Response<Bytes> {
    let code = i64::from(status.as_u16());
    if wants_xml(request) {
        let mut xml = XmlWriter::document();
        xml.start("response");
        xml.start("error");
        xml.element("code", itoa::Buffer::new().format(code)).element("message", sentence);
        if !problems.is_empty() {
            xml.start("fields");
            for problem in problems {
                xml.element(problem.property, &problem.sentence);
            }
        }
        return respond(status, XML, xml.finish());
    }
    let mut body = String::with_capacity(256);
    write_object(&mut body, |answer| {
        answer.object("error", |error| {
            error.put("code", code).put("message", sentence);
            if !problems.is_empty() {
                error.object("fields", |fields| {
                    for problem in problems {
                        fields.put(problem.property, &problem.sentence);
                    }
                });
            }
        });
    });
    respond(status, JSON, body)
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");

fn wants_xml(request: &Request) -> bool {
    let mut headers = request.headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accept = headers.next().map(|first| headers.fold(first.to_owned(), |all, next| all + "," + next));
    prefers_xml(accept.as_deref())
}

fn respond(status: StatusCode, media_type: HeaderValue, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

#[cfg(test)]
mod tests;

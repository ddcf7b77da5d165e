//! The inspector as people and programs see it: what it keeps of calls, what it shows, and what it forgets.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use support::visitor::{FORM, Visitor, change, demo};
use support::{Launch, bytes_beside};

#[test]
fn the_inspector_shows_no_secret_of_any_dialect() {
    const SECRET: &str = "canary-4711";
    const XML: (&str, &str) = ("Content-Type", "text/xml; charset=utf-8");
    const JSON: (&str, &str) = ("Content-Type", "application/json");
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let soap =
        |body: &str| format!("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{body}</s:Envelope>");
    let tf = ("/api/customer/set_customer_details", "PATCH");
    let bing = "/Api/CustomerManagement/v11/CustomerManagementService.svc";
    let ticket = "/scripts/SOAP?action=ticket";
    let header = format!("Bearer {SECRET}");
    let calls = [
        (
            tf.1,
            tf.0,
            vec![("api-username", "tf_admin"), ("api-key", SECRET), FORM[0]],
            format!("customer_id=191&password={SECRET}"),
        ),
        ("PATCH", "/v1/customers/10", vec![("Authorization", &header), JSON], format!(r#"{{"password":"{SECRET}"}}"#)),
        ("PATCH", "/v1/customers/10", vec![JSON], format!(r#"[{{"op":"add","path":"/password","value":"{SECRET}"}}]"#)),
        ("PATCH", "/v1/customers/10", vec![JSON], format!(r#"{{"password":"{SECRET}""#)),
        (
            "PUT",
            "/api/2.0/customers/7",
            vec![("Authorization", "Basic Y2FuYXJ5"), JSON],
            format!(r#"{{"password":"{SECRET}"}}"#),
        ),
        (
            "POST",
            "/api/2.0/xmlrpc",
            vec![XML],
            format!(
                "<methodCall><methodName>UpdateCustomer</methodName><params><param><value><struct><member><name>password</name>\
             <value><string>{SECRET}</string></value></member></struct></value></param></params></methodCall>"
            ),
        ),
        (
            "POST",
            ticket,
            vec![XML],
            soap(&format!(
                "<s:Body><t:login xmlns:t=\"urn:ticket\"><userName>egon</userName><password>{SECRET}</password></t:login></s:Body>"
            )),
        ),
        (
            "POST",
            ticket,
            vec![XML],
            soap(&format!(
                "<s:Body><t:setCustomer xmlns:t=\"urn:ticket\"><sessionKey>{SECRET}</sessionKey><customerId>10</customerId>\
             <customerValues><item><field>password</field><value>{SECRET}</value></item></customerValues></t:setCustomer></s:Body>"
            )),
        ),
        (
            "POST",
            bing,
            vec![XML],
            soap(&format!(
                "<s:Header><DeveloperToken>{SECRET}</DeveloperToken><Password>{SECRET}</Password><UserName>x</UserName>\
             </s:Header><s:Body><GetCustomerRequest><CustomerId>10</CustomerId></GetCustomerRequest></s:Body>"
            )),
        ),
    ];
    let how_many = calls.len();
    for (method, path, headers, body) in calls {
        server.client().call(method, path, &headers, &body).unwrap();
    }
    // A key and a session are shown once, to those who asked for them: not here.
    let bearer = [("Authorization", "Bearer demo-admin-token"), JSON];
    let key = server.client().call("POST", "/v1/keys", &bearer, r#"{"username":"k","role":"viewer"}"#).unwrap();
    let key = key.json()["key"].as_str().unwrap().to_owned();
    for number in 1..=how_many + 1 {
        let page = admin.get(&format!("/console/inspector/{number}"));
        assert_eq!(page.status, 200, "{number}");
        assert!(!page.text().contains(SECRET) && !page.text().contains(&key), "call {number}:\n{}", page.text());
    }
    assert!(!admin.get("/console/inspector").text().contains(SECRET));
}

#[test]
fn a_call_becomes_a_fixture_and_its_departures_are_told() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let headers = [
        ("api-username", "tf_admin"),
        ("api-key", "44b5498dbcb481a0d00b404c0169af62"),
        FORM[0],
        ("X-Request-Id", "it"),
    ];
    let path = "/api/customer/set_customer_details";
    assert_eq!(server.client().call("PATCH", path, &headers, "customer_id=191&zip=66666").unwrap().status, 200);
    let page = admin.get("/console/requests/IT");
    let address = page.header("location").unwrap().to_owned();
    let file = admin.get(&format!("{address}/fixture"));
    assert!(file.header("content-disposition").unwrap().ends_with("trackfinity-set_customer_details.http\""));
    let (asked, answered) = file.text().split_once("\n---\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(asked.starts_with("# ") && asked.contains("\nPATCH /api/customer/set_customer_details HTTP/1.1\nHost: "));
    assert!(asked.contains("\napi-key: •••\n") && asked.ends_with("\n\ncustomer_id=191&zip=66666"), "{asked}");
    assert_eq!(answered, "HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\n\ntrue\n");
    // The pages have the method's name in another place: a note for whoever builds on it.
    let soap = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><t:login xmlns:t=\"urn:ticket\">\
                <USERNAME>egon</USERNAME><password>banken</password></t:login></s:Body></s:Envelope>";
    let headers = [("Content-Type", "text/xml; charset=utf-8"), ("X-Request-Id", "noted")];
    assert_eq!(server.client().call("POST", "/scripts/SOAP?action=ticket", &headers, soap).unwrap().status, 200);
    let address = admin.get("/console/requests/noted").header("location").unwrap().to_owned();
    let page = admin.get(&address).text();
    assert!(page.contains("The parameter USERNAME is taken as"), "{page}");
}

#[test]
fn a_replay_is_for_those_who_operate_the_server_and_only_where_the_call_was() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let bearer = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
    let body = r#"{"username":"agent","password":"pw","role":"agent","dialects":["console"]}"#;
    assert_eq!(server.client().call("POST", "/v1/users", &bearer, body).unwrap().status, 201);
    assert_eq!(server.client().call("GET", "/v1/customers/10", &bearer, "").unwrap().status, 200);
    let csrf = format!("csrf={}", admin.token());
    let send = |body: &str| admin.post("/console/inspector/1/replay", &[], &format!("{csrf}&{body}"));
    assert_eq!(send("target=%2Fapi%2F2.0%2Fcustomers%2F7").status, 422, "another dialect");
    assert_eq!(send("target=%2Fconsole").status, 422);
    assert_eq!(send("target=%2Fv1%2Fusers&headers=no+header").status, 422);
    assert_eq!(send("target=%2Fv1%2Fusers&for_good=true").status, 422, "not confirmed");
    let made = send("target=%2Fv1%2Fusers&body=%7B%22username%22%3A%22x%22%2C%22role%22%3A%22admin%22%7D");
    assert_eq!(made.status, 200);
    let agent = Visitor::sign_in(&server, "agent", "pw").unwrap();
    assert_eq!(agent.get("/console/inspector/1/replay").status, 403);
    let forged = format!("csrf={}&target=%2Fv1%2Fcustomers%2F10", agent.token());
    assert_eq!(agent.post("/console/inspector/1/replay", &[], &forged).status, 403);
    assert_eq!(admin.post("/console/inspector/1/replay", &[], "target=%2Fv1%2Fcustomers%2F10").status, 401, "no token");
}

/// A change by Trackfinity under that id.
#[test]
fn a_call_and_what_it_changed_lead_to_each_other_also_after_a_restart() {
    let (server, folder) = demo();
    change(&server, "before", "customer_id=191&zip=11111&password=canary-4711");
    // Many others, so that it is none of the last.
    for round in 0..30 {
        change(&server, &format!("n-{round}"), &format!("customer_id=192&zip={round:05}"));
    }
    assert!(server.stop().success());
    let server = Launch::demo(folder.path()).start();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let history = admin.get("/console/customers/191/history").text();
    assert!(history.contains("href=\"/console/requests/before\""), "{history}");
    let address = admin.get("/console/requests/BEFORE").header("location").unwrap().to_owned();
    let page = admin.get(&address).text();
    assert!(page.contains("<dt>zip</dt><dd>11111</dd>") && page.contains("<dt>password</dt><dd>•••</dd>"), "{page}");
    assert!(page.contains("Secrets left out: api-key, password"), "{page}");
    let link = page.split("href=\"/console/customers/191/history?").nth(1).unwrap().split('"').next().unwrap();
    let (query, anchor) = link.split_once('#').unwrap();
    let entry = admin.get(&format!("/console/customers/191/history?{query}")).text();
    let first = entry.split("<li class=\"entry\"").nth(1).unwrap();
    assert!(first.starts_with(&format!(" id=\"{anchor}\"")) && first.contains("requests/before"), "{entry}");
    // Whoever looks at a call keeps it, whatever comes then.
    change(&server, "looked-at", "customer_id=191&zip=22222");
    assert_eq!(admin.get("/console/requests/looked-at").status, 303);
    server.kill();
    let server = Launch::demo(folder.path()).start();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    for id in ["before", "n-29", "looked-at"] {
        let address = admin.get(&format!("/console/requests/{id}")).header("location").unwrap().to_owned();
        assert!(admin.get(&address).text().contains("customers/19"), "{id}");
    }
    assert!(!bytes_beside(folder.path(), "inspector.db", b"canary-4711"));
}

#[test]
fn calls_are_found_by_what_is_known_of_them() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    change(&server, "one", "customer_id=191&zip=1");
    // It names nobody by a number, and the history knows whom it changed.
    let bearer = |id| [("Authorization", "Bearer demo-admin-token"), ("X-Request-Id", id)];
    let kind = ("Content-Type", "application/json");
    let headers = [bearer("zero")[0], bearer("zero")[1], kind];
    let named =
        server.client().call("PATCH", "/v1/customers/191", &headers, r#"{"subscription_ids":["4711"]}"#).unwrap();
    assert_eq!(named.status, 200, "{}", named.text());
    change(&server, "two", "subscription_id=4711&zip=2");
    assert_eq!(server.client().call("GET", "/v1/customers/191", &bearer("three"), "").unwrap().status, 200);
    assert_eq!(server.client().call("GET", "/v1/customers/192", &bearer("four"), "").unwrap().status, 200);
    assert_eq!(server.client().call("GET", "/v1/customers/999999999", &bearer("five"), "").unwrap().status, 404);
    let found = |query: &str| -> Vec<u32> {
        let page = admin.get(&format!("/console/inspector?{query}"));
        assert_eq!(page.status, 200, "{}", page.text());
        let number = |rest: &str| rest.split('"').next().unwrap().parse().unwrap();
        page.text().split("<td class=\"time\"><a href=\"/console/inspector/").skip(1).map(number).collect()
    };
    for (query, numbers) in [
        ("", &[6, 5, 4, 3, 2, 1][..]),
        ("customer=191", &[4, 3, 2, 1]),
        ("q=customer:191+dialect:!native", &[3, 1]),
        ("client=billingsync", &[3, 1]),
        ("q=client:%22BillingSync/4+(night)%22+id:two", &[3]),
        ("dialect=native&outcome=refused", &[6]),
        ("q=outcome:!ok", &[6]),
        ("q=status:4xx", &[6]),
        ("q=operation:set_customer", &[3, 1]),
        ("after=4", &[6, 5]),
        ("before=4&dialect=trackfinity", &[3, 1]),
        ("q=FOUR", &[5]),
        ("q=never", &[]),
    ] {
        assert_eq!(found(query), numbers, "{query}");
    }
    let wrong = admin.get("/console/inspector?q=clint:x");
    assert!(wrong.status == 422 && wrong.text().contains("is no word of a search") && wrong.text().contains("clint:x"));
    // Page by page, and none twice.
    for _ in 0..220 {
        server.client().call("GET", "/v1/customers/10", &bearer("many"), "").unwrap();
    }
    let (mut query, mut all) = ("dialect=native".to_owned(), Vec::new());
    loop {
        all.extend(found(&query));
        let page = admin.get(&format!("/console/inspector?{query}")).text();
        let Some(next) = page.split("rel=\"next\" href=\"/console/inspector?").nth(1) else { break };
        query = next.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    }
    assert!(all.is_sorted_by(|a, b| a > b) && all.len() == 224, "{}", all.len());
}

/// A call, and the customers that it was about: method, path, headers, body, numbers.
type Sent<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn each_call_says_whom_it_was_about() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let bearer = ("Authorization", "Bearer demo-admin-token");
    let everlytic = ("Authorization", "Basic ZGVtbzowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OUFCQ0RFRl8x");
    let soap = |body: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
        )
    };
    let by_email = "<t:findCustomerFromEmail xmlns:t=\"urn:ticket\"><username>egon</username>\
                    <password>banken</password><custEmail>JD@old.example</custEmail></t:findCustomerFromEmail>";
    let bing = "<GetCustomerRequest xmlns=\"x\"><CustomerId>100</CustomerId></GetCustomerRequest>";
    let json = ("Content-Type", "application/json");
    let xml = ("Content-Type", "text/xml; charset=utf-8");
    let trackfinity = [("api-username", "tf_admin"), ("api-key", "44b5498dbcb481a0d00b404c0169af62"), FORM[0]];
    let pair = r#"{"name":"Two customers","customer_id":11,"further_customers":[7]}"#;
    let calls: &[Sent<'_>] = &[
        ("GET", "/v1/customers?search=jane%40example.com", &[bearer], "", "11"),
        ("GET", "/v1/customers?filter=username%20%3D%20johndoe", &[bearer], "", "10"),
        ("GET", "/v1/customers/999", &[bearer], "", "999"),
        ("GET", "/v1/customers?limit=200", &[bearer], "", ""),
        ("GET", "/v1/customers?limit=3", &[bearer], "", ""),
        ("GET", "/v1/customers?search=nobody-is-called-so", &[bearer], "", ""),
        ("GET", "/v1/tickets/502", &[bearer], "", "11"),
        ("POST", "/v1/tickets", &[bearer, json], pair, "11"),
        ("GET", "/v1/companies/17", &[bearer], "", ""),
        ("GET", "/v1/customers/10", &[("Authorization", "Bearer wrong")], "", "10"),
        ("PATCH", "/api/customer/set_customer_details", &trackfinity, "subscription_id=SUB-191&zip=1", "191"),
        ("PATCH", "/api/customer/set_customer_details", &trackfinity, "subscription_id=SUB-191&country=Nowhere", "191"),
        (
            "PATCH",
            "/api/customer/set_customer_details",
            &trackfinity,
            "customer_id=10&subscription_id=SUB-191&zip=1",
            "10 191",
        ),
        ("PATCH", "/api/customer/set_customer_details", &trackfinity, "subscription_id=unknown&zip=1", ""),
        ("POST", "/scripts/SOAP?action=ticket", &[xml], &soap(by_email), "10"),
        ("POST", "/Api/CustomerManagement/v11/CustomerManagementService.svc", &[xml], &soap(bing), "100"),
        ("GET", "/api/2.0/customers?filter[unique_id]=ACME-7", &[everlytic], "", "7"),
    ];
    for (number, (method, path, headers, body, about)) in (1..).zip(calls) {
        let status = server.client().call(method, path, headers, body).unwrap().status;
        let page = admin.get(&format!("/console/inspector?after={}", number - 1)).text();
        let row = page.split("<td class=\"time\">").nth(1).unwrap_or_else(|| panic!("{path} is not there"));
        let cell = row.split("<td class=\"number\">").nth(1).unwrap().split("</td>").next().unwrap();
        let link = |id: &str| format!("<a href=\"/console/customers/{id}\">{id}</a>");
        let links = about.split_terminator(' ').map(link).collect::<Vec<_>>().join(" ");
        assert_eq!(cell, links, "{method} {path} {body}: {status}");
        for id in about.split_terminator(' ') {
            let found = admin.get(&format!("/console/inspector?after={}&q=customer:{id}", number - 1)).text();
            assert!(found.contains(&format!("href=\"/console/inspector/{number}\"")), "customer:{id} after {path}");
        }
    }
    // What came while the page was open has them, too.
    let live = admin.get(&format!("/console/inspector/{}", calls.len())).text();
    assert!(live.contains("<a href=\"/console/customers/7\">7</a>") && live.contains("/console/customers/7/as/"));
}

#[test]
fn a_refused_update_says_who_was_faster() {
    let (server, _folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let bearer = [
        ("Authorization", "Bearer demo-admin-token"),
        ("Content-Type", "application/json"),
        ("If-Match", "\"1\""),
        ("X-Request-Id", "late"),
    ];
    change(&server, "faster", "customer_id=191&zip=12345");
    let late = server.client().call("PATCH", "/v1/customers/191", &bearer, r#"{"phone":"1"}"#).unwrap();
    assert_eq!(late.status, 412, "{}", late.text());
    change(&server, "after", "customer_id=191&zip=54321");
    let address = admin.get("/console/requests/late").header("location").unwrap().to_owned();
    let page = admin.get(&address).text();
    let since = page.split("id=\"since\">").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(since.starts_with("What changed after version 1 was read"), "{since}");
    assert!(since.contains(">v2</a>") && since.contains("trackfinity") && !since.contains(">v3</a>"), "{since}");
    assert!(page.contains("/console/customers/191/as/bing_ads"), "{page}");
}

#[test]
fn of_whom_was_erased_no_call_tells() {
    let (server, folder) = demo();
    let admin = Visitor::sign_in(&server, "admin", "demo").unwrap();
    let bearer = [("Authorization", "Bearer demo-admin-token"), ("Content-Type", "application/json")];
    let ask = |method: &str, path: &str, body: &str| server.client().call(method, path, &bearer, body).unwrap();
    let holds = |word: &[u8]| bytes_beside(folder.path(), "inspector.db", word);
    let made = ask("POST", "/v1/customers", r#"{"name":"Zebedee Canary"}"#).json()["id"].as_i64().unwrap();
    assert_eq!(ask("GET", &format!("/v1/customers/{made}"), "").status, 200);
    assert!(admin.get("/console/inspector/2").text().contains("Zebedee") && holds(b"Zebedee"));
    assert_eq!(ask("GET", "/v1/customers?search=Zebedee", "").status, 200);
    assert_eq!(ask("GET", "/v1/customers/zebedee", "").status, 404);
    assert_eq!(ask("POST", &format!("/v1/customers/{made}/erase"), "").status, 200);
    assert!(!holds(b"Zebedee") && !holds(b"zebedee"));
    // That they called is still known, and about which number; what they said is not.
    for number in 1..=3 {
        let address = format!("/console/inspector/{number}");
        let page = admin.get(&address).text();
        assert!(page.contains("was forgotten") && page.contains(&format!("/console/customers/{made}\"")), "{page}");
        assert!(!page.to_lowercase().contains("zebedee"), "{page}");
        for part in ["replay", "fixture"] {
            let refused = admin.get(&format!("{address}/{part}"));
            assert!(refused.status == 404 && refused.text().contains("was forgotten"), "{part}");
        }
    }
    assert_eq!(admin.get("/console/inspector/5").status, 404, "the erasure itself began before");
    assert!(admin.get(&format!("/console/inspector?customer={made}")).text().contains("/console/inspector/2\""));
    // Those that come then are kept.
    assert_eq!(ask("GET", "/v1/customers/10", "").status, 200);
    assert!(admin.get("/console/inspector?customer=10").text().contains("<td class=\"time\">"));
}

//! Somebody who signed in to the console, without a browser.

use super::http::Reply;
use super::server::{Launch, Server};
use tempfile::TempDir;

/// What a form is sent as.
pub const FORM: &[(&str, &str)] = &[("Content-Type", "application/x-www-form-urlencoded")];

/// A server with the demo data, and its folder.
pub fn demo() -> (Server, TempDir) {
    let folder = TempDir::with_prefix("samerow-console-").unwrap();
    (Launch::demo(folder.path()).start(), folder)
}

/// Changes a customer as an old program does.
pub fn change(server: &Server, id: &str, body: &str) {
    let key = ("api-key", "44b5498dbcb481a0d00b404c0169af62");
    let headers =
        [("api-username", "tf_admin"), key, FORM[0], ("X-Request-Id", id), ("User-Agent", "BillingSync/4 (night)")];
    let reply = server.client().call("PATCH", "/api/customer/set_customer_details", &headers, body).unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
}

/// A session of the console.
pub struct Visitor<'s> {
    pub server: &'s Server,
    pub cookie: String,
}

impl<'s> Visitor<'s> {
    pub fn sign_in(server: &'s Server, name: &str, password: &str) -> Option<Self> {
        let body = format!("name={name}&password={password}");
        let reply = server.client().call("POST", "/console/sign-in", FORM, &body).unwrap();
        let cookie = reply.header("set-cookie")?.split(';').next()?.to_owned();
        Some(Self { server, cookie })
    }

    pub fn get(&self, path: &str) -> Reply {
        self.server.client().call("GET", path, &[("Cookie", &self.cookie)], "").unwrap()
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut all = vec![("Cookie", &*self.cookie), FORM[0]];
        all.extend(headers);
        self.server.client().call("POST", path, &all, body).unwrap()
    }

    /// The token of the forms.
    pub fn token(&self) -> String {
        let page = self.get("/console").text();
        page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

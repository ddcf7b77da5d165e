//! Everlytic: a mailing platform's API 2.0 for the customers of a reseller, over REST and XML-RPC. See the README beside this file.

mod auth;
mod errors;
mod fields;
mod guides;
mod handlers;
mod industry;
mod list;
mod notes;
mod operations;
mod rows;
mod rpc;
mod wire;

use crate::route::{Rest, Routes, serve};
use crate::view::{self, View, Viewing};
use crate::{Answering, Dialect, Request, State};
use domain::{Caller, Field};
use http::Method;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// The name in the history.
const NAME: &str = "everlytic";

/// Where the API begins.
const BASE: &str = "/api/2.0";

/// The dialect.
pub static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Everlytic",
    claims,
    answer,
    largest_body: |_| None,
    refuse: errors::refuse,
    explain: notes::explain,
    version_read: |_| None,
    endpoints: operations::ENDPOINTS,
    operations: operations::NAMES,
    lens: || fields::PROPERTIES.iter().map(|property| (property.name.to_owned(), property.field)).collect(),
    changes,
    rows: rows::ROWS,
    industry: Some(industry::name_of),
    view: Some(view),
    learn: None,
    connect: &guides::CONNECT,
};

static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::new(operations::ENDPOINTS));

static REST: Rest = Rest {
    dialect: NAME,
    routes: &ROUTES,
    authenticate: auth::authenticate,
    refuse: errors::refuse,
    finish: |_, _, _, _| {},
};

fn changes() -> Vec<(String, Field)> {
    let set = fields::PROPERTIES.iter().filter(|property| property.mode != fields::Mode::Server);
    set.map(|property| (property.name.to_owned(), property.field)).collect()
}

fn view<'a>(state: &'a Arc<State>, from: &'a Request, caller: Arc<Caller>, id: i64) -> Viewing<'a> {
    Box::pin(async move {
        let request = view::call(from, Method::GET, format!("{BASE}/customers/{id}"), None, "", "");
        let answer = Some(serve(&REST, state, &request, &request.path, Some(caller)).await);
        View { request, credential: &[("Authorization", "Basic USER:KEY")], answer }
    })
}

fn claims(path: &str) -> bool {
    let path = plain(path);
    path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) || rpc::is_here(&path)
}

fn answer<'a>(state: &'a Arc<State>, request: &'a Request, known: Option<Arc<Caller>>) -> Answering<'a> {
    Box::pin(async move {
        let path = plain(&request.path);
        let mut answer = serve(&REST, state, request, &path, known).await;
        // What was called and what came of it stands in the bodies.
        if let Some(rpc::Told { operation, refused }) = answer.response.extensions_mut().remove() {
            (answer.operation, answer.refused) = (operation, refused);
        }
        answer
    })
}

/// The path with each run of slashes as one and without one at its end: clients are known to send both. Nothing is
/// decoded, so no escape becomes another route.
fn plain(path: &str) -> Cow<'_, str> {
    if !path.contains("//") {
        return Cow::Borrowed(path.strip_suffix('/').unwrap_or(path));
    }
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    Cow::Owned(segments.fold(String::with_capacity(path.len()), |plain, segment| plain + "/" + segment))
}

#[cfg(test)]
mod store_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_too_many_are_no_other_path() {
        for (path, expected) in [
            ("/api/2.0/customers/7", "/api/2.0/customers/7"),
            ("/api/2.0/customers/7/", "/api/2.0/customers/7"),
            ("/api/2.0//customers///7//", "/api/2.0/customers/7"),
            ("//api/2.0", "/api/2.0"),
            ("/api/2.0/customers/../7", "/api/2.0/customers/../7"),
            ("/api/2.0/customers/%2e%2e/%2F7", "/api/2.0/customers/%2e%2e/%2F7"),
            ("//", ""),
            ("/", ""),
            ("", ""),
        ] {
            assert_eq!(plain(path), expected);
        }
    }

    #[test]
    fn claims_its_own_paths_only() {
        for path in ["/api/2.0", "/api/2.0/", "/api//2.0//customers", "/api/2.0/lists", "/api/2.0/xmlrpc/", "//RPC2/"] {
            assert!(claims(path), "{path}");
        }
        for path in ["/", "/api/2.00", "/api/2", "/API/2.0", "/api/%32.0", "/api/1.0/", "/RPC", "/rpc2", "/RPC2/x"] {
            assert!(!claims(path), "{path}");
        }
    }
}

//! Trackfinity: an affiliate platform's API of three form PATCHes. See the README beside this file.

mod auth;
mod errors;
mod fields;
mod handlers;
mod operations;
mod wire;

use crate::route::{Rest, Routes, serve};
use crate::{Answer, Answering, Dialect, Request, State};
use std::sync::{Arc, LazyLock};

/// The name in the history.
const NAME: &str = "trackfinity";

/// The dialect.
pub static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Trackfinity",
    claims,
    answer,
    largest_body: |_| None,
    refuse: errors::refuse,
    endpoints: operations::ENDPOINTS,
    operations: operations::NAMES,
};

static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::new(operations::ENDPOINTS));

static REST: Rest = Rest {
    dialect: NAME,
    routes: &ROUTES,
    authenticate: auth::authenticate,
    refuse: errors::refuse,
    finish: |_, _, _, _| {},
};

fn claims(path: &str) -> bool {
    ["/api/customer/", "/api/service/"].iter().any(|base| path.starts_with(base))
}

fn answer<'a>(state: &'a Arc<State>, request: &'a Request) -> Answering<'a> {
    Box::pin(async move {
        let path = request.path.strip_suffix('/').unwrap_or(&request.path);
        let answer: Answer = serve(&REST, state, request, path).await;
        answer
    })
}

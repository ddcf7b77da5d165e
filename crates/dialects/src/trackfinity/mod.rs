//! Trackfinity: an affiliate platform's API of three form PATCHes. See the README beside this file.

mod auth;
mod errors;
mod fields;
mod guides;
mod handlers;
mod notes;
mod operations;
mod rows;
mod wire;

use crate::route::{Rest, Routes, serve};
use crate::view::{self, View, Viewing};
use crate::{Answer, Answering, Dialect, Request, State};
use ::wire::form::percent_encode;
use domain::operation::{CustomerRef, Deleted, ReadCustomer};
use domain::{Caller, Field};
use http::Method;
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
    explain: notes::explain,
    version_read: |_| None,
    endpoints: operations::ENDPOINTS,
    operations: operations::NAMES,
    lens,
    changes: || fields::PARAMETERS.iter().map(|(name, field)| ((*name).to_owned(), *field)).collect(),
    rows: rows::ROWS,
    industry: None,
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

fn lens() -> Vec<(String, Field)> {
    fields::lookups().iter().chain(fields::PARAMETERS).map(|(name, field)| ((*name).to_owned(), *field)).collect()
}

/// There is no call that reads: this is the one that changes nothing.
fn view<'a>(state: &'a Arc<State>, from: &'a Request, caller: Arc<Caller>, id: i64) -> Viewing<'a> {
    Box::pin(async move {
        let read = ReadCustomer { who: CustomerRef::Id(id), deleted: Deleted::Shown };
        let customer = state.run(read, &caller, from.origin(NAME, "set_customer_details", &caller)).await;
        let mut body = format!("customer_id={id}");
        for (name, value) in customer.iter().flat_map(fields::shown) {
            body.push_str(&format!("&{name}="));
            percent_encode(&mut body, &value);
        }
        let path = String::from("/api/customer/set_customer_details");
        let request = view::call(from, Method::PATCH, path, None, &body, "application/x-www-form-urlencoded");
        View { request, credential: &[("api-username", "USER"), ("api-key", "KEY")], answer: None }
    })
}

fn claims(path: &str) -> bool {
    ["/api/customer/", "/api/service/"].iter().any(|base| path.starts_with(base))
}

fn answer<'a>(state: &'a Arc<State>, request: &'a Request, known: Option<Arc<Caller>>) -> Answering<'a> {
    Box::pin(async move {
        let path = request.path.strip_suffix('/').unwrap_or(&request.path);
        let answer: Answer = serve(&REST, state, request, path, known).await;
        answer
    })
}

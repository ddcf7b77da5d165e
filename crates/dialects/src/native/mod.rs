//! Native: the JSON API of the record itself. See the README beside this file.

mod attempt;
mod auth;
mod bulk;
mod card;
mod entity_tag;
mod errors;
pub mod export;
mod fields;
mod guides;
mod handlers;
mod notes;
pub mod openapi;
mod operations;
mod patch;
pub mod problems;
mod rows;
mod submission;
mod webhooks;
mod wire;

use crate::rate::{Standing, WINDOW};
use crate::route::{Rest, Routes, serve};
use crate::view::{self, View, Viewing};
use crate::{Answer, Answering, Dialect, Refusal, Request, State};
use bytes::Bytes;
use domain::field::CUSTOM_FIELDS;
use domain::{Caller, Field, Kind};
use http::{HeaderName, HeaderValue, Method, Response};
use std::sync::{Arc, LazyLock};

pub use webhooks::deliver;

/// The name in the history.
const NAME: &str = "native";

/// The dialect.
pub static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Native JSON",
    claims,
    answer,
    largest_body,
    refuse,
    explain: notes::explain,
    version_read: notes::version_read,
    endpoints: operations::ENDPOINTS,
    operations: operations::NAMES,
    lens,
    changes: || lens().into_iter().filter(|(_, field)| !matches!(field, Field::Id | Field::MergedInto)).collect(),
    rows: rows::ROWS,
    industry: None,
    view: Some(view),
    learn: None,
    connect: &guides::CONNECT,
};

static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::new(operations::ENDPOINTS));

static REST: Rest =
    Rest { dialect: NAME, routes: &ROUTES, authenticate: auth::authenticate, refuse: errors::refuse, finish };

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a command that has the store open itself, as the API would answer that caller.
pub async fn answer_as(state: &Arc<State>, request: &Request, caller: Arc<Caller>) -> Answer {
    serve(&REST, state, request, &request.path, Some(caller)).await
}

/// Every field under its own name, where it stands.
fn lens() -> Vec<(String, Field)> {
    let fields =
        Kind::Customer.fields().iter().chain([Field::Id].iter()).copied().chain((1..=CUSTOM_FIELDS).map(Field::Extra));
    fields.map(|field| (fields::pointer(field).trim_start_matches('/').replace('/', "."), field)).collect()
}

fn view<'a>(state: &'a Arc<State>, from: &'a Request, caller: Arc<Caller>, id: i64) -> Viewing<'a> {
    Box::pin(async move {
        let request = view::call(from, Method::GET, format!("/v1/customers/{id}"), None, "", "");
        let answer = Some(answer_as(state, &request, caller).await);
        View { request, credential: &[("Authorization", "Bearer TOKEN")], answer }
    })
}

fn claims(path: &str) -> bool {
    path == "/v1" || path.starts_with("/v1/")
}

/// A whole attachment is one body.
fn largest_body(path: &str) -> Option<usize> {
    (path == "/v1/attachments").then_some(domain::attachment::MAX_SIZE)
}

fn answer<'a>(state: &'a Arc<State>, request: &'a Request, known: Option<Arc<Caller>>) -> Answering<'a> {
    Box::pin(async move { serve(&REST, state, request, &request.path, known).await })
}

fn refuse(request: &Request, refusal: &Refusal) -> Response<Bytes> {
    let mut response = errors::refuse(request, refusal);
    identify(&mut response, request);
    response
}

/// Every answer names its request, and says what is left of the quotas.
fn finish(state: &State, request: &Request, caller: Option<&Caller>, response: &mut Response<Bytes>) {
    identify(response, request);
    let now = state.app.now();
    let of_caller = caller.and_then(|caller| state.rates.of_caller(caller, now));
    let of_address = state.rates.of_address(request.address, now);
    let quotas = [("caller", of_caller), ("address", of_address)];
    let list = |item: fn(&str, Standing) -> String| {
        let items = quotas.iter().filter_map(|(name, standing)| Some(item(name, (*standing)?)));
        HeaderValue::try_from(items.collect::<Vec<_>>().join(", ")).ok().filter(|value| !value.is_empty())
    };
    if let Some(policy) = list(|name, standing| format!("\"{name}\";q={};w={WINDOW}", standing.quota)) {
        response.headers_mut().insert(RATE_LIMIT_POLICY, policy);
    }
    if let Some(left) = list(|name, standing| format!("\"{name}\";r={};t={}", standing.left, standing.full_in)) {
        response.headers_mut().insert(RATE_LIMIT, left);
    }
}

/// Every answer names its request.
fn identify(response: &mut Response<Bytes>, request: &Request) {
    if let Ok(id) = HeaderValue::try_from(&request.id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
}

//! From a request to the dialect it belongs to, and back.

use bytes::Bytes;
use dialects::about::{self, About};
use dialects::lag::Lag;
use dialects::{Answer, Request, State, dialect_of, oauth};
use domain::operation::ListTenants;
use domain::port::Condition;
use domain::tenant::Tenant;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use std::sync::{Arc, Weak};
use std::time::Instant;
use tokio::sync::watch;

use crate::console;
use crate::cors::Cors;
use crate::docs;
use crate::encoding::compress;
use crate::host::SystemEntropy;
use crate::housekeeping::run;
use crate::http::{Application, Body, Counters, Peer, Phase, Refusal};
use crate::inspector::Inspector;
use crate::metrics::Metrics;
use crate::process::Process;
use domain::port::Entropy as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");

/// Longest request id that is taken from a client.
const REQUEST_ID_MAX: usize = 64;

/// Answers requests: the dialects by their paths, health and metrics itself.
pub struct Dispatch {
    /// What the dialects share.
    pub state: Arc<State>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The last calls.
    pub inspector: Arc<Inspector>,
    /// What else is known of it.
    pub process: Arc<Process>,
    /// Where clients reach this server, if their headers do not tell; without a slash at the end.
    pub public_url: String,
    /// Whose pages may call the native API.
    pub cors: Cors,
    /// Whether answers of the native API are compressed for those who ask for it.
    pub compresses: bool,
    /// Whether the server is stopping.
    pub phase: watch::Receiver<Phase>,
    /// The counters of the listener, once it is made. It holds this; that each held the other would keep both, and the
    /// store with them, for ever.
    pub connections: Arc<std::sync::OnceLock<Weak<dyn AsCounters>>>,
}

/// Whatever has the counters of a listener.
pub trait AsCounters: Send + Sync {
    /// The counters.
    fn counters(&self) -> &Counters;
}

impl Application for Dispatch {
    async fn answer(&self, request: http::Request<Bytes>, peer: Peer) -> Response<Body> {
        let started = Instant::now();
        let path = request.uri().path();
        let own = self.own(path).await.map(|response| docs::only_read(request.method(), response));
        if let Some(response) = own.or_else(|| docs::answer(request.method(), path, request.uri().query())) {
            return response;
        }
        let (tenant, path) = split_tenant(path);
        if console::claims(path) {
            let request = self.request(tenant.map(str::to_owned), path.to_owned(), request, &peer);
            let answer = console::answer(&self.state, &self.process, &request).await;
            return self.told(console::NAME, request, answer, None, started);
        }
        // Passwords and tokens go to and fro: nothing of it is kept to be looked at.
        if oauth::claims(path) {
            let request = self.request(tenant.map(str::to_owned), path.to_owned(), request, &peer);
            let answer = oauth::answer(&self.state, &request).await;
            return self.told(oauth::NAME, request, answer, None, started);
        }
        let Some(dialect) = dialect_of(path) else { return nowhere() };
        let is_native = std::ptr::eq(dialect, &dialects::native::DIALECT);
        if is_native && let Some(response) = self.cors.preflight(request.method(), request.headers()) {
            return response.map(Body::Full);
        }
        let request = self.request(tenant.map(str::to_owned), path.to_owned(), request, &peer);
        let (mut answer, about) = about::collect((dialect.answer)(&self.state, &request, None)).await;
        let plain = Some((answer.response.body().clone(), about));
        if is_native {
            self.cors.allow(&request.headers, answer.response.headers_mut());
            if self.compresses && answer.pieces.is_none() {
                answer.response = compress(&request.headers, answer.response);
            }
        }
        self.told(dialect.name, request, answer, plain, started)
    }

    fn body_limit(&self, head: &Parts) -> Option<usize> {
        let (_, path) = split_tenant(head.uri.path());
        if console::claims(path) {
            return console::largest_body(path);
        }
        dialect_of(path).and_then(|dialect| (dialect.largest_body)(path))
    }

    fn refuse(&self, refusal: Refusal, head: Option<&Parts>) -> Response<Body> {
        let dialect = head.and_then(|head| Some((head, dialect_of(split_tenant(head.uri.path()).1)?)));
        let Some((head, dialect)) = dialect else { return refusal.response() };
        let request = http::Request::from_parts(head.clone(), Bytes::new());
        let nobody = Peer { address: [127, 0, 0, 1].into(), scheme: crate::http::Scheme::Http, host: None };
        let request = self.request(None, split_tenant(head.uri.path()).1.to_owned(), request, &nobody);
        let refusal = dialects::Refusal::request(refusal.status(), refusal.sentence());
        (dialect.refuse)(&request, &refusal).map(Body::from)
    }
}

impl Dispatch {
    /// Counts and logs an answer, gives it the id of its request, and keeps what was answered to a client.
    fn told(
        &self,
        dialect: &'static str,
        request: Request,
        answer: Answer,
        plain: Option<(Bytes, About)>,
        started: Instant,
    ) -> Response<Body> {
        let Answer { mut response, pieces, operation, refused } = answer;
        if let Ok(id) = HeaderValue::try_from(&request.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let (status, took) = (response.status(), started.elapsed());
        self.metrics.count(dialect, operation, status.as_u16(), took);
        log(dialect, &request, operation, status, took, refused.as_ref());
        if let Some((plain, about)) = plain {
            let client = request.header(header::USER_AGENT).unwrap_or_default();
            let is_error = refused.is_some() || status.as_u16() >= 400;
            let now = self.state.app.now();
            self.process.census.count((dialect, operation), client, request.address, is_error, now);
            self.inspector.keep((dialect, operation), (request, about), (&response, plain), refused, took);
        }
        response.map(|whole| pieces.map_or(Body::Full(whole), Body::Stream))
    }

    fn request(&self, tenant: Option<String>, path: String, request: http::Request<Bytes>, peer: &Peer) -> Request {
        let mut base_url = match &*self.public_url {
            "" => peer.base_url(&request).unwrap_or_default(),
            url => url.to_owned(),
        };
        if let Some(tenant) = &tenant {
            base_url.push_str("/t/");
            base_url.push_str(tenant);
        }
        let (head, body) = request.into_parts();
        Request {
            method: head.method,
            path,
            query: head.uri.query().map(str::to_owned),
            id: request_id(&head.headers),
            headers: head.headers,
            body,
            address: peer.address,
            base_url,
            tenant,
        }
    }

    /// Health, metrics and the way to the console.
    async fn own(&self, path: &str) -> Option<Response<Body>> {
        let text = |status, kind: &'static str, body: String| {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            Some(response)
        };
        match path {
            "/livez" => text(StatusCode::OK, "text/plain; charset=utf-8", String::from("ok")),
            "/readyz" => {
                let (status, word, why) = self.readiness();
                let body = serde_json::json!({ "status": word, "why": why }).to_string();
                text(status, "application/json", body)
            }
            "/metrics" => {
                let none = Counters::default();
                let listener = self.connections.get().and_then(Weak::upgrade);
                let counters = listener.as_ref().map_or(&none, |listener| listener.counters());
                let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                text(StatusCode::OK, kind, self.metrics.encode(counters, &self.lags().await))
            }
            _ => None,
        }
    }

    /// How far those are behind who follow the changes of any tenant. A store that does not answer is told of elsewhere.
    async fn lags(&self) -> Vec<Lag> {
        let (mut lags, mut after) = (Vec::new(), 0);
        while let Ok(tenants) = run(&self.state, Tenant::DEFAULT, ListTenants { after, limit: 1_000 }).await
            && let Some(last) = tenants.last()
        {
            after = last.number;
            for tenant in tenants {
                lags.extend(self.state.lags(tenant).await.unwrap_or_default());
            }
        }
        lags
    }

    /// A store that only takes no changes for now is ready: reads are answered, writes are refused in each dialect's
    /// own words. One that must be restarted is not, and neither is a server that is stopping.
    fn readiness(&self) -> (StatusCode, &'static str, String) {
        if *self.phase.borrow() != Phase::Running {
            return (StatusCode::SERVICE_UNAVAILABLE, "stopping", String::new());
        }
        match self.state.app.condition() {
            Condition::Ready => (StatusCode::OK, "ready", String::new()),
            Condition::ReadOnly(why) => (StatusCode::OK, "read_only", why),
            Condition::Poisoned(why) => (StatusCode::SERVICE_UNAVAILABLE, "poisoned", why),
        }
    }
}

/// `/t/acme/api/2.0/customers` is `/api/2.0/customers` of the tenant `acme`.
fn split_tenant(path: &str) -> (Option<&str>, &str) {
    let Some(rest) = path.strip_prefix("/t/") else { return (None, path) };
    match rest.find('/') {
        Some(end) if end > 0 => (rest.get(..end), rest.get(end..).unwrap_or("/")),
        _ => (None, path),
    }
}

/// The client's own id if it can be shown anywhere as it is, else that of its trace, else one of ours.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| {
        (1..=REQUEST_ID_MAX).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    });
    let given = given.or_else(|| headers.get(TRACE_PARENT)?.to_str().ok().and_then(trace_id));
    given.map_or_else(new_request_id, str::to_owned)
}

/// The id of the trace that a request belongs to (W3C Trace Context): `00-<trace>-<parent>-<flags>`, in small letters.
fn trace_id(parent: &str) -> Option<&str> {
    let mut parts = parent.splitn(4, '-');
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    // Later versions may say more after the flags.
    let flagged = digits(flags.get(..2)?, 2) && (flags.len() == 2 || (version != "00" && flags.get(2..3) == Some("-")));
    let known = digits(version, 2) && version != "ff" && flagged;
    let set = |part: &str, length| digits(part, length) && part.bytes().any(|byte| byte != b'0');
    (known && set(trace, 32) && set(span, 16)).then_some(trace)
}

/// A UUID of version 7.
pub(crate) fn new_request_id() -> String {
    let mut random = [0; 10];
    SystemEntropy.fill(&mut random);
    let now = domain::port::Clock::now(&crate::host::SystemClock).0.cast_unsigned() / 1_000;
    uuid::Builder::from_unix_timestamp_millis(now, &random).into_uuid().simple().to_string()
}

fn nowhere() -> Response<Body> {
    let mut response = Response::new(Body::from("There is nothing at this address.\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// One line a request, and never a header or a body: they hold secrets.
fn log(
    dialect: &str,
    request: &Request,
    operation: &str,
    status: StatusCode,
    took: std::time::Duration,
    refused: Option<&dialects::Refusal>,
) {
    let (status, micros) = (status.as_u16(), took.as_micros() as u64);
    let id = &request.id;
    match refused {
        None => tracing::debug!(dialect, operation, status, micros, id, "answered"),
        Some(dialects::Refusal::Operation(error)) if error.source.is_some() => {
            let source = error.source.as_deref().unwrap_or_default();
            tracing::error!(dialect, operation, status, micros, id, source, "failed");
        }
        Some(refusal) => {
            let reason = match refusal {
                dialects::Refusal::Operation(error) => format!("{:?}", error.reason),
                dialects::Refusal::Request(..) => String::from("Request"),
            };
            tracing::info!(dialect, operation, status, micros, id, reason, "refused");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_own_id_or_its_trace() {
        const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (parent, known) in [
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
            ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", true),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", false),
            ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false),
            ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(TRACE_PARENT, parent.parse().unwrap());
            assert_eq!(request_id(&headers) == TRACE, known, "{parent}");
            headers.insert(REQUEST_ID, "mine".parse().unwrap());
            assert_eq!(request_id(&headers), "mine");
        }
    }
}

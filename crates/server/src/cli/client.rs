//! Who answers a management command: a running server, or the store of a folder that no server has open. Both are asked
//! in the words of the native API, so that no command can do what the API cannot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clap::Args;
use dialects::{Answer, Request, SignIn, SignInLimits, State, native};
use domain::error::Reason;
use domain::operation::FindTenant;
use domain::{App, Caller, Role};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Options, SqliteStore};

use super::{Exit, Failed, variables};
use crate::courier;
use crate::demo::run as run_as_server;
use crate::dispatch::new_request_id;
use crate::host::{Argon2id, SystemClock, SystemEntropy};
use crate::tls;

/// The name in the history.
const CLIENT: &str = concat!("samerow/", env!("CARGO_PKG_VERSION"));

/// Longest that an answer may take. A long poll waits for a minute.
const TIMEOUT: Duration = Duration::from_secs(90);

#[derive(Args, Clone)]
pub(super) struct Remote {
    /// The server.
    #[arg(long, env = "SAMEROW_SERVER", default_value = "http://127.0.0.1:7263")]
    server: String,
    /// PEM file with the authority that vouches for the server, in place of the public ones.
    #[arg(long, env = "SAMEROW_CA")]
    ca: Option<PathBuf>,
    /// A native bearer token.
    #[arg(long, env = "SAMEROW_TOKEN", default_value = "", hide_env_values = true)]
    token: String,
    /// A user in place of a token; the password is read from SAMEROW_PASSWORD.
    #[arg(long, env = "SAMEROW_USER", default_value = "")]
    login: String,
    /// Folder of an embedded store that no server has open, instead of a server.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The tenant, with --data.
    #[arg(long, default_value = "default", requires = "data")]
    tenant: String,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is asked.
pub(super) struct Ask {
    method: Method,
    /// With the query.
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Ask {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, ..Self::get(path) }
    }

    /// A `POST` that says all by its address.
    pub(super) fn act(path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }

    pub(super) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: Method::POST, ..Self::get(path) }.json(body)
    }

    /// A `POST` of a file.
    ///
    /// # Errors
    /// For what is no type of a file.
    pub(super) fn bytes(path: impl Into<String>, content_type: &str, bytes: Vec<u8>) -> Result<Self, Failed> {
        let mut ask = Self { body: bytes.into(), ..Self::act(path) };
        let wrong = |_| Failed::new(Exit::Usage, format!("{content_type:?} is no type of a file"));
        ask.headers.insert(header::CONTENT_TYPE, HeaderValue::try_from(content_type).map_err(wrong)?);
        Ok(ask)
    }

    pub(super) fn put(path: impl Into<String>, body: &Value) -> Self {
        Self { method: Method::PUT, ..Self::get(path) }.json(body)
    }

    pub(super) fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self { method: Method::PATCH, ..Self::get(path) }.json(body)
    }

    fn json(mut self, body: &Value) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = body.to_string().into();
        self
    }

    /// Answered in this media type.
    pub(super) fn accept(mut self, media_type: &'static str) -> Self {
        self.headers.insert(header::ACCEPT, HeaderValue::from_static(media_type));
        self
    }

    /// Only if the record still has this version.
    pub(super) fn if_version(mut self, version: Option<u64>) -> Self {
        if let Some(version) = version.and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok()) {
            self.headers.insert(header::IF_MATCH, version);
        }
        self
    }

    /// Under an id that the caller chose, which several requests may share.
    pub(super) fn request_id(mut self, id: &str) -> Self {
        if let Ok(id) = HeaderValue::try_from(id) {
            self.headers.insert(REQUEST_ID, id);
        }
        self
    }

    /// What would happen, without its happening.
    pub(super) fn dry_run(mut self, dry_run: bool) -> Self {
        if dry_run {
            self.path.push_str(if self.path.contains('?') { "&dry_run=true" } else { "?dry_run=true" });
        }
        self
    }
}

/// Answers.
pub(super) enum Client {
    /// A server: where, and who asks it.
    Server(Box<ureq::Agent>, String, HeaderValue),
    /// A store.
    Store(tokio::runtime::Runtime, Arc<State>, Arc<Caller>),
}

impl Remote {
    pub(super) const fn is_store(&self) -> bool {
        self.data.is_some()
    }

    /// Whether anything but what everybody sees can be asked for.
    pub(super) const fn is_signed_in(&self) -> bool {
        self.data.is_some() || !self.token.is_empty() || !self.login.is_empty()
    }

    /// Makes ready to ask.
    ///
    /// # Errors
    /// When the store cannot be opened, or the token is none.
    pub(super) fn open(&self) -> Result<Client, Failed> {
        match &self.data {
            Some(folder) => open_store(folder, &self.tenant),
            None => {
                let config = ureq::Agent::config_builder()
                    .http_status_as_error(false)
                    .max_redirects(0)
                    .user_agent(CLIENT)
                    .allow_non_standard_methods(true)
                    .timeout_global(Some(TIMEOUT));
                let config = match &self.ca {
                    None => config,
                    Some(path) => {
                        let trusted = tls::certificates(path).map_err(|error| Failed::new(Exit::Usage, error))?;
                        config.tls_config(courier::trusting(&trusted))
                    }
                };
                let server = self.server.trim_end_matches('/').to_owned();
                Ok(Client::Server(Box::new(config.build().new_agent()), server, self.authorization()?))
            }
        }
    }

    /// Who asks: a token goes before a user.
    fn authorization(&self) -> Result<HeaderValue, Failed> {
        let text = if self.token.is_empty() && !self.login.is_empty() {
            let password = variables().find(|(name, _)| name == "SAMEROW_PASSWORD").map_or(String::new(), |(_, it)| it);
            format!("Basic {}", STANDARD.encode(format!("{}:{password}", self.login)))
        } else {
            format!("Bearer {}", self.token)
        };
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| Failed::new(Exit::Usage, "the token holds characters that no token has"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Whoever may read and write the files of a store is its administrator.
fn open_store(folder: &Path, tenant: &str) -> Result<Client, Failed> {
    if !folder.is_dir() {
        return Err(Failed::new(Exit::Unavailable, format!("there is no store in {}", folder.display())));
    }
    let store = SqliteStore::open(&Options::new(folder, Arc::new(SystemEntropy)));
    let store = store.map_err(|error| Failed::new(Exit::Unavailable, error))?;
    let app = App::new(Arc::new(store), Arc::new(SystemClock), Arc::new(SystemEntropy));
    let tenant = run_as_server(&app, FindTenant::Named(tenant.to_owned()), "command").map_err(|error| {
        let exit = if error.reason == Reason::NotFound { Exit::NotFound } else { Exit::Failed };
        Failed::new(exit, error)
    })?;
    let state = State::new(app, SignIn::new(SignInLimits::default(), [0; 32]), Arc::new(Argon2id), 1);
    let caller = Caller { role: Role::Admin, name: String::from("samerow"), ..Caller::anonymous(tenant) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failed::new(Exit::Failed, error))?;
    Ok(Client::Store(runtime, Arc::new(state), Arc::new(caller)))
}

impl Client {
    /// Asks for a JSON document. What was asked has happened, or not at all.
    ///
    /// # Errors
    /// What is in the way, in the sentence of the answer.
    pub(super) fn json(&self, ask: Ask) -> Result<Value, Failed> {
        let response = self.ask(ask)?;
        if response.body().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(response.body())
            .map_err(|_| Failed::new(Exit::Failed, "what answered is no samerow server: it did not answer JSON"))
    }

    /// Asks.
    ///
    /// # Errors
    /// What is in the way, in the sentence of the answer.
    pub(super) fn ask(&self, ask: Ask) -> Result<Response<Bytes>, Failed> {
        let response = match self {
            Self::Server(agent, server, token) => ask_server(agent, server, token, ask)?,
            Self::Store(runtime, state, caller) => {
                let request = request(ask);
                runtime.block_on(whole(native::answer_as(state, &request, Arc::clone(caller))))?
            }
        };
        if response.status().is_success() { Ok(response) } else { Err(refused(&response)) }
    }
}

impl Client {
    /// Asks for what may be long, and takes the answer piece by piece.
    ///
    /// # Errors
    /// What is in the way, in the sentence of the answer; an answer that breaks off; what `take` answers.
    pub(super) fn stream(&self, ask: Ask, take: &mut dyn FnMut(&[u8]) -> Result<(), Failed>) -> Result<(), Failed> {
        match self {
            Self::Server(agent, server, token) => {
                let url = format!("{server}{}", ask.path);
                let broken = |error: &dyn std::fmt::Display| Failed::new(Exit::Unavailable, format!("{url}: {error}"));
                let request = request_to(&url, token, ask)?;
                // However long it takes in all, as long as something comes.
                let request = agent.configure_request(request).timeout_global(None).timeout_per_read(Some(TIMEOUT));
                let mut response = agent.run(request.build()).map_err(|error| broken(&error))?;
                if !response.status().is_success() {
                    let body = response.body_mut().read_to_vec().map_err(|error| broken(&error))?;
                    return Err(refused(&response.map(|_| body.into())));
                }
                let (mut reader, mut bytes) = (response.into_body().into_reader(), vec![0; 1 << 16]);
                loop {
                    let count = reader.read(&mut bytes).map_err(|error| broken(&error))?;
                    match bytes.get(..count) {
                        Some(read) if !read.is_empty() => take(read)?,
                        _ => return Ok(()),
                    }
                }
            }
            Self::Store(runtime, state, caller) => runtime.block_on(async {
                let request = request(ask);
                let Answer { response, pieces, .. } = native::answer_as(state, &request, Arc::clone(caller)).await;
                if !response.status().is_success() {
                    return Err(refused(&response));
                }
                take(response.body())?;
                let Some(mut pieces) = pieces else { return Ok(()) };
                while let Some(piece) = pieces.recv().await {
                    take(&piece.map_err(|aborted| Failed::new(Exit::Failed, aborted))?)?;
                }
                Ok(())
            }),
        }
    }
}

/// An answer with all its pieces.
async fn whole(answer: impl Future<Output = Answer>) -> Result<Response<Bytes>, Failed> {
    let Answer { response, pieces, .. } = answer.await;
    let Some(mut pieces) = pieces else { return Ok(response) };
    let mut body = Vec::new();
    while let Some(piece) = pieces.recv().await {
        body.extend_from_slice(&piece.map_err(|aborted| Failed::new(Exit::Failed, aborted))?);
    }
    Ok(response.map(|_| body.into()))
}

fn ask_server(agent: &ureq::Agent, server: &str, token: &HeaderValue, ask: Ask) -> Result<Response<Bytes>, Failed> {
    let url = format!("{server}{}", ask.path);
    let unavailable = |error: &dyn std::fmt::Display| Failed::new(Exit::Unavailable, format!("{url}: {error}"));
    let request = request_to(&url, token, ask)?;
    let mut response = agent.run(request).map_err(|error| unavailable(&error))?;
    let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().map_err(|error| unavailable(&error))?;
    Ok(response.map(|_| body.into()))
}

fn request_to(url: &str, token: &HeaderValue, ask: Ask) -> Result<http::Request<Vec<u8>>, Failed> {
    let mut request = http::Request::builder().method(ask.method).uri(url).body(ask.body.to_vec());
    if let Ok(request) = &mut request {
        request.headers_mut().extend(ask.headers);
        request.headers_mut().insert(header::AUTHORIZATION, token.clone());
    }
    request.map_err(|error| Failed::new(Exit::Usage, format!("{url}: {error}")))
}

fn request(ask: Ask) -> Request {
    let (path, query) = match ask.path.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (ask.path, None),
    };
    let mut headers = ask.headers;
    let id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    headers.insert(header::USER_AGENT, HeaderValue::from_static(CLIENT));
    Request {
        method: ask.method,
        path,
        query,
        headers,
        body: ask.body,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        base_url: String::new(),
        tenant: None,
        id: id.unwrap_or_else(new_request_id),
    }
}

/// The sentence of a problem, and how the command ends.
fn refused(response: &Response<Bytes>) -> Failed {
    let exit = match response.status() {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Exit::Auth,
        StatusCode::NOT_FOUND | StatusCode::GONE => Exit::NotFound,
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Exit::Conflict,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Exit::Unavailable,
        _ => Exit::Failed,
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let Ok(problem) = serde_json::from_slice::<Value>(response.body()) else {
        let server = response.headers().get(HeaderName::from_static("server"));
        let who = server.map(|server| format!(" from {server:?}")).unwrap_or_default();
        return Failed::new(exit, format!("{}{who}", response.status()));
    };
    let mut message = text(&problem, "detail").unwrap_or_else(|| response.status().to_string());
    let errors = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
    for error in errors {
        let (pointer, detail) = (text(error, "pointer").unwrap_or_default(), text(error, "detail").unwrap_or_default());
        if detail != message {
            message.push_str(&format!("\n  {pointer}: {detail}"));
        }
    }
    Failed::new(exit, message)
}

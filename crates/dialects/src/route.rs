//! The way of a request through a dialect whose operations are found by method and path.

use crate::exchange::Exchange;
use crate::request::Request;
use crate::state::State;
use crate::together::Together;
use crate::{Answer, Refusal, Reply};
use bytes::Bytes;
use domain::{Access, Area, Caller, Error, Kind, Operation, Origin, Role, Scopes};
use http::{HeaderValue, Method, Response, StatusCode, header};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// One operation: its name, where it is, and who answers it.
pub struct Endpoint {
    /// The vendor's name of the operation.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The path; `{id}` stands for one segment.
    pub path: &'static str,
    /// What it needs of its caller. The operations of the domain decide; this is what they are held to by a test that
    /// runs each endpoint as everybody.
    pub needs: Needs,
    /// One sentence for the documentation.
    pub summary: &'static str,
    /// What it takes and answers.
    pub exchange: Exchange,
    /// Decodes, runs, encodes.
    pub handler: Handler,
}

/// What an endpoint needs of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The least role, beyond what the access needs anyway.
    pub role: Role,
    /// What it does.
    pub access: Access,
    /// Of what.
    pub area: Area,
    /// Of what else, where it looks at more; else the same.
    pub also: Area,
}

impl Needs {
    /// Nothing but a credential.
    pub const ANYBODY: Self = Self::of(Access::SignIn, Area::Customers);

    /// An access to an area.
    pub const fn of(access: Access, area: Area) -> Self {
        Self { role: Role::Viewer, access, area, also: area }
    }

    /// What operations over a kind of record need.
    pub const fn kind(kind: Kind, writes: bool) -> Self {
        Self::of(kind.access(writes), Area::of(kind))
    }

    /// Whether a caller of this role and these scopes has it.
    pub fn are_met(self, role: Role, scopes: Scopes) -> bool {
        let reached = scopes.allow(self.access, self.area) && scopes.allow(self.access, self.also);
        role >= self.role && role.allows(self.access) && reached
    }

    /// Demands it of a caller, before a body is looked at.
    ///
    /// # Errors
    /// As of [`Caller::demand_in`].
    pub fn demand(self, caller: &Caller) -> Result<(), Error> {
        caller.demand_in(self.access, self.area)?;
        caller.demand_in(self.access, self.also)
    }
}

/// A handler: one short function an operation.
pub type Handler = for<'a> fn(Call<'a>) -> Handling<'a>;

/// A response on its way.
pub type Handling<'a> = Pin<Box<dyn Future<Output = Result<Reply, Refused>> + Send + 'a>>;

/// A handler's answer as a [`Handling`].
pub fn answering<'a, R: Into<Reply>>(answer: impl Future<Output = Result<R, Refused>> + Send + 'a) -> Handling<'a> {
    Box::pin(async { answer.await.map(Into::into) })
}

/// Why a handler did not do what was asked.
#[derive(Debug)]
pub struct Refused {
    /// The reason.
    pub refusal: Refusal,
    /// The answer, where it says more than the reason holds; else the dialect words it.
    pub response: Option<Response<Bytes>>,
}

impl<R: Into<Refusal>> From<R> for Refused {
    fn from(refusal: R) -> Self {
        Self { refusal: refusal.into(), response: None }
    }
}

/// A request that found its endpoint and its caller.
pub struct Call<'a> {
    /// Shared by all requests.
    pub state: &'a Arc<State>,
    /// The request.
    pub request: &'a Request,
    /// Who calls.
    pub caller: Arc<Caller>,
    /// What stands for `{…}` in the path, in order, as sent.
    pub params: Vec<&'a str>,
    /// The dialect's name.
    pub dialect: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// The other calls of a request that asks for many things at once.
    pub together: Option<&'a Together>,
}

impl Call<'_> {
    /// Runs an operation of the domain for the caller.
    ///
    /// # Errors
    /// What [`State::run`] refuses with.
    pub async fn run<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.state.run_together(operation, &self.caller, self.origin(), self.together).await
    }

    /// What the history will say.
    pub fn origin(&self) -> Origin {
        self.request.origin(self.dialect, self.operation, &self.caller)
    }
}

/// What a method and a path lead to.
pub enum Found<'r, 'p> {
    /// An endpoint, and what stands for `{…}` in its path.
    Endpoint(&'r Endpoint, Vec<&'p str>),
    /// The path exists, with these methods: `GET, HEAD, PUT, OPTIONS`.
    WrongMethod(String),
    /// Nothing is there.
    Unknown,
}

/// The endpoints of a dialect, ready to be searched.
pub struct Routes {
    endpoints: &'static [Endpoint],
    paths: matchit::Router<Vec<usize>>,
}

impl Routes {
    /// Panics on a table that contradicts itself, which the first test of the dialect shows.
    #[allow(clippy::expect_used, reason = "the table is constant")]
    pub fn new(endpoints: &'static [Endpoint]) -> Self {
        let mut paths = matchit::Router::new();
        let mut seen: Vec<&str> = Vec::new();
        for endpoint in endpoints {
            if seen.contains(&endpoint.path) {
                continue;
            }
            seen.push(endpoint.path);
            let here = endpoints.iter().enumerate().filter(|(_, other)| other.path == endpoint.path);
            paths.insert(endpoint.path, here.map(|(at, _)| at).collect()).expect("paths do not contradict each other");
        }
        Self { endpoints, paths }
    }

    /// Finds the endpoint of a request. `HEAD` finds what `GET` finds.
    pub fn find<'p>(&self, method: &Method, path: &'p str) -> Found<'_, 'p> {
        let Ok(matched) = self.paths.at(path) else { return Found::Unknown };
        let here = || matched.value.iter().filter_map(|at| self.endpoints.get(*at));
        let wanted = if *method == Method::HEAD { &Method::GET } else { method };
        if let Some(endpoint) = here().find(|endpoint| endpoint.method == *wanted) {
            return Found::Endpoint(endpoint, matched.params.iter().map(|(_, value)| value).collect());
        }
        let mut methods: Vec<_> = here().map(|endpoint| endpoint.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        Found::WrongMethod(methods.join(", "))
    }
}

/// What a dialect brings to [`serve`].
pub struct Rest {
    /// Its name.
    pub dialect: &'static str,
    /// Its endpoints.
    pub routes: &'static std::sync::LazyLock<Routes>,
    /// Finds out who calls.
    pub authenticate: for<'a> fn(&'a State, &'a Request) -> Authenticating<'a>,
    /// Says a refusal in the vendor's words.
    pub refuse: fn(&Request, &Refusal) -> Response<Bytes>,
    /// Adds what every answer of the dialect says beside; the caller is known where somebody signed in.
    pub finish: fn(&State, &Request, Option<&Caller>, &mut Response<Bytes>),
}

/// A caller being found.
pub type Authenticating<'a> = Pin<Box<dyn Future<Output = Result<Arc<Caller>, Error>> + Send + 'a>>;

/// Finds the endpoint of a path, then who calls, then lets its handler answer. A caller who is known already needs no
/// credential.
pub async fn serve<'a>(
    rest: &Rest,
    state: &'a Arc<State>,
    request: &'a Request,
    path: &'a str,
    caller: Option<Arc<Caller>>,
) -> Answer {
    let mut known = None;
    let (operation, allow, outcome) = match rest.routes.find(&request.method, path) {
        Found::Endpoint(endpoint, params) => {
            let caller = match caller {
                Some(caller) => Ok(caller),
                None => (rest.authenticate)(state, request).await,
            };
            let outcome = match caller {
                Ok(caller) => {
                    let Endpoint { operation, .. } = *endpoint;
                    known = Some(Arc::clone(&caller));
                    let call =
                        Call { state, request, caller, params, dialect: rest.dialect, operation, together: None };
                    (endpoint.handler)(call).await
                }
                Err(error) => Err(error.into()),
            };
            (endpoint.operation, None, outcome)
        }
        Found::WrongMethod(allow) if request.method == Method::OPTIONS => {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::NO_CONTENT;
            ("", Some(allow), Ok(response.into()))
        }
        Found::WrongMethod(allow) => {
            let text = format!("{} is not offered here, only {allow}", request.method);
            ("", Some(allow), Err(Refusal::request(StatusCode::METHOD_NOT_ALLOWED, text).into()))
        }
        Found::Unknown => {
            let text = "There is nothing at this address";
            ("", None, Err(Refusal::request(StatusCode::NOT_FOUND, text).into()))
        }
    };
    let (Reply { mut response, pieces }, refused) = match outcome {
        Ok(reply) => (reply, None),
        Err(Refused { refusal, response }) => {
            (response.unwrap_or_else(|| (rest.refuse)(request, &refusal)).into(), Some(refusal))
        }
    };
    if let Some(allow) = allow.and_then(|allow| HeaderValue::try_from(allow).ok()) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    (rest.finish)(state, request, known.as_deref(), &mut response);
    Answer { response, pieces, operation, refused }
}

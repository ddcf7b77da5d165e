//! The way of a call: envelope, operation, caller, handler, answer.

use super::errors::{Refused, Told};
use super::operations::{self, Method};
use super::wire::Contract;
use super::{NAME, auth, errors};
use crate::soap::{self, xml};
use crate::{Answer, Refusal, Request, State};
use ::wire::soap::{Envelope, Fault, Limits, Members, Operation, Scalar, Shape, Struct, Type, Value};
use ::wire::xml::{self as document, Source};
use domain::{Caller, Error};
use http::StatusCode;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a handler answers: the members of the answer.
pub(super) type Outcome = Result<Members<'static>, Refused>;

/// An outcome on its way.
pub(super) type Handling<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A call that found its operation and its caller.
pub(super) struct Call<'a> {
    pub(super) state: &'a Arc<State>,
    pub(super) request: &'a Request,
    pub(super) contract: &'static Contract,
    pub(super) operation: &'static Operation,
    pub(super) arguments: &'a Members<'a>,
    pub(super) caller: Arc<Caller>,
}

impl<'a> Call<'a> {
    /// Runs an operation of the domain for the caller.
    ///
    /// # Errors
    /// What [`State::run`] refuses with.
    pub(super) async fn run<O: domain::Operation>(&self, operation: O) -> Result<O::Output, Error> {
        let origin = self.request.origin(NAME, self.operation.name, &self.caller);
        self.state.run(operation, &self.caller, origin).await
    }

    /// The answer, nothing in it yet: what can be nil is.
    pub(super) fn output(&self) -> Members<'static> {
        Members::nil(&self.operation.output)
    }

    /// The argument of that name, if this version of the contract has it and it was sent.
    pub(super) fn argument(&self, name: &str) -> &'a Value<'a> {
        let known = self.operation.input.fields.iter().any(|field| field.name == name);
        if known { self.arguments.get(name) } else { &Value::Absent }
    }

    /// The type of a member of the answer.
    pub(super) fn output_type(&self, name: &str) -> Option<Type> {
        self.operation.output.fields.iter().find(|field| field.name == name).map(|field| field.is)
    }

    /// The type of a record in the answer, or of each in a list of them.
    ///
    /// # Errors
    /// `Internal` where the table has none.
    pub(super) fn output_struct(&self, name: &str) -> Result<&'static Struct, Error> {
        match self.output_type(name) {
            Some(Type::Struct(is)) => Ok(is),
            Some(Type::Array(list)) => match list.item {
                Type::Struct(is) => Ok(is),
                _ => Err(Error::internal(format!("{name} holds no records"))),
            },
            _ => Err(Error::internal(format!("{name} is no record"))),
        }
    }
}

/// Answers a call; for a caller who is known already, whatever its headers say.
pub(super) async fn answer(
    state: &Arc<State>,
    request: &Request,
    contract: &'static Contract,
    known: Option<Arc<Caller>>,
) -> Answer {
    match exchange(state, request, contract, known).await {
        Ok(answer) => answer,
        Err((operation, Failed::Call(refused))) => {
            let mut response = xml(contract.service.fault(&errors::fault(contract, &request.id, &refused)));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            errors::say_when_to_try_again(&mut response, &refused.error);
            let refusal = Refusal::Operation(refused.error);
            Answer { response, pieces: None, operation, refused: Some(refusal) }
        }
        Err((operation, Failed::Envelope(status, fault))) => {
            let mut response = xml(contract.service.fault(&fault));
            *response.status_mut() = status;
            let refusal = Refusal::request(StatusCode::BAD_REQUEST, fault.message);
            Answer { response, pieces: None, operation, refused: Some(refusal) }
        }
    }
}

/// Why a call is answered with a fault.
enum Failed {
    /// It is no call at all.
    Envelope(StatusCode, Box<Fault<'static>>),
    /// It was refused.
    Call(Box<Refused>),
}

impl<R: Into<Refused>> From<R> for Failed {
    fn from(refused: R) -> Self {
        Self::Call(Box::new(refused.into()))
    }
}

async fn exchange(
    state: &Arc<State>,
    request: &Request,
    contract: &'static Contract,
    known: Option<Arc<Caller>>,
) -> Result<Answer, (&'static str, Failed)> {
    let no_call = |status, fault: Fault<'static>| ("", Failed::Envelope(status, Box::new(fault)));
    let malformed = |error: document::XmlError| no_call(StatusCode::BAD_REQUEST, Fault::client(error.to_string()));
    let outside = |fault| no_call(StatusCode::INTERNAL_SERVER_ERROR, fault);
    let charset = soap::charset(request).map_err(|(status, text)| no_call(status, Fault::client(text)))?;
    let limits = document::Limits::default();
    let source = Source::decode(&request.body, charset.as_deref(), &limits).map_err(malformed)?;
    let document = source.parse(&limits).map_err(malformed)?;
    let service = &contract.service;
    let envelope = Envelope::open(&document, service.style, |_| false).map_err(outside)?;
    let operation = service.operation(&envelope).map_err(outside)?;
    let inside = |failed: Failed| (operation.name, failed);
    let method = Method::of(operation).map_err(|error| inside(error.into()))?;
    let action = request.header("soapaction");
    if state.strict && !operation.is_action(action) {
        return Err(inside(Refused::action(action, operation.name).into()));
    }
    let caller = match known {
        Some(caller) => caller,
        None => auth::caller(state, request, contract, &envelope).await.map_err(|refused| inside(refused.into()))?,
    };
    operations::admit(method.right, &caller).map_err(|refused| inside(refused.into()))?;
    let limits = Limits { empty_is_nil: !state.strict, ..Limits::default() };
    let arguments = service.decode(operation, &envelope, &limits);
    let arguments = arguments.map_err(|bad| inside(Refused::unreadable(state.strict, &bad.to_string()).into()))?;
    check_times(&arguments, &format!("{}Request", operation.name))
        .map_err(|bad| inside(Refused::unreadable(state.strict, &bad).into()))?;
    let call = Call { state, request, contract, operation, arguments: &arguments, caller };
    let output = (method.handler)(call).await.map_err(|refused| inside(refused.into()))?;
    let headers = Members::new(contract.response_headers).with("TrackingId", request.id.as_str());
    let shape = Shape { headers: Some(&headers), ..Shape::default() };
    let body = service.answer(operation, &envelope, &output, &shape);
    Ok(Answer { response: xml(body), pieces: None, operation: operation.name, refused: None })
}

/// A text where a time should be is a body that cannot be read, though nobody looks at the times of a request.
fn check_times(members: &Members<'_>, path: &str) -> Result<(), String> {
    for (_, field, value) in members.iter() {
        let path = || format!("{path}/{}", field.name);
        match (value, &field.is) {
            (Value::Text(text), Type::Scalar(Scalar::DateTime)) if !super::fields::is_time(text) => {
                return Err(format!("{}: expected a time such as 2018-01-02T03:04:05.678", path()));
            }
            (Value::Struct(inner), _) => check_times(inner, &path())?,
            (Value::List(items), _) => {
                items.iter().filter_map(Value::members).try_for_each(|item| check_times(item, &path()))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// For a handler's own refusals.
impl Refused {
    /// An error of the domain under a code of the vendor's.
    pub(super) const fn new(told: Told, error: Error) -> Self {
        Self { told, error }
    }
}

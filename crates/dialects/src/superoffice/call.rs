//! The way of a call: envelope, method, session, handler, answer.

use super::errors::{Code, Refused};
use super::operations::Port;
use super::{LARGEST_BODY, NAME, auth, errors, leniency, literal};
use crate::notes::Notes;
use crate::session::Session;
use crate::soap::{self, xml};
use crate::{Answer, Refusal, Request, State};
use ::wire::soap::{Envelope, Fault, Limits, Members, NestedArrays, Operation, Service, Shape, Style};
use ::wire::xml::{self as document, Source};
use bytes::Bytes;
use domain::{Caller, Error, Origin};
use http::{Response, StatusCode, header};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a handler answers: the out parameters, but for the error code.
pub(super) type Outcome = Result<Members<'static>, Refused>;

/// An outcome on its way.
pub(super) type Handling<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A call that found its method and its caller.
pub(super) struct Call<'a> {
    pub(super) state: &'a Arc<State>,
    pub(super) request: &'a Request,
    pub(super) port: &'static Port,
    pub(super) operation: &'static Operation,
    pub(super) arguments: &'a Members<'a>,
    /// Who calls: of a session, or anonymous.
    pub(super) caller: Arc<Caller>,
    pub(super) session: Option<Session>,
    /// What was taken although the pages do not have it.
    pub(super) notes: &'a Notes,
}

impl Call<'_> {
    /// Runs an operation of the domain for the caller.
    ///
    /// # Errors
    /// What [`State::run`] refuses with.
    pub(super) async fn run<O: domain::Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.run_as(&self.caller, operation).await
    }

    /// Runs an operation for somebody else.
    ///
    /// # Errors
    /// What [`State::run`] refuses with.
    pub(super) async fn run_as<O: domain::Operation>(
        &self,
        caller: &Arc<Caller>,
        operation: O,
    ) -> Result<O::Output, Error> {
        self.state.run(operation, caller, self.origin(caller)).await
    }

    /// What the history will say.
    pub(super) fn origin(&self, caller: &Caller) -> Origin {
        self.request.origin(NAME, self.operation.name, caller)
    }

    /// The text of an in parameter; `""` when it was not sent, or the method has none of that name.
    pub(super) fn text(&self, name: &str) -> &str {
        if self.has(name) { self.arguments.text(name) } else { "" }
    }

    /// Whether the method has an in parameter of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.operation.input.fields.iter().any(|field| field.name == name)
    }

    /// The texts of an in parameter, the empty ones left out.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        let items = if self.has(name) { self.arguments.list(name) } else { &[] };
        items.iter().map(|item| item.text()).filter(|text| !text.is_empty()).collect()
    }

    /// The out parameters, nothing in them yet.
    pub(super) fn output(&self) -> Members<'static> {
        Members::new(&self.operation.output)
    }
}

/// Answers a call; for a caller who is known already, whatever session it names.
pub(super) async fn answer(
    state: &Arc<State>,
    request: &Request,
    port: &'static Port,
    literal: bool,
    known: Option<Arc<Caller>>,
) -> Answer {
    let service = if literal { &*port.literal } else { &port.service };
    match exchange(state, request, port, service, known).await {
        Ok(answer) => answer,
        Err((operation, Failed { status, fault, refusal })) => {
            let mut response = xml(service.fault(&fault));
            *response.status_mut() = status;
            Answer { response, pieces: None, operation, refused: Some(refusal) }
        }
    }
}

/// A call that is answered with a fault, and the status of that.
struct Failed {
    status: StatusCode,
    fault: Box<Fault<'static>>,
    refusal: Refusal,
}

impl Failed {
    /// What was sent is no call: the caller's fault. SOAP 1.1 wants 500 for it, as the vendor answers.
    fn fault(fault: Fault<'static>) -> Self {
        let refusal = Refusal::request(StatusCode::BAD_REQUEST, fault.message.clone());
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, fault: Box::new(fault), refusal }
    }

    /// What has no number of the vendor's.
    fn internal(error: Error) -> Self {
        let (status, fault) = (StatusCode::INTERNAL_SERVER_ERROR, Box::new(errors::fault(&error)));
        Self { status, fault, refusal: Refusal::Operation(error) }
    }
}

async fn exchange(
    state: &Arc<State>,
    request: &Request,
    port: &'static Port,
    own: &'static Service,
    known: Option<Arc<Caller>>,
) -> Result<Answer, (&'static str, Failed)> {
    let outside = |failed| ("", failed);
    let charset = soap::charset(request).map_err(|(status, text)| {
        let fault = Box::new(Fault::client(text.clone()));
        outside(Failed { status, fault, refusal: Refusal::request(status, text) })
    })?;
    let client = |why: &dyn std::fmt::Display| outside(Failed::fault(Fault::client(why.to_string())));
    let limits = document::Limits { bytes: LARGEST_BODY, text: LARGEST_BODY, ..document::Limits::default() };
    let source = Source::decode(&request.body, charset.as_deref(), &limits).map_err(|error| client(&error))?;
    let document = source.parse(&limits).map_err(|error| client(&error))?;
    let envelope = Envelope::open(&document, own.style, |_| false).map_err(|fault| outside(Failed::fault(fault)))?;
    let learned = state.learned(request, NAME, port.name).await.map_err(|error| outside(Failed::internal(error)))?;
    // Who calls in our own words is answered in them.
    let is_ours = envelope.call().namespace() == Some(own.namespace);
    let theirs = learned.map(|learned| learned.in_style(own.style));
    let theirs = theirs.filter(|theirs| !is_ours || theirs.namespace == own.namespace);
    let theirs = theirs.and_then(|theirs| Some((theirs, theirs.operation(&envelope).ok()?)));
    let operation = match theirs {
        // What was learned has no methods that are not here.
        Some((_, same)) => own.operations.iter().find(|operation| operation.name == same.name),
        None => None,
    };
    let operation = match operation {
        Some(operation) => operation,
        None => own.operation(&envelope).map_err(|fault| outside(Failed::fault(fault)))?,
    };
    let (service, spoken) = theirs.unwrap_or((own, operation));
    let inside = |failed| (operation.name, failed);
    let limits = Limits { bytes: LARGEST_BODY, ..Limits::default() };
    let arguments = service.decode(spoken, &envelope, &limits).map_err(|bad| inside(Failed::fault(bad.into())))?;
    let notes = Notes::default();
    leniency::note_parameters(&notes, spoken, &envelope);
    let arguments = match theirs {
        Some(_) => arguments.fitted(&operation.input).map_err(|why| inside(Failed::fault(Fault::client(why))))?,
        None => arguments,
    };
    let outcome = handle(state, request, port, (operation, &arguments), known, &notes).await;
    let (output, refused) = match outcome {
        Ok(output) => (output.code(operation, Code::NoError), None),
        Err(Refused { code: Some(code), error }) => {
            (Members::new(&operation.output).code(operation, code), Some(Refusal::Operation(error)))
        }
        Err(Refused { code: None, error }) => {
            return Err(inside(Failed::internal(error)));
        }
    };
    let output = match theirs {
        Some(_) => output.fitted(&spoken.output).map_err(|why| inside(Failed::internal(Error::internal(why))))?,
        None => output,
    };
    let output = match service.style {
        Style::RpcEncoded => output,
        Style::DocumentLiteral => literal::qualified(&output, &spoken.output),
    };
    // Of arrays of arrays there is no form that gSOAP and the others take.
    let gsoap = request.header(header::USER_AGENT).is_some_and(|agent| agent.starts_with("gSOAP"));
    let nested_arrays = if gsoap { NestedArrays::AnyType } else { NestedArrays::default() };
    let body = service.answer(spoken, &envelope, &output, &Shape { headers: None, nested_arrays });
    let mut response: Response<Bytes> = xml(body);
    notes.put(&mut response);
    Ok(Answer { response, pieces: None, operation: operation.name, refused })
}

async fn handle(
    state: &Arc<State>,
    request: &Request,
    port: &'static Port,
    (operation, arguments): (&'static Operation, &Members<'_>),
    known: Option<Arc<Caller>>,
    notes: &Notes,
) -> Outcome {
    // A table of the same order in both styles.
    let place = port.service.operations.iter().position(|known| known.name == operation.name);
    let method = place.and_then(|place| port.methods.get(place));
    let method = method.ok_or_else(|| Error::internal(format!("{} has no handler", operation.name)))?;
    let session = match &known {
        Some(_) => Ok(None),
        None => auth::session(state, request, port, method.key, arguments).await,
    };
    let is_known = known.is_some();
    let caller = match (known, &session) {
        (Some(caller), _) => caller,
        (None, Ok(Some(session))) => Arc::clone(&session.caller),
        (None, _) => Arc::new(Caller::anonymous(state.tenant(request).await?)),
    };
    if !is_known {
        // Whoever calls from elsewhere is not told whether the key is good.
        state.admit(request, NAME, caller.tenant, port.name).await.map_err(auth::elsewhere)?;
    }
    let session = session?;
    let call = Call { state, request, port, operation, arguments, caller, session: session.clone(), notes };
    let outcome = (method.handler)(call).await;
    if let (Some(session), Err(refused)) = (&session, &outcome) {
        state.note_last_error(session, &refused.error.message);
    }
    outcome
}

/// The error code among the out parameters, where a method has one.
trait WithCode {
    fn code(self, operation: &'static Operation, code: Code) -> Self;
}

impl WithCode for Members<'static> {
    fn code(self, operation: &'static Operation, code: Code) -> Self {
        let has_one = operation.output.fields.first().is_some_and(|field| field.name == "errorCode");
        if has_one { self.with("errorCode", (code as u8).to_string()) } else { self }
    }
}

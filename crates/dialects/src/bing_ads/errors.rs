//! Refusals in the vendor's words: a fault with one of two details, always with HTTP status 500.

use super::fields::member_of;
use super::wire::{AD_API_ERROR, CONTRACTS, Contract, EXCEPTION_DETAIL};
use crate::{Refusal, Request};
use ::wire::soap::{Fault, FaultCode, FaultDetail, Members, Struct, Type, Value};
use bytes::Bytes;
use domain::error::Reason;
use domain::{Error, Field};
use http::{Response, StatusCode, header};

/// The codes that have a name, as far as there is a use for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    InternalError = 0,
    InvalidCredentials = 105,
    UserIsNotAuthorized = 106,
    AuthenticationTokenExpired = 109,
    RequestMissingHeaders = 116,
    CallRateExceeded = 117,
    ApiInputValidationError = 201,
    ApiExecutionError = 202,
    NullParameter = 203,
    OperationNotSupported = 204,
    TimestampNotMatch = 209,
    EntityNotExistent = 210,
    NameTooLong = 211,
}

/// The numbers of this service's own errors, which have no names.
pub(super) mod number {
    pub(in super::super) const CITY: i64 = 200;
    pub(in super::super) const LINE_1: i64 = 205;
    pub(in super::super) const LINE_3: i64 = 207;
    pub(in super::super) const POSTAL_CODE: i64 = 209;
    pub(in super::super) const NO_CUSTOMER: i64 = 310;
    pub(in super::super) const DATE_RANGE: i64 = 532;
    pub(in super::super) const NOT_ALLOWED: i64 = 1001;
    pub(in super::super) const SHORT_FILTER: i64 = 2180;
    pub(in super::super) const ACCOUNT_STATE: i64 = 2192;
    pub(in super::super) const TOO_MANY: i64 = 3024;
    pub(in super::super) const PREDICATE: i64 = 3030;
    pub(in super::super) const NO_PREDICATE: i64 = 3079;
    pub(in super::super) const NO_PAGE: i64 = 3080;
    pub(in super::super) const NO_INVITATION: i64 = 3086;
    pub(in super::super) const EMPTY_LIST: i64 = 3087;
}

/// In which of the vendor's ways something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// `AdApiFaultDetail`: what goes wrong in any of the vendor's services.
    AdApi(Code),
    /// `ApiFault`: what goes wrong in this one.
    Operation(i64),
    /// The vendor's framework could not read the body.
    Unreadable,
    /// The SOAPAction is not that of the body.
    UnknownAction,
}

/// A refused call.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) told: Told,
    pub(super) error: Error,
}

impl Refused {
    /// A value of the call that is wrong.
    pub(super) fn invalid(told: Told, sentence: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(told, Error::new(Reason::Invalid, sentence))
    }

    /// A body that does not fit the schemas.
    pub(super) fn unreadable(strict: bool, bad: &str) -> Self {
        let told = if strict { Told::Unreadable } else { Told::AdApi(Code::ApiInputValidationError) };
        Self::invalid(told, format!("The request does not fit the schemas of the WSDL: {bad}. Nothing was stored."))
    }

    /// A SOAPAction that is not that of the body.
    pub(super) fn action(action: Option<&str>, operation: &str) -> Self {
        let action: String = action.unwrap_or_default().chars().take(100).collect();
        let text = format!("The SOAPAction {action} is not that of the body, which is {operation}. Nothing was done.");
        Self::invalid(Told::UnknownAction, text)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { told: told(&error), error }
    }
}

/// How a reason is told.
const fn told(error: &Error) -> Told {
    Told::AdApi(match error.reason {
        Reason::Unauthenticated if matches!(error.at, Some(Field::ExpiresAt)) => Code::AuthenticationTokenExpired,
        Reason::Unauthenticated => Code::InvalidCredentials,
        Reason::Forbidden => Code::UserIsNotAuthorized,
        Reason::NotFound => Code::EntityNotExistent,
        Reason::Required => Code::NullParameter,
        Reason::Conflict => Code::TimestampNotMatch,
        Reason::Locked => Code::ApiExecutionError,
        Reason::LimitExceeded => Code::CallRateExceeded,
        Reason::Unsupported => Code::OperationNotSupported,
        Reason::Busy | Reason::Internal => Code::InternalError,
        Reason::Invalid | Reason::TooLong => match error.at {
            Some(Field::City) => return Told::Operation(number::CITY),
            Some(Field::AddressLine1) => return Told::Operation(number::LINE_1),
            Some(Field::AddressLine3) => return Told::Operation(number::LINE_3),
            Some(Field::PostalCode) => return Told::Operation(number::POSTAL_CODE),
            Some(Field::Name) if matches!(error.reason, Reason::TooLong) => Code::NameTooLong,
            _ => Code::ApiInputValidationError,
        },
        Reason::AlreadyExists => Code::ApiInputValidationError,
    })
}

/// What every fault with a detail says; the detail says the rest.
const SENTENCE: &str = "Invalid client data. Check the SOAP fault details for more information";

/// The fault of a refusal.
pub(super) fn fault(contract: &'static Contract, tracking_id: &str, refused: &Refused) -> Fault<'static> {
    let (member, sentence) = worded(&refused.error);
    let text = |text: &str| if text.is_empty() { Value::Nil } else { Value::from(text.to_owned()) };
    let (detail, errors, error) = match refused.told {
        Told::AdApi(code) => {
            let error = Members::nil(&AD_API_ERROR).with("Code", code as i64).with("ErrorCode", format!("{code:?}"));
            let error = error.with("Detail", text(member)).with("Message", sentence);
            (contract.ad_api_fault, "Errors", error)
        }
        Told::Operation(number) => {
            let error = Members::nil(item_of(contract.api_fault, "OperationErrors")).with("Code", number);
            let error = error.with("Details", text(member)).with("Message", sentence);
            (contract.api_fault, "OperationErrors", error)
        }
        Told::Unreadable => return unreadable(contract, sentence),
        Told::UnknownAction => {
            let code = FaultCode::Other {
                namespace: "http://schemas.microsoft.com/ws/2005/05/addressing/none",
                local: "ActionNotSupported",
            };
            return Fault { language: Some("en-US"), ..Fault::new(code, sentence) };
        }
    };
    let members = Members::nil(detail.is).with("TrackingId", tracking_id.to_owned());
    let members = members.with(errors, vec![Value::Struct(error)]);
    // The later version says the id here too.
    let message =
        if contract.version == "v11" { SENTENCE.to_owned() } else { format!("{SENTENCE}. TrackingId: {tracking_id}.") };
    Fault { language: Some("en-US"), ..Fault::server(message) }.with_detail(detail, members)
}

fn unreadable(contract: &Contract, sentence: String) -> Fault<'static> {
    let code = FaultCode::Other {
        namespace: "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher",
        local: "DeserializationFailed",
    };
    let message = format!(
        "The formatter threw an exception while trying to deserialize the message in {}: {sentence}",
        contract.service.namespace
    );
    let exception = Members::nil(EXCEPTION_DETAIL.is)
        .with("Message", sentence)
        .with("Type", "System.ServiceModel.Dispatcher.NetDispatcherFaultException");
    Fault { language: Some("en-US"), ..Fault::new(code, message) }.with_detail(&EXCEPTION_DETAIL, exception)
}

/// What the list in a detail holds.
fn item_of(detail: &'static FaultDetail, list: &str) -> &'static Struct {
    let field = detail.is.fields.iter().find(|field| field.name == list);
    match field.map(|field| field.is) {
        Some(Type::Array(list)) => match list.item {
            Type::Struct(is) => is,
            _ => detail.is,
        },
        _ => detail.is,
    }
}

/// The member that an error is about, and its sentence in the vendor's words.
fn worded(error: &Error) -> (&'static str, String) {
    let Some(field) = error.at else { return ("", error.message.clone().into_owned()) };
    let member = member_of(field);
    let name = field.name();
    let sentence = match error.message.strip_prefix(&*name).filter(|_| !member.is_empty()) {
        Some(rest) => format!("{member}{rest}"),
        None => error.message.clone().into_owned(),
    };
    (member, sentence)
}

/// Answers what never became a call.
pub(super) fn refuse(request: &Request, refusal: &Refusal) -> Response<Bytes> {
    let contract = super::contract(&request.path).unwrap_or(CONTRACTS[0]);
    let (status, fault) = match refusal {
        Refusal::Request(status, sentence) if status.is_server_error() => (*status, Fault::server(sentence.clone())),
        Refusal::Request(status, sentence) => (*status, Fault::client(sentence.clone())),
        Refusal::Operation(error) => {
            (StatusCode::INTERNAL_SERVER_ERROR, fault(contract, &request.id, &error.clone().into()))
        }
    };
    let mut response = crate::soap::xml(contract.service.fault(&fault));
    *response.status_mut() = status;
    match refusal {
        Refusal::Operation(error) => say_when_to_try_again(&mut response, error),
        Refusal::Request(StatusCode::SERVICE_UNAVAILABLE, _) => {
            drop(response.headers_mut().insert(header::RETRY_AFTER, 1.into()));
        }
        Refusal::Request(..) => {}
    }
    response
}

/// `Retry-After` where it will help.
pub(super) fn say_when_to_try_again(response: &mut Response<Bytes>, error: &Error) {
    if matches!(error.reason, Reason::Busy | Reason::LimitExceeded) {
        response.headers_mut().insert(header::RETRY_AFTER, error.wait.unwrap_or(1).into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_told_at_every_field() {
        for reason in Reason::ALL {
            for at in Field::ALL.iter().copied().map(Some).chain([None, Some(Field::Extra(7))]) {
                let refused = Refused::from(Error { at, ..Error::new(reason, "Why") });
                for contract in CONTRACTS {
                    let xml = contract.service.fault(&fault(contract, "t-1", &refused));
                    assert!(xml.contains(">t-1</TrackingId>") || xml.contains(":TrackingId>"), "{xml}");
                    assert!(xml.contains("Why"), "{xml}");
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_has_the_code_of_its_member() {
        for (reason, at, expected) in [
            (Reason::Invalid, Some(Field::City), Told::Operation(200)),
            (Reason::TooLong, Some(Field::AddressLine1), Told::Operation(205)),
            (Reason::TooLong, Some(Field::AddressLine2), Told::AdApi(Code::ApiInputValidationError)),
            (Reason::TooLong, Some(Field::AddressLine3), Told::Operation(207)),
            (Reason::TooLong, Some(Field::PostalCode), Told::Operation(209)),
            (Reason::TooLong, Some(Field::Name), Told::AdApi(Code::NameTooLong)),
            (Reason::Invalid, Some(Field::Name), Told::AdApi(Code::ApiInputValidationError)),
            (Reason::Conflict, None, Told::AdApi(Code::TimestampNotMatch)),
            (Reason::Unauthenticated, None, Told::AdApi(Code::InvalidCredentials)),
            (Reason::Unauthenticated, Some(Field::ExpiresAt), Told::AdApi(Code::AuthenticationTokenExpired)),
        ] {
            assert_eq!(told(&Error { at, ..Error::new(reason, "Why") }), expected, "{reason:?} at {at:?}");
        }
    }

    #[test]
    fn a_sentence_names_the_vendors_member() {
        let error = Error::new(Reason::TooLong, "address.city is longer than 35 characters").at(Field::City);
        assert_eq!(worded(&error), ("City", "City is longer than 35 characters".to_owned()));
    }
}

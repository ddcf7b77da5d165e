//! Refusals in the vendor's words: the number in `errorCode`, with HTTP status 200. A fault is only for what is no call
//! at all, for addresses that may not call, and for failures of the server.

use crate::{Refusal, Request};
use ::wire::soap::{Fault, FaultCode};
use bytes::Bytes;
use domain::error::Reason;
use domain::{Error, Field};
use http::{HeaderValue, Response, StatusCode, header};

use super::operations::TICKET;

/// The vendor's numbers, as far as there is a use for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NoError = 0,
    IncorrectLoginCustomer = 1,
    IncorrectLoginUser = 2,
    UnknownCustomer = 3,
    InsufficientRights = 4,
    InvalidSessionKey = 5,
    OperationIllegal = 6,
    CustomError = 7,
    InvalidCategory = 8,
    InvalidPriority = 9,
    InvalidSLevel = 10,
    InvalidDomain = 11,
    InvalidExtraField = 12,
    UnknownTicket = 13,
    UserNameExists = 14,
    EmptyPassword = 15,
    UnknownAttachment = 16,
    InvalidField = 17,
    UnknownMessage = 18,
    NoLicense = 19,
    UnknownLanguage = 23,
    AttachmentInUse = 24,
    NotificationViolation = 26,
    FileNotFound = 27,
    IllegalCriterias = 28,
    InvalidOwner = 29,
    UnknownCompany = 30,
    UnknownCustomerId = 31,
    UnknownTicketStatus = 32,
    UnknownExtraTable = 33,
    UnknownUserId = 34,
    UserNotFound = 35,
}

/// A refused call.
#[derive(Debug)]
pub(super) struct Refused {
    /// `None` is a fault.
    pub(super) code: Option<Code>,
    pub(super) error: Error,
}

impl Refused {
    pub(super) const fn new(code: Code, error: Error) -> Self {
        Self { code: Some(code), error }
    }

    /// A value of the call that is wrong.
    pub(super) fn invalid(code: Code, sentence: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(code, Error::new(Reason::Invalid, sentence))
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { code: code(&error), error }
    }
}

/// What is not there has this number, all else its own.
pub(super) fn missing(number: Code) -> impl Fn(Error) -> Refused {
    move |error| match error.reason {
        Reason::NotFound => Refused::new(number, error),
        _ => error.into(),
    }
}

/// The number of a reason; `None` is a fault.
const fn code(error: &Error) -> Option<Code> {
    Some(match error.reason {
        Reason::Unauthenticated => Code::InvalidSessionKey,
        Reason::Forbidden => Code::InsufficientRights,
        Reason::AlreadyExists => match error.at {
            Some(Field::Username) => Code::UserNameExists,
            _ => Code::CustomError,
        },
        Reason::Required | Reason::Invalid => match error.at {
            None | Some(Field::Emails) => Code::InvalidField,
            Some(at) => value_code(at),
        },
        Reason::TooLong => match error.at {
            Some(Field::Extra(_)) => Code::InvalidExtraField,
            _ => Code::CustomError,
        },
        Reason::Unsupported => Code::OperationIllegal,
        Reason::NotFound | Reason::Conflict | Reason::Locked | Reason::LimitExceeded | Reason::Busy => {
            Code::CustomError
        }
        Reason::Internal => return None,
    })
}

/// The number of a field whose value is wrong.
const fn value_code(at: Field) -> Code {
    match at {
        Field::Password => Code::EmptyPassword,
        Field::Language => Code::UnknownLanguage,
        Field::Company => Code::UnknownCompany,
        Field::CategoryId => Code::InvalidCategory,
        Field::PriorityId => Code::InvalidPriority,
        Field::External => Code::InvalidSLevel,
        Field::Extra(_) => Code::InvalidExtraField,
        Field::TicketId => Code::UnknownTicket,
        Field::Attachments => Code::UnknownAttachment,
        Field::Owner | Field::OurContact | Field::OurSalesContact => Code::InvalidOwner,
        Field::CustomerId | Field::FurtherCustomers | Field::PrimaryContact => Code::UnknownCustomerId,
        Field::TicketStatus => Code::UnknownTicketStatus,
        Field::CreatedBy => Code::UnknownUserId,
        _ => Code::CustomError,
    }
}

/// The fault of a refusal that has no number.
pub(super) fn fault(error: &Error) -> Fault<'static> {
    let code = match error.reason {
        Reason::Internal | Reason::Busy => FaultCode::Server,
        _ => FaultCode::Client,
    };
    Fault::new(code, error.message.clone())
}

/// Answers what never became a call.
pub(super) fn refuse(_: &Request, refusal: &Refusal) -> Response<Bytes> {
    let (status, fault) = match refusal {
        Refusal::Request(status, sentence) if status.is_server_error() => (*status, Fault::server(sentence.clone())),
        Refusal::Request(status, sentence) => (*status, Fault::client(sentence.clone())),
        Refusal::Operation(error) => (StatusCode::INTERNAL_SERVER_ERROR, fault(error)),
    };
    let mut response = crate::soap::xml(TICKET.service.fault(&fault));
    *response.status_mut() = status;
    let later = match refusal {
        Refusal::Request(status, _) => *status == StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Operation(error) => matches!(error.reason, Reason::Busy | Reason::LimitExceeded),
    };
    if later {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_number_or_is_a_fault() {
        for reason in Reason::ALL {
            for at in Field::ALL.iter().copied().map(Some).chain([None, Some(Field::Extra(7))]) {
                let code = code(&Error { at, ..Error::new(reason, "Why") });
                assert_eq!(code.is_none(), reason == Reason::Internal, "{reason:?} at {at:?}");
                assert_ne!(code, Some(Code::NoError), "{reason:?} at {at:?}");
            }
        }
    }

    #[test]
    fn a_value_that_is_wrong_has_the_number_of_its_field() {
        for (at, expected) in [
            (None, 17),
            (Some(Field::Emails), 17),
            (Some(Field::Language), 23),
            (Some(Field::Company), 30),
            (Some(Field::Extra(6)), 12),
            (Some(Field::CategoryId), 8),
            (Some(Field::PriorityId), 9),
            (Some(Field::External), 10),
            (Some(Field::TicketStatus), 32),
            (Some(Field::Owner), 29),
            (Some(Field::Phone), 7),
        ] {
            let error = Error { at, ..Error::new(Reason::Invalid, "Why") };
            assert_eq!(code(&error).map(|code| code as u8), Some(expected), "{at:?}");
        }
    }

    #[test]
    fn what_is_missing_has_the_number_of_its_kind() {
        let refused = missing(Code::UnknownTicket);
        assert_eq!(refused(Error::not_found("Why")).code, Some(Code::UnknownTicket));
        assert_eq!(refused(Error::new(Reason::Forbidden, "Why")).code, Some(Code::InsufficientRights));
    }
}

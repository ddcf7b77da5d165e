//! Faults.

use std::borrow::Cow;
use std::fmt;

use super::{FaultDetail, Members};
use crate::xml::XmlError;

/// Why a call failed. The HTTP status is the caller's: SOAP 1.1 wants 500 for every fault.
#[derive(Debug, Clone)]
pub struct Fault<'a> {
    /// Whose fault it is.
    pub code: FaultCode,
    /// What happened, for people.
    pub message: Cow<'a, str>,
    /// The language of the message, written as `xml:lang`.
    pub language: Option<&'static str>,
    /// What programs are told.
    pub detail: Option<Box<(&'static FaultDetail, Members<'a>)>>,
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The envelope is not one of SOAP 1.1.
    VersionMismatch,
    /// A header block that must be understood is not.
    MustUnderstand,
    /// The caller's: sent again as it is, it fails again.
    Client,
    /// Ours: it may be sent again later.
    Server,
    /// A code of one's own.
    Other {
        /// Its namespace.
        namespace: &'static str,
        /// Its name there.
        local: &'static str,
    },
}

impl<'a> Fault<'a> {
    /// A fault without detail.
    pub fn new(code: FaultCode, message: impl Into<Cow<'a, str>>) -> Self {
        Self { code, message: message.into(), language: None, detail: None }
    }

    /// The caller's fault.
    pub fn client(message: impl Into<Cow<'a, str>>) -> Self {
        Self::new(FaultCode::Client, message)
    }

    /// Our fault.
    pub fn server(message: impl Into<Cow<'a, str>>) -> Self {
        Self::new(FaultCode::Server, message)
    }

    /// With this detail, whose members are those of its struct.
    #[must_use]
    pub fn with_detail(self, detail: &'static FaultDetail, members: Members<'a>) -> Self {
        Self { detail: Some(Box::new((detail, members))), ..self }
    }
}

impl FaultCode {
    /// Its name, without a prefix.
    pub const fn local(self) -> &'static str {
        match self {
            Self::VersionMismatch => "VersionMismatch",
            Self::MustUnderstand => "MustUnderstand",
            Self::Client => "Client",
            Self::Server => "Server",
            Self::Other { local, .. } => local,
        }
    }
}

impl From<XmlError> for Fault<'_> {
    fn from(error: XmlError) -> Self {
        Self::client(error.to_string())
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.local(), self.message)
    }
}

impl std::error::Error for Fault<'_> {}

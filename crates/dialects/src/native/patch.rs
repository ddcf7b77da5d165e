//! A JSON Patch (RFC 6902) of the record as it is shown.

use super::entity_tag::IfMatch;
use super::fields::View;
use super::submission::Submitted;
use crate::{Refusal, Request, State};
use domain::error::Reason;
use domain::operation::Submission;
use domain::{Edit, Error, Record};
use http::StatusCode;
use json_patch::{PatchErrorKind, PatchOperation};
use serde_json::Value;
use wire::json;

/// Most operations.
const MAX_OPERATIONS: usize = 200;

/// Most of them that copy, since each may double the document.
const MAX_COPIES: usize = 20;

/// Longest document that comes of it, in bytes.
const MAX_DOCUMENT: usize = 1 << 20;

/// Deepest place in a record: an entry of a list in a member that holds fields.
const MAX_DEPTH: usize = 3;

const PASSWORD: &str = "/password";

/// What was submitted for a record.
#[derive(Debug)]
pub(super) struct Patch {
    operations: Vec<PatchOperation>,
    /// What the operations may put where the password is written: the hashes of what was sent.
    passwords: Vec<String>,
    if_match: IfMatch,
    view: View,
}

impl Patch {
    /// Reads the body, of which it is known that it is strict JSON.
    ///
    /// # Errors
    /// `Invalid` for what is no list of operations, or too long a one.
    pub(super) fn read(request: &Request, if_match: IfMatch, view: View) -> Result<Self, Refusal> {
        let operations: Vec<PatchOperation> = serde_json::from_slice(&request.body).map_err(|error| {
            let why: String = error.to_string().chars().take(200).collect();
            let text = format!("The body must be a list of operations, each with op, path and what it needs: {why}");
            Refusal::request(StatusCode::BAD_REQUEST, text)
        })?;
        let copies = operations.iter().filter(|operation| matches!(operation, PatchOperation::Copy(_))).count();
        if operations.len() > MAX_OPERATIONS || copies > MAX_COPIES {
            let text = format!("A patch has at most {MAX_OPERATIONS} operations, of which {MAX_COPIES} copy");
            return Err(Error::new(Reason::TooLong, text).into());
        }
        if let Some(deep) = operations.iter().find(|operation| operation.path().count() > MAX_DEPTH) {
            let path: String = deep.path().as_str().chars().take(64).collect();
            return Err(Error::new(Reason::Invalid, format!("No record is as deep as {path}")).into());
        }
        Ok(Self { operations, passwords: Vec::new(), if_match, view })
    }

    /// Puts the hashes of submitted passwords in their place.
    ///
    /// # Errors
    /// `Invalid` for more than one; `Busy` when too many wait.
    pub(super) async fn hash_password(&mut self, state: &State) -> Result<(), Error> {
        for operation in &mut self.operations {
            let (path, value) = match operation {
                PatchOperation::Add(add) => (&add.path, &mut add.value),
                PatchOperation::Replace(replace) => (&replace.path, &mut replace.value),
                _ => continue,
            };
            if let (PASSWORD, Value::String(password)) = (path.as_str(), value)
                && !password.is_empty()
            {
                if !self.passwords.is_empty() {
                    return Err(Error::new(Reason::Invalid, "A patch sets the password once"));
                }
                *password = state.hash_password(password).await?;
                self.passwords.push(password.clone());
            }
        }
        Ok(())
    }

    /// The document that the operations make of a record.
    fn applied(&self, present: &Record) -> Result<String, Error> {
        let mut text = String::with_capacity(2_048);
        json::write_object(&mut text, |object| self.view.put(object, present));
        let mut document: Value = serde_json::from_str(&text).map_err(Error::internal)?;
        for (at, operation) in self.operations.iter().enumerate() {
            json_patch::patch(&mut document, std::slice::from_ref(operation)).map_err(|error| {
                let path: String = operation.path().as_str().chars().take(64).collect();
                let reason = match error.kind {
                    PatchErrorKind::TestFailed => Reason::Conflict,
                    _ => Reason::Invalid,
                };
                let text = format!("Operation {} at \"{path}\": {}. Nothing was changed.", at + 1, error.kind);
                Error::new(reason, text)
            })?;
            if matches!(operation, PatchOperation::Copy(_)) && document.to_string().len() > MAX_DOCUMENT {
                return Err(Error::new(Reason::TooLong, format!("Operation {} makes the record too long", at + 1)));
            }
        }
        let password = document.pointer(PASSWORD).and_then(Value::as_str);
        if password.is_some_and(|text| !self.passwords.iter().any(|hash| hash == text)) {
            let text = "password is set by add or replace with a text, and by nothing else";
            return Err(Error::invalid(domain::Field::Password, text));
        }
        Ok(document.to_string())
    }
}

impl<T: AsRef<Record>> Submission<T> for Patch {
    fn edits(&self, present: &T) -> Result<Vec<Edit>, Error> {
        let record = present.as_ref();
        self.if_match.check(record)?;
        let document = self.applied(record)?;
        let document = json::parse(document.as_bytes(), &json::Limits::default())
            .map_err(|error| Error::new(Reason::Invalid, format!("What the operations make is unusable: {error}")))?;
        Submitted::read(record.kind, &document, IfMatch::default())?.whole().edits(present)
    }
}

//! Many changes in one request.

use super::entity_tag::IfMatch;
use super::errors::{Fault, Problem, code};
use super::submission::Submitted;
use super::wire;
use crate::State;
use crate::suggest::quoted;
use ::wire::json;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{CreateRecord, Deleted, Item, UpdateRecord};
use domain::{Error, Kind, Record};
use http::{Response, StatusCode};
use std::collections::HashSet;
use std::sync::Arc;

/// Most items of one request.
const MAX_ITEMS: usize = 1_000;

/// Most passwords of one request: each is hashed slowly.
const MAX_PASSWORDS: usize = 20;

/// What was sent, item by item: something to do, or everything that is wrong with it.
#[derive(Debug)]
pub(super) struct Items {
    read: Vec<Result<Read, Vec<Fault>>>,
}

#[derive(Debug)]
struct Read {
    id: Option<i64>,
    submission: Submitted,
    versioned: bool,
}

impl Items {
    /// Reads `{"items":[{"op":"create","value":{…}},{"op":"patch","id":10,"version":3,"value":{…}},{"op":"delete",…}]}`.
    ///
    /// # Errors
    /// `Invalid` for another shape, `TooLong` for too many items. What is wrong with an item is kept with it.
    pub(super) fn read(kind: Kind, body: &json::Value<'_>) -> Result<Self, Problem> {
        let items = body.as_object().filter(|object| object.len() == 1).and_then(|object| object.get("items"));
        let Some(json::Value::List(items)) = items else {
            return Err(Error::new(Reason::Invalid, "The body must be {\"items\":[…]}").into());
        };
        if items.len() > MAX_ITEMS {
            return Err(Error::new(Reason::TooLong, format!("One request has at most {MAX_ITEMS} items")).into());
        }
        let mut seen = HashSet::new();
        let read = items.iter().enumerate().map(|(at, item)| {
            let read = item_of(kind, item).and_then(|read| match read.id {
                Some(id) if !seen.insert(id) => Err(vec![wrong("id", format!("{} {id} is there twice", kind.title()))]),
                _ => Ok(read),
            });
            read.map_err(|faults| faults.into_iter().map(|fault| fault.below(&format!("/items/{at}"))).collect())
        });
        Ok(Self { read: read.collect() })
    }

    /// Puts the hashes of submitted passwords in their place.
    ///
    /// # Errors
    /// `TooLong` for too many of them; `Busy` when too many wait.
    pub(super) async fn hash_passwords(&mut self, state: &State) -> Result<(), Error> {
        let with_password = |read: &&mut Read| read.submission.has_password();
        let mut passwords: Vec<_> = self.read.iter_mut().flatten().filter(with_password).collect();
        if passwords.len() > MAX_PASSWORDS {
            let text = format!("One request sets at most {MAX_PASSWORDS} passwords");
            return Err(Error::new(Reason::TooLong, text));
        }
        for read in &mut passwords {
            read.submission.hash_password(state).await?;
        }
        Ok(())
    }

    /// Whether every change says which version it changes.
    pub(super) fn are_versioned(&self) -> bool {
        self.read.iter().flatten().all(|read| read.id.is_none() || read.versioned)
    }

    /// Whether it creates or what is wrong with it, item by item, and what to do.
    pub(super) fn split(self, kind: Kind) -> (Vec<Sent>, Vec<Item<Submitted>>) {
        let (mut sent, mut items) = (Vec::new(), Vec::new());
        for read in self.read {
            match read {
                Ok(Read { id: None, submission, .. }) => {
                    sent.push(Ok(true));
                    items.push(Item::Create(CreateRecord { kind, submission }));
                }
                Ok(Read { id: Some(id), submission, .. }) => {
                    sent.push(Ok(false));
                    let deleted = Deleted::Shown;
                    let update = UpdateRecord { kind, id, deleted, expected_version: None, submission };
                    items.push(Item::Update(update));
                }
                Err(wrong) => sent.push(Err(wrong)),
            }
        }
        (sent, items)
    }
}

/// Whether an item creates a record, or what is wrong with it.
pub(super) type Sent = Result<bool, Vec<Fault>>;

fn wrong(member: &str, text: impl Into<String>) -> Fault {
    Fault { pointer: format!("/{member}"), error: Error::new(Reason::Invalid, text.into()) }
}

fn item_of(kind: Kind, item: &json::Value<'_>) -> Result<Read, Vec<Fault>> {
    let whole =
        |text: &str| vec![Fault { pointer: String::new(), error: Error::new(Reason::Invalid, text.to_owned()) }];
    let members = item.as_object().ok_or_else(|| whole("An item must be an object"))?;
    let unknown = members.iter().find(|(name, _)| !["op", "id", "version", "value"].contains(name));
    if let Some((name, _)) = unknown {
        return Err(whole(&format!("An item has op, id, version and value, not {}", quoted(name))));
    }
    let number = |name: &str| match members.get(name) {
        None => Ok(None),
        Some(json::Value::Number(number)) => Ok(number.as_i64()),
        Some(_) => Err(vec![wrong(name, format!("{name} must be a whole number"))]),
    };
    let (id, version) = (number("id")?, number("version")?);
    let op = members.get("op").and_then(json::Value::as_text).unwrap_or_default();
    let if_match = version.map_or_else(IfMatch::default, IfMatch::version);
    let submission = match (op, members.get("value")) {
        ("create" | "patch", Some(value)) => {
            let read = Submitted::read(kind, value, if_match);
            read.map_err(|problem| {
                problem.into_faults().into_iter().map(|fault| fault.below("/value")).collect::<Vec<_>>()
            })?
        }
        ("delete", None) => Submitted::deletion(kind, if_match),
        ("create" | "patch", None) => return Err(vec![wrong("value", "value is needed: what to set")]),
        ("delete", Some(_)) => return Err(vec![wrong("value", "a deletion has no value")]),
        _ => return Err(vec![wrong("op", "op must be create, patch or delete")]),
    };
    match (op, id) {
        ("create", None) if version.is_none() => Ok(Read { id, submission, versioned: false }),
        ("create", _) => Err(vec![wrong("id", "what is created has no id and no version yet")]),
        (_, Some(_)) => Ok(Read { id, submission, versioned: version.is_some() }),
        (_, None) => Err(vec![wrong("id", "id is needed: which one")]),
    }
}

/// Whether an item created a record, and which one it was; or why it was refused.
type Told<'a> = Result<(bool, &'a Arc<Record>), Vec<Fault>>;

/// What came of every item.
///
/// # Errors
/// Everything that was refused, when it is all or nothing.
pub(super) fn told(
    sent: &[Sent],
    outcomes: &[Result<Arc<Record>, Error>],
    atomic: bool,
) -> Result<Response<Bytes>, Problem> {
    let mut outcomes = outcomes.iter();
    let results: Vec<Told<'_>> = sent
        .iter()
        .enumerate()
        .filter_map(|(at, sent)| match sent {
            Err(faults) => Some(Err(faults.clone())),
            Ok(created) => outcomes.next().map(|outcome| match outcome {
                Ok(record) => Ok((*created, record)),
                Err(error) => Err(vec![Fault::of(error).below(&format!("/items/{at}"))]),
            }),
        })
        .collect();
    if atomic
        && let Some(problem) = Problem::of(results.iter().filter_map(|r| r.as_ref().err()).flatten().cloned().collect())
    {
        return Err(problem);
    }
    Ok(wire::answer(StatusCode::OK, |object| {
        object.list("results", |list| {
            for result in &results {
                list.object(|object| match result {
                    Ok((created, record)) => {
                        let status = if *created { StatusCode::CREATED } else { StatusCode::OK };
                        object.put("status", status.as_u16()).put("id", record.id).put("version", record.version);
                    }
                    Err(faults) => {
                        let (status, code) = code(faults.first().map_or(Reason::Invalid, |fault| fault.error.reason));
                        object.put("status", status.as_u16()).put("code", code);
                        object.list("errors", |list| faults.iter().for_each(|fault| fault.put(list)));
                    }
                });
            }
        });
    }))
}

use super::{Certificate, Imported, Operation};
use crate::access::Access;
use crate::change::FieldChange;
use crate::erasure::about;
use crate::error::{Error, Reason, Stop};
use crate::field::{Field, MAX_NUMBER};
use crate::kind::Kind;
use crate::record::{Part, Record};
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// How long an answer is kept, in seconds.
pub const KEPT: i64 = 24 * 3_600;

/// Places in which an answer may be. With a million of them kept, three are taken once in ten thousand million times.
const PLACES: i64 = 3;

/// Runs a change for a caller who may send it again, or who only wants to know what it would do.
///
/// The answer to a key is stored in the transaction of the change: whoever sends the same request again, also after a
/// restart, is told the same and nothing is done twice. A refused change leaves nothing behind, so that to send it
/// again is safe.
#[derive(Debug)]
pub struct Attempt<O, A> {
    /// The change.
    pub operation: O,
    /// Whether the caller said which version they change, or changes none that is there.
    pub conditional: bool,
    /// Whether nothing is to be kept.
    pub dry_run: bool,
    /// The key that the caller gave the request.
    pub once: Option<Once>,
    /// What to keep as the answer; nothing of what was refused after all.
    pub answer: A,
}

/// A request that must not be done twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Digest of the caller and their key.
    pub key: [u8; 32],
    /// Digest of the request, in hexadecimal.
    pub request: String,
}

/// What an answer is about: with the record goes what was answered.
pub trait About {
    /// The record, if the answer shows what it holds.
    fn about(&self) -> Option<&Record>;
}

impl About for Arc<Record> {
    fn about(&self) -> Option<&Record> {
        Some(self)
    }
}

impl About for () {
    fn about(&self) -> Option<&Record> {
        None
    }
}

impl About for Certificate {
    fn about(&self) -> Option<&Record> {
        None
    }
}

/// Of many changes only ids and versions are told.
impl About for Vec<Result<Arc<Record>, Error>> {
    fn about(&self) -> Option<&Record> {
        None
    }
}

/// Of the rows of a file only ids, versions and fields are told, and why one was left out.
impl About for Vec<Imported> {
    fn about(&self) -> Option<&Record> {
        None
    }
}

/// What came of an attempt.
#[derive(Debug)]
pub enum Attempted<T> {
    /// It was done, or would be.
    Done {
        /// What the change answers.
        output: T,
        /// What would change; told of a dry run only.
        changes: Vec<Planned>,
    },
    /// It was done before: what was answered then.
    Replayed(String),
    /// The key was given to another request. Nothing was done.
    OtherRequest,
    /// The tenant demands that changes say which version they change. Nothing was done.
    Unconditional,
}

/// What would change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The record as it would be.
    pub record: Arc<Record>,
    /// The fields that would differ.
    pub fields: Vec<FieldChange>,
}

impl<O, A> Operation for Attempt<O, A>
where
    O: Operation<Output: About>,
    A: Fn(&O::Output) -> Option<String> + Send + 'static,
{
    type Output = Attempted<O::Output>;
    const ACCESS: Access = O::ACCESS;
    const WRITES: bool = O::WRITES;
    const SCANS: bool = O::SCANS;
    const FOR_CUSTOMERS: bool = O::FOR_CUSTOMERS;

    fn area(&self) -> Area {
        self.operation.area()
    }

    fn access(&self) -> Access {
        self.operation.access()
    }

    fn keeps(&self) -> bool {
        !self.dry_run
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Attempted<O::Output>, Stop> {
        let once = self.once.as_ref().filter(|_| !self.dry_run);
        let place = match once.map(|once| find(once, set, cx)).transpose()? {
            Some(Found::Kept(answer)) if answer.text(Field::RequestDigest) == once.map_or("", |once| &once.request) => {
                return Ok(Attempted::Replayed(answer.text(Field::Answer).to_owned()));
            }
            Some(Found::Kept(_)) => return Ok(Attempted::OtherRequest),
            Some(Found::Free(record)) => Some(record),
            None => None,
        };
        if !self.conditional && demands_conditions(set, cx)? {
            return Ok(Attempted::Unconditional);
        }
        let output = self.operation.decide(set, cx)?;
        if self.dry_run {
            return Ok(Attempted::Done { output, changes: set.planned() });
        }
        if let (Some(once), Some(mut record)) = (once, place)
            && let Some(answer) = (self.answer)(&output)
        {
            record.set(Field::Digest, Some(hexadecimal(&once.key).into()))?;
            record.set(Field::RequestDigest, Some(once.request.as_str().into()))?;
            record.set(Field::ExpiresAt, Some(cx.now.plus_seconds(KEPT).0.into()))?;
            record.set(Field::Answer, Some(answer.into()))?;
            record.set(Field::About, output.about().map(|record| about(record).into()))?;
            set.put(record, cx)?;
        }
        Ok(Attempted::Done { output, changes: Vec::new() })
    }
}

enum Found {
    /// The answer of the key.
    Kept(Arc<Record>),
    /// Where it can be kept.
    Free(Record),
}

/// The digest says where the answer is: neither a counter nor an index is needed.
fn find(once: &Once, set: &mut WorkingSet, cx: &Context) -> Result<Found, Stop> {
    let (digest, tenant) = (hexadecimal(&once.key), cx.caller.tenant);
    let (mut free, mut missing) = (None, false);
    for id in places(&once.key) {
        match set.record(tenant, Kind::Answer, id) {
            Err(Stop::Missing) => missing = true,
            Err(stop) => return Err(stop),
            Ok(Some(record)) if record.number(Field::ExpiresAt).is_some_and(|end| end > cx.now.0) => {
                if record.text(Field::Digest) == digest {
                    return Ok(Found::Kept(record));
                }
            }
            Ok(Some(over)) => free = free.or(Some(Arc::unwrap_or_clone(over))),
            Ok(None) => free = free.or_else(|| Some(Record::new(Kind::Answer, tenant.part_of(id), id))),
        }
    }
    if missing {
        return Err(Stop::Missing);
    }
    let taken = || Error::new(Reason::Busy, "This key cannot be kept now. Nothing was stored: choose another one.");
    Ok(Found::Free(free.ok_or_else(taken)?))
}

fn places(key: &[u8; 32]) -> impl Iterator<Item = i64> {
    let words = key.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok()).map(i64::from_le_bytes);
    words.take(PLACES as usize).map(|word| word.rem_euclid(MAX_NUMBER) + 1)
}

fn demands_conditions(set: &mut WorkingSet, cx: &Context) -> Result<bool, Stop> {
    let tenant = set.record_at((Kind::Tenant, Part::GLOBAL, cx.caller.tenant.number))?;
    Ok(tenant.is_some_and(|tenant| tenant.flag(Field::DemandsVersions)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

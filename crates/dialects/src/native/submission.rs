//! The lens, inwards: a merge patch (RFC 7396) becomes fields with values.

use super::entity_tag::IfMatch;
use super::errors::{Fault, Problem};
use super::fields::{EXTRA_FIELDS, Shown, further_fields, groups, place, pointer};
use crate::State;
use crate::filter;
use crate::moment::is_time;
use crate::suggest::{nearest, quoted};
use domain::error::Reason;
use domain::field::CUSTOM_FIELDS;
use domain::operation::Submission;
use domain::{Edit, Error, Field, Kind, Record, Shape, Value};
use jiff::Timestamp;
use wire::json;

/// What was submitted for a record.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Submitted {
    if_match: IfMatch,
    /// Each field once, with the value as it would be stored; `None` unsets.
    fields: Vec<(Field, Option<Value>)>,
    /// Whether the further extra fields are unset as a whole.
    clears_extra_fields: bool,
    /// Whether what is not there is unset.
    whole: bool,
}

impl Submitted {
    /// What marks a record deleted.
    pub(super) fn deletion(kind: Kind, if_match: IfMatch) -> Self {
        let fields = kind.deletion().map(|(field, value)| (field, Some(value))).into_iter().collect();
        Self { if_match, fields, ..Self::default() }
    }

    /// Sets a reference that the address says, whatever the body says of it.
    pub(super) fn put(&mut self, field: Field, id: i64) {
        self.fields.retain(|(other, _)| *other != field);
        self.fields.push((field, Some(id.into())));
    }

    /// Reads the body.
    ///
    /// # Errors
    /// Every member that is unknown or cannot hold what it was given, each with its pointer.
    pub(super) fn read(kind: Kind, body: &json::Value<'_>, if_match: IfMatch) -> Result<Self, Problem> {
        let Some(members) = body.as_object() else {
            let text = format!("The body must be an object, not {}", body.kind());
            return Err(Error::new(Reason::Invalid, text).into());
        };
        let mut reader = Reader { kind, submitted: Self { if_match, ..Self::default() }, faults: Vec::new() };
        reader.members(None, members);
        Problem::of(reader.faults).map_or(Ok(reader.submitted), Err)
    }

    /// Takes it for the whole record: what is not there is unset. What is never shown stays, and so does where a record
    /// was merged into.
    pub(super) fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// What it leaves out of the whole record.
    fn left_out(&self, present: &Record) -> Vec<Field> {
        let custom = (1..=CUSTOM_FIELDS).map(Field::Extra).filter(|_| present.kind.has_extra_fields());
        let all = present.kind.fields().iter().copied().chain(custom).chain(further_fields(present));
        let stays = |field: &Field| field.shape() == Shape::Secret || *field == Field::MergedInto;
        all.filter(|field| !stays(field) && !self.fields.iter().any(|(named, _)| named == field)).collect()
    }

    /// Whether it sets the password.
    pub(super) fn has_password(&self) -> bool {
        self.fields.iter().any(|(field, value)| *field == Field::Password && value.is_some())
    }

    /// Puts the hash of a submitted password in its place.
    ///
    /// # Errors
    /// `Busy` when too many wait.
    pub(super) async fn hash_password(&mut self, state: &State) -> Result<(), Error> {
        let password = self.fields.iter_mut().find(|(field, _)| *field == Field::Password);
        if let Some((_, Some(Value::Text(password)))) = password {
            *password = state.hash_password(password).await?;
        }
        Ok(())
    }
}

/// Reads `{"field":…,"before_version":…}`.
///
/// # Errors
/// Every member that is unknown, missing or unusable, each with its pointer.
pub(super) fn reversion(kind: Kind, body: &json::Value<'_>) -> Result<(Field, u64), Problem> {
    let wrong = |name: &str, text: String| {
        let error = Error::new(Reason::Invalid, text);
        Fault { pointer: format!("/{}", escape(name)), error }
    };
    let empty = json::Object::default();
    let members = body.as_object().unwrap_or(&empty);
    let (mut field, mut version, mut faults) = (None, None, Vec::new());
    for (name, value) in members.iter() {
        match name {
            "field" => match filter::field(kind, value.as_text().unwrap_or_default()) {
                Ok(found) if found.shape() != Shape::Envelope => field = Some(found),
                Ok(found) => faults.push(wrong(name, format!("{found} is set by the server"))),
                Err(text) => faults.push(wrong(name, text)),
            },
            "before_version" => match value {
                json::Value::Number(number) => version = number.as_i64().and_then(|number| u64::try_from(number).ok()),
                _ => faults.push(wrong(name, "before_version must be a whole number".to_owned())),
            },
            _ => faults.push(wrong(name, format!("there is no member {} here", quoted(name)))),
        }
    }
    match (field, version) {
        (Some(field), Some(version)) if faults.is_empty() => Ok((field, version)),
        (field, _) => {
            if faults.is_empty() {
                let name = if field.is_none() { "field" } else { "before_version" };
                faults.push(wrong(name, format!("{name} is needed: {{\"field\":\"phone\",\"before_version\":3}}")));
            }
            Err(Problem::of(faults).unwrap_or_else(|| Error::new(Reason::Invalid, "unusable").into()))
        }
    }
}

impl<T: AsRef<Record>> Submission<T> for Submitted {
    fn edits(&self, present: &T) -> Result<Vec<Edit>, Error> {
        let present = present.as_ref();
        self.if_match.check(present)?;
        let mut edits = Vec::with_capacity(self.fields.len());
        if self.clears_extra_fields {
            edits.extend(further_fields(present).map(|field| Edit::Set(field, None)));
        }
        let left_out = if self.whole { self.left_out(present) } else { Vec::new() };
        let left_out = left_out.into_iter().map(|field| (field, None));
        for (field, value) in self.fields.iter().cloned().chain(left_out) {
            let secret = field.shape() == Shape::Secret;
            if !secret && Shown::in_record(field, value.as_ref()) == Shown::field(present, field) {
                continue;
            }
            if field.shape() == Shape::Envelope {
                let otherwise = if present.version == 0 { "" } else { ", or send it as it is now" };
                let text = format!("{field} is set by the server: leave it out{otherwise}");
                return Err(Error::invalid(field, text));
            }
            edits.push(Edit::Set(field, value));
        }
        Ok(edits)
    }
}

struct Reader {
    kind: Kind,
    submitted: Submitted,
    faults: Vec<Fault>,
}

impl Reader {
    fn members(&mut self, holder: Option<&str>, members: &json::Object<'_>) {
        for (name, value) in members.iter() {
            match self.field(holder, name) {
                Some(field) => match read_value(field, value) {
                    Ok(value) => self.submitted.fields.push((field, value)),
                    Err(error) => self.faults.push(Fault { pointer: pointer(field), error }),
                },
                None if holder.is_none() && self.is_holder(name) => self.held(name, value),
                None => {
                    let (whose, path) =
                        holder.map_or((self.kind.name(), String::new()), |holder| (holder, format!("/{holder}")));
                    let hint =
                        self.meant(holder, name).map_or_else(String::new, |near| format!(": did you mean {near}?"));
                    let text = format!("{whose} has no member {}{hint}", quoted(name));
                    let error = Error::new(Reason::Invalid, text);
                    self.faults.push(Fault { pointer: format!("{path}/{}", escape(name)), error });
                }
            }
        }
    }

    /// A member that holds fields.
    fn held(&mut self, holder: &str, value: &json::Value<'_>) {
        match value {
            json::Value::Object(members) => self.members(Some(holder), members),
            json::Value::Null if holder == EXTRA_FIELDS => self.submitted.clears_extra_fields = true,
            json::Value::Null => {
                let held = groups(self.kind).iter().filter(|(known, _)| *known == Some(holder));
                self.submitted.fields.extend(held.flat_map(|(_, fields)| fields).map(|(field, _)| (*field, None)));
            }
            other => {
                let text = format!("{holder} must be an object, not {}", other.kind());
                self.faults.push(Fault { pointer: format!("/{holder}"), error: Error::new(Reason::Invalid, text) });
            }
        }
    }

    /// The field that stands at that place.
    fn field(&self, holder: Option<&str>, name: &str) -> Option<Field> {
        let dotted = holder.filter(|holder| *holder != EXTRA_FIELDS).map(|holder| format!("{holder}.{name}"));
        let field = Field::named(dotted.as_deref().unwrap_or(name))?;
        let known = match field.shape() {
            Shape::Envelope => true,
            // Other secrets are the server's to make.
            Shape::Secret => field == Field::Password && self.kind.fields().contains(&field),
            _ if matches!(field, Field::Extra(_)) => self.kind.has_extra_fields(),
            _ => self.kind.fields().contains(&field),
        };
        let (its_holder, its_name) = place(field);
        (known && its_holder == holder && its_name == name).then_some(field)
    }

    /// The member that was probably meant.
    fn meant(&self, holder: Option<&str>, name: &str) -> Option<String> {
        let fields = groups(self.kind).iter().filter(|(known, _)| known.as_deref() == holder);
        let fields = fields.flat_map(|(_, fields)| fields.iter().map(|(_, name)| &**name));
        let holders = groups(self.kind).iter().filter_map(|(known, _)| *known).filter(|_| holder.is_none());
        let custom: Vec<_> = (1..=CUSTOM_FIELDS).map(|number| Field::Extra(number).name()).collect();
        let custom = custom.iter().map(|name| &**name).filter(|_| holder.is_none() && self.kind.has_extra_fields());
        // A name that is right is one that is not taken here.
        nearest(name, fields.chain(holders).chain(custom)).filter(|near| *near != name).map(str::to_owned)
    }

    fn is_holder(&self, name: &str) -> bool {
        (name == EXTRA_FIELDS && self.kind.has_extra_fields())
            || groups(self.kind).iter().any(|(holder, _)| *holder == Some(name))
    }
}

/// The value as it would be stored; `None` unsets.
fn read_value(field: Field, value: &json::Value<'_>) -> Result<Option<Value>, Error> {
    let natural = match value {
        json::Value::Null => return Ok(None),
        json::Value::Bool(flag) => Some(Value::Flag(*flag)),
        json::Value::Number(number) => number.as_i64().map(Value::Number),
        json::Value::Text(text) => Some(Value::Text(text.clone().into_owned())),
        json::Value::List(items) => {
            let texts = || items.iter().map(|item| item.as_text().map(str::to_owned)).collect::<Option<_>>();
            let ids = || {
                items
                    .iter()
                    .map(|item| if let json::Value::Number(number) = item { number.as_i64() } else { None })
                    .collect::<Option<_>>()
            };
            texts().map(Value::Texts).or_else(|| ids().map(Value::Numbers))
        }
        json::Value::Object(_) => None,
    };
    let shape = field.shape();
    match (field, natural) {
        (Field::Extra(_), natural) => match (natural, value) {
            (Some(Value::Text(text)), _) if text.is_empty() => Ok(None),
            (Some(value @ (Value::Text(_) | Value::Number(_) | Value::Flag(_))), _) => Ok(Some(value)),
            (_, json::Value::Number(number)) => Ok(Some(number.as_str().into())),
            _ => Err(Error::invalid(field, format!("{field} must be a text, a number or a boolean"))),
        },
        (field, Some(Value::Text(text))) if is_time(field) => {
            let time = text.parse::<Timestamp>().map(|time| Value::Number(time.as_microsecond()));
            let wrong = |_| Error::invalid(field, format!("{field} must be a time such as 2026-11-22T12:00:00Z"));
            time.map(Some).map_err(wrong)
        }
        (_, Some(value)) if shape == Shape::Envelope => Ok(Some(value)),
        (_, Some(Value::Text(text))) if shape == Shape::Secret && text.is_empty() => {
            Err(Error::invalid(field, format!("{field} must not be empty; null removes it")))
        }
        // A name that is derived shows longer than one that can be set: whether it is one is seen beside the record.
        (Field::Name, Some(Value::Text(text))) if !text.is_empty() => Ok(Some(text.into())),
        (_, Some(value)) => shape.admit(field, value),
        // No kind of value that a field can hold: the domain says what it must be.
        (_, None) => match shape {
            Shape::Emails { .. } | Shape::Codes { .. } => shape.admit(field, Value::Flag(true)),
            _ => shape.admit(field, Value::Texts(Vec::new())),
        },
    }
}

/// A name that was made up may be as long as the body.
fn cut(name: &str) -> String {
    name.chars().take(64).collect()
}

/// A name as a part of a JSON Pointer.
fn escape(name: &str) -> String {
    cut(name).replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;

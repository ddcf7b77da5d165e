//! The lens, outwards: how a record and its values look in JSON. Every field shows under its own name; a dotted name is
//! a member of a nested object, and so is a further extra field.

use crate::cursor;
use crate::filter;
use crate::moment::{is_time, rfc3339};
use domain::change::CHANGED;
use domain::customer::shown_name;
use domain::error::Reason;
use domain::feed::Cursor;
use domain::field::CUSTOM_FIELDS;
use domain::{Error, Field, Kind, Record, Shape, Time, Value};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};
use wire::json::ObjectWriter;

/// The member that holds the extra fields beyond the custom ones.
pub(super) const EXTRA_FIELDS: &str = "extra_fields";

/// Where a field stands: the member that holds it, if one does, and its own name there.
pub(super) fn place(field: Field) -> (Option<&'static str>, Cow<'static, str>) {
    match (field, field.name()) {
        (Field::Extra(number), name) if number > CUSTOM_FIELDS => (Some(EXTRA_FIELDS), name),
        (_, Cow::Borrowed(name)) => match name.split_once('.') {
            Some((holder, name)) => (Some(holder), name.into()),
            None => (None, name.into()),
        },
        (_, name) => (None, name),
    }
}

/// The JSON Pointer to a field: `/address/city`.
pub(super) fn pointer(field: Field) -> String {
    match place(field) {
        (Some(holder), name) => format!("/{holder}/{name}"),
        (None, name) => format!("/{name}"),
    }
}

/// What a field shows: a JSON value.
#[derive(Debug, PartialEq)]
pub(super) enum Shown<'a> {
    Null,
    Text(Cow<'a, str>),
    Number(i64),
    Flag(bool),
    Texts(&'a [String]),
    Numbers(&'a [i64]),
}

impl<'a> Shown<'a> {
    /// How a value of a field shows in the history; `None` is unset.
    pub(super) fn of(field: Field, value: Option<&'a Value>) -> Self {
        match (value, field.shape()) {
            (Some(_), Shape::Secret) => Self::Text(CHANGED.into()),
            (Some(Value::Number(number)), _) if is_time(field) => Self::time(Time(*number)),
            (Some(Value::Text(text)), _) if field == Field::Cursor => {
                Self::text(Cursor::parse(text).map(|cursor| cursor::write_feed(&cursor)).unwrap_or_default().into())
            }
            (Some(Value::Text(text)), _) => Self::Text(text.into()),
            (Some(Value::Number(number)), _) => Self::Number(*number),
            (Some(Value::Flag(flag)), _) => Self::Flag(*flag),
            (Some(Value::Texts(texts)), _) => Self::Texts(texts),
            (Some(Value::Numbers(ids)), _) => Self::Numbers(ids),
            (None, Shape::Emails { .. } | Shape::Codes { .. }) => Self::Texts(&[]),
            (None, Shape::References { .. }) => Self::Numbers(&[]),
            (None, Shape::Flag) => Self::Flag(false),
            (None, _) => Self::Null,
        }
    }

    /// How a value shows in its record: a customer of whom nobody said is active.
    pub(super) fn in_record(field: Field, value: Option<&'a Value>) -> Self {
        match Self::of(field, value) {
            Self::Null if field == Field::Status => Self::Text("active".into()),
            Self::Null if field == Field::TicketStatus => Self::Text("open".into()),
            shown => shown,
        }
    }

    /// How a field of a record shows. What only a stored record has is null until then.
    pub(super) fn field(record: &'a Record, field: Field) -> Self {
        match field {
            Field::Id | Field::Version | Field::CreatedAt | Field::UpdatedAt | Field::UpdatedBy
                if record.version == 0 =>
            {
                Self::Null
            }
            Field::Id => Self::Number(record.id),
            Field::Version => Self::Number(record.version.cast_signed()),
            Field::CreatedAt => Self::time(record.created_at),
            Field::UpdatedAt => Self::time(record.updated_at),
            Field::UpdatedBy => Self::text(record.updated_by.as_str().into()),
            Field::Name if record.kind == Kind::Customer => Self::text(shown_name(record)),
            field => Self::in_record(field, record.values.get(field)),
        }
    }

    fn text(text: Cow<'a, str>) -> Self {
        if text.is_empty() { Self::Null } else { Self::Text(text) }
    }

    fn time(time: Time) -> Self {
        Self::Text(rfc3339(time).into())
    }

    /// As text: what is unset is empty, a list has an entry a line.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Texts(texts) => texts.join("\n"),
            Self::Numbers(numbers) => numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Adds it as a member.
    pub(super) fn put(&self, object: &mut ObjectWriter<'_>, name: &str) {
        match self {
            Self::Null => object.put(name, None::<&str>),
            Self::Text(text) => object.put(name, text),
            Self::Number(number) => object.put(name, *number),
            Self::Flag(flag) => object.put(name, *flag),
            Self::Numbers(ids) => object.list(name, |list| {
                for id in *ids {
                    list.put(*id);
                }
            }),
            Self::Texts(texts) => object.list(name, |list| {
                for text in *texts {
                    list.put(text);
                }
            }),
        };
    }
}

/// Fields with their own names there, and the member that holds them all, if one does.
type Group = (Option<&'static str>, Vec<(Field, Cow<'static, str>)>);

/// The fields of a kind in their order, extra fields apart.
pub(super) fn groups(kind: Kind) -> &'static [Group] {
    static GROUPS: LazyLock<Vec<(Kind, Vec<Group>)>> = LazyLock::new(|| {
        let holder = |field: &Field| place(*field).0;
        let group = |fields: &[Field]| {
            (fields.first().and_then(holder), fields.iter().map(|field| (*field, place(*field).1)).collect())
        };
        let groups = |kind: Kind| kind.fields().chunk_by(|a, b| holder(a) == holder(b)).map(group).collect();
        Kind::ALL.into_iter().map(|kind| (kind, groups(kind))).collect()
    });
    GROUPS.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, groups)| groups)
}

/// What of a record is shown.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// The numbers of the extra fields that are defined: they show also when they are not set.
    extra_fields: Arc<[u16]>,
    /// Only these, besides id and version; `None` is all.
    only: Option<Only>,
}

#[derive(Clone, Debug, Default)]
struct Only {
    fields: Vec<Field>,
    further_fields: bool,
}

impl View {
    /// Everything, with extra fields of these numbers.
    pub(super) const fn of(extra_fields: Arc<[u16]>) -> Self {
        Self { extra_fields, only: None }
    }

    /// The extra fields of records that show whole; `None` where only some members do.
    pub(super) const fn whole(&self) -> Option<&Arc<[u16]>> {
        if self.only.is_none() { Some(&self.extra_fields) } else { None }
    }

    fn shows(&self, field: Field) -> bool {
        let asked = self.only.as_ref().is_none_or(|only| {
            only.fields.contains(&field) || (only.further_fields && place(field).0 == Some(EXTRA_FIELDS))
        });
        field.shape() != Shape::Secret && (asked || matches!(field, Field::Id | Field::Version))
    }

    /// The extra fields beyond the custom ones that a record shows.
    fn further_fields(&self, record: &Record) -> impl Iterator<Item = Field> {
        let defined = self.extra_fields.iter().copied().map(Field::Extra);
        let mut fields: Vec<_> =
            defined.filter(|field| place(*field).0.is_some()).chain(further_fields(record)).collect();
        fields.sort_unstable();
        fields.dedup();
        fields.into_iter().filter(|field| self.shows(*field))
    }

    /// The fields of records of a kind as columns: those that were asked for in that order, or else all.
    pub(super) fn columns(&self, kind: Kind) -> Vec<Field> {
        let defined = self.extra_fields.iter().copied().map(Field::Extra);
        let further = defined.filter(|field| place(*field).0.is_some());
        match &self.only {
            Some(only) => {
                let further = further.filter(|field| only.further_fields && !only.fields.contains(field));
                only.fields.iter().copied().chain(further).collect()
            }
            None => {
                let of_kind = groups(kind).iter().flat_map(|(_, fields)| fields).map(|(field, _)| *field);
                let custom = (1..=CUSTOM_FIELDS).filter(|_| kind.has_extra_fields()).map(Field::Extra);
                let last = [Field::CreatedAt, Field::UpdatedAt, Field::UpdatedBy];
                let all =
                    [Field::Id, Field::Version].into_iter().chain(of_kind).chain(custom).chain(further).chain(last);
                all.filter(|field| field.shape() != Shape::Secret).collect()
            }
        }
    }

    /// Adds the fields of a record.
    pub(super) fn put(&self, object: &mut ObjectWriter<'_>, record: &Record) {
        let put = |object: &mut ObjectWriter<'_>, field: Field| {
            if self.shows(field) {
                Shown::field(record, field).put(object, &place(field).1);
            }
        };
        [Field::Id, Field::Version].into_iter().for_each(|field| put(object, field));
        for (holder, fields) in groups(record.kind) {
            let shown = || fields.iter().filter(|(field, _)| self.shows(*field));
            let put_all = |object: &mut ObjectWriter<'_>| {
                shown().for_each(|(field, name)| Shown::field(record, *field).put(object, name));
            };
            match holder {
                Some(holder) if shown().next().is_some() => {
                    object.object(holder, put_all);
                }
                Some(_) => {}
                None => put_all(object),
            }
        }
        if record.kind.has_extra_fields() {
            (1..=CUSTOM_FIELDS).for_each(|number| put(object, Field::Extra(number)));
            let mut further = self.further_fields(record).peekable();
            if self.only.is_none() || further.peek().is_some() {
                object.object(EXTRA_FIELDS, |object| further.for_each(|field| put(object, field)));
            }
        }
        [Field::CreatedAt, Field::UpdatedAt, Field::UpdatedBy].into_iter().for_each(|field| put(object, field));
    }

    /// Reads which members to show: names of fields, and of members that hold fields.
    ///
    /// # Errors
    /// `Invalid` for a name that is none.
    pub(super) fn only(&mut self, kind: Kind, names: &str) -> Result<(), Error> {
        let mut only = Only::default();
        for name in names.split(',').map(str::trim) {
            let held = groups(kind).iter().filter(|(holder, _)| *holder == Some(name)).flat_map(|(_, fields)| fields);
            let before = only.fields.len();
            only.fields.extend(held.map(|(field, _)| *field));
            if name == EXTRA_FIELDS && kind.has_extra_fields() {
                only.further_fields = true;
            } else if only.fields.len() == before {
                let wrong = |why| Error::new(Reason::Invalid, format!("fields: {why}"));
                only.fields.push(filter::field(kind, name).map_err(wrong)?);
            }
        }
        self.only = Some(only);
        Ok(())
    }
}

/// The extra fields beyond the custom ones that are set.
pub(super) fn further_fields(record: &Record) -> impl Iterator<Item = Field> {
    record.values.iter().map(|(field, _)| field).filter(|field| place(*field).0 == Some(EXTRA_FIELDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_place() {
        for (field, expected) in [
            (Field::FirstName, "/first_name"),
            (Field::City, "/address/city"),
            (Field::Extra(5), "/custom5"),
            (Field::Extra(6), "/extra_fields/x_6"),
        ] {
            assert_eq!(pointer(field), expected);
        }
        let fields = Kind::Customer.fields().iter().copied().chain((1..20).map(Field::Extra));
        let mut places: Vec<_> = fields.map(pointer).collect();
        let all = places.len();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), all);
    }

    #[test]
    fn values_show_as_json() {
        let texts = [String::from("a")];
        for (field, value, shown) in [
            (Field::Phone, Some("021 555".into()), Shown::Text("021 555".into())),
            (Field::Phone, None, Shown::Null),
            (Field::Company, Some(17.into()), Shown::Number(17)),
            (Field::Locked, Some(true.into()), Shown::Flag(true)),
            (Field::Locked, None, Shown::Flag(false)),
            (Field::Emails, Some(Value::Texts(texts.to_vec())), Shown::Texts(&texts)),
            (Field::OrderIds, None, Shown::Texts(&[])),
            (Field::Status, None, Shown::Null),
            (Field::Password, Some("$argon2id$".into()), Shown::Text("changed".into())),
            (Field::Password, None, Shown::Null),
            (Field::ExpiresAt, Some(1.into()), Shown::Text("1970-01-01T00:00:00.000001Z".into())),
        ] {
            assert_eq!(Shown::of(field, value.as_ref()), shown, "{field}");
        }
        assert_eq!(Shown::in_record(Field::Status, None), Shown::Text("active".into()));
    }
}

//! How values look to people, and in the fields of a form.

use dialects::moment::{is_time, rfc3339};
use domain::customer::shown_name;
use domain::{Field, Kind, Record, Shape, Time, Value};

use super::words::Words;

/// A moment: exactly, and as people read it. A script makes it local.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) exact: String,
    pub(super) short: String,
}

impl Moment {
    pub(super) fn of(time: Time) -> Self {
        let exact = rfc3339(time);
        let short = exact.get(..16).unwrap_or(&exact).replace('T', " ");
        Self { exact, short }
    }
}

/// A value as the text of a form's field: a list has an entry a line.
pub(super) fn typed(field: Field, value: Option<&Value>) -> String {
    let lines = |numbers: &[i64]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    match value {
        None => String::new(),
        Some(_) if field.shape() == Shape::Secret => String::new(),
        Some(Value::Text(text)) => text.replace("\r\n", "\n"),
        Some(Value::Number(number)) if is_time(field) => rfc3339(Time(*number)),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Flag(flag)) => String::from(if *flag { "true" } else { "" }),
        Some(Value::Texts(texts)) => texts.join("\n"),
        Some(Value::Numbers(numbers)) => lines(numbers),
    }
}

/// A value for people.
pub(super) fn plain(words: &'static Words, field: Field, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    match (field.shape(), value) {
        (Shape::Secret, _) => words.get("changed").to_owned(),
        (Shape::Choice(_), Value::Text(text)) => words.choice(text),
        (_, Value::Flag(flag)) => words.get(if *flag { "yes" } else { "no" }).to_owned(),
        (_, Value::Number(number)) if is_time(field) => Moment::of(Time(*number)).short,
        _ => typed(field, Some(value)),
    }
}

/// A field of a record as the text of a form's field.
pub(super) fn typed_of(record: &Record, field: Field) -> String {
    typed(field, record.values.get(field))
}

/// A field of a record for people, in a cell of a table.
pub(super) fn cell(words: &'static Words, record: &Record, field: Field) -> String {
    match field {
        Field::Id => record.id.to_string(),
        Field::Version => record.version.to_string(),
        Field::CreatedAt => Moment::of(record.created_at).short,
        Field::UpdatedAt => Moment::of(record.updated_at).short,
        Field::UpdatedBy => record.updated_by.clone(),
        Field::Name if record.kind == Kind::Customer => shown_name(record).into_owned(),
        Field::Status if record.kind == Kind::Customer && record.values.get(field).is_none() => words.choice("active"),
        Field::TicketStatus if record.values.get(field).is_none() => words.choice("open"),
        Field::Emails => record.texts(field).first().cloned().unwrap_or_default(),
        _ => plain(words, field, record.values.get(field)),
    }
}

/// What a record is called.
pub(super) fn name(record: &Record) -> String {
    let text = match record.kind {
        Kind::Customer => shown_name(record).into_owned(),
        Kind::Ticket => record.text(Field::Title).to_owned(),
        Kind::User | Kind::Key => record.text(Field::Username).to_owned(),
        _ => record.text(Field::Name).to_owned(),
    };
    if text.is_empty() { format!("#{}", record.id) } else { text }
}

//! Extra fields: `x_<nr>`, with the word for the kind of record before it or without.

use domain::{Field, Kind, Record};

/// A definition that the caller may see.
#[derive(Clone, Debug)]
pub(in super::super) struct Definition {
    pub(in super::super) kind: Kind,
    pub(in super::super) field: Field,
    pub(in super::super) number: i64,
    pub(in super::super) label: String,
    /// The extra table that it is a column of.
    pub(in super::super) table: Option<i64>,
    /// Whether customers may see it.
    pub(in super::super) external: bool,
    /// The vendor's flags of a column.
    pub(in super::super) flags: i64,
    shape: String,
}

impl Definition {
    pub(in super::super) fn of(record: &Record) -> Option<Self> {
        let number = record.number(Field::Number)?;
        Some(Self {
            kind: Kind::named(record.text(Field::Domain))?,
            field: Field::Extra(u16::try_from(number).ok()?),
            number,
            label: record.text(Field::Name).to_owned(),
            table: record.number(Field::TableId),
            external: record.flag(Field::External),
            flags: record.number(Field::Flags).unwrap_or(0),
            shape: record.text(Field::Shape).to_owned(),
        })
    }

    /// The vendor's name of its type.
    pub(in super::super) fn is(&self) -> &'static str {
        match &*self.shape {
            "integer" => super::INTEGER,
            "float" => "TypeFloat",
            "boolean" => super::BOOL,
            "date" => "TypeDate",
            _ => super::VARCHAR,
        }
    }

    /// Whether this is what columns of extra tables are called: `4`, or `x_4`.
    pub(in super::super) fn is_named(&self, text: &str) -> bool {
        let text = text.trim();
        text.strip_prefix("x_").unwrap_or(text) == self.number.to_string()
    }

    /// Whether it holds whole numbers, which can be compared by size.
    pub(in super::super) fn is_integer(&self) -> bool {
        self.shape == "integer"
    }
}

/// The extra field of a name, which must be as it is given out: no `x_01`.
pub(in super::super) fn named(name: &str) -> Option<Field> {
    Field::named(name).filter(|field| name.starts_with("x_") && matches!(field, Field::Extra(1..)))
}

/// Whether a name is of the form of an extra field's, for any kind of record.
pub(in super::super) fn looks_extra(name: &str) -> bool {
    name.rsplit_once('.').map_or(name, |(_, name)| name).starts_with("x_")
}

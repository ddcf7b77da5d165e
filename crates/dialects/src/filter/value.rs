//! What a value in a filter means for its field.

use crate::moment;
use crate::suggest::{nearest, quoted};
use domain::{Field, Shape, Value};

/// What a value is compared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Being the same.
    Equal,
    /// Being less or more.
    Ordered,
    /// Being a part.
    Part,
}

/// Reads a value; `None` is one that the field holds when it is unset. The definition of an extra field is not known
/// here: its values stay texts until the operation that lists brings them to their shape.
pub(super) fn read(field: Field, wanted: Wanted, text: &str) -> Result<Option<Value>, String> {
    if moment::is_time(field) {
        return match (moment::read(text), wanted) {
            (_, Wanted::Part) => Err(no_text(field, "a time")),
            (Some(time), _) => Ok(Some(time.0.into())),
            (None, _) => Err(format!("{field} is a time such as 2026-11-22 or 2026-11-22T12:00:00Z")),
        };
    }
    let number = || text.parse::<i64>().ok().filter(|_| !text.starts_with('+')).map(|number| Some(number.into()));
    match (field.shape(), wanted) {
        (Shape::Envelope, _) if field != Field::UpdatedBy => match wanted {
            Wanted::Part => Err(no_text(field, "a whole number")),
            _ => number().ok_or_else(|| format!("{field} is a whole number")),
        },
        (Shape::Number { .. } | Shape::Reference(_) | Shape::References { .. }, Wanted::Part) => {
            Err(no_text(field, "a whole number"))
        }
        (Shape::Number { .. } | Shape::Reference(_) | Shape::References { .. }, _) => {
            number().ok_or_else(|| format!("{field} is a whole number"))
        }
        (Shape::Flag, Wanted::Equal) => match text {
            "true" => Ok(Some(true.into())),
            // What is not set is false.
            "false" => Ok(None),
            _ => Err(format!("{field} is true or false")),
        },
        (Shape::Flag, _) => Err(format!("{field} is true or false: only = and != ask for it")),
        (Shape::Choice(list), Wanted::Equal) if !text.is_empty() && !list.contains(&text) => {
            let hint = nearest(text, list.iter().copied())
                .map_or_else(|| format!("they are {}", list.join(", ")), |near| format!("did you mean {near}?"));
            Err(format!("{} is no {field}: {hint}", quoted(text)))
        }
        // However a country is written, it is kept in one form.
        (Shape::Country, Wanted::Equal) => {
            field.shape().admit(field, text.into()).map_err(|error| error.message.into_owned())
        }
        _ => Ok(Some(Value::from(text)).filter(|_| !text.is_empty())),
    }
}

fn no_text(field: Field, what: &str) -> String {
    format!("{field} is {what}: ~, ^= and like are for texts")
}

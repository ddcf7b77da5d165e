//! `name=value` on the command line becomes a member of a JSON body.

use domain::field::CUSTOM_FIELDS;
use domain::{Field, Shape};
use serde_json::{Map, Value};
use std::borrow::Cow;

use super::{Exit, Failed};

/// The body that sets the given fields: `address.city=Oslo`, `emails=a@x.example,b@x.example`, `x_6=5`. Nothing after
/// the sign unsets.
///
/// # Errors
/// Something without a sign, or a number that is none.
pub(super) fn body(assignments: &[String]) -> Result<Value, Failed> {
    let mut body = Value::Object(Map::new());
    for assignment in assignments {
        let Some((name, text)) = assignment.split_once('=') else {
            let text = format!("{assignment:?} sets nothing: write name=value, and name= to unset");
            return Err(Failed::new(Exit::Usage, text));
        };
        let field = Field::named(name);
        let value = value(field, name, text)?;
        let name = field.map_or_else(|| Cow::Owned(name.to_owned()), Field::name);
        // The server knows which names there are, and what is near one that is not.
        let (holder, name) = match (field, name.split_once('.')) {
            (Some(Field::Extra(number)), _) if number > CUSTOM_FIELDS => (Some("extra_fields"), &*name),
            (_, Some((holder, name))) => (Some(holder), name),
            (_, None) => (None, &*name),
        };
        let object = match holder {
            Some(holder) => &mut body[holder],
            None => &mut body,
        };
        if object.is_null() {
            *object = Value::Object(Map::new());
        }
        object[name] = value;
    }
    Ok(body)
}

fn value(field: Option<Field>, name: &str, text: &str) -> Result<Value, Failed> {
    let shape = field.filter(|field| !matches!(field, Field::Extra(_))).map(Field::shape);
    if text.is_empty() {
        return Ok(match shape {
            Some(Shape::Emails { .. } | Shape::Codes { .. } | Shape::References { .. }) => Value::Array(Vec::new()),
            _ => Value::Null,
        });
    }
    let wrong = |what: &str| Failed::new(Exit::Usage, format!("{name} is {what}, not {text:?}"));
    let number = |text: &str| text.trim().parse::<i64>().map_err(|_| wrong("a whole number"));
    Ok(match shape {
        Some(Shape::Number { .. } | Shape::Reference(_)) => number(text)?.into(),
        Some(Shape::References { .. }) => text.split(',').map(number).collect::<Result<Vec<_>, _>>()?.into(),
        Some(Shape::Flag) => text.parse::<bool>().map_err(|_| wrong("true or false"))?.into(),
        Some(Shape::Emails { .. } | Shape::Codes { .. }) => text.split(',').map(str::trim).collect::<Value>(),
        _ => text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(assignments: &[&str]) -> Result<Value, Failed> {
        body(&assignments.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn fields_take_the_values_of_their_shape() {
        let all = [
            "name=Kari = Nordmann",
            "address.city=Oslo",
            "address.postal_code=02134",
            "emails=a@x.example, b@x.example",
            "order_ids=",
            "email_quota=7",
            "locked=true",
            "phone=",
            "custom1=gold",
            "x_2=silver",
            "x_6=5",
            "nonsense=1",
        ];
        let expected = json!({
            "name": "Kari = Nordmann",
            "address": { "city": "Oslo", "postal_code": "02134" },
            "emails": ["a@x.example", "b@x.example"],
            "order_ids": [],
            "email_quota": 7,
            "locked": true,
            "phone": null,
            "custom1": "gold",
            "custom2": "silver",
            "extra_fields": { "x_6": "5" },
            "nonsense": "1",
        });
        assert_eq!(set(&all).unwrap(), expected);
    }

    #[test]
    fn what_sets_nothing_is_refused() {
        for (assignment, says) in
            [("name", "name="), ("email_quota=many", "whole number"), ("locked=1", "true or false")]
        {
            let failed = set(&[assignment]).unwrap_err();
            assert_eq!(failed.exit, Exit::Usage);
            assert!(failed.message.contains(says), "{}", failed.message);
        }
    }
}

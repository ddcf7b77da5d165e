//! What a browser sends: fields with texts.

use dialects::Request;
use dialects::moment;
use domain::error::Reason;
use domain::{Error, Field, Shape, Value};
use http::header;
use std::borrow::Cow;
use wire::form;
use wire::media_type::content_type;
use wire::multipart::{self, Part};

/// Parts of a form with files.
const PARTS: usize = 40;

/// The parts of a form with files; `None` for one without.
///
/// # Errors
/// `Invalid` for what cannot be read.
pub(super) fn parts(request: &Request) -> Result<Option<Vec<Part<'_>>>, Error> {
    let Some(kind) = request.header(header::CONTENT_TYPE).and_then(|kind| content_type(kind).ok()) else {
        return Ok(None);
    };
    if kind.essence != "multipart/form-data" {
        return Ok(None);
    }
    let limits = form::Limits { bytes: usize::MAX, pairs: PARTS };
    let read = multipart::boundary(&kind).and_then(|boundary| multipart::parts(&request.body, boundary, &limits));
    read.map(Some).map_err(|error| Error::new(Reason::Invalid, format!("The form cannot be read: {error}")))
}

/// The fields of a form or a query, in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Form<'a>(form::Pairs<'a>);

impl<'a> Form<'a> {
    /// # Errors
    /// `Invalid` for what cannot be read, `TooLong` for what is too long.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Error> {
        form::parse(body, &form::Limits::default()).map(Self).map_err(|error| match error {
            form::FormError::TooLong { .. } => Error::new(Reason::TooLong, error.to_string()),
            error => Error::new(Reason::Invalid, format!("The form cannot be read: {error}")),
        })
    }

    /// The texts among the parts of a form with files.
    pub(super) fn of_parts(parts: Vec<Part<'a>>) -> Self {
        // What no field may hold is refused where it is to be stored, in words, and not lost before.
        let text = |part: &Part<'a>| match part.text() {
            Err(_) if part.filename.is_none() => std::str::from_utf8(part.bytes).ok().map(Cow::Borrowed),
            text => text.ok(),
        };
        Self(parts.into_iter().filter_map(|part| text(&part).map(|text| (part.name, text))).collect())
    }

    /// The first text of a field; `""` when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// The first text of a field.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, text)| &**text)
    }

    /// All texts of a field.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, text)| &**text).collect()
    }

    /// Every field with its text.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (&**name, &**text))
    }

    /// The fields of a record that were sent. A box that is not ticked is not sent: its name is, under `flag`.
    pub(super) fn typed(&self) -> Vec<(Field, String)> {
        let mut typed: Vec<(Field, String)> = Vec::new();
        for name in self.all("flag") {
            if let Some(field) = Field::named(name) {
                typed.push((field, String::from(if self.given(name).is_some() { "true" } else { "" })));
            }
        }
        for (name, text) in &self.0 {
            let Some(field) = Field::named(name) else { continue };
            match typed.iter_mut().find(|(known, _)| *known == field) {
                None => typed.push((field, text.replace("\r\n", "\n"))),
                // The boxes of a set have one name. An empty field stands for none of them.
                Some((_, others)) if matches!(field.shape(), Shape::Codes { .. }) && !text.is_empty() => {
                    if !others.is_empty() {
                        others.push('\n');
                    }
                    others.push_str(text);
                }
                Some(_) => {}
            }
        }
        typed.retain(|(field, _)| field.shape() != Shape::Envelope);
        typed
    }
}

/// What a typed text means for a field; `None` unsets it.
///
/// # Errors
/// `Invalid` at the field for a text that is no number or time. What else it cannot hold, the domain refuses.
pub(super) fn value(field: Field, text: &str) -> Result<Option<Value>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = |text: &str| {
        let wrong = |_| Error::invalid(field, format!("{field} must be a whole number"));
        text.trim().parse::<i64>().map_err(wrong)
    };
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(Some(match field.shape() {
        Shape::Number { .. } | Shape::Reference(_) => number(text)?.into(),
        Shape::Flag => (text == "true").into(),
        Shape::Emails { .. } | Shape::Codes { .. } => Value::Texts(lines().map(str::to_owned).collect()),
        Shape::References { .. } => Value::Numbers(lines().map(number).collect::<Result<_, _>>()?),
        Shape::Time => {
            let wrong = || Error::invalid(field, format!("{field} must be a time such as 2026-11-22T12:00:00Z"));
            moment::read(text.trim()).ok_or_else(wrong)?.0.into()
        }
        Shape::Country | Shape::Language => text.trim().into(),
        Shape::Text { .. } | Shape::Choice(_) | Shape::Secret | Shape::Envelope => text.into(),
    }))
}

/// A query of these parameters, the empty ones left out.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        form::percent_encode(&mut text, value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_values() {
        for (field, text, expected) in [
            (Field::Phone, "021 555", Ok(Some("021 555".into()))),
            (Field::Phone, "", Ok(None)),
            (Field::Company, " 17 ", Ok(Some(17.into()))),
            (Field::Company, "x", Err(Field::Company)),
            (Field::Emails, "a@b\n\n c@d ", Ok(Some(Value::Texts(vec!["a@b".into(), "c@d".into()])))),
            (Field::Locked, "true", Ok(Some(true.into()))),
            (Field::Deadline, "1970-01-01T00:00:01Z", Ok(Some(1_000_000.into()))),
            (Field::Deadline, "soon", Err(Field::Deadline)),
            (Field::Attachments, "1\n2", Ok(Some(Value::Numbers(vec![1, 2])))),
            (Field::Extra(6), "7", Ok(Some("7".into()))),
        ] {
            assert_eq!(value(field, text).map_err(|error| error.at.unwrap()), expected, "{field} {text:?}");
        }
    }

    #[test]
    fn an_empty_box_is_a_no_and_lines_end_alike() {
        let form = Form::read(b"flag=locked&note=a%0D%0Ab&nonsense=1&version=2&x_6=3").unwrap();
        assert_eq!(
            form.typed(),
            [(Field::Locked, "".into()), (Field::Note, "a\nb".into()), (Field::Extra(6), "3".into())]
        );
        let sent = b"dialects=&dialects=native&dialects=console&name=a&name=b";
        let set = [(Field::Dialects, "native\nconsole".into()), (Field::Name, "a".into())];
        assert_eq!(Form::read(sent).unwrap().typed(), set);
        assert_eq!(Form::read(b"dialects=").unwrap().typed(), [(Field::Dialects, "".into())]);
        assert_eq!(Form::read(b"flag=locked&locked=on").unwrap().typed(), [(Field::Locked, "true".into())]);
        assert_eq!(query(&[("q", "a&b"), ("sort", ""), ("c", "1")]), "?q=a%26b&c=1");
    }
}

//! What clients send: the properties of a customer as a form or as JSON, whatever they say it is.

use crate::{Refusal, Request};
use domain::Error;
use domain::error::Reason;
use http::{StatusCode, header};
use std::fmt::Display;
use wire::media_type::{self, MediaType};
use wire::text::{self, DecodeError};
use wire::{form, json, multipart};

/// Names and texts in the order they came.
pub(in super::super) type Pairs = Vec<(String, String)>;

/// Reads the body, or the query if there is no body.
///
/// # Errors
/// 400 for what cannot be read and for values within values, 415 for what is neither a form nor JSON.
pub(in super::super) fn read(request: &Request) -> Result<Pairs, Refusal> {
    let limits = form::Limits::default();
    if request.body.trim_ascii().is_empty() {
        let query = request.query.as_deref().unwrap_or_default();
        return flat(form::parse(query.as_bytes(), &limits).map_err(bad)?);
    }
    let media = declared(request)?;
    let essence = media.as_ref().map(|media| &*media.essence);
    if let Some(media) = media.as_ref().filter(|_| essence == Some("multipart/form-data")) {
        let boundary = multipart::boundary(media).map_err(bad)?;
        return flat(multipart::parse(&request.body, boundary, &limits).map_err(bad)?);
    }
    let charset = media.as_ref().and_then(MediaType::charset);
    let text = text::decode(&request.body, charset).map_err(|error| match error {
        DecodeError::Unknown(_) => Refusal::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, error.to_string()),
        error => bad(error),
    })?;
    // PHP's curl calls a text a form unless it is told otherwise, and one of the vendor's clients calls a form JSON.
    if is_json(essence) || text.trim_start().starts_with(['{', '[']) {
        match json::parse(text.as_bytes(), &json::Limits::default()) {
            Ok(value) => return members(value),
            Err(_) if looks_like_form(&text) => {}
            Err(error) => return Err(bad(error)),
        }
    } else if !matches!(essence, None | Some("application/x-www-form-urlencoded")) && !looks_like_form(&text) {
        let text = format!("A body of type {} is not read: send JSON or a form", essence.unwrap_or_default());
        return Err(Refusal::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    flat(form::parse(text.as_bytes(), &limits).map_err(bad)?)
}

fn declared(request: &Request) -> Result<Option<MediaType<'_>>, Refusal> {
    let header = request.header(header::CONTENT_TYPE).filter(|header| !header.trim().is_empty());
    header.map(media_type::content_type).transpose().map_err(bad)
}

fn is_json(essence: Option<&str>) -> bool {
    essence.is_some_and(|essence| matches!(essence, "application/json" | "text/json") || essence.ends_with("+json"))
}

/// Whether a text begins with a name and an equals sign.
fn looks_like_form(text: &str) -> bool {
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.%+[]".contains(&byte);
    text.split_once('=').is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(named))
}

fn bad(error: impl Display) -> Refusal {
    Refusal::request(StatusCode::BAD_REQUEST, error.to_string())
}

fn nested(name: &str) -> Refusal {
    let name: String = name.chars().take(64).collect();
    Error::new(Reason::Invalid, format!("{name}: a property holds one value")).into()
}

fn flat(pairs: form::Pairs<'_>) -> Result<Pairs, Refusal> {
    if let Some((name, _)) = pairs.iter().find(|(name, _)| form::brackets(name).is_some()) {
        return Err(nested(name));
    }
    Ok(pairs.into_iter().map(|(name, text)| (name.into_owned(), text.into_owned())).collect())
}

/// The members of an object, with scalars as PHP would put them into a form. An empty array of PHP arrives as an
/// empty list.
fn members(value: json::Value<'_>) -> Result<Pairs, Refusal> {
    let object = match value {
        json::Value::Object(object) => object,
        json::Value::List(items) if items.is_empty() => return Ok(Pairs::new()),
        other => return Err(bad(format!("The body must be an object of properties, not {}", other.kind()))),
    };
    let text = |(name, value): (std::borrow::Cow<'_, str>, json::Value<'_>)| {
        let text = match value {
            json::Value::Null => String::new(),
            json::Value::Bool(flag) => if flag { "1" } else { "0" }.to_owned(),
            json::Value::Number(number) => number.as_str().to_owned(),
            json::Value::Text(text) => text.into_owned(),
            json::Value::List(_) | json::Value::Object(_) => return Err(nested(&name)),
        };
        Ok((name.into_owned(), text))
    };
    object.into_members().into_iter().map(text).collect()
}

#[cfg(test)]
mod tests;

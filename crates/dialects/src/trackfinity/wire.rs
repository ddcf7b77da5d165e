//! The vendor's shapes: parameters in the request body, as a form as the samples have it, or as flat JSON.

use crate::{Refusal, Request};
use bytes::Bytes;
use domain::Error;
use domain::error::Reason;
use http::{HeaderValue, Response, StatusCode, header};
use wire::{form, json, media_type, multipart};

/// Parameters by name, each once: of a repeated one the last counts, as in the vendor's PHP.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of a parameter. An empty one counts as not passed.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// Reads the body.
    ///
    /// # Errors
    /// 400 for a body that cannot be read, 415 for one of another kind; an invalid parameter for arrays.
    pub(super) fn read(request: &Request) -> Result<Self, Refusal> {
        let bad = |error: &dyn std::fmt::Display| Refusal::request(StatusCode::BAD_REQUEST, error.to_string());
        let declared = request.header(header::CONTENT_TYPE).unwrap_or("application/x-www-form-urlencoded");
        let media = media_type::content_type(declared).map_err(|error| bad(&error))?;
        let limits = form::Limits::default();
        let pairs = match &*media.essence {
            "application/x-www-form-urlencoded" => form::parse(&request.body, &limits).map_err(|error| bad(&error))?,
            "application/json" => return Self::from_json(&request.body),
            "multipart/form-data" => {
                let boundary = multipart::boundary(&media).map_err(|error| bad(&error))?;
                multipart::parse(&request.body, boundary, &limits).map_err(|error| bad(&error))?
            }
            other => {
                let text = format!("A body of type {other} is not read: send a form or JSON");
                return Err(Refusal::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
            }
        };
        if let Some((name, _)) = pairs.iter().find(|(name, _)| form::brackets(name).is_some()) {
            return Err(Error::new(Reason::Invalid, format!("{name}: a parameter holds one value, not a list")).into());
        }
        Ok(Self(pairs.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()))
    }

    fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let bad = |text: String| Refusal::request(StatusCode::BAD_REQUEST, text);
        let value = json::parse(body, &json::Limits::default()).map_err(|error| bad(error.to_string()))?;
        let Some(object) = value.as_object() else {
            return Err(bad(format!("The body must be an object of parameters, not {}", value.kind())));
        };
        let mut pairs = Vec::with_capacity(object.len());
        for (name, value) in object.iter() {
            let text = match value {
                json::Value::Null => continue,
                json::Value::Bool(flag) => if *flag { "1" } else { "0" }.to_owned(),
                json::Value::Number(number) => number.as_str().to_owned(),
                json::Value::Text(text) => text.clone().into_owned(),
                json::Value::List(_) | json::Value::Object(_) => {
                    return Err(Error::new(Reason::Invalid, format!("{name}: a parameter holds one value")).into());
                }
            };
            pairs.push((name.to_owned(), text));
        }
        Ok(Self(pairs))
    }
}

/// The body of every success: four bytes, no envelope.
pub(super) fn success() -> Response<Bytes> {
    json(Bytes::from_static(b"true"))
}

pub(super) fn json(body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

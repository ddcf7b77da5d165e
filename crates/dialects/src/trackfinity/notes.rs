//! What an answer means, where the vendor's way of saying it is not plain.

use super::fields::PARAMETERS;
use crate::notes::Answered;
use crate::suggest::quoted;
use domain::error::Reason;
use http::header;
use wire::form;

/// Parameters that say whose details are set.
const WHO: [&str; 4] = ["customer_id", "subscription_id", "subscription", "orderid"];

pub(super) fn explain(answered: &Answered<'_>) -> Option<String> {
    Some(match answered.reason() {
        None if answered.refused.is_some() => return None,
        None => return parameters(answered),
        Some(
            Reason::NotFound | Reason::AlreadyExists | Reason::Required | Reason::Invalid | Reason::TooLong,
        ) => "404 is the vendor's answer to a parameter that is not valid, also where the page is there. Nothing was stored.".to_owned(),
        Some(Reason::Conflict | Reason::Locked | Reason::Unsupported) => {
            "400 is the vendor's answer to what is not supported at the moment. Nothing was stored.".to_owned()
        }
        Some(Reason::Unauthenticated | Reason::Forbidden) => {
            "The vendor wants the headers api-username and api-key of an administrator.".to_owned()
        }
        Some(Reason::LimitExceeded | Reason::Busy) => {
            "The vendor has no code for this: Retry-After says when to send the same again.".to_owned()
        }
        Some(Reason::Internal) => return None,
    })
}

/// What parameters did that is not plain: cleared, or nothing.
fn parameters(answered: &Answered<'_>) -> Option<String> {
    let kind = answered.request.header(header::CONTENT_TYPE).unwrap_or("application/x-www-form-urlencoded");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let pairs = form::parse(&answered.request.body, &form::Limits::default()).ok()?;
    let named = |fits: &dyn Fn(&str, &str) -> bool| {
        let names = pairs.iter().filter(|(name, value)| fits(name, value)).map(|(name, _)| quoted(name));
        names.take(5).collect::<Vec<_>>().join(", ")
    };
    let known = |name: &str| WHO.contains(&name) || PARAMETERS.iter().any(|(known, _)| *known == name);
    let (cleared, empty, unknown) = (
        named(&|name, value| known(name) && value == "REMOVE"),
        named(&|name, value| known(name) && value.is_empty()),
        named(&|name, _| !known(name)),
    );
    let mut text = String::new();
    for (names, what) in [
        (cleared, "cleared by the word REMOVE"),
        (empty, "empty, which changes nothing: the word REMOVE clears"),
        (unknown, "no parameter of this API, and ignored"),
    ] {
        if !names.is_empty() {
            let between = if text.is_empty() { "" } else { "; " };
            text.push_str(&format!("{between}{names}: {what}"));
        }
    }
    Some(text).filter(|text| !text.is_empty())
}

//! What dialects learn of other installations.

use super::records;
use crate::learned::learner;
use crate::native::attempt::Touches;
use crate::native::errors::Problem;
use crate::native::wire::{self, Query};
use crate::route::Call;
use ::wire::json;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::LearnWsdl;
use domain::{Error, Field, Kind};
use http::Response;

/// Differences that are kept.
const MOST: usize = 1_000;

pub(in crate::native) async fn learn(call: Call<'_>, query: Query<'_>) -> Result<Response<Bytes>, Problem> {
    let (dialect, text, allow) = asked(&wire::body(call.request)?)?;
    let (_, learn) = learner(&dialect).ok_or_else(|| {
        let shown: String = dialect.chars().take(64).collect();
        Error::invalid(Field::Dialect, format!("{shown:?} is no dialect that learns. Nothing was changed."))
    })?;
    let refused = |why: String| Error::invalid(Field::Text, format!("{why}. Nothing was changed."));
    let learned = learn(&text).map_err(refused)?;
    let methods = [("it has no", &learned.lacking), ("nothing is known here of", &learned.unknown)];
    let methods = methods.into_iter().filter(|(_, names)| !names.is_empty());
    let methods: Vec<_> = methods.map(|(what, names)| format!("{what} {}", names.join(", "))).collect();
    if !methods.is_empty() && !allow {
        let text = "allow_differences keeps the first as they are here and leaves the others out";
        return Err(refused(format!("{} port: {}; {text}", learned.port, methods.join("; "))).into());
    }
    let differences = methods.iter().chain(&learned.differences).take(MOST);
    let differences = differences.map(|line| line.chars().take(1_000).collect()).collect();
    let learn = LearnWsdl { dialect, port: learned.port.to_owned(), text, differences };
    records::done(&call, &query, Kind::Wsdl, Touches::NoVersion, learn).await
}

/// `{"dialect": "superoffice", "text": "<definitions …", "allow_differences": true}`, without the last if it is false.
fn asked(body: &json::Value<'_>) -> Result<(String, String, bool), Error> {
    let wrong = || {
        let text = "The body must be {\"dialect\": <its name>, \"text\": <the WSDL>}, and may have allow_differences: true. \
                    Nothing was changed.";
        Error::new(Reason::Invalid, text)
    };
    let members = body.as_object().ok_or_else(wrong)?;
    if members.iter().any(|(name, _)| !["dialect", "text", "allow_differences"].contains(&name)) {
        return Err(wrong());
    }
    let text = |name| members.get(name).and_then(|value| value.as_text()).map(str::to_owned).ok_or_else(wrong);
    let allow = match members.get("allow_differences") {
        None => false,
        Some(json::Value::Bool(allow)) => *allow,
        Some(_) => return Err(wrong()),
    };
    Ok((text("dialect")?, text("text")?, allow))
}

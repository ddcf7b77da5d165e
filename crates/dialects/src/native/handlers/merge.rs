//! Two records of one customer become one, and two again.

use super::{id, records};
use crate::filter;
use crate::native::attempt::Touches;
use crate::native::entity_tag::IfMatch;
use crate::native::errors::Problem;
use crate::native::wire::{self, Query};
use crate::route::Call;
use ::wire::json;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{MergeCustomers, UndoMerge};
use domain::{Error, Field, Kind, Record};
use http::Response;

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn merge(call: Call<'_>, query: Query<'_>) -> Answer {
    let (id, if_match) = (id(&call)?, IfMatch::read(call.request)?);
    let (other, other_version, take) = which(&wire::body(call.request)?)?;
    let check = move |present: &Record| if_match.check(present);
    let merge = MergeCustomers { id, other, other_version, take, check };
    records::done(&call, &query, Kind::Customer, Touches::Version, merge).await
}

pub(in crate::native) async fn undo(call: Call<'_>, query: Query<'_>) -> Answer {
    let (id, if_match) = (id(&call)?, IfMatch::read(call.request)?);
    let undo = UndoMerge { id, check: move |present: &Record| if_match.check(present) };
    records::done(&call, &query, Kind::Customer, Touches::Version, undo).await
}

/// `{"customer": 11, "version": 3, "take": ["phone"]}`, of which only the first is needed.
fn which(body: &json::Value<'_>) -> Result<(i64, Option<u64>, Vec<Field>), Error> {
    let wrong = || {
        let text = "The body must be {\"customer\": <the id of the one that goes>}, and may have its version and take, a \
                    list of fields. Nothing was changed.";
        Error::new(Reason::Invalid, text)
    };
    let members = body.as_object().ok_or_else(wrong)?;
    if members.iter().any(|(name, _)| !["customer", "version", "take"].contains(&name)) {
        return Err(wrong());
    }
    let number = |name: &str| match members.get(name) {
        None => Ok(None),
        Some(json::Value::Number(number)) => number.as_i64().map(Some).ok_or_else(wrong),
        Some(_) => Err(wrong()),
    };
    let version = number("version")?.map(u64::try_from).transpose().map_err(|_| wrong())?;
    let take = match members.get("take") {
        None => Vec::new(),
        Some(json::Value::List(names)) => {
            let named = |name: &json::Value<'_>| {
                let name = name.as_text().ok_or_else(wrong)?;
                filter::field(Kind::Customer, name).map_err(|why| Error::new(Reason::Invalid, format!("take: {why}")))
            };
            names.iter().map(named).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(wrong()),
    };
    Ok((number("customer")?.ok_or_else(wrong)?, version, take))
}

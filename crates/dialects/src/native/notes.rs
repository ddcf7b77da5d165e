//! What an answer means: what the page of its problem tells to do.

use super::problems;
use crate::Request;
use crate::notes::Answered;
use ::wire::json;

pub(super) fn explain(answered: &Answered<'_>) -> Option<String> {
    answered.refused?;
    let json::Value::Object(problem) = json::parse(answered.body, &json::Limits::default()).ok()? else { return None };
    let code = problem.get("code").and_then(json::Value::as_text)?;
    let known = problems::all().iter().find(|problem| problem.code == code)?;
    Some(format!("{code}: {}", known.remedy))
}

/// That of the one entity tag which a change of a customer demands.
pub(super) fn version_read(request: &Request) -> Option<u64> {
    let tag = request.header(http::header::IF_MATCH).filter(|_| request.path.contains("/customers/"))?;
    tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

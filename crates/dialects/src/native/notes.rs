//! What an answer means: what the page of its problem tells to do.

use super::problems;
use crate::notes::Answered;
use ::wire::json;

pub(super) fn explain(answered: &Answered<'_>) -> Option<String> {
    answered.refused?;
    let json::Value::Object(problem) = json::parse(answered.body, &json::Limits::default()).ok()? else { return None };
    let code = problem.get("code").and_then(json::Value::as_text)?;
    let known = problems::all().iter().find(|problem| problem.code == code)?;
    Some(format!("{code}: {}", known.remedy))
}

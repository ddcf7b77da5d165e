//! Whether a lane really does its work: a fast wrong answer must not count as speed.

use serde_json::Value;

use super::lanes::{Kind, Lane};
use super::server::Server;
use super::wrk::Load;
use super::{Result, http};

/// One answer as the load saw it, with what the request had asked.
pub(super) struct Answer {
    pub(super) id: u64,
    pub(super) unique: String,
    pub(super) status: u16,
    pub(super) body: String,
}

type Verdict = std::result::Result<(), String>;

/// Sends a few requests of the lane and looks at each answer; for a change to the subject, also
/// reads the record and its history back through the native API.
pub(super) fn lane(lane: &Lane, server: &Server) -> Result<()> {
    let answers = Load::new(lane, server)?.answers(20)?;
    for answer in &answers {
        if answer.status != 200 {
            return Err(format!("status {}: {}", answer.status, excerpt(&answer.body)).into());
        }
        (lane.good)(answer)?;
    }
    let last = answers.last().ok_or("no answer at all")?;
    match lane.dialect {
        Some(dialect) if lane.on == Kind::Samerow => read_back(server, last, dialect),
        _ => Ok(()),
    }
}

fn read_back(server: &Server, answer: &Answer, dialect: &str) -> Result<()> {
    let record = format!("/v1/customers/{}", answer.id);
    let (status, body) = http::get(&server.address, &record)?;
    if status != 200 || !body.contains(&answer.unique) {
        return Err(format!("{record} does not show the change: {status} {}", excerpt(&body)).into());
    }
    let (status, body) = http::get(&server.address, &format!("{record}/history?limit=200"))?;
    let history: Value = serde_json::from_str(&body)
        .map_err(|error| format!("{record}/history is no JSON ({error}): {status} {}", excerpt(&body)))?;
    let newest = history.pointer("/data/0").ok_or("the history is empty")?;
    if newest.pointer("/origin/dialect").and_then(Value::as_str) != Some(dialect) {
        return Err(format!("the newest history item is not of {dialect}: {newest}").into());
    }
    if !newest["changes"].to_string().contains(&answer.unique) {
        return Err(format!("the newest history item lacks {}: {newest}", answer.unique).into());
    }
    Ok(())
}

fn excerpt(body: &str) -> String {
    body.chars().take(200).collect()
}

fn json(answer: &Answer) -> std::result::Result<Value, String> {
    serde_json::from_str(&answer.body).map_err(|error| format!("no JSON ({error}): {}", excerpt(&answer.body)))
}

/// Compares the id at `pointer` with the one asked for.
fn has_id(answer: &Answer, pointer: &str) -> std::result::Result<Value, String> {
    let value = json(answer)?;
    match value.pointer(pointer).and_then(Value::as_u64) {
        Some(id) if id == answer.id => Ok(value),
        _ => Err(format!("{pointer} is not {}: {}", answer.id, excerpt(&answer.body))),
    }
}

fn has_unique(answer: &Answer, value: &Value, pointer: &str) -> Verdict {
    match value.pointer(pointer).and_then(Value::as_str) {
        Some(text) if text.contains(&answer.unique) => Ok(()),
        _ => Err(format!("{pointer} does not hold {}: {}", answer.unique, excerpt(&answer.body))),
    }
}

pub(super) fn is_true(answer: &Answer) -> Verdict {
    if answer.body == "true" { Ok(()) } else { Err(format!("not true: {}", excerpt(&answer.body))) }
}

pub(super) fn everlytic_read(answer: &Answer) -> Verdict {
    has_id(answer, "/item/id").map(drop)
}

pub(super) fn everlytic_update(answer: &Answer) -> Verdict {
    has_unique(answer, &has_id(answer, "/item/id")?, "/item/email")
}

/// A fault comes with 200 as well.
pub(super) fn rpc_update(answer: &Answer) -> Verdict {
    let done = answer.body.contains(&format!("<param><value><int>{}</int></value></param>", answer.id));
    if done { Ok(()) } else { Err(format!("not the id {}: {}", answer.id, excerpt(&answer.body))) }
}

pub(super) fn multicall(answer: &Answer) -> Verdict {
    let done = answer.body.matches("<value><array><data><value><int>").count();
    if done == 100 { Ok(()) } else { Err(format!("{done} updates instead of 100: {}", excerpt(&answer.body))) }
}

pub(super) fn everlytic_list(answer: &Answer) -> Verdict {
    let value = json(answer)?;
    let rows = value.pointer("/collection").and_then(Value::as_array).map_or(0, Vec::len);
    if rows == 50 { Ok(()) } else { Err(format!("{rows} rows instead of 50: {}", excerpt(&answer.body))) }
}

pub(super) fn native_list(answer: &Answer) -> Verdict {
    let value = json(answer)?;
    let rows = value.pointer("/data").and_then(Value::as_array).map_or(0, Vec::len);
    if rows == 50 { Ok(()) } else { Err(format!("{rows} rows instead of 50: {}", excerpt(&answer.body))) }
}

pub(super) fn native_bulk(answer: &Answer) -> Verdict {
    let value = json(answer)?;
    let results = value.pointer("/results").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let done = results.iter().filter(|result| result.get("status").and_then(Value::as_u64) == Some(200)).count();
    if done == 1_000 { Ok(()) } else { Err(format!("{done} updates instead of 1,000: {}", excerpt(&answer.body))) }
}

pub(super) fn native_read(answer: &Answer) -> Verdict {
    has_id(answer, "/id").map(drop)
}

pub(super) fn native_update(answer: &Answer) -> Verdict {
    has_unique(answer, &has_id(answer, "/id")?, "/emails/0")
}

/// SuperOffice answers 200 to a refusal; only the code inside tells.
pub(super) fn set_customer(answer: &Answer) -> Verdict {
    if answer.body.contains(">0</errorCode>") {
        Ok(())
    } else {
        Err(format!("errorCode is not 0: {}", answer.body.chars().take(2_000).collect::<String>()))
    }
}

/// A fault is answered with 500, and an answer without a time is none.
pub(super) fn bing_update(answer: &Answer) -> Verdict {
    let done = answer.body.contains("<LastModifiedTime>20");
    if done { Ok(()) } else { Err(format!("no time: {}", excerpt(&answer.body))) }
}

pub(super) fn bing_read(answer: &Answer) -> Verdict {
    let found = answer.body.contains(&format!("<a:Number>C{}</a:Number>", answer.id));
    if found { Ok(()) } else { Err(format!("not customer {}: {}", answer.id, excerpt(&answer.body))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer { id: 7, unique: "r1t1n2".to_owned(), status: 200, body: body.to_owned() }
    }

    #[test]
    fn a_refusal_or_another_record_is_no_good_answer() {
        assert!(is_true(&answer("true")).is_ok() && is_true(&answer("false")).is_err());
        assert!(everlytic_read(&answer(r#"{"item":{"id":7}}"#)).is_ok());
        assert!(everlytic_read(&answer(r#"{"item":{"id":8}}"#)).is_err());
        assert!(everlytic_update(&answer(r#"{"item":{"id":7,"email":"r1t1n2@bench.example"}}"#)).is_ok());
        assert!(everlytic_update(&answer(r#"{"item":{"id":7,"email":"old@bench.example"}}"#)).is_err());
        assert!(native_update(&answer(r#"{"id":7,"emails":["r1t1n2@bench.example"]}"#)).is_ok());
        assert!(native_update(&answer(r#"{"id":7,"emails":[]}"#)).is_err());
        assert!(everlytic_list(&answer(r#"{"collection":[{}]}"#)).is_err());
        assert!(rpc_update(&answer("<params><param><value><int>7</int></value></param></params>")).is_ok());
        assert!(rpc_update(&answer("<fault><value><int>7</int></value></fault>")).is_err());
        assert!(multicall(&answer(&"<value><array><data><value><int>7".repeat(100))).is_ok());
        assert!(multicall(&answer(&"<value><array><data><value><int>7".repeat(99))).is_err());
        assert!(set_customer(&answer(r#"<errorCode xsi:type="xsd:string">0</errorCode>"#)).is_ok());
        assert!(set_customer(&answer("<errorCode>5</errorCode>")).is_err());
    }
}

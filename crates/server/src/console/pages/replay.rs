//! A call once more, as it was or edited, by whoever looks at it: first only to see what it would do, then for good.
//!
//! Its secrets were never kept. Nobody needs them: it runs as the visitor, with the visitor's rights.

use askama::Template;
use bytes::Bytes;
use dialects::{Answer, Request, about};
use domain::error::Reason;
use domain::{Caller, Error, Rehearsal};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::{find_told, kept, target, telling};
use super::inspector::Line;
use super::{fields, history, many};
use crate::console::layout::Page;
use crate::console::visit::{Outcome, Visit, see_other};
use crate::console::{html, shown};
use crate::dispatch::new_request_id;
use crate::inspector::Call;
use crate::{pretty, redact};

/// The longest that an answer is waited for: some wait for what is to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a field would be.
struct Difference {
    label: String,
    from: String,
    to: String,
}

/// What came of it.
struct Came {
    line: String,
    answer: String,
    refused: String,
    /// Each record that would change: its name, its address, and how.
    changes: Vec<(String, String, Vec<Difference>)>,
}

#[derive(Template)]
#[template(path = "replay.html")]
struct Shown {
    p: Page,
    line: Line,
    method: String,
    target: String,
    headers: String,
    body: String,
    came: Option<Came>,
    problem: String,
}

pub(super) async fn show(visit: &Visit<'_>, number: &str) -> Outcome {
    let call = find_told(visit, number).await?;
    let headers = telling(&call.asked.headers).filter(|(_, value)| value != redact::HIDDEN);
    let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
    let (target, body) = (target(&call), kept(&call.asked.body).to_owned());
    page(visit, &call, (target, headers, body), None, String::new())
}

fn page(
    visit: &Visit<'_>,
    call: &Call,
    (target, headers, body): (String, String, String),
    came: Option<Came>,
    problem: String,
) -> Outcome {
    let line = Line::of(&call.brief, &visit.at(""));
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = Shown {
        p: visit.page("inspector", visit.words().with("replay_of", &line.operation)),
        method: call.asked.method.clone(),
        line,
        target,
        headers,
        body,
        came,
        problem,
    };
    Ok(html(status, &shown).into())
}

pub(super) async fn run(visit: &Visit<'_>, number: &str) -> Outcome {
    let call = find_told(visit, number).await?;
    let form = visit.form()?;
    let typed = (form.text("target").to_owned(), form.text("headers").to_owned(), form.text("body").to_owned());
    let for_good = form.given("for_good").is_some();
    let request = match request(visit, &call, &typed).await {
        Ok(request) => request,
        Err(error) => return page(visit, &call, typed, None, error.message.to_string()),
    };
    if for_good && form.given("confirmed").is_none() {
        return page(visit, &call, typed, None, visit.words().get("replay_unconfirmed").to_owned());
    }
    let rehearsal = (!for_good).then(Rehearsal::default);
    let caller = Arc::new(Caller { rehearsal: rehearsal.clone(), ..(**visit.caller()).clone() });
    let Some(dialect) = dialects::dialect_of(&request.path) else {
        return Err(Error::internal("a call lost its dialect"));
    };
    let started = Instant::now();
    let answering = about::collect((dialect.answer)(visit.state, &request, Some(caller)));
    let Ok((answer, about)) = tokio::time::timeout(PATIENCE, answering).await else {
        return page(visit, &call, typed, None, visit.words().get("replay_too_long").to_owned());
    };
    let Some(rehearsal) = rehearsal else {
        let (id, body) = (request.id.clone(), answer.response.body().clone());
        let Answer { response, operation, refused, .. } = answer;
        let (call, asked) = ((dialect.name, operation), (request, about));
        visit.inspector.keep(call, asked, (&response, body), refused, started.elapsed());
        return Ok(see_other(&visit.at(&format!("/requests/{id}?done=replayed"))).into());
    };
    let came = came(visit, &answer, &rehearsal).await?;
    page(visit, &call, typed, Some(came), String::new())
}

/// What is to be sent: to the same dialect of the visitor's own tenant, under a new id.
///
/// # Errors
/// `Invalid` for what cannot be sent, or not to there.
async fn request(
    visit: &Visit<'_>,
    call: &Call,
    (target, headers, body): &(String, String, String),
) -> Result<Request, Error> {
    let invalid = |text: String| Error::new(Reason::Invalid, text);
    let (path, query) =
        target.trim().split_once('?').map_or((target.trim(), None), |(path, query)| (path, Some(query)));
    if dialects::dialect_of(path).is_none_or(|dialect| dialect.name != call.brief.dialect) {
        return Err(invalid(format!("This address is not one of {}", call.brief.dialect)));
    }
    let mut map = HeaderMap::new();
    for line in headers.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let pair = line.split_once(':').and_then(|(name, value)| {
            Some((HeaderName::try_from(name.trim()).ok()?, HeaderValue::try_from(value.trim()).ok()?))
        });
        let (name, value) = pair.ok_or_else(|| invalid(format!("This is no header: {line}")))?;
        map.append(name, value);
    }
    // The history tells it from the program's own call.
    let client = map.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let client = format!("replay of #{} {client}", call.brief.number);
    if let Ok(client) = HeaderValue::try_from(client.trim_end()) {
        map.insert(header::USER_AGENT, client);
    }
    let request = Request {
        method: call.asked.method(),
        path: path.to_owned(),
        query: query.map(str::to_owned),
        headers: map,
        body: Bytes::from(body.replace("\r\n", "\n").into_bytes()),
        base_url: call.asked.base_url.clone(),
        tenant: call.brief.tenant.clone(),
        id: new_request_id(),
        ..visit.request().clone()
    };
    if visit.state.tenant(&request).await? != visit.caller().tenant {
        return Err(invalid("This call is of another tenant: sign in there to send it again".to_owned()));
    }
    Ok(request)
}

async fn came(visit: &Visit<'_>, answer: &Answer, rehearsal: &Rehearsal) -> Result<Came, Error> {
    let words = visit.words();
    let mut changes = Vec::new();
    for planned in rehearsal.planned() {
        let (record, extra) = (&planned.record, fields::extra_fields(visit, planned.record.kind).await?);
        let differences = planned.fields.iter().map(|told| Difference {
            label: fields::label(words, told.field, &extra),
            from: shown::plain(words, told.field, told.from.as_ref()),
            to: shown::plain(words, told.field, told.to.as_ref()),
        });
        let address = match many(record.kind) {
            "" => String::new(),
            many => visit.at(&format!("/{many}/{}", record.id)),
        };
        let name = history::named(words, record.kind, record.id);
        changes.push((name, address, differences.collect()));
    }
    let kind = answer.response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let body = match (
        &answer.pieces,
        redact::body(answer.response.headers(), answer.response.body(), &mut redact::Hidden::new()),
    ) {
        (None, Some(text)) => pretty::body(kind.unwrap_or_default(), &text),
        _ => words.with("body_not_read", answer.response.body().len()),
    };
    Ok(Came {
        line: answer.response.status().to_string(),
        answer: body,
        refused: answer.refused.as_ref().map_or(String::new(), |refused| refused.sentence().to_owned()),
        changes,
    })
}

//! A list as CSV (RFC 4180), page by page while it goes out.

use bytes::Bytes;
use dialects::{Aborted, Reply};
use domain::{Field, Kind, Record};
use http::{HeaderValue, Response, header};
use tokio::sync::mpsc;

use super::list::Asked;
use super::many;
use crate::console::shown;
use crate::console::visit::{Outcome, Stranger, Visit};

/// Records that are read at once.
const STEP: u32 = 500;

/// The first page is read before the answer begins, so that what is refused is refused in words.
pub(super) async fn run(visit: &Visit<'_>, kind: Kind) -> Outcome {
    let mut asked = Asked::read(kind, &visit.queries());
    asked.whole = true;
    let (found, mut next) = asked.find(visit, STEP).await?;
    let names: Vec<String> = asked.columns.iter().map(|field| field.name().into_owned()).collect();
    let mut text = line(names.iter().map(String::as_str));
    text.extend(found.records.iter().map(|record| row(record, &asked.columns)));
    let (sender, pieces) = mpsc::channel(2);
    let process = std::sync::Arc::clone(visit.process);
    let (state, request, session, csrf) =
        (std::sync::Arc::clone(visit.state), visit.request().clone(), visit.session.clone(), visit.csrf.clone());
    tokio::spawn(async move {
        let (inspector, stranger) = (&process.inspector, Stranger::new(&request));
        let visit = Visit { state: &state, process: &process, inspector, stranger, session, csrf };
        let mut piece = Ok(Bytes::from(text));
        loop {
            let broken = piece.is_err();
            if sender.send(piece).await.is_err() || broken || next.is_empty() {
                return;
            }
            asked.after(std::mem::take(&mut next));
            piece = match asked.find(&visit, STEP).await {
                Ok((found, further)) => {
                    next = further;
                    Ok(found.records.iter().map(|record| row(record, &asked.columns)).collect::<String>().into())
                }
                Err(_) => Err(Aborted),
            };
        }
    });
    let mut response = Response::new(());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{}.csv\"", many(kind))) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(Reply::streamed(response, pieces))
}

fn row(record: &Record, columns: &[Field]) -> String {
    let cells: Vec<String> = columns.iter().map(|field| text(record, *field)).collect();
    line(cells.iter().map(String::as_str))
}

/// As programs want it: choices and times in no language.
fn text(record: &Record, field: Field) -> String {
    match (field, record.values.get(field)) {
        (Field::Name, _) if record.kind == Kind::Customer => shown::name(record),
        (Field::CreatedAt, _) => shown::Moment::of(record.created_at).exact,
        (Field::UpdatedAt, _) => shown::Moment::of(record.updated_at).exact,
        (Field::Id, _) => record.id.to_string(),
        (Field::Version, _) => record.version.to_string(),
        (Field::UpdatedBy, _) => record.updated_by.clone(),
        (field, value) => shown::typed(field, value),
    }
}

fn line<'t>(cells: impl Iterator<Item = &'t str>) -> String {
    let mut line = String::new();
    wire::csv::write_line(&mut line, cells);
    line
}

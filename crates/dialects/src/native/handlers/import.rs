//! Rows of a file of customers, under the names of any dialect.

use crate::native::attempt::{self, Touches};
use crate::native::errors::{Fault, Problem};
use crate::native::wire::{self, Query};
use crate::route::Call;
use crate::rows;
use crate::suggest::quoted;
use crate::{Cell, Column, Dialect, Row, Seen, dialect_named, dialect_names};
use ::wire::json;
use bytes::Bytes;
use domain::error::Reason;
use domain::filter::{Condition, Filter, Selection, Test, fold};
use domain::operation::{
    CustomerRef, Deleted, ImportCustomers, ImportKey, ImportOnly, ImportRow, Imported, ListCustomers, Submission,
};
use domain::{Customer, Error, Field, Kind};
use http::{Response, StatusCode};
use std::collections::HashMap;
use std::sync::Arc;

type Answer = Result<Response<Bytes>, Problem>;

/// The name in the history, of the dialect and of the operation.
const NAME: &str = "import";

/// Most rows of one request.
const MAX_ROWS: usize = 1_000;

/// Customers that are looked through at once for those who have the addresses of the rows.
const STEP: u32 = 2_000;

pub(in crate::native) async fn import(call: Call<'_>, query: Query<'_>) -> Answer {
    let call = Call { dialect: NAME, operation: NAME, ..call };
    let dry_run = query.flag("dry_run")?;
    let extra_fields = call.state.extra_fields(call.caller.tenant, Kind::Customer).await?;
    let asked = Asked::read(&wire::body(call.request)?, &extra_fields)?;
    let mut having =
        if asked.matched.contains(&Field::Emails) { with_emails(&call, &asked).await? } else { HashMap::new() };
    let mut rows = Vec::with_capacity(asked.rows.len());
    for Sent { line, row, keys } in asked.rows.iter() {
        let Ok(keys) = keys else { continue };
        let keys = keys.iter().cloned().map(|key| match key {
            ImportKey::Email(email, _) => {
                let candidates = having.remove(&fold(&email)).unwrap_or_default();
                ImportKey::Email(email, candidates)
            }
            key => key,
        });
        let said = Arc::clone(row);
        rows.push(ImportRow {
            line: *line,
            id: row.text(Field::Id).parse().ok(),
            keys: keys.collect(),
            submission: move |present: &Customer| said.edits(present),
        });
    }
    let (keep_ids, only) = (asked.keep_ids, asked.only);
    let import = ImportCustomers { rows, keep_ids, only };
    let encode = move |outcomes: &Vec<Imported>| Ok(told(&asked, outcomes, dry_run));
    let touches = if only == Some(ImportOnly::Create) { Touches::NoVersion } else { Touches::Version };
    attempt::run_alike(&call, &query, touches, import, encode).await
}

/// What was asked for.
#[derive(Clone)]
struct Asked {
    matched: Vec<Field>,
    keep_ids: bool,
    only: Option<ImportOnly>,
    rows: Arc<[Sent]>,
}

/// A row: where it was, what it says, and what its customer is known by, or why it cannot be taken.
struct Sent {
    line: u64,
    row: Arc<Row>,
    keys: Result<Vec<ImportKey>, String>,
}

fn wrong(pointer: impl Into<String>, text: impl Into<String>) -> Fault {
    Fault { pointer: pointer.into(), error: Error::new(Reason::Invalid, text.into()) }
}

fn refused(fault: Fault) -> Problem {
    let error = fault.error.clone();
    Problem::of(vec![fault]).unwrap_or_else(|| error.into())
}

impl Asked {
    /// Reads `{"as":"superoffice","match":["id","emails"],"keep_ids":true,"rows":[{"line":2,"values":{"firstname":"Ada"}}]}`.
    ///
    /// # Errors
    /// For another shape, too many rows, and a column that is unknown.
    fn read(body: &json::Value<'_>, extra_fields: &[u16]) -> Result<Self, Problem> {
        const MEMBERS: [&str; 7] = ["as", "match", "keep_ids", "only", "ignore_unknown", "clear_empty", "rows"];
        let empty = json::Object::default();
        let members = body.as_object().unwrap_or(&empty);
        if let Some((name, _)) = members.iter().find(|(name, _)| !MEMBERS.contains(name)) {
            let text = format!("An import has {}, not {}", MEMBERS.join(", "), quoted(name));
            return Err(Error::new(Reason::Invalid, text).into());
        }
        let flag = |name: &str| match members.get(name) {
            None | Some(json::Value::Bool(false)) => Ok(false),
            Some(json::Value::Bool(true)) => Ok(true),
            Some(_) => Err(refused(wrong(format!("/{name}"), format!("{name} must be true or false")))),
        };
        let name = members.get("as").and_then(json::Value::as_text).unwrap_or_default();
        let dialect = dialect_named(name)
            .ok_or_else(|| refused(wrong("/as", format!("as must be one of {}", dialect_names()))))?;
        let keep_ids = flag("keep_ids")?;
        let only = match members.get("only").map(json::Value::as_text) {
            None => None,
            Some(Some("create")) => Some(ImportOnly::Create),
            Some(Some("update")) => Some(ImportOnly::Update),
            Some(_) => return Err(refused(wrong("/only", "only must be create or update"))),
        };
        let Some(json::Value::List(rows)) = members.get("rows") else {
            return Err(refused(wrong("/rows", "rows must be a list: [{\"line\":2,\"values\":{…}}]")));
        };
        if rows.len() > MAX_ROWS {
            return Err(Error::new(Reason::TooLong, format!("One request has at most {MAX_ROWS} rows")).into());
        }
        let matched = matched(members.get("match"), keep_ids)?;
        let mut reader = Reader {
            dialect,
            extra_fields,
            ignore_unknown: flag("ignore_unknown")?,
            clear_empty: flag("clear_empty")?,
            columns: HashMap::new(),
            faults: Vec::new(),
        };
        let mut known = matched.clone();
        known.extend([Field::Id].into_iter().filter(|_| keep_ids));
        let (mut seen, mut sent) = (Seen::default(), Vec::with_capacity(rows.len()));
        for (at, row) in rows.iter().enumerate() {
            let (line, row) = match reader.row(at, row) {
                Ok(read) => read,
                Err(fault) => {
                    reader.wrong(at, fault);
                    continue;
                }
            };
            let keys = match seen.repeated(line, &row, &known) {
                Some(text) => Err(text),
                None => keys_of(&row, &matched),
            };
            sent.push(Sent { line, row: Arc::new(row), keys });
        }
        Problem::of(reader.faults).map_or(Ok(Self { matched, keep_ids, only, rows: sent.into() }), Err)
    }
}

/// What customers are found by.
fn matched(names: Option<&json::Value<'_>>, keep_ids: bool) -> Result<Vec<Field>, Problem> {
    let names = match names {
        None => Some(Vec::new()),
        Some(json::Value::List(names)) => names.iter().map(json::Value::as_text).collect(),
        Some(_) => None,
    };
    let wrong = |text: String| refused(wrong("/match", text));
    rows::matched(&names.ok_or_else(|| wrong(String::from("match must be a list of texts")))?, keep_ids).map_err(wrong)
}

/// What the customer of a row is known by.
fn keys_of(row: &Row, matched: &[Field]) -> Result<Vec<ImportKey>, String> {
    let mut keys = Vec::new();
    let id = row.text(Field::Id);
    let number = id.parse::<i64>();
    if !id.is_empty() && number.is_err() {
        return Err(format!("id {} must be a whole number", quoted(id)));
    }
    for field in matched {
        for text in row.known_by(*field) {
            keys.push(match field {
                Field::Id => ImportKey::One(CustomerRef::Id(text.parse().unwrap_or_default())),
                Field::UniqueId => ImportKey::One(CustomerRef::UniqueId(text)),
                Field::Username => ImportKey::One(CustomerRef::Username(text)),
                Field::SubscriptionIds => ImportKey::One(CustomerRef::Subscription(text)),
                Field::OrderIds => ImportKey::One(CustomerRef::Order(text)),
                _ => ImportKey::Email(text, Vec::new()),
            });
        }
    }
    Ok(keys)
}

/// Reads rows, each column looked up once.
struct Reader<'a> {
    dialect: &'static Dialect,
    extra_fields: &'a [u16],
    ignore_unknown: bool,
    clear_empty: bool,
    /// `None` for those that are left out.
    columns: HashMap<String, Option<Column>>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    /// What is wrong in many rows is told of the first.
    fn wrong(&mut self, at: usize, fault: Fault) {
        if !self.faults.iter().any(|known| known.error == fault.error) {
            self.faults.push(fault.below(&format!("/rows/{at}")));
        }
    }

    fn row(&mut self, at: usize, row: &json::Value<'_>) -> Result<(u64, Row), Fault> {
        let empty = json::Object::default();
        let members = row.as_object().unwrap_or(&empty);
        if let Some((name, _)) = members.iter().find(|(name, _)| !["line", "values"].contains(name)) {
            return Err(wrong("", format!("A row has line and values, not {}", quoted(name))));
        }
        let line = match members.get("line") {
            None => Some(at as u64 + 1),
            Some(json::Value::Number(number)) => number.as_i64().and_then(|line| u64::try_from(line).ok()),
            Some(_) => None,
        };
        let line = line.ok_or_else(|| wrong("/line", "line must be a whole number"))?;
        let Some(json::Value::Object(values)) = members.get("values") else {
            return Err(wrong("/values", "values must be an object: the columns with their texts"));
        };
        let mut cells = Vec::with_capacity(values.len());
        self.values(at, "", values, &mut cells)?;
        Ok((line, Row::new(&self.dialect.rows, cells)))
    }

    /// What is nested is a column with a dot; the member that holds extra fields is left out.
    fn values(
        &mut self,
        at: usize,
        holder: &str,
        values: &json::Object<'_>,
        cells: &mut Vec<Cell>,
    ) -> Result<(), Fault> {
        for (name, value) in values.iter() {
            let name = format!("{holder}{name}");
            let text = match value {
                json::Value::Object(values) if name == "extra_fields" => {
                    self.values(at, "", values, cells)?;
                    continue;
                }
                json::Value::Object(values) => {
                    self.values(at, &format!("{name}."), values, cells)?;
                    continue;
                }
                value => text(value).ok_or_else(|| wrong("/values", format!("{} must be a text", quoted(&name))))?,
            };
            let Some(column) = self.column(at, &name).filter(|_| self.clear_empty || !text.is_empty()) else {
                continue;
            };
            if cells.iter().any(|(other, _)| other.name == column.name) {
                return Err(wrong("/values", format!("{} is there twice", quoted(&column.name))));
            }
            cells.push((column, text));
        }
        Ok(())
    }

    /// The column of a name, looked up once.
    fn column(&mut self, at: usize, name: &str) -> Option<Column> {
        if let Some(known) = self.columns.get(name) {
            return known.clone();
        }
        let column = match self.dialect.rows.column(name, self.extra_fields) {
            Ok(column) => Some(column),
            Err(error) => {
                if !self.ignore_unknown {
                    self.wrong(at, Fault { pointer: String::from("/values"), error });
                }
                None
            }
        };
        self.columns.insert(name.to_owned(), column.clone());
        column
    }
}

/// A value as the text of a cell: of a list an entry a line.
fn text(value: &json::Value<'_>) -> Option<String> {
    match value {
        json::Value::Null => Some(String::new()),
        json::Value::Bool(flag) => Some(flag.to_string()),
        json::Value::Number(number) => Some(number.as_str().to_owned()),
        json::Value::Text(text) => Some(text.clone().into_owned()),
        json::Value::List(values) => Some(values.iter().map(text).collect::<Option<Vec<_>>>()?.join("\n")),
        json::Value::Object(_) => None,
    }
}

/// Who has the addresses of the rows, by the folded address. Only readers list, so that it is asked before the
/// transaction, which asks each of them again.
async fn with_emails(call: &Call<'_>, asked: &Asked) -> Result<HashMap<String, Vec<i64>>, Error> {
    let keys = asked.rows.iter().filter_map(|sent| sent.keys.as_ref().ok()).flatten();
    let emails: Vec<_> =
        keys.filter_map(|key| if let ImportKey::Email(email, _) = key { Some(email.clone()) } else { None }).collect();
    let mut having: HashMap<String, Vec<i64>> = emails.iter().map(|email| (fold(email), Vec::new())).collect();
    if emails.is_empty() {
        return Ok(having);
    }
    let test = Test::Entry(Box::new(Test::Among(emails)));
    let filter = Filter::from(Condition::new(Field::Emails, test));
    let mut after = None;
    loop {
        let selection = Selection { filter: filter.clone(), after, limit: STEP, ..Selection::default() };
        let page = call.run(ListCustomers { selection, deleted: Deleted::Hidden }).await?;
        for record in &page.records {
            for email in record.texts(Field::Emails) {
                if let Some(ids) = having.get_mut(&fold(email)) {
                    ids.push(record.id);
                }
            }
        }
        after = page.next(&[]);
        if after.is_none() {
            return Ok(having);
        }
    }
}

/// What came of every row.
fn told(asked: &Asked, outcomes: &[Imported], dry_run: bool) -> Response<Bytes> {
    let mut outcomes = outcomes.iter();
    let mut counts = [("create", 0), ("update", 0), ("unchanged", 0), ("skip", 0)];
    let skip = |text: String| ("skip", None, &[][..], Some(text));
    let results: Vec<_> = asked
        .rows
        .iter()
        .map(|sent| {
            let (what, record, fields, reason) = match &sent.keys {
                Err(text) => skip(text.clone()),
                Ok(_) => match outcomes.next() {
                    Some(Imported::Created(record)) => ("create", Some(record), &[][..], None),
                    Some(Imported::Updated(record, fields)) => ("update", Some(record), fields.as_slice(), None),
                    Some(Imported::Unchanged(record)) => ("unchanged", Some(record), &[][..], None),
                    Some(Imported::Skipped(error)) => skip(sent.row.complaint(error)),
                    None => skip(String::from("nothing is known of it")),
                },
            };
            counts.iter_mut().filter(|(name, _)| *name == what).for_each(|(_, count)| *count += 1);
            (sent.line, what, record, fields, reason)
        })
        .collect();
    wire::answer(StatusCode::OK, |object| {
        for (name, count) in counts {
            object.put(name, count);
        }
        object.list("results", |list| {
            for (line, what, record, fields, reason) in &results {
                list.object(|object| {
                    object.put("line", *line).put("what", *what);
                    // Of what is only tried nobody knows yet what it would be.
                    let known = !dry_run || *what != "create" || asked.keep_ids;
                    if let Some(record) = record.filter(|_| known) {
                        object.put("id", record.id);
                    }
                    if let Some(record) = record.filter(|_| !dry_run) {
                        object.put("version", record.version);
                    }
                    if !fields.is_empty() {
                        object.list("fields", |list| {
                            for field in *fields {
                                list.put(&*field.name());
                            }
                        });
                    }
                    if let Some(reason) = reason {
                        object.put("reason", reason);
                    }
                });
            }
        });
    })
}

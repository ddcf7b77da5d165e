//! Extra tables. A column is known by the id of its extra field, a row by its own; as a column `-1` is the row's id.

use super::super::errors::{Code, Refused, missing};
use super::super::fields::criteria;
use super::super::fields::extra::Definition;
use super::super::fields::{INTEGER, Wanted, column, show};
use super::super::wire::{EXTRA_COLUMN, EXTRA_ROW, EXTRA_TABLE, EXTRA_TABLE_FIELD};
use super::{Call, Outcome, id, needed_id};
use crate::state::definitions;
use ::wire::soap::{Members, Value};
use domain::error::Reason;
use domain::filter::{Condition, Filter, Order, Selection, Test};
use domain::operation::{CreateRecord, DeleteRecord, Deleted, ListRecords, ReadRecord, Submission, UpdateRecord};
use domain::{Area, Edit, Error, Field, Kind, Record};

/// Tables, or rows, that one answer shows at most.
const MAX: u32 = 10_000;

/// The bit of `flags` that says that customers may see a column.
const PUBLIC: i64 = 2;

pub(in super::super) async fn list(call: Call<'_>) -> Outcome {
    let selection = Selection { limit: MAX, ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::ExtraTable, selection, deleted: Deleted::Hidden }).await?;
    let columns = columns(&call).await?;
    let tables = page.records.iter().map(|table| described(table, &columns).into()).collect();
    Ok(call.output().with("extraTables", Value::List(tables)))
}

pub(in super::super) async fn get(call: Call<'_>) -> Outcome {
    let table = table(&call).await?;
    let columns = columns(&call).await?;
    Ok(call.output().with("extraTables", described(&table, &columns)))
}

fn described(table: &Record, columns: &[Definition]) -> Members<'static> {
    let fields = columns.iter().filter(|column| column.table == Some(table.id)).map(|column| {
        let public = if column.external { PUBLIC } else { 0 };
        Members::new(&EXTRA_TABLE_FIELD)
            .with("id", column.number.to_string())
            .with("name", column.label.clone())
            .with("datatype", column.is())
            .with("flags", (column.flags & !PUBLIC | public).to_string())
            .into()
    });
    Members::new(&EXTRA_TABLE)
        .with("id", table.id.to_string())
        .with("name", table.text(Field::Name).to_owned())
        .with("flags", table.number(Field::Flags).unwrap_or(0).to_string())
        .with("fields", Value::List(fields.collect()))
}

/// The rows that pass the criteria, of which each `and` or `or` joins what stands before it with the next one.
pub(in super::super) async fn query(call: Call<'_>) -> Outcome {
    let table = table(&call).await?;
    let columns: Vec<_> = columns(&call).await?.into_iter().filter(|column| column.table == Some(table.id)).collect();
    let shown = match call.texts("fields") {
        none if none.is_empty() => columns.iter().map(Wanted::Extra).collect(),
        some => some.into_iter().map(|name| named(name, &columns)).collect::<Result<Vec<_>, _>>()?,
    };
    let criteria: Vec<_> = call.arguments.list("criterias").iter().filter_map(Value::members).collect();
    let filter = Filter::from(Condition::new(Field::TableId, Test::Is(table.id.into())));
    let filter = match chained(&call, &criteria, &columns)? {
        Some(chain) => filter.and(chain),
        None => filter,
    };
    let order = match call.text("orderByField").trim() {
        "" => Vec::new(),
        name => {
            let field = named(name, &columns)?.field().unwrap_or(Field::Id);
            vec![Order { field, descending: call.arguments.boolean("ascending") == Some(false) }]
        }
    };
    // The vendor's example gives it with a criterion.
    let most = |text: &str| text.trim().parse::<u32>().ok().filter(|most| (1..MAX).contains(most));
    let limit = most(call.text("maxEntries")).or_else(|| criteria.iter().find_map(|one| most(one.text("maxEntries"))));
    let selection = Selection { filter, order, limit: limit.unwrap_or(MAX), ..Selection::default() };
    let page = call.run(ListRecords { kind: Kind::ExtraRow, selection, deleted: Deleted::Hidden }).await;
    let page = page.map_err(|error: Error| match error.at {
        Some(_) => Refused::new(Code::IllegalCriterias, error),
        None => error.into(),
    })?;
    let rows = page.records.iter().map(|record| row(record, &shown)).collect();
    Ok(call.output().with("rows", Value::List(rows)))
}

fn row(record: &Record, shown: &[Wanted<'_>]) -> Value<'static> {
    let cells = shown.iter().enumerate().map(|(place, wanted)| {
        let (number, name, value) = match wanted {
            Wanted::Extra(column) => (column.number, column.label.clone(), show(record, column.field).into_owned()),
            Wanted::Column(_) => (-1, "id".to_owned(), record.id.to_string()),
        };
        Members::new(&EXTRA_COLUMN)
            .with("columnId", place.to_string())
            .with("extraFieldId", number.to_string())
            .with("name", name)
            .with("value", value)
            .into()
    });
    Members::new(&EXTRA_ROW).with("columns", Value::List(cells.collect())).into()
}

fn chained(call: &Call<'_>, criteria: &[&Members<'_>], columns: &[Definition]) -> Result<Option<Filter>, Refused> {
    let mut chain: Option<(Filter, bool)> = None;
    for criterion in criteria {
        let (name, op, value) = (criterion.text("columnId"), criterion.text("op"), criterion.text("value"));
        let illegal = |what: &str| {
            let shown: String = what.chars().take(64).collect();
            Refused::invalid(Code::IllegalCriterias, format!("Column {name} cannot be searched by: {shown}"))
        };
        let wanted = named(name, columns)?;
        let operator = call.operator(op, criteria::OF_ROWS)?.ok_or_else(|| illegal(op))?;
        let filter = criteria::filter(Kind::ExtraRow, &wanted, operator, value);
        let filter = filter.ok_or_else(|| illegal(&format!("{op} {value}")))?;
        let any = match criterion.text("logicalOp").trim().to_ascii_lowercase().as_str() {
            "" | "and" => false,
            "or" => true,
            short @ ("operatorand" | "operatoror") => {
                call.lenient(Code::IllegalCriterias, "logicalOp is documented as and or or")?;
                short == "operatoror"
            }
            other => return Err(illegal(other)),
        };
        let joined = match chain {
            None => filter,
            Some((before, true)) => Filter::Any(vec![before, filter]),
            Some((before, false)) => Filter::All(vec![before, filter]),
        };
        chain = Some((joined, any));
    }
    Ok(chain.map(|(filter, _)| filter))
}

/// Adds a row, or changes one.
pub(in super::super) async fn put(call: Call<'_>) -> Outcome {
    let table = table(&call).await?.id;
    let columns = columns(&call).await?;
    let pairs = call.arguments.list("columnValues").iter().filter_map(Value::members);
    let edits = pairs.map(|pair| {
        let column = columns.iter().find(|column| column.is_named(pair.text("field")) && column.table == Some(table));
        let column = column.ok_or_else(|| no_column(pair.text("field")))?;
        if pair.text("field").starts_with("x_") {
            call.lenient(Code::InvalidExtraField, "A column is documented as the id of its extra field alone")?;
        }
        Ok(Edit::Set(column.field, Some(pair.text("value").into())))
    });
    let edits = edits.collect::<Result<Vec<_>, Refused>>()?;
    let row = match call.text("rowId").trim() {
        "-1" | "" => {
            let of_table = Edit::Set(Field::TableId, Some(table.into()));
            let submission = move |_: &Record| Ok([std::slice::from_ref(&of_table), edits.as_slice()].concat());
            call.run(CreateRecord { kind: Kind::ExtraRow, submission }).await?
        }
        text => {
            let id = id(text).ok_or_else(|| no_row(text))?;
            let submission = InTable { table, edits };
            let kind = Kind::ExtraRow;
            let update = UpdateRecord { kind, id, deleted: Deleted::Hidden, expected_version: None, submission };
            call.run(update).await.map_err(missing(Code::CustomError))?
        }
    };
    Ok(call.output().with("rowId", row.id.to_string()))
}

/// Edits of a row that must be of this table.
struct InTable {
    table: i64,
    edits: Vec<Edit>,
}

impl Submission<Record> for InTable {
    fn edits(&self, present: &Record) -> Result<Vec<Edit>, Error> {
        if present.number(Field::TableId) == Some(self.table) {
            return Ok(self.edits.clone());
        }
        Err(Error::not_found(format!("Table {} has no row {}. Nothing was stored.", self.table, present.id)))
    }
}

/// A row that is not there is no error, as documented.
pub(in super::super) async fn delete(call: Call<'_>) -> Outcome {
    let table = table(&call).await?.id;
    let kind = Kind::ExtraRow;
    call.caller.demand_in(kind.access(true), Area::of(kind))?;
    let Some(id) = id(call.text("rowId")) else { return Ok(call.output()) };
    match call.run(ReadRecord { kind, id, deleted: Deleted::Hidden }).await {
        Ok(row) if row.number(Field::TableId) == Some(table) => {
            call.run(DeleteRecord { kind, id, expected_version: None }).await?;
        }
        Ok(_) => {}
        Err(error) if error.reason == Reason::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    Ok(call.output())
}

/// The table of a call.
async fn table(call: &Call<'_>) -> Result<std::sync::Arc<Record>, Refused> {
    let id = needed_id(call, "tableId", Code::UnknownExtraTable)?;
    let read = ReadRecord { kind: Kind::ExtraTable, id, deleted: Deleted::Hidden };
    call.run(read).await.map_err(missing(Code::UnknownExtraTable))
}

/// The columns of all tables, by their numbers.
async fn columns(call: &Call<'_>) -> Result<Vec<Definition>, Error> {
    let page = call.run(definitions()).await?;
    let all = page.records.iter().filter_map(Definition::of);
    let mut columns: Vec<_> = all.filter(|definition| definition.kind == Kind::ExtraRow).collect();
    columns.sort_by_key(|column| column.number);
    Ok(columns)
}

/// The column of an id, or the row's own id.
fn named<'c>(name: &str, columns: &'c [Definition]) -> Result<Wanted<'c>, Refused> {
    if name.trim() == "-1" {
        return Ok(Wanted::Column(column("id", Field::Id, INTEGER)));
    }
    let column = columns.iter().find(|column| column.is_named(name));
    column.map(Wanted::Extra).ok_or_else(|| no_column(name))
}

fn no_column(name: &str) -> Refused {
    let shown: String = name.chars().take(64).collect();
    let text = format!("This table has no column \"{shown}\": getExtraTable lists their ids. Nothing was stored.");
    Refused::invalid(Code::InvalidExtraField, text)
}

fn no_row(text: &str) -> Refused {
    let shown: String = text.chars().take(20).collect();
    Refused::invalid(Code::CustomError, format!("rowId \"{shown}\" is no id; -1 adds a row. Nothing was stored."))
}

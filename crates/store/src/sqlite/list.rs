//! Listings as SQL. Names come from the closed table of fields only, never from a caller; values are always bound.

use domain::field::MAX_NUMBER;
use domain::filter::{Condition, Filter, Order, Page, Position, Query, SORTED, Test, fold};
use domain::record::Part;
use domain::{Field, Kind, Shape, Value};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::Failure;
use super::table::{Tables, sql_value};
use crate::table::{columns, place};

/// Looks up one page.
pub(super) fn list(db: &Connection, tables: &Tables, query: &Query) -> Result<Page, Failure> {
    let selection = &query.selection;
    let part = if query.kind == Kind::Tenant { Part::GLOBAL } else { query.tenant.first_part() };
    let mut sql = Sql { kind: query.kind, part, values: Vec::new() };
    let keys = sql.keys(&selection.order);
    // SQLite starts at the first lower bound that is written, and steps over what another one leaves out: there is one.
    let (lowest, highest) = (place(part, 0), place(part, MAX_NUMBER));
    let ((above, first), (below, last)) = match (&selection.after, keys.as_slice()) {
        (Some(after), [by_place]) => {
            let reached = place(part, after.id.clamp(0, MAX_NUMBER));
            if by_place.descending { ((">=", lowest), ("<", reached)) } else { ((">", reached), ("<=", highest)) }
        }
        _ => ((">=", lowest), ("<=", highest)),
    };
    let (first, last) = (sql.bind(first.into()), sql.bind(last.into()));
    let filter = sql.filter(&selection.filter, false);
    let mut wheres = format!("place {above} {first} AND place {below} {last} AND {filter}");
    if let Some(position) = selection.after.as_ref().filter(|_| keys.len() > 1) {
        let after = sql.after(&keys, position, part);
        wheres = format!("{wheres} AND ({after})");
    }
    if selection.counted {
        let limit = sql.bind(SqlValue::Integer(selection.limit.into()));
        let text =
            format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\" WHERE {wheres} LIMIT {limit})", query.kind.name());
        let count: i64 = db.prepare_cached(&text)?.query_row(params_from_iter(sql.values), |row| row.get(0))?;
        return Ok(Page { count: count.cast_unsigned(), ..Page::default() });
    }
    let order: Vec<_> = keys.iter().map(|key| format!("{} {}", key.left, key.direction())).collect();
    let limit = sql.bind(SqlValue::Integer(i64::from(selection.limit) + 1));
    let offset = sql.bind(SqlValue::Integer(i64::try_from(selection.offset).unwrap_or(i64::MAX)));
    let (select, order) = (&tables.of(query.kind)?.select_columns, order.join(", "));
    let text = format!("{select} WHERE {wheres} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
    let mut statement = db.prepare_cached(&text)?;
    let mut rows = statement.query(params_from_iter(sql.values))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(tables.listed(query.kind, row)?);
    }
    let more = records.len() > selection.limit as usize;
    records.truncate(selection.limit as usize);
    Ok(Page { records, more, count: 0 })
}

/// Teaches a connection the tests that SQL has no word for: its own know the case of ASCII letters only.
pub(super) fn add_functions(db: &Connection) -> rusqlite::Result<()> {
    type Compare = fn(&str, &str) -> bool;
    let functions: [(&str, Compare); 2] =
        [("folded_contains", |text, part| text.contains(part)), ("folded_starts", |text, part| text.starts_with(part))];
    for (name, compare) in functions {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        db.create_scalar_function(name, 2, flags, move |context: &Context<'_>| {
            let ValueRef::Text(text) = context.get_raw(0) else { return Ok(false) };
            let text = std::str::from_utf8(text).map_err(|error| rusqlite::Error::UserFunctionError(error.into()))?;
            Ok(compare(&fold(text), context.get_raw(1).as_str()?))
        })?;
    }
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("folded", 1, flags, |context: &Context<'_>| {
        Ok(match context.get(0)? {
            SqlValue::Text(text) => SqlValue::Text(fold(&text)),
            other => other,
        })
    })
}

/// A part of the order.
struct Key {
    left: String,
    descending: bool,
}

impl Key {
    const fn direction(&self) -> &'static str {
        if self.descending { "DESC" } else { "ASC" }
    }
}

/// A statement that is being written.
struct Sql {
    kind: Kind,
    /// Where the records are.
    part: Part,
    values: Vec<SqlValue>,
}

impl Sql {
    /// The place of a value in the statement.
    fn bind(&mut self, value: SqlValue) -> String {
        self.values.push(value);
        format!("?{}", self.values.len())
    }

    /// What a field shows to tests and orders.
    fn expression(&self, field: Field) -> String {
        match field {
            Field::Id | Field::Version | Field::CreatedAt | Field::UpdatedAt | Field::UpdatedBy => {
                field.name().into_owned()
            }
            _ => match columns(self.kind).iter().find(|(_, shown)| *shown == field) {
                Some((column, _)) => format!("\"{column}\""),
                None if field == Field::Emails => "json_extract(body, '$.emails[0]')".to_owned(),
                None => format!("json_extract(body, '$.\"{}\"')", field.name()),
            },
        }
    }

    /// A filter. Below a negation nothing may be NULL: what is not known to hold there would not be known not to.
    fn filter(&mut self, filter: &Filter, negated: bool) -> String {
        match filter {
            Filter::All(all) => self.joined(all, " AND ", "1", negated),
            Filter::Any(any) => self.joined(any, " OR ", "0", negated),
            Filter::Not(one) => format!("NOT {}", self.filter(one, true)),
            Filter::Shared(fields) => self.shared(fields),
            Filter::Where(Condition { field, test: Test::Entry(test) }) => {
                // Named so that no caller can change it, and a record without the list has no entry.
                let test = self.test("entry.value", test);
                format!("EXISTS (SELECT 1 FROM json_each(body, '$.\"{}\"') AS entry WHERE {test})", field.name())
            }
            // The key leads there; a look at the ids would pass every record.
            Filter::Where(Condition { field: Field::Id, test: Test::Is(id) }) => self.placed([id]),
            Filter::Where(Condition { field: Field::Id, test: Test::AnyOf(ids) }) => self.placed(ids.iter().flatten()),
            Filter::Where(Condition { field, test }) => {
                let left = self.expression(*field);
                let test = self.test(&left, test);
                if negated { format!("ifnull({test}, 0)") } else { test }
            }
        }
    }

    /// One look at all records, however many are compared with them.
    fn shared(&mut self, fields: &[Field]) -> String {
        let all: Vec<_> = fields.iter().map(|field| format!("folded({})", self.expression(*field))).collect();
        let set: String = fields.iter().map(|field| format!(" AND {} IS NOT NULL", self.expression(*field))).collect();
        let there = self.kind.deletion().map_or_else(String::new, |(field, value)| {
            format!(" AND {} IS NOT {}", self.expression(field), self.bind(sql_value(&value)))
        });
        let (all, table) = (all.join(", "), self.kind.name());
        let within = format!("place BETWEEN {} AND {}", place(self.part, 0), place(self.part, MAX_NUMBER));
        format!(
            "ifnull(({all}) IN (SELECT {all} FROM \"{table}\" WHERE {within}{set}{there} GROUP BY {all} \
             HAVING count(*) > 1), 0)"
        )
    }

    fn joined(&mut self, filters: &[Filter], by: &str, none: &str, negated: bool) -> String {
        let parts: Vec<_> = filters.iter().map(|filter| self.filter(filter, negated)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(by)) }
    }

    /// Whether a record is one of these.
    fn placed<'a>(&mut self, ids: impl IntoIterator<Item = &'a Value>) -> String {
        let ids = ids.into_iter().filter_map(|id| if let Value::Number(id) = id { Some(*id) } else { None });
        let places = ids.filter(|id| (0..=MAX_NUMBER).contains(id)).map(|id| place(self.part, id));
        match places.collect::<Vec<_>>().as_slice() {
            [place] => format!("place = {}", self.bind((*place).into())),
            // One statement however many there are.
            places => {
                let places = self.bind(SqlValue::Text(format!("{places:?}")));
                format!("place IN (SELECT value FROM json_each({places}))")
            }
        }
    }

    fn test(&mut self, left: &str, test: &Test) -> String {
        match test {
            Test::Is(value) => format!("{left} = {}", self.bind(sql_value(value))),
            Test::IsNot(value) => format!("{left} IS NOT {}", self.bind(sql_value(value))),
            Test::Unset => format!("{left} IS NULL"),
            Test::AnyOf(list) => {
                let unset = if list.contains(&None) { format!("{left} IS NULL OR ") } else { String::new() };
                let places: Vec<_> = list.iter().flatten().map(|value| self.bind(sql_value(value))).collect();
                format!("({unset}{left} IN ({}))", places.join(", "))
            }
            Test::Less(value) => self.compared(left, "<", value),
            Test::AtMost(value) => self.compared(left, "<=", value),
            Test::Greater(value) => self.compared(left, ">", value),
            Test::AtLeast(value) => self.compared(left, ">=", value),
            Test::Like(pattern) => format!("{left} LIKE {} ESCAPE '\\'", self.bind(SqlValue::Text(like(pattern)))),
            Test::Contains(part) => format!("folded_contains({left}, {})", self.bind(SqlValue::Text(fold(part)))),
            Test::StartsWith(part) => format!("folded_starts({left}, {})", self.bind(SqlValue::Text(fold(part)))),
            Test::Among(texts) => {
                // One value however many there are, which SQLite makes an index of.
                let texts: Vec<_> = texts.iter().map(|text| fold(text)).collect();
                let texts = serde_json::to_string(&texts).unwrap_or_default();
                format!("folded({left}) IN (SELECT value FROM json_each({}))", self.bind(SqlValue::Text(texts)))
            }
            // A list holds no lists.
            Test::Entry(_) => "0".to_owned(),
        }
    }

    /// SQLite puts every number before every text: only values of one type are compared.
    fn compared(&mut self, left: &str, operator: &str, value: &Value) -> String {
        let kind = if matches!(value, Value::Number(_) | Value::Flag(_)) { "integer" } else { "text" };
        format!("(typeof({left}) = '{kind}' AND {left} {operator} {})", self.bind(sql_value(value)))
    }

    /// What to sort by, the place last.
    fn keys(&self, order: &[Order]) -> Vec<Key> {
        let key = |order: &Order| {
            let left = self.expression(order.field);
            let left = match order.field.shape() {
                // An extra field may hold numbers, which are compared by size.
                Shape::Text { .. } => {
                    format!("CASE typeof({left}) WHEN 'text' THEN substr({left}, 1, {SORTED}) ELSE {left} END")
                }
                Shape::Emails { .. } => format!("substr({left}, 1, {SORTED})"),
                _ => left,
            };
            Key { left, descending: order.descending }
        };
        // Ids are the order of places: what follows an id decides nothing.
        let before_id = order.iter().take_while(|order| order.field != Field::Id);
        let mut keys: Vec<_> = before_id.map(key).collect();
        let by_id = order.iter().find(|order| order.field == Field::Id).or(order.last());
        keys.push(Key { left: "place".to_owned(), descending: by_id.is_some_and(|order| order.descending) });
        keys
    }

    /// What comes after a position: equal in the keys before one, beyond it in that one.
    fn after(&mut self, keys: &[Key], position: &Position, part: Part) -> String {
        let values = position.values.iter().take(keys.len() - 1).map(|value| value.as_ref().map(sql_value));
        let values = values.chain([Some(SqlValue::Integer(place(part, position.id)))]);
        let (mut equal, mut any) = (String::new(), Vec::new());
        for (Key { left, descending }, value) in keys.iter().zip(values) {
            let place = value.map(|value| self.bind(value));
            // Unset comes before everything, and so last when the largest come first.
            let beyond = match (&place, *descending) {
                (Some(place), false) => format!("{left} > {place}"),
                (Some(place), true) if left == "place" => format!("{left} < {place}"),
                (Some(place), true) => format!("({left} < {place} OR {left} IS NULL)"),
                (None, false) => format!("{left} IS NOT NULL"),
                (None, true) => "0".to_owned(),
            };
            any.push(format!("{equal}{beyond}"));
            equal = format!("{equal}{left} IS {} AND ", place.as_deref().unwrap_or("NULL"));
        }
        any.join(" OR ")
    }
}

/// `*` becomes `%`; what LIKE would take for a wildcard becomes itself.
fn like(pattern: &str) -> String {
    let mut sql = String::with_capacity(pattern.len() + 8);
    for c in pattern.chars() {
        match c {
            '*' => sql.push('%'),
            '%' | '_' | '\\' => sql.extend(['\\', c]),
            c => sql.push(c),
        }
    }
    sql
}

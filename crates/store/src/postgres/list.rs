//! Listings as SQL. Names come from the closed table of fields only, never from a caller; values are always bound.

use domain::field::MAX_NUMBER;
use domain::filter::{Condition, Filter, Order, Page, Position, SORTED, Test, fold};
use domain::record::Part;
use domain::{Field, Kind, Shape, Value};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::Failure;
use super::session::Query;
use super::table::{SHARED, is_number, read, split_value};
use crate::table::columns;

/// The statement of one page.
pub(super) fn page(query: &domain::filter::Query) -> Query {
    let selection = &query.selection;
    let mut sql = Sql { kind: query.kind, within: String::new(), values: Vec::new() };
    let (first, last) = match query.kind {
        Kind::Tenant => (Part::GLOBAL, Part::GLOBAL),
        _ => (query.tenant.first_part(), Part(query.tenant.first_part().0 | i64::from(query.tenant.buckets - 1))),
    };
    // With one part the key is in the order of ids.
    let within = if first == last {
        format!("t.part = {}", sql.number(first.0))
    } else {
        format!("t.part BETWEEN {} AND {}", sql.number(first.0), sql.number(last.0))
    };
    sql.within.clone_from(&within);
    let mut wheres = format!("{within} AND t.id <= {MAX_NUMBER} AND {}", sql.filter(&selection.filter, false));
    let keys = sql.keys(&selection.order);
    if let Some(position) = &selection.after {
        let after = sql.after(&keys, position, &selection.order);
        wheres = format!("{wheres} AND ({after})");
    }
    if selection.counted {
        let limit = sql.number(selection.limit.into());
        let table = query.kind.name();
        let text =
            format!("SELECT count(*) FROM (SELECT 1 FROM \"{table}\" AS t WHERE {wheres} LIMIT {limit}) AS found");
        return Query { sql: text, values: sql.values };
    }
    let order: Vec<_> = keys.iter().map(|key| format!("{} {}", key.left, key.direction())).collect();
    let limit = sql.number(i64::from(selection.limit) + 1);
    // Citus adds it to the limit.
    let offset = sql.number(i64::try_from(selection.offset).unwrap_or(i64::MAX).min(1 << 53));
    let text = format!(
        "SELECT {SHARED} FROM \"{}\" AS t WHERE {wheres} ORDER BY {} LIMIT {limit} OFFSET {offset}",
        query.kind.name(),
        order.join(", ")
    );
    Query { sql: text, values: sql.values }
}

/// What [`page`] found.
pub(super) fn paged(query: &domain::filter::Query, rows: &[Row]) -> Result<Page, Failure> {
    if query.selection.counted {
        let count = rows.first().map_or(Ok(0), |row| row.try_get::<_, i64>(0))?;
        return Ok(Page { count: count.cast_unsigned(), ..Page::default() });
    }
    let limit = query.selection.limit as usize;
    let records = rows.iter().take(limit).map(|row| read(query.kind, row)).collect::<Result<_, _>>()?;
    Ok(Page { records, more: rows.len() > limit, count: 0 })
}

/// What a field shows to tests and orders: a text, a number, or now one and now the other.
#[derive(Default)]
struct Left {
    text: Option<String>,
    number: Option<String>,
}

impl Left {
    fn text(sql: impl Into<String>) -> Self {
        Self { text: Some(sql.into()), number: None }
    }

    fn number(sql: impl Into<String>) -> Self {
        Self { text: None, number: Some(sql.into()) }
    }

    fn is_null(&self) -> String {
        let null = |sql: &String| format!("{sql} IS NULL");
        self.text.iter().chain(&self.number).map(null).collect::<Vec<_>>().join(" AND ")
    }
}

/// A part of the order.
struct Key {
    left: String,
    descending: bool,
    /// Whether it is a number, and if it may be NULL.
    is_number: bool,
    nullable: bool,
}

impl Key {
    const fn direction(&self) -> &'static str {
        match (self.descending, self.nullable) {
            (false, false) => "ASC",
            (true, false) => "DESC",
            // Unset comes before everything, and so last when the largest come first.
            (false, true) => "ASC NULLS FIRST",
            (true, true) => "DESC NULLS LAST",
        }
    }
}

/// What a position has for a [`Key`].
type Bound = (Option<i64>, Option<String>);

/// A statement that is being written.
struct Sql {
    kind: Kind,
    /// What holds for every record of the tenant.
    within: String,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Sql {
    fn bind(&mut self, value: impl ToSql + Sync + Send + 'static, of: &str) -> String {
        self.values.push(Box::new(value));
        format!("${}::{of}", self.values.len())
    }

    fn number(&mut self, number: i64) -> String {
        self.bind(number, "bigint")
    }

    fn text(&mut self, text: &str) -> String {
        self.bind(storable(text), "text")
    }

    /// What a field shows to tests and orders.
    fn expression(&self, field: Field) -> Left {
        let name = field.name();
        match field {
            Field::Id | Field::Version | Field::CreatedAt | Field::UpdatedAt => {
                return Left::number(format!("t.{name}"));
            }
            Field::UpdatedBy => return Left::text("t.updated_by"),
            _ => {}
        }
        if let Some((column, _)) = columns(self.kind).iter().find(|(_, shown)| *shown == field) {
            let column = format!("t.\"{column}\"");
            return if is_number(field) { Left::number(column) } else { Left::text(column) };
        }
        let value = format!("(t.body::json -> '{name}')");
        let text = format!("(t.body::json ->> '{name}')");
        match field.shape() {
            _ if field == Field::Emails => Left::text(format!("({value} ->> 0)")),
            Shape::Flag => Left::number(format!("{text}::boolean::int::bigint")),
            _ if is_number(field) => Left::number(format!("{text}::bigint")),
            Shape::Emails { .. } | Shape::Codes { .. } | Shape::References { .. } => {
                Left::text(format!("{value}::text"))
            }
            // An extra field may hold numbers.
            _ if matches!(field, Field::Extra(_)) => Left {
                text: Some(format!("(CASE WHEN json_typeof({value}) = 'string' THEN {text} END)")),
                number: Some(format!(
                    "(CASE json_typeof({value}) WHEN 'number' THEN {text}::bigint \
                     WHEN 'boolean' THEN {text}::boolean::int::bigint END)"
                )),
            },
            _ => Left::text(text),
        }
    }

    /// A filter. Below a negation nothing may be NULL: what is not known to hold there would not be known not to.
    fn filter(&mut self, filter: &Filter, negated: bool) -> String {
        match filter {
            Filter::All(all) => self.joined(all, " AND ", "true", negated),
            Filter::Any(any) => self.joined(any, " OR ", "false", negated),
            Filter::Not(one) => format!("NOT {}", self.filter(one, true)),
            Filter::Shared(fields) => self.shared(fields),
            Filter::Where(Condition { field, test: Test::Entry(test) }) => {
                let value = format!("t.body::json -> '{}'", field.name());
                let entry = match field.shape() {
                    Shape::References { .. } => Left::number("entry.value::bigint"),
                    _ => Left::text("entry.value"),
                };
                let test = self.test(&entry, test);
                // A record without the list has no entry.
                format!(
                    "EXISTS (SELECT 1 FROM json_array_elements_text(CASE json_typeof({value}) WHEN 'array' THEN {value} \
                     ELSE '[]'::json END) AS entry (value) WHERE {test})"
                )
            }
            Filter::Where(Condition { field, test }) => {
                let left = self.expression(*field);
                let test = self.test(&left, test);
                if negated { format!("coalesce({test}, false)") } else { test }
            }
        }
    }

    /// One look at all records, however many are compared with them.
    fn shared(&mut self, fields: &[Field]) -> String {
        let one = |left: Left| match (left.text, left.number) {
            (Some(text), Some(number)) => format!("coalesce({}, ({number})::text)", folded(&text)),
            (Some(text), None) => folded(&text),
            (None, number) => format!("({})::text", number.unwrap_or_default()),
        };
        let all: Vec<_> = fields.iter().map(|field| one(self.expression(*field))).collect();
        let set: String = all.iter().map(|value| format!(" AND {value} IS NOT NULL")).collect();
        let there = self.kind.deletion().map_or_else(String::new, |(field, value)| {
            let left = self.expression(field);
            format!(" AND ({}) IS NOT TRUE", self.compared(&left, "=", &value))
        });
        let (all, table, within) = (all.join(", "), self.kind.name(), &self.within);
        format!(
            "coalesce(({all}) IN (SELECT {all} FROM \"{table}\" AS t WHERE {within}{set}{there} GROUP BY {all} \
             HAVING count(*) > 1), false)"
        )
    }

    fn joined(&mut self, filters: &[Filter], by: &str, none: &str, negated: bool) -> String {
        let parts: Vec<_> = filters.iter().map(|filter| self.filter(filter, negated)).collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(by)) }
    }

    fn test(&mut self, left: &Left, test: &Test) -> String {
        match test {
            Test::Is(value) => self.compared(left, "=", value),
            Test::IsNot(value) => format!("({}) IS NOT TRUE", self.compared(left, "=", value)),
            Test::Unset => format!("({})", left.is_null()),
            Test::AnyOf(list) => {
                let numbers =
                    |value: &Option<Value>| if let Some(Value::Number(number)) = value { Some(*number) } else { None };
                // One value however many there are, and a look at the key for each.
                if let (Left { text: None, number: Some(left) }, Some(numbers)) =
                    (left, list.iter().map(numbers).collect::<Option<Vec<i64>>>())
                {
                    return format!("{left} = ANY({})", self.bind(numbers, "bigint[]"));
                }
                let mut any: Vec<_> = list.iter().flatten().map(|value| self.compared(left, "=", value)).collect();
                if list.contains(&None) {
                    any.push(format!("({})", left.is_null()));
                }
                if any.is_empty() { "false".to_owned() } else { format!("({})", any.join(" OR ")) }
            }
            Test::Less(value) => self.compared(left, "<", value),
            Test::AtMost(value) => self.compared(left, "<=", value),
            Test::Greater(value) => self.compared(left, ">", value),
            Test::AtLeast(value) => self.compared(left, ">=", value),
            Test::Like(pattern) => {
                let pattern = self.text(&like(pattern));
                let Some(text) = &left.text else { return "false".to_owned() };
                format!("lower({text} COLLATE \"C\") LIKE lower({pattern} COLLATE \"C\") ESCAPE '\\'")
            }
            Test::Contains(part) => {
                let part = self.text(&fold(part));
                let Some(text) = &left.text else { return "false".to_owned() };
                format!("strpos({}, {part}) > 0", folded(text))
            }
            Test::StartsWith(part) => {
                let part = self.text(&fold(part));
                let Some(text) = &left.text else { return "false".to_owned() };
                format!("starts_with({}, {part})", folded(text))
            }
            Test::Among(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| storable(&fold(text))).collect();
                let texts = self.bind(texts, "text[]");
                let Some(text) = &left.text else { return "false".to_owned() };
                format!("{} = ANY({texts})", folded(text))
            }
            // A list holds no lists.
            Test::Entry(_) => "false".to_owned(),
        }
    }

    /// Only values of one type are compared; texts as code points.
    fn compared(&mut self, left: &Left, operator: &str, value: &Value) -> String {
        match (split_value(value), &left.number, &left.text) {
            ((Some(number), _), Some(left), _) => format!("{left} {operator} {}", self.number(number)),
            ((_, Some(text)), _, Some(left)) => format!("{left} COLLATE \"C\" {operator} {}", self.text(&text)),
            _ => "false".to_owned(),
        }
    }

    /// What to sort by, the id last.
    fn keys(&self, order: &[Order]) -> Vec<Key> {
        let mut keys = Vec::new();
        // What follows an id decides nothing.
        for &Order { field, descending } in order.iter().take_while(|order| order.field != Field::Id) {
            let mut push = |left, is_number, nullable| keys.push(Key { left, descending, is_number, nullable });
            let expression = self.expression(field);
            if let (Some(text), Some(number)) = (&expression.text, &expression.number) {
                let rank = format!(
                    "(CASE WHEN {number} IS NOT NULL THEN 1 WHEN {text} IS NOT NULL THEN 2 ELSE 0 END)::bigint"
                );
                push(rank, true, false);
            }
            if let Some(number) = expression.number {
                push(number, true, true);
            }
            if let Some(text) = expression.text {
                let cut = matches!(field.shape(), Shape::Text { .. } | Shape::Emails { .. });
                let text = if cut { format!("left({text}, {SORTED})") } else { text };
                push(format!("{text} COLLATE \"C\""), false, true);
            }
        }
        let by_id = order.iter().find(|order| order.field == Field::Id).or(order.last());
        let descending = by_id.is_some_and(|order| order.descending);
        keys.push(Key { left: "t.id".to_owned(), descending, is_number: true, nullable: false });
        keys
    }

    /// What a position has for each key.
    fn bounds(&self, position: &Position, order: &[Order]) -> Vec<Bound> {
        let mut bounds = Vec::new();
        let before_id = order.iter().take_while(|order| order.field != Field::Id);
        for (order, value) in before_id.zip(&position.values) {
            let expression = self.expression(order.field);
            let (number, text) = value.as_ref().map(split_value).unwrap_or_default();
            if expression.number.is_some() && expression.text.is_some() {
                let rank = if number.is_some() { 1 } else { 2 * i64::from(text.is_some()) };
                bounds.push((Some(rank), None));
            }
            if expression.number.is_some() {
                bounds.push((number, None));
            }
            if expression.text.is_some() {
                bounds.push((None, text));
            }
        }
        bounds.push((Some(position.id), None));
        bounds
    }

    /// What comes after a position: equal in the keys before one, beyond it in that one.
    fn after(&mut self, keys: &[Key], position: &Position, order: &[Order]) -> String {
        let (mut equal, mut any) = (String::new(), Vec::new());
        for (key, (number, text)) in keys.iter().zip(self.bounds(position, order)) {
            let left = &key.left;
            let place = match (number, text) {
                (Some(number), _) if key.is_number => Some(self.number(number)),
                (_, Some(text)) if !key.is_number => Some(self.text(&text)),
                _ => None,
            };
            let beyond = match (&place, key.descending) {
                (Some(place), false) => format!("{left} > {place}"),
                (Some(place), true) if key.nullable => format!("({left} < {place} OR {left} IS NULL)"),
                (Some(place), true) => format!("{left} < {place}"),
                (None, false) => format!("{left} IS NOT NULL"),
                (None, true) => "false".to_owned(),
            };
            any.push(format!("{equal}{beyond}"));
            equal = match place {
                Some(place) => format!("{equal}{left} = {place} AND "),
                None => format!("{equal}{left} IS NULL AND "),
            };
        }
        any.join(" OR ")
    }
}

/// A text that can be sent. PostgreSQL knows no NUL, and no value has one or the character that stands for it here.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{1}")
}

/// The form in which texts are compared whatever their case: see [`fold`]. The small sigma at the end of a word is an
/// ordinary one. Citus tells its machines the collation of a constant, and forgets that of a column.
fn folded(text: &str) -> String {
    format!("replace(lower(upper({text} || ('' COLLATE \"und-x-icu\"))), 'ς', 'σ') COLLATE \"C\"")
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

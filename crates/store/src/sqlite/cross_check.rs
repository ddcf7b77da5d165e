//! Compares the records with what repeats them: the columns beside the body, the unique values, the counters.

use domain::credential::unique_keys;
use domain::tenant::Tenant;
use domain::{Field, Kind, Record};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, HashMap};

use super::table::shown;
use super::{Failure, content};
use crate::table::{columns, place};

/// What the records say, gathered while they are examined: tenants first.
#[derive(Default)]
pub(super) struct CrossCheck {
    tenants: HashMap<i64, Tenant>,
    highest: BTreeMap<(i64, Kind), i64>,
    keys: i64,
    chunks: i64,
}

impl CrossCheck {
    /// Looks at what stands beside a record that is sound itself. Answers what is wrong.
    pub(super) fn record(&mut self, db: &Connection, record: &Record) -> Result<Vec<String>, Failure> {
        let mut wrong = columns_of(db, record)?;
        if record.kind == Kind::Attachment {
            self.chunks += i64::from(domain::attachment::chunks(record));
            wrong.extend(content::examine(db, record)?);
        }
        if record.kind == Kind::Tenant {
            let buckets = record.number(Field::Buckets).and_then(|buckets| u32::try_from(buckets).ok()).unwrap_or(1);
            self.tenants.insert(record.id, Tenant { number: record.id, buckets: buckets.max(1) });
        }
        let number = if record.kind == Kind::Tenant { record.id } else { record.part.tenant_number() };
        let Some(tenant) = self.tenants.get(&number) else {
            wrong.push(format!("its tenant {number} has no record"));
            return Ok(wrong);
        };
        let counted_in = if record.kind == Kind::Tenant { record.part } else { tenant.first_part() };
        if record.kind.is_counted() {
            let highest = self.highest.entry((counted_in.0, record.kind)).or_default();
            *highest = record.id.max(*highest);
        }
        for (field, key) in unique_keys(*tenant, record) {
            self.keys += 1;
            let sql = "SELECT owner_part, owner_id FROM unique_key WHERE part = ?1 AND space = ?2 AND value = ?3";
            let place = (key.part.0, key.space.number(), &key.text);
            let owner = db.prepare_cached(sql)?.query_row(place, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            if owner != Some((record.part.0, record.id)) {
                wrong.push(format!("its {field} is not noted as its own"));
            }
        }
        Ok(wrong)
    }

    /// Looks at what no record explains, when all records have been seen. Answers what, and what is wrong with it.
    pub(super) fn rest(&self, db: &Connection) -> Result<Vec<(String, String)>, Failure> {
        let mut wrong = Vec::new();
        let keys: i64 = db.query_row("SELECT count(*) FROM unique_key", [], |row| row.get(0))?;
        if keys != self.keys {
            wrong.push((String::from("unique values"), format!("{keys} are noted, the records have {}", self.keys)));
        }
        let chunks: i64 = db.query_row("SELECT count(*) FROM attachment_content", [], |row| row.get(0))?;
        if chunks != self.chunks {
            let why = format!("{chunks} chunks are kept, the attachments have {}", self.chunks);
            wrong.push((String::from("bytes of attachments"), why));
        }
        for ((part, kind), highest) in &self.highest {
            let sql = "SELECT next FROM counter WHERE part = ?1 AND kind = ?2";
            let next = db.prepare_cached(sql)?.query_row((part, kind.name()), |row| row.get::<_, i64>(0)).optional()?;
            if next.is_none_or(|next| next <= *highest) {
                let why = format!("the next id is {}, but {highest} is given already", next.unwrap_or(1));
                wrong.push((format!("counter of {} in part {part}", kind.name()), why));
            }
        }
        Ok(wrong)
    }
}

fn columns_of(db: &Connection, record: &Record) -> Result<Vec<String>, Failure> {
    let columns = columns(record.kind);
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let sql = format!(
        "SELECT {} FROM \"{}\" WHERE place = ?1 AND part = ?2 AND id = ?3",
        names.join(", "),
        record.kind.name()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query((place(record.part, record.id), record.part.0, record.id))?;
    let Some(row) = rows.next()? else { return Ok(vec![String::from("its key does not find it")]) };
    let mut wrong = Vec::new();
    for (at, (name, field)) in columns.iter().enumerate() {
        if row.get::<_, SqlValue>(at)? != shown(record, *field) {
            wrong.push(format!("its column {name} does not show its {field}"));
        }
    }
    Ok(wrong)
}

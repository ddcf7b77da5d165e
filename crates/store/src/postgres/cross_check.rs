//! Compares the records with what repeats them: the columns beside the body, the unique values, the counters.

use domain::credential::unique_keys;
use domain::filter::tested;
use domain::tenant::Tenant;
use domain::{Field, Kind, Record};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

use super::Failure;
use super::list::storable;
use super::session::{Query, Session};
use super::table::{is_number, split_value};
use crate::seal;
use crate::table::{columns, place};

/// What is wrong, and with what.
type Wrong = Vec<(String, String)>;

/// What the records say, gathered while they are examined: tenants first.
#[derive(Default)]
pub(super) struct CrossCheck {
    tenants: HashMap<i64, Tenant>,
    highest: BTreeMap<(i64, Kind), i64>,
    keys: i64,
    chunks: i64,
}

/// The first column beside the shared ones and those of the last change.
const BESIDE: usize = 12;

impl CrossCheck {
    /// Looks at what stands beside records of one kind that are sound themselves.
    pub(super) async fn records(
        &mut self,
        session: &Session,
        kind: Kind,
        records: &[(Record, &Row)],
    ) -> Result<Wrong, Failure> {
        let (mut wrong, mut owned) = (Vec::new(), Vec::new());
        for (record, row) in records {
            let mut find = |why: String| wrong.push((format!("{} {}", kind.name(), record.id), why));
            for (at, (name, field)) in columns(kind).iter().enumerate() {
                let (number, text) = tested(record, *field).as_ref().map(split_value).unwrap_or_default();
                let shows = if is_number(*field) {
                    row.try_get::<_, Option<i64>>(BESIDE + at)? == number
                } else {
                    row.try_get::<_, Option<&str>>(BESIDE + at)? == text.as_deref()
                };
                if !shows {
                    find(format!("its column {name} does not show its {field}"));
                }
            }
            if kind == Kind::Attachment {
                self.chunks += i64::from(domain::attachment::chunks(record));
                contents(session, record).await?.into_iter().for_each(&mut find);
            }
            if kind == Kind::Tenant {
                let buckets =
                    record.number(Field::Buckets).and_then(|buckets| u32::try_from(buckets).ok()).unwrap_or(1);
                self.tenants.insert(record.id, Tenant { number: record.id, buckets: buckets.max(1) });
            }
            let number = if kind == Kind::Tenant { record.id } else { record.part.tenant_number() };
            let Some(tenant) = self.tenants.get(&number).copied() else {
                find(format!("its tenant {number} has no record"));
                continue;
            };
            let counted_in = if kind == Kind::Tenant { record.part } else { tenant.first_part() };
            if kind.is_counted() {
                let highest = self.highest.entry((counted_in.0, kind)).or_default();
                *highest = record.id.max(*highest);
            }
            owned.extend(unique_keys(tenant, record).into_iter().map(|(field, key)| (record, field, key)));
        }
        self.keys += owned.len() as i64;
        wrong.extend(keys(session, &owned).await?);
        Ok(wrong)
    }

    /// Looks at what no record explains, when all records have been seen.
    pub(super) async fn rest(&self, session: &Session) -> Result<Wrong, Failure> {
        let mut wrong = Vec::new();
        let sql = "SELECT (SELECT count(*) FROM unique_key), (SELECT count(*) FROM attachment_content)";
        for row in session.rows(Query::new(sql)).await? {
            let (keys, chunks): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            if keys != self.keys {
                wrong
                    .push((String::from("unique values"), format!("{keys} are noted, the records have {}", self.keys)));
            }
            if chunks != self.chunks {
                let why = format!("{chunks} chunks are kept, the attachments have {}", self.chunks);
                wrong.push((String::from("bytes of attachments"), why));
            }
        }
        let mut counters: HashMap<(i64, String), i64> = HashMap::new();
        for row in session.rows(Query::new("SELECT part, kind, next FROM counter")).await? {
            counters.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
        }
        for ((part, kind), highest) in &self.highest {
            let next = counters.get(&(*part, kind.name().to_owned())).copied().unwrap_or(1);
            if next <= *highest {
                let why = format!("the next id is {next}, but {highest} is given already");
                wrong.push((format!("counter of {} in part {part}", kind.name()), why));
            }
        }
        Ok(wrong)
    }
}

/// Whether each value is noted as its owner's.
async fn keys(session: &Session, owned: &[(&Record, Field, domain::credential::UniqueKey)]) -> Result<Wrong, Failure> {
    let sql = "SELECT x.at FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) \
               AS x (part, space, value, owner_part, owner_id, at) \
               LEFT JOIN unique_key AS k ON k.part = x.part AND k.space = x.space AND k.value = x.value \
               AND k.owner_part = x.owner_part AND k.owner_id = x.owner_id WHERE k.part IS NULL";
    let query = Query::new(sql)
        .with(owned.iter().map(|(_, _, key)| key.part.0).collect::<Vec<_>>())
        .with(owned.iter().map(|(_, _, key)| key.space.number()).collect::<Vec<_>>())
        .with(owned.iter().map(|(_, _, key)| storable(&key.text)).collect::<Vec<_>>())
        .with(owned.iter().map(|(record, ..)| record.part.0).collect::<Vec<_>>())
        .with(owned.iter().map(|(record, ..)| record.id).collect::<Vec<_>>())
        .with((0..).take(owned.len()).collect::<Vec<i64>>());
    let mut wrong = Vec::new();
    for row in session.rows(query).await? {
        let at = usize::try_from(row.try_get::<_, i64>(0)?).unwrap_or(usize::MAX);
        if let Some((record, field, _)) = owned.get(at) {
            let why = format!("its {field} is not noted as its own");
            wrong.push((format!("{} {}", record.kind.name(), record.id), why));
        }
    }
    Ok(wrong)
}

/// Compares an attachment with its bytes; answers what is wrong.
async fn contents(session: &Session, attachment: &Record) -> Result<Option<String>, Failure> {
    let sql = "SELECT bytes, checksum FROM attachment_content \
               WHERE part = $1::bigint AND id = $2::bigint AND number = $3::bigint";
    let mut hash = Sha256::new();
    for number in 0..i64::from(domain::attachment::chunks(attachment)) {
        let query = Query::new(sql).with(attachment.part.0).with(attachment.id).with(number);
        let rows = session.rows(query).await?;
        let Some(row) = rows.first() else { return Ok(Some(format!("chunk {number} of its bytes is missing"))) };
        let bytes: &[u8] = row.try_get(0)?;
        if row.try_get::<_, i64>(1)? != seal::chunk(place(attachment.part, attachment.id), number, bytes) {
            return Ok(Some(format!("chunk {number} of its bytes: the checksum does not match")));
        }
        hash.update(bytes);
    }
    let right = domain::attachment::hexadecimal(&hash.finalize()) == attachment.text(Field::Sha256);
    // What is deleted has no bytes, and what an import brought without them never had any.
    let empty = attachment.is_deleted() || attachment.text(Field::Sha256).is_empty();
    Ok((!right && !empty).then(|| String::from("its bytes are not the ones that were written")))
}

//! The history: rows of changes, and the walk from a record's last change back.

use domain::change::Origin;
use domain::record::Part;
use domain::working_set::Walk;
use domain::{Change, Kind, Time};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use super::Failure;
use super::session::{Query, Session};
use crate::ledger::{Sealed, StoredChange};
use crate::seal::{FIRST_LINK, Link};
use crate::{codec, fault};

/// The columns of a change, in the order of [`read`], of a table that is called `c`.
pub(super) const COLUMNS: &str = "c.part, c.number, c.previous, c.kind, c.id, c.version, c.at, c.dialect, c.operation, \
     c.credential, c.client, c.request_id, c.operation_id, c.fields, c.salt, c.digest, c.link";

/// Bytes of a length that is known.
pub(super) struct Bytes<const N: usize>(pub(super) [u8; N]);

impl<'a, const N: usize> FromSql<'a> for Bytes<N> {
    fn from_sql(
        of: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(<&[u8]>::from_sql(of, raw)?.try_into()?))
    }

    fn accepts(of: &tokio_postgres::types::Type) -> bool {
        <&[u8]>::accepts(of)
    }
}

/// Reads a row of [`COLUMNS`].
pub(super) fn read(row: &Row) -> Result<StoredChange, Failure> {
    let number: i64 = row.try_get(1)?;
    let damaged = |why: &dyn std::fmt::Display| Failure::Damaged(format!("change {number}: {why}"));
    let fields: Option<String> = row.try_get(13)?;
    let change = Change {
        part: Part(row.try_get(0)?),
        number,
        previous: row.try_get(2)?,
        kind: Kind::named(row.try_get(3)?).ok_or_else(|| damaged(&"unknown kind"))?,
        id: row.try_get(4)?,
        version: row.try_get::<_, i64>(5)?.cast_unsigned(),
        at: Time(row.try_get(6)?),
        origin: Origin {
            dialect: row.try_get(7)?,
            operation: row.try_get(8)?,
            credential: row.try_get(9)?,
            client: row.try_get(10)?,
            request_id: row.try_get(11)?,
        },
        operation_id: row.try_get::<_, Bytes<16>>(12)?.0,
        fields: match &fields {
            Some(json) => codec::read_fields(json).map_err(|error| damaged(&error))?,
            None => Vec::new(),
        },
    };
    let salt = row.try_get::<_, Option<Bytes<16>>>(14)?.map(|salt| salt.0);
    let (digest, link) = (row.try_get::<_, Bytes<32>>(15)?.0, row.try_get::<_, Bytes<32>>(16)?.0);
    Ok(StoredChange { change, fields, salt, digest, link })
}

/// Walks back from one change to those of the same record before it, each with the link of the change before it in the
/// part.
pub(super) fn walk(walk: &Walk) -> Query {
    let sql = format!(
        "WITH RECURSIVE c AS (\
             SELECT f.*, 1::bigint AS depth FROM change AS f WHERE f.part = $1::bigint AND f.number = $2::bigint \
             UNION ALL \
             SELECT n.*, w.depth + 1 FROM c AS w JOIN change AS n ON n.part = $1::bigint AND n.number = w.previous \
             WHERE w.depth < $3::bigint AND w.previous < w.number\
         ) SELECT {COLUMNS}, b.link FROM c LEFT JOIN change AS b ON b.part = $1::bigint AND b.number = c.number - 1 \
         ORDER BY c.depth"
    );
    Query::new(sql).with(walk.part.0).with(walk.from).with(i64::from(walk.limit))
}

/// What [`walk`] found, each proven by its digest and by its link to the change before it.
pub(super) fn walked(walk: &Walk, rows: &[Row]) -> Result<Vec<Change>, Failure> {
    let damaged = |number: i64, why: &str| Failure::Damaged(format!("change {number} of part {}: {why}", walk.part.0));
    let (mut changes, mut number) = (Vec::new(), walk.from);
    for row in rows.iter().take(walk.limit as usize) {
        let stored = read(row)?;
        let before: Option<Link> = row.try_get::<_, Option<Bytes<32>>>(17)?.map(|link| link.0);
        let before = if stored.change.number == 1 { Some(FIRST_LINK) } else { before };
        let fits = stored.change.number == number
            && stored.is_sealed()
            && before.is_some_and(|before| stored.follows(&before));
        if !fits && !fault::skip_checksum() {
            return Err(damaged(number, "it is not as it was written"));
        }
        number = stored.change.previous;
        changes.push(stored.change);
    }
    if number > 0 && changes.len() < walk.limit as usize {
        return Err(damaged(number, "it is missing"));
    }
    Ok(changes)
}

/// Writes changes that are numbered and sealed.
pub(super) fn append(changes: &[Change], sealed: Vec<(Sealed, Link)>, salts: &[[u8; 16]]) -> Query {
    let (mut values, mut links) = (Values::default(), Vec::new());
    for ((Sealed { fields, digest }, link), salt) in sealed.into_iter().zip(salts) {
        values.fields.push(Some(fields));
        values.salts.push(Some(salt.to_vec()));
        values.digests.push(digest.to_vec());
        links.push(link.to_vec());
    }
    values.links = links;
    write(&changes.iter().collect::<Vec<_>>(), values)
}

/// Writes changes as they were stored elsewhere.
pub(super) fn insert(stored: &[StoredChange]) -> Query {
    let values = Values {
        fields: stored.iter().map(|stored| stored.fields.clone()).collect(),
        salts: stored.iter().map(|stored| stored.salt.map(|salt| salt.to_vec())).collect(),
        digests: stored.iter().map(|stored| stored.digest.to_vec()).collect(),
        links: stored.iter().map(|stored| stored.link.to_vec()).collect(),
    };
    write(&stored.iter().map(|stored| &stored.change).collect::<Vec<_>>(), values)
}

/// What is kept of changes beside their facts, as columns.
#[derive(Default)]
struct Values {
    fields: Vec<Option<String>>,
    salts: Vec<Option<Vec<u8>>>,
    digests: Vec<Vec<u8>>,
    links: Vec<Vec<u8>>,
}

fn write(changes: &[&Change], values: Values) -> Query {
    let numbers = |of: fn(&Change) -> i64| changes.iter().map(|change| of(change)).collect::<Vec<_>>();
    let texts = |of: fn(&Change) -> &str| changes.iter().map(|change| of(change).to_owned()).collect::<Vec<_>>();
    let sql = "INSERT INTO change (part, number, previous, kind, id, version, at, dialect, operation, credential, client, \
               request_id, operation_id, fields, salt, digest, link) SELECT * FROM unnest($1::bigint[], $2::bigint[], \
               $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], \
               $11::text[], $12::text[], $13::bytea[], $14::text[], $15::bytea[], $16::bytea[], $17::bytea[])";
    Query::new(sql)
        .with(numbers(|change| change.part.0))
        .with(numbers(|change| change.number))
        .with(numbers(|change| change.previous))
        .with(texts(|change| change.kind.name()))
        .with(numbers(|change| change.id))
        .with(numbers(|change| change.version.cast_signed()))
        .with(numbers(|change| change.at.0))
        .with(texts(|change| &change.origin.dialect))
        .with(texts(|change| &change.origin.operation))
        .with(texts(|change| &change.origin.credential))
        .with(texts(|change| &change.origin.client))
        .with(texts(|change| &change.origin.request_id))
        .with(changes.iter().map(|change| change.operation_id.to_vec()).collect::<Vec<_>>())
        .with(values.fields)
        .with(values.salts)
        .with(values.digests)
        .with(values.links)
}

/// Takes away the values of a change and of all changes of the same record before it, and what would let them be
/// guessed. The digest stays, so that the chain still holds.
pub(super) async fn erase(session: &Session, part: Part, last: i64) -> Result<(), Failure> {
    let sql = "WITH RECURSIVE c AS (\
                   SELECT f.part, f.number, f.previous FROM change AS f \
                   WHERE f.part = $1::bigint AND f.number = $2::bigint \
                   UNION ALL \
                   SELECT n.part, n.number, n.previous FROM c AS w \
                   JOIN change AS n ON n.part = $1::bigint AND n.number = w.previous WHERE w.previous < w.number\
               ) SELECT number, previous FROM c ORDER BY number DESC";
    let rows = session.rows(Query::new(sql).with(part.0).with(last)).await?;
    let (mut expected, mut numbers) = (last, Vec::new());
    for row in rows {
        let number: i64 = row.try_get(0)?;
        expected = row.try_get(1)?;
        numbers.push(number);
    }
    if expected > 0 {
        return Err(Failure::Damaged(format!("change {expected} of part {}: it is missing", part.0)));
    }
    let sql = "UPDATE change SET fields = NULL, salt = NULL WHERE part = $1::bigint AND number = ANY($2::bigint[])";
    session.execute([&Query::new(sql).with(part.0).with(numbers)]).await.map(drop)
}

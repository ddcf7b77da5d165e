//! Examines a store for damage: every checksum, the chain of every part, every unique value and counter.

use domain::Kind;
use domain::record::Part;
use std::collections::HashMap;
use tokio_postgres::Row;

use super::connect::{Address, Purpose};
use super::cross_check::CrossCheck;
use super::family::{self, Family};
use super::history::{self, Bytes};
use super::session::{Query, Session};
use super::table::{SHARED, read};
use super::{Failure, OpenError, migrate};
use crate::report::Report;
use crate::seal::{FIRST_LINK, Link};
use crate::table::columns;

/// Rows that are looked at in one round trip.
const PAGE: i64 = 1_000;

/// Examines the store of a database, which servers may be working on: it reads one snapshot and writes nothing.
///
/// # Errors
/// When the database cannot be reached or read at all, or holds no store.
pub fn examine(address: &Address) -> Result<Report, OpenError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| OpenError::Failed(error.to_string()))?;
    runtime.block_on(async {
        let place = address.place();
        let session = address.connect(Purpose::Examining).await;
        let session = session.map_err(|failure| migrate::unreachable(&place, &failure))?;
        let failed = |failure: Failure| OpenError::Unusable { place: place.clone(), why: failure.to_string() };
        session.simple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(failed)?;
        migrate::demand_whole(&session, &place).await?;
        whole(&session).await.map_err(failed)
    })
}

async fn whole(session: &Session) -> Result<Report, Failure> {
    let (family, engine) = Family::of(session).await?;
    let mut switches: Vec<_> = family.switches().iter().map(ToString::to_string).collect();
    if family == Family::Citus {
        let gathered = family::gathered(session).await?.join(", ");
        if !gathered.is_empty() {
            switches.push(format!("not distributed yet: {gathered}; the next start of a server does it"));
        }
    }
    let (mut report, mut cross) = (Report { engine, switches, ..Report::default() }, CrossCheck::default());
    for kind in Kind::ALL {
        records(session, kind, &mut cross, &mut report).await?;
    }
    for (what, why) in cross.rest(session).await? {
        report.find(what, &why);
    }
    chain(session, &mut report).await?;
    Ok(report)
}

async fn records(session: &Session, kind: Kind, cross: &mut CrossCheck, report: &mut Report) -> Result<(), Failure> {
    let beside: String = columns(kind).iter().map(|(name, _)| format!(", t.\"{name}\"")).collect();
    let sql = format!(
        "SELECT {SHARED}, c.kind, c.id, c.version{beside} FROM \"{}\" AS t \
         LEFT JOIN change AS c ON c.part = t.part AND c.number = t.last_change \
         WHERE (t.part, t.id) > ($1::bigint, $2::bigint) ORDER BY t.part, t.id LIMIT $3::bigint",
        kind.name()
    );
    let mut after = (-1_i64, -1_i64);
    loop {
        let rows = session.rows(Query::new(&sql).with(after.0).with(after.1).with(PAGE)).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.try_get(0)?, last.try_get(1)?);
        let mut sound = Vec::new();
        for row in &rows {
            report.records += 1;
            let record = match read(kind, row) {
                Ok(record) => record,
                Err(failure) => {
                    report.find(format!("{} {}", kind.name(), row.try_get::<_, i64>(1)?), &failure);
                    continue;
                }
            };
            let change: (Option<&str>, Option<i64>, Option<i64>) =
                (row.try_get(9)?, row.try_get(10)?, row.try_get(11)?);
            let expected = (Some(kind.name()), Some(record.id), Some(record.version.cast_signed()));
            if kind.has_history() && change != expected {
                report.find(format!("{} {}", kind.name(), record.id), &"its last change is not the one it names");
            }
            sound.push((record, row));
        }
        for (what, why) in cross.records(session, kind, &sound).await? {
            report.find(what, &why);
        }
    }
}

/// Every change in its place, and every head at the last one of its part.
async fn chain(session: &Session, report: &mut Report) -> Result<(), Failure> {
    let sql = format!(
        "SELECT {} FROM change AS c WHERE (c.part, c.number) > ($1::bigint, $2::bigint) \
         ORDER BY c.part, c.number LIMIT $3::bigint",
        history::COLUMNS
    );
    let (mut after, mut at, mut ends) = ((-1_i64, -1_i64), None, HashMap::new());
    loop {
        let rows = session.rows(Query::new(&sql).with(after.0).with(after.1).with(PAGE)).await?;
        let Some(last) = rows.last() else { break };
        after = (last.try_get(0)?, last.try_get(1)?);
        for row in &rows {
            at = link(row, at, report)?;
            ends.insert(row.try_get::<_, i64>(0)?, (row.try_get::<_, i64>(1)?, row.try_get::<_, Bytes<32>>(16)?.0));
        }
    }
    let sql = "SELECT part, number, link FROM head WHERE part > $1::bigint ORDER BY part LIMIT $2::bigint";
    let mut after = -1_i64;
    loop {
        let rows = session.rows(Query::new(sql).with(after).with(PAGE)).await?;
        let Some(last) = rows.last() else { break };
        after = last.try_get(0)?;
        for row in &rows {
            let part: i64 = row.try_get(0)?;
            let end = ends.remove(&part).unwrap_or((0, FIRST_LINK));
            if end != (row.try_get(1)?, row.try_get::<_, Bytes<32>>(2)?.0) {
                report.find(format!("head of part {part}"), &"it is not at the last change");
            }
        }
    }
    ends.keys().for_each(|part| report.find(format!("head of part {part}"), &"it is missing"));
    Ok(())
}

/// Looks at one change; `at` is the one before it: part, number and link.
fn link(row: &Row, at: Option<(i64, i64, Link)>, report: &mut Report) -> Result<Option<(i64, i64, Link)>, Failure> {
    report.changes += 1;
    let (part, number): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let what = || format!("change {number} of part {part}");
    let stored = match history::read(row) {
        Ok(stored) => stored,
        Err(failure) => {
            report.find(what(), &failure);
            return Ok(None);
        }
    };
    let (before, link) = match at {
        Some((same, before, link)) if same == part => (before, Some(link)),
        Some(_) => (0, Some(FIRST_LINK)),
        None => (number - 1, (number == 1).then_some(FIRST_LINK)),
    };
    if number != before + 1 {
        report.find(what(), &format!("changes {} to {} before it are missing", before + 1, number - 1));
    } else if link.is_some_and(|link| !stored.follows(&link)) {
        report.find(what(), &"its link does not fit the one before it");
    }
    if !stored.is_sealed() {
        report.find(what(), &"its values are not the ones that were written");
    }
    debug_assert_eq!(stored.change.part, Part(part));
    Ok(Some((part, number, stored.link)))
}

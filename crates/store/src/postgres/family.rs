//! Which of the engines that speak this wire it is, and what is done otherwise for it.

use domain::Kind;

use super::Failure;
use super::session::{Query, Session};

/// An engine that speaks the wire of PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    PostgreSql,
    /// PostgreSQL with the extension that spreads tables over machines.
    Citus,
    CockroachDb,
    YugabyteDb,
}

/// The tables beside those of records that are kept by part.
const BESIDE: &[&str] = &["attachment_content", "unique_key", "counter", "head", "change"];

impl Family {
    /// The family of a database, and its name with the version: `PostgreSQL 15.20`.
    pub(super) async fn of(session: &Session) -> Result<(Self, String), Failure> {
        let sql = "SELECT version(), (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'citus')";
        let rows = session.rows(Query::new(sql)).await?;
        let Some(row) = rows.first() else { return Err(Failure::Silent) };
        Ok(Self::told(row.try_get(0)?, row.try_get(1)?))
    }

    fn told(version: &str, citus: Option<&str>) -> (Self, String) {
        let words: Vec<_> = version.split_whitespace().collect();
        let first = |count: usize| words.iter().take(count).copied().collect::<Vec<_>>().join(" ");
        let yugabyte = words.iter().find_map(|word| word.split_once("-YB-"));
        match (words.first().copied(), yugabyte, citus) {
            (_, Some((_, number)), _) => (Self::YugabyteDb, format!("YugabyteDB {number}")),
            (Some("CockroachDB"), ..) => (Self::CockroachDb, first(3)),
            (_, _, Some(number)) => (Self::Citus, format!("Citus {number} on {}", first(2))),
            _ => (Self::PostgreSql, first(2)),
        }
    }

    /// What is done otherwise than on PostgreSQL.
    pub(super) const fn switches(self) -> &'static [&'static str] {
        match self {
            Self::PostgreSql => &[],
            Self::Citus => &[
                "every table that has a part is distributed by it (create_distributed_table), all together",
                "statements are planned each time, with their values",
                "the rows of several parts are taken one after the other",
            ],
            Self::CockroachDb | Self::YugabyteDb => {
                &["tables are spread by their keys; settings of a planner that it does not have are left out"]
            }
        }
    }
}

/// The tables of a store on Citus that are not distributed yet.
pub(super) async fn gathered(session: &Session) -> Result<Vec<String>, Failure> {
    let tables = Kind::ALL.iter().map(|kind| kind.name()).chain(BESIDE.iter().copied());
    let tables: Vec<_> = tables.map(str::to_owned).collect();
    let sql = "SELECT c.relname::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
               WHERE n.nspname = current_schema() AND c.relname = ANY($1::text[]) \
               AND NOT EXISTS (SELECT 1 FROM pg_dist_partition AS p WHERE p.logicalrelid = c.oid AND p.partmethod = 'h') ORDER BY c.relname";
    let rows = session.rows(Query::new(sql).with(tables)).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Distributes a table with its rows: what is of one part stands on one machine, of whichever table it is.
pub(super) async fn spread(session: &Session, table: &str) -> Result<(), Failure> {
    let sql = "SELECT create_distributed_table(quote_ident($1::text)::regclass, 'part')";
    session.rows(Query::new(sql).with(table.to_owned())).await.map(drop)
}

#[test]
fn the_family_is_told_by_the_version() {
    for (version, citus, family, named) in [
        (
            "PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu",
            None,
            Family::PostgreSql,
            "PostgreSQL 15.14",
        ),
        ("PostgreSQL 15.14 on x86_64", Some("12.1-1"), Family::Citus, "Citus 12.1-1 on PostgreSQL 15.14"),
        ("CockroachDB CCL v24.3.1 (x86_64-pc-linux-gnu)", None, Family::CockroachDb, "CockroachDB CCL v24.3.1"),
        ("PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64", None, Family::YugabyteDb, "YugabyteDB 2.25.0.0-b0"),
    ] {
        assert_eq!(Family::told(version, citus), (family, named.to_owned()));
    }
}

//! What a database can be like when a store is opened on it.

use super::Postgres;
use super::cluster::Cluster;
use super::suite::{Bed, Engine, ONE, Seeded, set};
use domain::{Field, Kind};
use std::sync::Arc;
use store::postgres::{Address, OpenError, Options, PostgresStore, examine};

fn open(url: &str) -> Result<PostgresStore, OpenError> {
    PostgresStore::open(Options::new(url.parse().unwrap(), Arc::new(Seeded::new(3))))
}

fn refused(url: &str) -> String {
    let error = open(url).err().expect("it is refused").to_string();
    assert!(!error.contains('\n') && !error.contains("s3cret"), "{error}");
    error
}

#[test]
fn an_address_is_checked_before_anything_is_tried() {
    let wrong = |url: &str| url.parse::<Address>().unwrap_err().to_string();
    for url in ["", "mysql://h/n", "localhost", "postgres://", "postgres://u:s3cret@/n", "postgres://h:port/n"] {
        let error = wrong(url);
        assert!(error.contains("postgres://user:password@host:5432/name") && !error.contains("s3cret"), "{error}");
    }
    assert!(wrong("postgres://h/n?sslmode=verify-ca").contains("sslrootcert"));
    assert!(wrong("postgres://h/n?sslmode=allow").contains("disable, prefer, require, verify-ca and verify-full"));
    assert!(wrong("postgres://h/n?sslmode=verify-full&sslrootcert=/nowhere").contains("/nowhere"));
    let address: Address = "postgres://u:s3cret@one:1,two:2/name?sslmode=disable".parse().unwrap();
    assert_eq!((address.place().as_str(), format!("{address:?}").as_str()), ("one:1,two:2/name", "one:1,two:2/name"));
}

#[test]
fn a_database_that_cannot_be_used_is_refused_in_a_sentence() {
    let cluster = Cluster::shared();
    assert!(refused("postgres://u:s3cret@127.0.0.1:1/n").contains("cannot reach"));
    let database = cluster.database();
    let nowhere = database.url() + "_not";
    assert!(refused(&nowhere).contains("createdb"), "{}", refused(&nowhere));
    let stranger = database.url().replace("samerow@", "nobody_known:s3cret@");
    assert!(refused(&stranger).contains("nobody_known"), "{}", refused(&stranger));
    // An encoding that cannot hold every text.
    let latin = format!("latin_{}", std::process::id());
    cluster.sql(
        "postgres",
        &format!("CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"),
    );
    let url = database.url();
    let (server, _) = url.rsplit_once('/').unwrap();
    let error = refused(&format!("{server}/{latin}"));
    cluster.sql("postgres", &format!("DROP DATABASE {latin}"));
    assert!(error.contains("LATIN1") && error.contains("ENCODING 'UTF8'"), "{error}");
    // A user who may not make tables.
    let guest = format!("guest_{}", std::process::id());
    cluster.sql("postgres", &format!("CREATE ROLE {guest} LOGIN"));
    let error = refused(&url.replace("samerow@", &format!("{guest}@")));
    cluster.sql("postgres", &format!("DROP ROLE {guest}"));
    assert!(error.contains("may CREATE"), "{error}");
    // What can only be read, as a standby.
    let (_, name) = url.rsplit_once('/').unwrap();
    cluster.sql("postgres", &format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    let error = refused(&url);
    assert!(error.contains("can only be read"), "{error}");
    cluster.sql("postgres", &format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(database.sql(tables), "0", "nothing was changed");
    assert!(examine(&url.parse().unwrap()).unwrap_err().to_string().contains("there is no store"));
}

#[test]
fn a_newer_schema_is_left_alone() {
    let engine = Postgres::<true>::new();
    drop(engine.open());
    engine.0.sql("INSERT INTO schema_step (number, taken_at) VALUES (1000, now())");
    let error = refused(&engine.0.url());
    assert!(error.contains("newer release (schema 1000"), "{error}");
}

/// Each statement of each step can be the last that was run.
#[test]
fn a_step_that_was_interrupted_is_finished() {
    let whole = {
        let engine = Postgres::<true>::new();
        drop(engine.open());
        schema(&engine)
    };
    for run in [1, 2, 9, 20] {
        let engine = Postgres::<true>::new();
        drop(engine.open());
        // As if the first statements had been run, and the step not noted.
        let all = engine.0.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
        for table in all.lines().filter(|table| !["lease", "schema_step"].contains(table)).skip(run) {
            engine.0.sql(&format!("DROP TABLE \"{table}\""));
        }
        engine.0.sql("DELETE FROM schema_step");
        let mut bed = Bed::at(engine);
        bed.desk(ONE).create(vec![set(Field::City, "Oslo")]).unwrap();
        bed.close();
        assert_eq!(schema(bed.engine()), whole);
        bed.end();
    }
}

fn schema(engine: &Postgres<true>) -> String {
    engine.0.sql(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns \
         WHERE table_schema = 'public' ORDER BY 1, 2",
    )
}

/// Who begins while another changes the schema waits for it, or takes over when it is gone.
#[test]
fn one_node_at_a_time_changes_the_schema() {
    let database = Cluster::shared().database();
    let url = database.url();
    let opened: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| open(&url))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let refused: Vec<_> = opened.iter().filter_map(|opened| opened.as_ref().err()).collect();
    assert!(refused.is_empty(), "{refused:?}");
    drop(opened);
    database
        .sql("DELETE FROM schema_step; INSERT INTO lease VALUES ('schema', 'somebody', now() + interval '1 second')");
    drop(open(&url).unwrap());
    assert_eq!(database.sql("SELECT count(*) FROM lease"), "0");
}

/// Two that make the first tables at the same moment each see none, and the later one trips over those of the other.
#[test]
fn tables_that_appear_while_they_are_made_are_no_failure() {
    let database = Cluster::shared().database();
    let url = database.url();
    std::thread::scope(|scope| {
        // One transaction: nobody sees the tables before its end, and who makes the same waits for it.
        let other = scope.spawn(|| {
            database.sql(
                "CREATE TABLE schema_step (number BIGINT NOT NULL, taken_at TIMESTAMPTZ NOT NULL, PRIMARY KEY (number)); \
                 CREATE TABLE lease (name TEXT NOT NULL, owner TEXT NOT NULL, expires_at TIMESTAMPTZ NOT NULL, \
                 PRIMARY KEY (name)); SELECT pg_sleep(2)",
            )
        });
        let sleeps =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        while !other.is_finished() && database.sql(sleeps) == "0" {}
        drop(open(&url).unwrap());
        other.join().unwrap();
    });
}

#[test]
fn every_table_has_the_columns_of_the_embedded_store() {
    let engine = Postgres::<true>::new();
    drop(engine.open());
    let folder = tempfile::TempDir::new().unwrap();
    drop(store::SqliteStore::open(&store::Options::new(folder.path(), Arc::new(Seeded::new(4)))).unwrap());
    let sqlite = rusqlite::Connection::open(folder.path().join("samerow.db")).unwrap();
    for kind in Kind::ALL {
        let sql = format!("SELECT column_name FROM information_schema.columns WHERE table_name = '{}'", kind.name());
        let mut here: Vec<_> = engine.0.sql(&sql).lines().map(str::to_owned).collect();
        let mut names = sqlite.prepare("SELECT name FROM pragma_table_info(?1) WHERE name <> 'place'").unwrap();
        let there = names.query_map([kind.name()], |row| row.get::<_, String>(0)).unwrap();
        let mut there: Vec<_> = there.map(Result::unwrap).collect();
        here.sort();
        there.sort();
        assert_eq!(here, there, "{}", kind.name());
    }
}

/// A row that anybody changed is not shown, and is named.
#[test]
fn what_was_altered_is_found() {
    for (sql, found) in [
        ("UPDATE customer SET body = replace(body, 'Oslo', 'Rome') WHERE id = 1", "customer 1: damaged: customer 1"),
        ("UPDATE customer SET name = 'x' WHERE id = 1", "its column name does not show"),
        ("DELETE FROM unique_key WHERE value = 'ada'", "customer 1: its username is not noted as its own"),
        ("UPDATE change SET id = 2 WHERE kind = 'customer'", "its link does not fit"),
        ("UPDATE change SET fields = '{}' WHERE kind = 'customer'", "its values are not the ones"),
        ("UPDATE counter SET next = 1 WHERE kind = 'customer'", "the next id is 1, but 1 is given already"),
        (
            "UPDATE head SET number = number + 1 WHERE part = 1048576",
            "head of part 1048576: it is not at the last change",
        ),
        ("DELETE FROM head WHERE part = 1048576", "head of part 1048576: it is missing"),
        ("DELETE FROM change WHERE kind = 'customer'", "customer 1: its last change is not the one it names"),
    ] {
        let mut bed = Bed::<Postgres<false>>::new();
        bed.desk(ONE).create(vec![set(Field::City, "Oslo"), set(Field::Username, "ada")]).unwrap();
        bed.close();
        bed.engine().0.sql(sql);
        let findings = bed.engine().examine();
        assert!(findings.iter().any(|finding| finding.contains(found)), "{sql}: {findings:?}");
    }
    let bed = Bed::<Postgres<false>>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![set(Field::City, "Oslo")]).unwrap();
    bed.engine().0.sql("UPDATE customer SET body = replace(body, 'Oslo', 'Rome')");
    assert_eq!(super::suite::refused(desk.read(1)).0, domain::error::Reason::Internal);
    assert_eq!(
        super::suite::refused(desk.update(1, vec![set(Field::City, "Rome")])).0,
        domain::error::Reason::Internal
    );
}

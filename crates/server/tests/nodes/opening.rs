//! Databases that cannot be used.

use super::*;

/// Each a sentence on standard error and an exit code, and no server.
#[test]
fn a_database_that_cannot_be_used_is_named_and_left_alone() {
    let database = Cluster::shared().database();
    let url = database.url();
    let data = TempDir::new().unwrap();
    let data = data.path().to_str().unwrap();
    for (url, code, says) in [
        ("postgres://u:s3cret@h/n?sslmode=verify-ca".to_owned(), 2, "sslrootcert"),
        ("mysql://u:s3cret@h/n".to_owned(), 2, "postgres://user:password@host:5432/name"),
        ("postgres://u:s3cret@127.0.0.1:1/n".to_owned(), 7, "cannot reach the database at 127.0.0.1:1/n"),
        (url.clone() + "_not", 7, "createdb"),
        (url.clone() + "?sslmode=require", 7, "cannot reach"),
    ] {
        let output = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--database-url", &url]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{url}: {said}");
        assert!(said.contains(says) && !said.contains("s3cret"), "{url}: {said}");
        for noun in ["doctor", "nodes"] {
            let output = samerow(&[noun, "--database-url", &url]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(matches!(output.status.code(), Some(2 | 7)) && !said.contains("s3cret"), "{noun} {url}: {said}");
        }
    }
    let guest = format!("guest_{}", std::process::id());
    let cluster = Cluster::shared();
    let serve = |url: &str, says: &str| {
        let output = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--database-url", url]);
        let said = String::from_utf8_lossy(&output.stderr);
        let sentence = said.lines().last().unwrap_or_default();
        assert!(output.status.code() == Some(7) && sentence.contains(says), "{url}: {said}");
    };
    let name = url.rsplit_once('/').unwrap().1.to_owned();
    cluster.sql("postgres", &format!("CREATE ROLE {guest} LOGIN"));
    serve(&url.replace("samerow@", &format!("{guest}@")), "may CREATE in the schema");
    cluster
        .sql("postgres", &format!("DROP ROLE {guest}; ALTER DATABASE {name} SET default_transaction_read_only = on"));
    serve(&url, "name the primary");
    cluster.sql("postgres", &format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    let latin = format!("latin_{}", std::process::id());
    let latin_of = "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'";
    cluster.sql("postgres", &format!("CREATE DATABASE {latin} {latin_of}"));
    serve(&url.replace(&name, &latin), "ENCODING 'UTF8'");
    cluster.sql("postgres", &format!("DROP DATABASE {latin}"));
    let newer = cluster.database();
    newer.sql(
        "CREATE TABLE schema_step (number BIGINT, taken_at TIMESTAMPTZ); INSERT INTO schema_step VALUES (99, now())",
    );
    let before = newer.dump();
    serve(&newer.url(), "written by a newer release (schema 99");
    let doctor = samerow(&["doctor", "--database-url", &newer.url()]);
    assert!(doctor.status.code() == Some(7) && String::from_utf8_lossy(&doctor.stderr).contains("newer release"));
    assert!(newer.dump() == before, "nothing was changed");
    let both = samerow(&["serve", "--ephemeral", "--database-url", &url]);
    assert_eq!(both.status.code(), Some(2));
    let empty = samerow(&["doctor", "--database-url", &url]);
    assert!(empty.status.code() == Some(7) && String::from_utf8_lossy(&empty.stderr).contains("there is no store"));
    let shown = samerow(&["config", "show", "--database-url", "postgres://u:s3cret@h/n"]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("postgres://u:***@h/n") && !shown.contains("s3cret"), "{shown}");
    assert_eq!(database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

/// A standby cannot be written to, and who names the wrong password is not let in.
#[test]
fn a_standby_alone_and_a_wrong_password_are_refused() {
    let mut primary = Own::new();
    let standby = primary.standby();
    primary.sql("CREATE ROLE shop LOGIN PASSWORD 'right'");
    primary.sql("CREATE DATABASE shop OWNER shop");
    let trust = "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n";
    primary.file("pg_hba.conf", &format!("host all shop 127.0.0.1/32 scram-sha-256\n{trust}"));
    primary.sql("SELECT pg_reload_conf()");
    let asks = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256'";
    assert!(wait_until(Duration::from_secs(60), || primary.sql(asks) == "1"));
    let data = TempDir::new().unwrap();
    let data = data.path().to_str().unwrap();
    let refused = |url: &str, says: &str| {
        let output = samerow(&["serve", "--listen", "127.0.0.1:0", "--data", data, "--database-url", url]);
        let said = String::from_utf8_lossy(&output.stderr);
        let sentence = said.lines().last().unwrap_or_default();
        assert!(output.status.code() == Some(7) && sentence.contains(says) && !said.contains("s3cret"), "{said}");
    };
    refused(&format!("postgres://samerow@127.0.0.1:{}/samerow", standby.port), "name the primary");
    // The postmaster rereads its file a moment after it was told to.
    let wrong = format!("postgres://shop:s3cret@127.0.0.1:{}/shop", primary.port);
    let is_refused = || !samerow(&["nodes", "--database-url", &wrong]).status.success();
    assert!(wait_until(Duration::from_secs(60), is_refused));
    refused(&wrong, "the user or the password is wrong");
    let both = [&primary, &standby].map(|own| format!("127.0.0.1:{}", own.port)).join(",");
    let folder = TempDir::new().unwrap();
    assert!(launch(&folder, &format!("postgres://shop:right@{both}/shop")).start().stop().success());
}

/// What was begun by a server that is gone is finished by the next; what one that lives is at, is waited for.
#[test]
fn a_schema_that_is_half_changed_is_finished_or_waited_for() {
    let database = Cluster::shared().database();
    let (data, url) = (TempDir::new().unwrap(), database.url());
    assert!(launch(&data, &url).start().stop().success());
    let whole = database.sql(TABLES);
    // The last step was begun, and the server that took it is at it yet.
    database.sql(
        "DELETE FROM schema_step WHERE number = (SELECT max(number) FROM schema_step); DROP TABLE lock_out; \
         INSERT INTO lease VALUES ('schema', 'another', now() + interval '1 hour')",
    );
    let doctor = samerow(&["doctor", "--database-url", &url]);
    let said = String::from_utf8_lossy(&doctor.stderr);
    assert!(doctor.status.code() == Some(7) && said.contains("start a server on it, which finishes that"), "{said}");
    let before = database.dump();
    let waited = launch(&data, &url).within(Duration::from_secs(300)).try_start().err().unwrap();
    assert_eq!(waited.status.unwrap().code(), Some(7), "{}", waited.log);
    assert!(waited.log.contains("another node has been changing its schema for a minute"), "{}", waited.log);
    assert!(database.dump() == before, "nothing was changed");
    database.sql("UPDATE lease SET expires_at = now() WHERE name = 'schema'");
    assert!(launch(&data, &url).start().stop().success());
    assert_eq!(database.sql(TABLES), whole);
    assert!(samerow(&["doctor", "--database-url", &url]).status.success());
}

const TABLES: &str = "SELECT table_name, column_name, data_type FROM information_schema.columns \
                      WHERE table_schema = 'public' ORDER BY 1, 2";

/// A server that is killed at any moment of its first start leaves a schema that the next one finishes.
#[test]
fn a_change_of_the_schema_that_is_killed_is_finished() {
    let _turn = Turn::take();
    let data = TempDir::new().unwrap();
    let whole = {
        let database = Cluster::shared().database();
        assert!(launch(&data, &database.url()).start().stop().success());
        database.sql(TABLES)
    };
    let (mut rng, mut halves) = (Rng::new("schema killed"), 0);
    for _ in 0..rounds(3, 100) {
        let database = Cluster::shared().database();
        let url = database.url();
        let path = data.path().to_str().unwrap();
        let mut killed = command(&[])
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data", path, "--database-url", &url])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Once it has begun, after some tables more.
        let made =
            || database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").parse::<u64>().unwrap();
        let until = rng.within(0, 25);
        assert!(wait_until(Duration::from_secs(60), || made() > until));
        killed.kill().unwrap();
        killed.wait().unwrap();
        halves += u32::from(database.sql(TABLES) != whole);
        // As if its lease had run out meanwhile.
        database.sql("DELETE FROM lease WHERE name = 'schema'");
        let server = launch(&data, &url).start();
        assert_eq!(database.sql(TABLES), whole);
        assert!(World::read(&server, &plan().records).is_ok());
        assert!(server.stop().success());
        assert!(samerow(&["doctor", "--database-url", &url]).status.success());
    }
    report(format!("changes of the schema killed: {}, {halves} of them half done", rounds(3, 100)));
}

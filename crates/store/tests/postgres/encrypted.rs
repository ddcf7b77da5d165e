//! TLS to the database.

use super::cluster::Own;
use super::suite::Seeded;
use std::sync::Arc;
use store::postgres::{Options, PostgresStore};
use tempfile::TempDir;

fn open(url: &str) -> Result<PostgresStore, String> {
    let address = url.parse().map_err(|error: store::postgres::BadAddress| error.to_string())?;
    PostgresStore::open(Options::new(address, Arc::new(Seeded::new(3)))).map_err(|error| error.to_string())
}

#[test]
fn a_connection_is_as_safe_as_it_is_asked_to_be() {
    let own = Own::new();
    let certificate = || rcgen::generate_simple_self_signed([String::from("localhost")]).unwrap();
    let (shown, stranger) = (certificate(), certificate());
    own.file("server.crt", &shown.cert.pem());
    own.file("server.key", &shown.signing_key.serialize_pem());
    own.sql("ALTER SYSTEM SET ssl = on");
    own.sql("SELECT pg_reload_conf()");
    let folder = TempDir::new().unwrap();
    let file = |name: &str, pem: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (file("right.pem", shown.cert.pem()), file("wrong.pem", stranger.cert.pem()));
    let url = |host: &str, query: &str| format!("postgres://samerow@{host}:{}/samerow{query}", own.port);
    // The reload takes a moment.
    let limit = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while open(&url("localhost", "?sslmode=require")).is_err() && std::time::Instant::now() < limit {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let used = "SELECT coalesce(bool_and(s.ssl), false) FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid) \
                WHERE a.application_name = 'samerow'";
    for (query, is_safe) in [
        (String::new(), "t"),
        (String::from("?sslmode=disable"), "f"),
        (String::from("?sslmode=prefer"), "t"),
        (String::from("?sslmode=require"), "t"),
        (format!("?sslmode=verify-full&sslrootcert={right}"), "t"),
        (format!("?sslmode=require&sslrootcert={right}"), "t"),
        (format!("?sslmode=verify-ca&sslrootcert={right}"), "t"),
    ] {
        let store = open(&url("localhost", &query)).unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(own.sql(used), is_safe, "{query}");
        drop(store);
    }
    // Another name, and the right authority.
    drop(open(&url("127.0.0.1", &format!("?sslmode=verify-ca&sslrootcert={right}"))).unwrap());
    for (host, query) in [
        ("localhost", format!("?sslmode=verify-full&sslrootcert={wrong}")),
        ("localhost", format!("?sslmode=verify-ca&sslrootcert={wrong}")),
        ("localhost", format!("?sslmode=require&sslrootcert={wrong}")),
        ("localhost", String::from("?sslmode=verify-full")),
        // It shows a certificate of another name.
        ("127.0.0.1", format!("?sslmode=verify-full&sslrootcert={right}")),
    ] {
        let error = open(&url(host, &query)).err().unwrap_or_else(|| panic!("{host} {query} is refused"));
        assert!(error.contains("certificate"), "{host} {query}: {error}");
    }
}

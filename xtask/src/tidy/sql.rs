//! SQL that all engines understand.

use super::tree::{Finding, Tree, has_word};

/// What SQLite, PostgreSQL and the engines that speak its wire do not all have, or not alike.
const NOT_COMMON: &[&str] = &[
    "ADVISORY",
    "LISTEN",
    "NOTIFY",
    "SERIAL",
    "BIGSERIAL",
    "AUTOINCREMENT",
    "IDENTITY",
    "TRIGGER",
    "SKIP LOCKED",
    "NOWAIT",
    "FUNCTION",
    "PROCEDURE",
    "EXTENSION",
    "ENUM",
    "MATERIALIZED",
    "UNLOGGED",
    "LOCK TABLE",
    "REPLACE INTO",
    "INSERT OR",
    "ON DUPLICATE",
    "MERGE INTO",
    "FULL JOIN",
    "NATURAL JOIN",
];

/// What one engine has. It stands only in files of that engine, which have its name in their path.
const OF_ONE: &[&str] =
    &["PRAGMA", "STRICT", "WITHOUT ROWID", "ROWID", "GLOB", "ATTACH", "VACUUM", "ILIKE", "UNNEST", "JSONB", "BYTEA"];

const ENGINES: &[&str] = &["/sqlite/", "/postgres/"];

/// Migrations and the statements that all engines share keep to the common words.
pub(super) fn sql(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let migrations = tree.files("crates/store/migrations/", ".sql");
    for file in migrations.chain(tree.files("crates/store/src/", ".rs")) {
        let of_one = ENGINES.iter().any(|engine| file.path.contains(engine));
        let is_migration = file.path.ends_with(".sql");
        let text = match (is_migration, of_one) {
            (true, _) => statements(&file.text),
            (false, false) => literals(&file.text),
            // What SQLite is told is its own business; what PostgreSQL is told, others that speak its wire are to know.
            (false, true) if file.path.contains("/sqlite/") => continue,
            (false, true) => literals(&file.text),
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = NOT_COMMON.iter().chain(if of_one { &[] } else { OF_ONE });
        let found = words.filter(|word| has_word(&text, word));
        findings.extend(found.map(|word| Finding::new(&file.path, 0, format!("{word} is not in every engine's SQL"))));
    }
    findings
}

/// SQL without its comments, in capitals.
fn statements(text: &str) -> String {
    text.lines().map(|line| line.split("--").next().unwrap_or_default().to_uppercase() + "\n").collect()
}

/// The string literals of Rust, as written: keywords of SQL are in capitals here.
fn literals(text: &str) -> String {
    let code: String = super::tree::code(text).map(|(_, line)| line.to_owned() + "\n").collect();
    let code = code.replace("\\\"", "").replace("'\"'", "");
    code.split('"').skip(1).step_by(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn words_of_one_engine_are_found() {
    let count = |path: &str, text: &str| sql(&Tree::of(&[(path, text)])).len();
    let migration = "crates/store/migrations/sqlite/0001.sql";
    assert_eq!(count(migration, "CREATE TABLE x (id INTEGER) STRICT, WITHOUT ROWID; -- a trigger would not do"), 0);
    for bad in ["create trigger x", "id BIGSERIAL", "SELECT 1 FOR UPDATE SKIP\n LOCKED", "INSERT OR IGNORE INTO x"] {
        assert_eq!(count(migration, bad), 1, "{bad}");
    }
    assert_eq!(count("crates/store/migrations/0001.sql", "CREATE TABLE x (id INTEGER) STRICT"), 1);
    let neutral = "crates/store/src/find.rs";
    assert_eq!(count(neutral, "let x = \"SELECT id\n FROM x WHERE a ILIKE $1\";"), 1);
    assert_eq!(count(neutral, "query(\"SELECT \\\"a\\\" FROM x\"); let c = '\"'; LISTEN(\"NOTIFY x\")"), 1);
    assert_eq!(count(neutral, "/// PRAGMA \"STRICT\"\nconst STRICT: &str = \"strict\";"), 0);
    let shared = "crates/store/src/postgres/find.rs";
    assert_eq!(
        count(shared, "\"SELECT pg_advisory_lock(1)\"; \"LISTEN x\"; \"SELECT unnest($1) FOR UPDATE SKIP LOCKED\""),
        2
    );
    assert_eq!(count("crates/store/src/sqlite/open.rs", "\"PRAGMA journal_mode = WAL\""), 0);
}

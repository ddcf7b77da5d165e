//! What each floor may stand on.

use super::tree::{Finding, Tree};
use toml::{Table, Value};

/// What a crate may depend on. A name more is a decision; `ANY` leaves it open.
struct Floor {
    name: &'static str,
    ours: &'static [&'static str],
    others: &'static [&'static str],
}

const ANY: &[&str] = &["*"];

const FLOORS: &[Floor] = &[
    Floor { name: "wire", ours: &[], others: &["base64", "itoa", "memchr", "quick-xml", "thiserror"] },
    Floor { name: "domain", ours: &[], others: &["rust_iso3166", "rustc-hash", "sha2", "unicode-normalization"] },
    Floor {
        name: "store",
        ours: &["domain"],
        others: &[
            "futures-util",
            "memchr",
            "rusqlite",
            "rustc-hash",
            "serde",
            "serde_json",
            "sha2",
            "strsim",
            "thiserror",
            "tokio",
            "tokio-postgres",
            "tokio-rustls",
            "tracing",
            "unicode-normalization",
            "webpki-roots",
            "xxhash-rust",
        ],
    },
    Floor {
        name: "dialects",
        ours: &["domain", "wire"],
        others: &[
            "base64",
            "bytes",
            "hmac",
            "http",
            "itoa",
            "jiff",
            "json-patch",
            "matchit",
            "ring",
            "rustc-hash",
            "serde_json",
            "sha2",
            "strsim",
            "tokio",
            "tracing",
        ],
    },
    Floor { name: "server", ours: &["dialects", "domain", "store", "wire"], others: ANY },
];

/// No crate uses what its floor may not; development dependencies apart.
pub(super) fn floors(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in tree.folders("crates/") {
        let path = format!("crates/{name}/Cargo.toml");
        let Some(floor) = FLOORS.iter().find(|floor| floor.name == name) else {
            findings.push(Finding::new(&path, 0, "no floor: name it in xtask/src/tidy/floors.rs and ARCHITECTURE.md"));
            continue;
        };
        let manifest = tree.file(&path).map(|file| file.text.parse::<Table>());
        let Some(Ok(manifest)) = manifest else {
            findings.push(Finding::new(&path, 0, "no manifest that can be read"));
            continue;
        };
        for used in dependencies(&manifest) {
            let is_ours = FLOORS.iter().any(|floor| floor.name == used);
            let allowed = if is_ours { floor.ours } else { floor.others };
            if allowed != ANY && !allowed.contains(&&*used) {
                findings.push(Finding::new(&path, 0, format!("{name} may not depend on {used}: see ARCHITECTURE.md")));
            }
        }
    }
    findings
}

/// The crates of all tables but those for development, by their own names.
fn dependencies(manifest: &Table) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    let mut names = Vec::new();
    for table in tables {
        for kind in ["dependencies", "build-dependencies"] {
            for (key, value) in table.get(kind).and_then(Value::as_table).into_iter().flatten() {
                names.push(value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(name: &str, manifest: &str) -> usize {
        floors(&Tree::of(&[(&format!("crates/{name}/Cargo.toml"), manifest)])).len()
    }

    #[test]
    fn a_floor_stands_only_on_what_it_may() {
        assert_eq!(
            count("domain", "[dependencies]\nrustc-hash = \"2\"\n[dev-dependencies]\nstore.workspace = true"),
            0
        );
        assert_eq!(count("server", "[dependencies]\nstore.workspace = true\nhyper = \"1\""), 0);
        for (name, manifest) in [
            ("domain", "[dependencies]\nserde.workspace = true"),
            ("domain", "[dependencies]\nwire.workspace = true"),
            ("wire", "[dependencies.domain]\nworkspace = true"),
            ("wire", "[dependencies]\nmemchr = { version = \"1\", package = \"libc\" }"),
            ("store", "[target.'cfg(unix)'.dependencies]\ndialects.workspace = true"),
            ("store", "[build-dependencies]\nserver.workspace = true"),
            ("dialects", "[dependencies]\nstore.workspace = true"),
            ("dialects", "[dependencies]\nserver = { path = \"../server\" }"),
            ("cellar", ""),
            ("wire", "[dependencies"),
        ] {
            assert_eq!(count(name, manifest), 1, "{name}: {manifest}");
        }
    }
}

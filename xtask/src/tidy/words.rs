//! Words that do not stand in a repository: work left undone, and traces of the machine it was written on.

use super::tree::{Finding, Tree, has_word};

/// This file has to spell them.
const SPELLS: &str = "xtask/src/tidy/words.rs";

const UNDONE: &[&str] = &["todo!", "unimplemented!", "FIXME", "XXX", "dbg!"];

const FOLDERS: &[&str] = &["/work/", "/root/", "/home/", "/Users/"];

/// Hosts of package registries: which one is asked is the business of each machine.
const REGISTRIES: &[&str] = &[
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "pypi.org/simple",
    "files.pythonhosted.org",
    "index.crates.io",
    "static.crates.io",
    "registry-1.docker.io",
];

/// No Rust is left undone.
pub(super) fn undone(tree: &Tree) -> Vec<Finding> {
    find(tree, ".rs", |line| UNDONE.iter().find(|word| has_word(line, word)).map(|word| format!("{word} is left")))
}

/// No file names a folder of somebody's machine.
pub(super) fn machines(tree: &Tree) -> Vec<Finding> {
    find(tree, "", |line| {
        let named = FOLDERS.iter().find(|folder| {
            // In `example.org/home/` and `../work/` it is no path of a machine.
            let before = line.match_indices(**folder).filter_map(|(at, _)| line.get(..at));
            before.into_iter().any(|before| !before.ends_with(|c: char| c.is_alphanumeric() || "._-}*".contains(c)))
        });
        named.map(|folder| format!("a path of one machine: {folder}…"))
    })
}

/// No file names a registry, but for the index that cargo names in its lock file.
pub(super) fn registries(tree: &Tree) -> Vec<Finding> {
    find(tree, "", |line| {
        let line = line.trim();
        let other = line.starts_with("source = \"registry+")
            && line != "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        let resolved = line.starts_with("\"resolved\": \"http");
        let named = REGISTRIES.iter().any(|host| line.contains(host));
        (other || resolved || named).then(|| "a registry of one machine is named".to_owned())
    })
}

fn find(tree: &Tree, end: &str, wrong: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let files = tree.files("", end).filter(|file| file.path != SPELLS);
    let lines = files.flat_map(|file| (1..).zip(file.text.lines()).map(move |(number, line)| (file, number, line)));
    lines.filter_map(|(file, number, line)| Some(Finding::new(&file.path, number, wrong(line)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rule: fn(&Tree) -> Vec<Finding>, path: &str, text: &str) -> usize {
        rule(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn what_is_undone_is_found() {
        for bad in ["todo!()", "    unimplemented!(\"later\")", "// FIXME later", "/* XXX */", "dbg!(x)"] {
            assert_eq!(count(undone, "a.rs", bad), 1, "{bad}");
        }
        assert_eq!(count(undone, "a.rs", "XXXX mastodo!() "), 0);
        assert_eq!(count(undone, "Cargo.toml", "todo = \"warn\""), 0);
    }

    #[test]
    fn a_path_of_a_machine_is_found() {
        for bad in ["cd /work/x", "\"/root/.cargo\"", "(/home/me/x)", "/Users/me"] {
            assert_eq!(count(machines, "notes.md", bad), 1, "{bad}");
        }
        for good in ["https://example.org/home/x", "../work/x", "${x}/work/", "target/work/x", "/root"] {
            assert_eq!(count(machines, "notes.md", good), 0, "{good}");
        }
    }

    #[test]
    fn a_registry_is_found() {
        for bad in [
            "\"resolved\": \"https://npm.example/request.tgz\",",
            "source = \"registry+https://mirror.example/index\"",
            "registry=https://registry.npmjs.org/",
        ] {
            assert_eq!(count(registries, "x.lock", bad), 1, "{bad}");
        }
        let good = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\"integrity\": \"sha512-x\"";
        assert_eq!(count(registries, "Cargo.lock", good), 0);
    }
}

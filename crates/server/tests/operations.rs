//! `docs/operations.md` takes somebody from a folder to two servers on a synchronous pair of databases: its commands are
//! run as they stand, apart from the ports.
//!
//! Run is every `sh` block of that section, all in one shell that ends at the first failure; a `text` block right after
//! one is what it prints, in which `…` stands for anything.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use support::cluster::{is_installed, ordinary, own, program};
use tempfile::TempDir;

/// Printed between what two blocks print.
const MARK: &str = "=== next ===";

/// Ends what the blocks started, also when one of them failed.
const CLEAN_UP: &str = "trap 'jobs -p >pids; kill $(cat pids) || :; for one in one two; do \
                        pg_ctl --pgdata $one --mode immediate stop || :; done; wait' EXIT\n";

/// The blocks of a section, each with what is shown to be printed.
fn blocks(markdown: &str, heading: &str) -> Vec<(String, Option<String>)> {
    let section = markdown.split_once(heading).unwrap().1;
    let section = section.split("\n#").next().unwrap();
    let mut blocks: Vec<(String, Option<String>)> = Vec::new();
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let block = lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
        match language {
            "sh" => blocks.push((block, None)),
            "text" => blocks.last_mut().unwrap().1 = Some(block),
            other => panic!("a block of {other}"),
        }
    }
    blocks
}

/// Whether all that is shown was printed, in this order.
fn is_shown(shown: &str, printed: &str) -> bool {
    let mut rest = printed;
    shown.split('…').all(|part| rest.split_once(part).map(|(_, after)| rest = after).is_some())
}

#[test]
fn the_way_to_a_synchronous_pair_works_as_it_stands() {
    if !is_installed() {
        return;
    }
    let markdown = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let blocks = blocks(&fs::read_to_string(markdown).unwrap(), "### To two servers on a synchronous pair");
    assert!(blocks.len() >= 7, "{}", blocks.len());
    let folder = TempDir::with_prefix("samerow-operations-").unwrap();
    own(folder.path());
    // The program may be where only we can go.
    let samerow = folder.path().join("samerow");
    fs::copy(support::program(), &samerow).unwrap();
    fs::set_permissions(&samerow, fs::Permissions::from_mode(0o755)).unwrap();
    // Held until all are known, so that they differ.
    let held: Vec<_> = (0..4).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let free = held.iter().map(|listener| listener.local_addr().unwrap().port().to_string());
    let ports: Vec<_> = ["5432", "5433", "7263", "7264"].into_iter().zip(free).collect();
    drop(held);
    let moved = |text: &str| ports.iter().fold(text.to_owned(), |text, (port, free)| text.replace(port, free));
    let mut script = String::from("set -e\n") + CLEAN_UP;
    for (block, _) in &blocks {
        script.push_str(&format!("{}\necho '{MARK}'\n", moved(block)));
    }
    let programs = program("initdb").parent().unwrap().display().to_string();
    let path = format!("{}:{programs}:{}", folder.path().display(), std::env::var_os("PATH").unwrap().display());
    let mut shell = match ordinary() {
        Some(user) => {
            let mut shell = Command::new("setpriv");
            shell.args([&format!("--reuid={user}"), "--clear-groups", "timeout", "300", "sh", "-c", &script]);
            shell
        }
        None => {
            let mut shell = Command::new("timeout");
            shell.args(["300", "sh", "-c", &script]);
            shell
        }
    };
    let printed = folder.path().join("printed");
    let log = fs::File::create(&printed).unwrap();
    shell.current_dir(folder.path()).env("PATH", path).env("HOME", folder.path()).env("NO_PROXY", "*");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        shell.env_remove(name);
    }
    let status = shell.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).status().unwrap();
    let printed = fs::read_to_string(printed).unwrap();
    assert!(status.success(), "{status}: {printed}");
    for ((block, shown), answer) in blocks.iter().zip(printed.split(MARK)) {
        if let Some(shown) = shown {
            assert!(is_shown(&moved(shown), answer), "{block}\n--- is shown to print\n{shown}\n--- printed\n{answer}");
        }
    }
}

#[test]
fn blocks_are_found_and_answers_compared() {
    let markdown =
        "# a\n```sh\nnot this\n```\n### b, c\nx\n```sh\none\n```\n```sh\ntwo\n```\n\n```text\n2\n```\n## d\n";
    let found = blocks(markdown, "### b");
    assert_eq!(found, [("one".to_owned(), None), ("two".to_owned(), Some("2".to_owned()))]);
    assert!(is_shown("…b…c", "abxcd") && !is_shown("c…b", "abc") && !is_shown("d", "abc"));
}

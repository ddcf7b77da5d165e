//! What `README.md` and `serve` tell people to type is typed, against a server with the demo data.
//!
//! Tried is every block of the README marked `sh` or `console` whose first word is `curl`, `samerow`, `cargo run` or
//! a program of the repository. In a `console` block commands follow `$ ` and the other lines are the answer; the
//! answer of a `sh` block is the `text` or `json` block right after it. In an answer `…` stands for anything.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::programs::repository;
use support::{Launch, Server, program, wait_until};
use tempfile::TempDir;

/// Where the README's server listens.
const URL: &str = "http://127.0.0.1:7263";

/// What to type, and what is answered if that is shown.
#[derive(Debug, PartialEq)]
struct Step {
    command: String,
    answer: Option<String>,
}

fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    // Whether the next block would be the answer of the last command.
    let mut expects = false;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            expects &= line.trim().is_empty();
            continue;
        };
        let block: Vec<_> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        match language.trim() {
            "sh" => {
                let joined = block.join("\n").replace("\\\n", "");
                let commands = joined.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
                steps.extend(commands.map(|command| Step { command: command.to_owned(), answer: None }));
                expects = true;
            }
            "console" => {
                for line in block.join("\n").replace("\\\n", "").lines() {
                    match (line.strip_prefix("$ "), steps.last_mut()) {
                        (Some(command), _) => steps.push(Step { command: command.to_owned(), answer: None }),
                        (None, Some(step)) => {
                            let answer = step.answer.get_or_insert_default();
                            answer.push_str(line);
                            answer.push('\n');
                        }
                        (None, None) => panic!("a console block begins without `$ `: {line}"),
                    }
                }
                expects = false;
            }
            "text" | "json" if expects => {
                steps.last_mut().unwrap().answer = Some(block.join("\n"));
                expects = false;
            }
            _ => expects = false,
        }
    }
    steps
}

/// Whether the answer is the one that is shown, blanks at both ends apart.
fn is_answer(shown: &str, answer: &str) -> bool {
    let (shown, answer) = (shown.trim(), answer.trim());
    let Some((first, others)) = shown.split_once('…') else { return shown == answer };
    let (between, last) = others.rsplit_once('…').unwrap_or(("", others));
    let Some(mut rest) = answer.strip_prefix(first) else { return false };
    for part in between.split('…') {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// A place to type in: a shell with `samerow` in its path, and a curl for which a refusal is a failure.
struct Shell {
    folder: TempDir,
}

impl Shell {
    fn new() -> Self {
        let folder = TempDir::with_prefix("samerow-readme-").unwrap();
        std::os::unix::fs::symlink(program(), folder.path().join("samerow")).unwrap();
        fs::write(
            folder.path().join(".curlrc"),
            "silent\nshow-error\nfail-with-body\nmax-time = 10\nnoproxy = \"*\"\n",
        )
        .unwrap();
        Self { folder }
    }

    /// The program under test is the shell's `$0`.
    fn command(&self, line: &str) -> Command {
        let path = format!("{}:{}", self.folder.path().display(), std::env::var_os("PATH").unwrap().to_string_lossy());
        let mut command = support::command(&["timeout", "30", "sh", "-c", line].map(Into::into));
        command.env("PATH", path).env("CURL_HOME", self.folder.path()).current_dir(self.folder.path());
        command
    }

    /// What a command prints.
    #[track_caller]
    fn type_in(&self, line: &str, server: &Server) -> String {
        let url = format!("http://{}", server.address);
        let output = self.command(&line.replace(URL, &url)).env("SAMEROW_SERVER", &url).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{line}\n{}: {out}{err}", output.status);
        out.into_owned()
    }

    /// That a `serve` serves, on a port of its own.
    #[track_caller]
    fn serves(&self, line: &str) {
        let line = format!("exec {line} --listen 127.0.0.1:0 --ready-file ready --data samerow-data");
        let mut child = self.command(&line).stdout(Stdio::null()).spawn().unwrap();
        let ready = self.folder.path().join("ready");
        let serves = wait_until(Duration::from_secs(20), || ready.exists() || child.try_wait().unwrap().is_some());
        let serves = serves && ready.exists();
        // `timeout` hands the signal on.
        let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = child.wait();
        assert!(serves, "{line}: does not serve");
        fs::remove_file(ready).unwrap();
    }
}

#[test]
fn the_readme_works_as_it_is_typed() {
    let shell = Shell::new();
    let server = Launch::demo(shell.folder.path().join("running")).start();
    let mut tried = 0;
    for Step { command, answer } in steps(&fs::read_to_string(repository().join("README.md")).unwrap()) {
        let from_source = command.strip_prefix("cargo run ").and_then(|rest| rest.split_once(" -- "));
        let line = from_source.map_or(command.clone(), |(_, arguments)| format!("samerow {arguments}"));
        if line.starts_with("samerow serve") {
            shell.serves(&line);
        } else if line.starts_with("curl ") || line.starts_with("samerow ") {
            let printed = shell.type_in(&line, &server);
            if let Some(answer) = answer {
                assert!(
                    is_answer(&answer, &printed),
                    "{command}\n--- README.md shows\n{answer}\n--- printed\n{printed}"
                );
            }
        } else if let Some(script) = line.strip_prefix("./") {
            let file = repository().join(script.split(' ').next().unwrap());
            assert!(file.is_file(), "{} is not there", file.display());
        } else {
            continue;
        }
        tried += 1;
    }
    assert!(tried >= 4, "README.md has only {tried} commands that can be tried");
}

#[test]
fn the_calls_that_serve_prints_work_as_they_are() {
    let shell = Shell::new();
    let server = Launch::demo(shell.folder.path().join("running")).start();
    let printed = server.log().replace("\\\n", "");
    let calls: Vec<_> = printed.lines().filter(|line| line.starts_with("curl ")).collect();
    assert!(calls.len() >= 3, "{printed}");
    for call in calls {
        assert!(!shell.type_in(call, &server).is_empty(), "{call}");
    }
}

#[test]
fn a_command_that_is_refused_is_noticed() {
    let shell = Shell::new();
    let server = Launch::demo(shell.folder.path().join("running")).start();
    let refused = std::panic::catch_unwind(|| shell.type_in(&format!("curl {URL}/v1/customers/191"), &server));
    assert!(refused.is_err());
}

#[test]
fn blocks_become_steps() {
    let step =
        |command: &str, answer: Option<&str>| Step { command: command.to_owned(), answer: answer.map(str::to_owned) };
    let markdown = "x\n```sh\ncurl \\\n  a\n\n# no command\ncurl b\n```\n\n```text\ntrue\n```\n\n```text\nmore\n```\n\
                    ```console\n$ samerow version\nsamerow 1\n$ curl c\n```\n```json\nno answer\n```\n";
    let expected = [
        step("curl   a", None),
        step("curl b", Some("true")),
        step("samerow version", Some("samerow 1\n")),
        step("curl c", None),
    ];
    assert_eq!(steps(markdown), expected);
    assert!(is_answer("{\"id\":…,\"city\":\"Oslo\"…", "{\"id\":191,\"city\":\"Oslo\",\"x\":1}\n"));
    assert!(is_answer("true", "true\n") && is_answer("a\n…\nc", "a\nb\nbb\nc"));
    assert!(!is_answer("true", "false") && !is_answer("a…c", "a…c d") && !is_answer("{…\"Oslo\"}", "{\"Bergen\"}"));
}

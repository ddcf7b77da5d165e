//! Files of messages: `samerow attachment <verb>`.

use clap::Subcommand;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::client::{Ask, Remote};
use super::record::{self, ListOf, Noun, Verb, Written};
use super::show::As;
use super::{Exit, Failed, print};

#[derive(Subcommand)]
pub(super) enum Attachment {
    /// List them.
    List(ListOf),
    /// Show what one is.
    Get {
        /// The id.
        id: u32,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Store a file, which a message can link then: samerow message add ticket=500 text=Hi attachments=[7].
    #[command(alias = "create")]
    Add {
        /// The file.
        file: PathBuf,
        /// Its name, if not that which it has.
        #[arg(long)]
        name: Option<String>,
        /// Its type.
        #[arg(long, default_value = "application/octet-stream")]
        content_type: String,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Save the bytes of one to a file.
    Save {
        /// The id.
        id: u32,
        /// Into this file, which must not be there yet; - is standard output. Else under its own name, in this folder.
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        remote: Remote,
    },
    /// Rename one: name=report.pdf.
    Update {
        /// The id.
        id: u32,
        #[command(flatten)]
        written: Written,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Delete one that no message links, and its bytes.
    #[command(alias = "remove")]
    Delete {
        /// The id.
        id: u32,
        #[command(flatten)]
        remote: Remote,
    },
    /// Show what happened to one, newest first.
    History {
        /// The id.
        id: u32,
        /// How many changes at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
}

pub(super) fn run(command: Attachment) -> Result<Exit, Failed> {
    let record =
        |verb| record::run(&Noun { path: "attachments", columns: &["name", "content_type", "size", "message"] }, &verb);
    match command {
        Attachment::List(list) => record(Verb::List(list)),
        Attachment::Get { id, show, remote } => record(Verb::Get { id, show, remote }),
        Attachment::Update { id, written, show, remote } => {
            record(Verb::Update { id, written, if_version: None, show, remote })
        }
        Attachment::Delete { id, remote } => record(Verb::Delete { id, if_version: None, dry_run: false, remote }),
        Attachment::History { id, limit, show, remote } => {
            record(Verb::History { id, limit, format: None, show, remote })
        }
        Attachment::Add { file, name, content_type, show, remote } => {
            let wrong =
                |error: &dyn std::fmt::Display| Failed::new(Exit::Usage, format!("{}: {error}", file.display()));
            let bytes = fs::read(&file).map_err(|error| wrong(&error))?;
            let own = || file.file_name().map(|name| name.to_string_lossy().into_owned());
            let name = name.or_else(own).ok_or_else(|| wrong(&"it has no name: say --name"))?;
            let query = record::form(&[("name", &name)]);
            let path = format!("/v1/attachments?{}", query.trim_start_matches('&'));
            print(&show.record(&remote.open()?.json(Ask::bytes(path, &content_type, bytes)?)?))
        }
        Attachment::Save { id, out, remote } => save(id, out, &remote),
    }
}

fn save(id: u32, out: Option<PathBuf>, remote: &Remote) -> Result<Exit, Failed> {
    let client = remote.open()?;
    let path = format!("/v1/attachments/{id}");
    let out = match out {
        Some(out) => out,
        None => own_name(&client.json(Ask::get(&*path))?)?,
    };
    let response = client.ask(Ask::get(format!("{path}/content")))?;
    let failed = |error: std::io::Error| Failed::new(Exit::Failed, format!("{}: {error}", out.display()));
    if out.as_os_str() == "-" {
        std::io::stdout().lock().write_all(response.body()).map_err(failed)?;
        return Ok(Exit::Ok);
    }
    let mut file = File::options().write(true).create_new(true).open(&out).map_err(failed)?;
    file.write_all(response.body()).and_then(|()| file.sync_all()).map_err(failed)?;
    print(&format!("{}\n", out.display()))
}

/// The name that it was stored under, without the folders that somebody may have put before it.
fn own_name(attachment: &Value) -> Result<PathBuf, Failed> {
    let name = attachment["name"].as_str().unwrap_or_default().replace('\\', "/");
    let name = Path::new(&name).file_name().map(PathBuf::from);
    name.ok_or_else(|| Failed::new(Exit::Usage, "its name is no name of a file: say --out"))
}

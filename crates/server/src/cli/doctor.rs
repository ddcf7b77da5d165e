//! `samerow doctor`.

use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use store::postgres::{self, Address};
use store::sqlite;

use super::{Exit, Failed, print};

#[derive(Args)]
pub(super) struct Doctor {
    /// Folder of the embedded store.
    #[arg(long, env = "SAMEROW_DATA", default_value = "./samerow-data")]
    data: PathBuf,
    /// The store in a database instead.
    #[arg(long, env = "SAMEROW_DATABASE_URL", hide_env_values = true)]
    database_url: Option<Address>,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(doctor: &Doctor) -> Result<Exit, Failed> {
    let report = match &doctor.database_url {
        Some(address) => postgres::examine(address).map_err(|error| Failed::new(Exit::Unavailable, error)),
        None => sqlite::examine(&doctor.data).map_err(|error| Failed::new(Exit::Unavailable, error)),
    }?;
    let healthy = report.findings.is_empty();
    let text = if doctor.json {
        let findings: Vec<_> = report.findings.iter().map(|f| json!({ "what": f.what, "why": f.why })).collect();
        let report = json!({
            "healthy": healthy,
            "engine": report.engine,
            "records": report.records,
            "changes": report.changes,
            "findings": findings,
        });
        format!("{report}\n")
    } else {
        let mut text =
            format!("{}: {} records and {} changes examined\n", report.engine, report.records, report.changes);
        for finding in &report.findings {
            text.push_str(&format!("  {}: {}\n", finding.what, finding.why));
        }
        text.push_str(if healthy {
            "everything is as it was written\n"
        } else {
            "restore what is named from a backup\n"
        });
        text
    };
    print(&text)?;
    Ok(if healthy { Exit::Ok } else { Exit::Differences })
}

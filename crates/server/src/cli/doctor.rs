//! `samerow doctor`.

use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use store::sqlite::examine;

use super::{Exit, Failed, print};

#[derive(Args)]
pub(super) struct Doctor {
    /// Folder of the embedded store.
    #[arg(long, env = "SAMEROW_DATA", default_value = "./samerow-data")]
    data: PathBuf,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(doctor: &Doctor) -> Result<Exit, Failed> {
    let report = examine(&doctor.data).map_err(|error| Failed::new(Exit::Unavailable, error))?;
    let healthy = report.findings.is_empty();
    let text = if doctor.json {
        let findings: Vec<_> = report.findings.iter().map(|f| json!({ "what": f.what, "why": f.why })).collect();
        let report = json!({
            "healthy": healthy,
            "records": report.records,
            "changes": report.changes,
            "findings": findings,
        });
        format!("{report}\n")
    } else {
        let mut text = format!("{} records and {} changes examined\n", report.records, report.changes);
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

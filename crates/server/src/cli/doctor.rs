//! `samerow doctor`.

use clap::Args;
use dialects::moment::rfc3339;
use serde_json::json;
use std::path::PathBuf;
use store::transfer::{self, Place};
use store::{postgres, sqlite};

use super::transfer::database;
use super::{Exit, Failed, print};
use crate::host::SystemClock;
use crate::reach;
use crate::tls;
use domain::port::Clock as _;

#[derive(Args)]
pub(super) struct Doctor {
    /// Folder of the embedded store.
    #[arg(long, env = "SAMEROW_DATA", default_value = "./samerow-data")]
    data: PathBuf,
    /// The store in a database instead.
    #[arg(long, env = "SAMEROW_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// Folder of the certificate, if there is one: its end is warned about.
    #[arg(long, env = "SAMEROW_TLS_FOLDER", default_value = tls::FOLDER)]
    tls_folder: PathBuf,
    /// A running server, at the address that programs are told, in place of a store: whether every WSDL leads back to it.
    #[arg(long, conflicts_with_all = ["data", "database_url"])]
    url: Option<String>,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(doctor: &Doctor) -> Result<Exit, Failed> {
    if let Some(url) = &doctor.url {
        return addresses(url.trim_end_matches('/'), doctor);
    }
    let (report, place) = match &doctor.database_url {
        Some(url) => {
            let address = database(url)?;
            (postgres::examine(&address).map_err(|error| error.to_string()), Place::Database(address))
        }
        None => (sqlite::examine(&doctor.data).map_err(|error| error.to_string()), Place::Folder(doctor.data.clone())),
    };
    let report = report.map_err(|error| Failed::new(Exit::Unavailable, error))?;
    let backup = transfer::last_backup(&place).map_err(|error| Failed::new(Exit::Unavailable, error))?;
    let healthy = report.findings.is_empty();
    let has_certificate = doctor.tls_folder.join(tls::CERTIFICATE).exists();
    let warning = has_certificate.then(|| tls::warning(&doctor.tls_folder, SystemClock.now()).unwrap_or_else(Some));
    let warning = warning.flatten();
    let text = if doctor.json {
        let findings: Vec<_> = report.findings.iter().map(|f| json!({ "what": f.what, "why": f.why })).collect();
        let report = json!({
            "healthy": healthy,
            "engine": report.engine,
            "switches": report.switches,
            "records": report.records,
            "changes": report.changes,
            "findings": findings,
            "backup": backup.map(|last| {
                json!({ "at": rfc3339(last.at), "records": last.records, "seconds": last.millis as f64 / 1_000.0 })
            }),
            "warnings": warning.iter().collect::<Vec<_>>(),
        });
        format!("{report}\n")
    } else {
        let mut text =
            format!("{}: {} records and {} changes examined\n", report.engine, report.records, report.changes);
        for switch in &report.switches {
            text.push_str(&format!("  {switch}\n"));
        }
        text.push_str(&match backup {
            Some(last) => {
                let seconds = last.millis as f64 / 1_000.0;
                format!("  last backup: {}, {} records in {seconds:.1} s\n", rfc3339(last.at), last.records)
            }
            None => String::from("  last backup: none is known of: see samerow backup\n"),
        });
        for finding in &report.findings {
            text.push_str(&format!("  {}: {}\n", finding.what, finding.why));
        }
        if doctor.database_url.is_none() && doctor.data.join("search.db").exists() {
            text.push_str(
                "  search.db: not examined, it holds nothing of its own: every start makes it anew from the records\n",
            );
        }
        if doctor.data.join("inspector.db").exists() {
            text.push_str("  inspector.db: not examined, it holds the calls of the inspector and no record\n");
        }
        if let Some(warning) = warning {
            text.push_str(&format!("  warning: {warning}\n"));
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

/// Asks for every WSDL where programs do.
fn addresses(url: &str, doctor: &Doctor) -> Result<Exit, Failed> {
    let agent = reach::agent(Some(&doctor.tls_folder));
    let steps: Vec<_> = dialects::ALL.iter().flat_map(|dialect| reach::wsdls(&agent, url, dialect)).collect();
    let healthy = steps.iter().all(|step| step.outcome.is_ok());
    let text = if doctor.json {
        let wrong = steps.iter().filter_map(|step| Some((step, step.outcome.as_ref().err()?)));
        let findings: Vec<_> = wrong.map(|(step, why)| json!({ "what": step.url, "why": why })).collect();
        format!("{}\n", json!({ "healthy": healthy, "url": url, "findings": findings }))
    } else {
        let line = |step: &reach::Step| match &step.outcome {
            Ok(_) => format!("  {}: leads back here\n", step.url),
            Err(why) => format!("  {}: {why}\n", step.url),
        };
        let end = match healthy {
            true => "every WSDL leads back to the server\n",
            false => "clients made of these would call elsewhere: see --public-url and --trusted-proxies\n",
        };
        steps.iter().map(line).collect::<String>() + end
    };
    print(&text)?;
    Ok(if healthy { Exit::Ok } else { Exit::Differences })
}

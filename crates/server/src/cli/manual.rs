//! What explains the commands elsewhere: completions for shells, manual pages.

use clap::Command;
use clap_complete::Shell;
use std::path::Path;

use super::{Exit, Failed, print};

pub(super) fn completions(mut command: Command, shell: Shell) -> Result<Exit, Failed> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "samerow", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// One file a command: `samerow.1`, `samerow-customer-get.1`, …
pub(super) fn pages(command: Command, folder: &Path) -> Result<Exit, Failed> {
    let failed = |error| Failed::new(Exit::Failed, format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(command, folder).map_err(failed)?;
    Ok(Exit::Ok)
}

//! `samerow openapi`: prints the description of the native API.

use super::{Exit, Failed, print};
use clap::Args;
use dialects::native::openapi::{self, Version};

/// Which description.
#[derive(Args)]
#[command(
    disable_version_flag = true,
    after_help = "Examples:\n  samerow openapi > openapi.json\n  samerow openapi --version 3.0"
)]
pub(super) struct Openapi {
    /// The version of the OpenAPI language: 3.1, or 3.0 for older generators.
    #[arg(long, default_value = "3.1", value_parser = version)]
    version: Version,
}

fn version(name: &str) -> Result<Version, String> {
    Version::named(name).ok_or_else(|| "the versions are 3.1 and 3.0".to_owned())
}

pub(super) fn run(command: &Openapi) -> Result<Exit, Failed> {
    print(openapi::openapi(command.version))
}

//! The programs under test, built from this checkout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Result;
use super::flags::Flags;
use super::lanes::Kind;

/// The checkout this chore was compiled in.
pub(super) fn root() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

pub(super) struct Tools {
    programs: Vec<(Kind, PathBuf)>,
    /// Why the gSOAP peer is not among them.
    gsoap: String,
}

impl Tools {
    pub(super) fn build(flags: &Flags) -> Result<Self> {
        if Command::new("wrk").arg("-v").output().is_err() {
            return Err("wrk is not installed; on Debian: apt-get install wrk".into());
        }
        let release = root().join("target/release");
        let mut programs =
            vec![(Kind::Ceiling, release.join("ceiling")), (Kind::BareStore, release.join("bare_store"))];
        if flags.has_subject() {
            programs.push((Kind::Samerow, flags.subject.clone().unwrap_or_else(|| release.join("samerow"))));
        }
        if !flags.no_build {
            let manifest = root().join("benches/yardsticks/Cargo.toml");
            cargo(&["--locked", "--manifest-path", &manifest.to_string_lossy()])?;
            if flags.subject.is_none() {
                cargo(&["--package", "server"])?;
            }
        }
        let gsoap = match gsoap(flags.no_build) {
            Ok(program) => {
                programs.push((Kind::Gsoap, program));
                String::new()
            }
            Err(error) => error.to_string(),
        };
        Ok(Self { programs, gsoap })
    }

    pub(super) fn program(&self, kind: Kind) -> Option<&Path> {
        self.programs.iter().find(|(found, _)| *found == kind).map(|(_, path)| path.as_path())
    }

    /// Why there is no program of that kind.
    pub(super) fn missing(&self, kind: Kind) -> String {
        format!("{} is left out: {}", kind.name(), self.gsoap)
    }

    /// Leaves out a program that turned out not to work.
    pub(super) fn forget(&mut self, kind: Kind) {
        self.programs.retain(|(found, _)| *found != kind);
    }
}

fn cargo(args: &[&str]) -> Result<()> {
    // From the root, so that .cargo/config.toml sets the flags of the bundled SQLite.
    run(Command::new("cargo").args(["build", "--release", "--target-dir", "target"]).args(args).current_dir(root()))
}

pub(super) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed", command.get_program().display()).into()) }
}

/// Generates and compiles the gSOAP server, unless that was done since its sources changed.
fn gsoap(no_build: bool) -> Result<PathBuf> {
    let sources = root().join("benches/gsoap");
    let out = root().join("target/bench/gsoap");
    let program = out.join("gsoap_server");
    let changed = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let built = changed(&program).ok();
    let newest = [changed(&sources.join("server.cpp"))?, changed(&sources.join("set_customer.h"))?].into_iter().max();
    if built.is_some() && (no_build || built >= newest) {
        return Ok(program);
    }
    if no_build {
        return Err("it was not built yet".into());
    }
    fs::create_dir_all(&out)?;
    let hint = |error| format!("{error}; on Debian: apt-get install gsoap libgsoap-dev libsqlite3-dev g++");
    let generated = Command::new("soapcpp2")
        .args(["-S", "-c++11", "-x", "-I", "/usr/share/gsoap/import"])
        .arg(sources.join("set_customer.h"))
        .current_dir(&out)
        .output()
        .map_err(|error| hint(format!("soapcpp2: {error}")))?;
    if !generated.status.success() {
        return Err(format!("soapcpp2 failed: {}", String::from_utf8_lossy(&generated.stderr)).into());
    }
    let mut compile = Command::new("g++");
    compile.args(["-O2", "-std=c++17", "-I."]).arg(sources.join("server.cpp"));
    compile.args(["soapC.cpp", "soapServer.cpp", "-o", "gsoap_server", "-lgsoap++", "-lsqlite3", "-lpthread"]);
    run(compile.current_dir(&out)).map_err(|error| hint(error.to_string()))?;
    Ok(program)
}

//! Faults in single system calls of a running server, by `strace`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::support::{Server, is_root, not_run, wait_until};

/// Whether `strace` is here and may trace; says so if not.
pub(crate) fn possible(what: &str) -> bool {
    let probe = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    let attaches = is_root() || scope.map_or(true, |s| s.trim() == "0");
    let works = attaches && probe.as_ref().is_ok_and(|o| o.status.success());
    if !works {
        not_run(what, &format!("needs strace and the right to attach: {probe:?}"));
    }
    works
}

/// Which calls a fault strikes.
#[derive(Default)]
pub(crate) struct Aim {
    /// Only those on these files; on any if there is none.
    pub files: Vec<PathBuf>,
    /// Only those of the thread of this name.
    pub thread: Option<&'static str>,
}

/// A fault that is in force while this lives.
pub(crate) struct Fault {
    strace: Child,
    out: TempDir,
}

impl Fault {
    /// `inject` is one of strace's own expressions, such as `fdatasync:error=EIO:when=3`; calls are
    /// counted for each thread from now on, and only those that `aim` names.
    pub(crate) fn inject(server: &Server, inject: &str, aim: &Aim) -> Self {
        let out = TempDir::new().unwrap();
        let mut command = Command::new("strace");
        let threads = aim.thread.map(|name| thread(server.pid, name));
        let traced = threads.unwrap_or(server.pid).to_string();
        command.args(threads.is_none().then_some("-f"));
        command.args(["-q", "-y", "-p", &traced, "-e", &format!("inject={inject}")]);
        command.args(["-e", &format!("trace={}", inject.split(':').next().unwrap())]);
        command.args(aim.files.iter().flat_map(|file| [Path::new("-P"), file]));
        command.arg("-o").arg(out.path().join("calls"));
        let strace = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut fault = Self { strace, out };
        let is_attached = wait_until(Duration::from_secs(5), || {
            assert!(fault.strace.try_wait().unwrap().is_none(), "strace has no right to attach or no such expression");
            is_traced(server.pid, threads)
        });
        assert!(is_attached, "strace does not attach");
        fault
    }

    /// The calls that the fault has struck so far.
    pub(crate) fn strikes(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.out.path().join("calls")).unwrap_or_default();
        calls.lines().filter(|l| l.contains("(INJECTED)")).map(str::to_owned).collect()
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        // It lets the server go when asked; killed, it could leave a call waiting.
        let _ = kill(Pid::from_raw(self.strace.id().cast_signed()), Signal::SIGTERM);
        if !wait_until(Duration::from_secs(5), || self.strace.try_wait().is_ok_and(|s| s.is_some())) {
            let _ = self.strace.kill();
            let _ = self.strace.wait();
        }
    }
}

/// The number of the thread of that name. A list that is read while other threads come and go may lack it.
fn thread(pid: u32, name: &str) -> u32 {
    let mut number = None;
    let is_there = wait_until(Duration::from_secs(10), || {
        let mut threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
        let found = threads.find(|t| fs::read_to_string(t.path().join("comm")).is_ok_and(|comm| comm.trim() == name));
        number = found.map(|thread| thread.file_name().to_str().unwrap().parse().unwrap());
        number.is_some()
    });
    assert!(is_there, "there is no thread {name}");
    number.unwrap()
}

/// Whether every thread of the process is traced, or the one.
fn is_traced(pid: u32, one: Option<u32>) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    let is_meant = |thread: &fs::DirEntry| one.is_none_or(|one| thread.file_name().to_str() == Some(&one.to_string()));
    threads.flatten().filter(is_meant).all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        status.lines().any(|l| l.strip_prefix("TracerPid:").is_some_and(|p| p.trim() != "0"))
    })
}

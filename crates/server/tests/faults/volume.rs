//! File systems of our own, on loop devices, in a mount namespace of our own: whatever becomes of
//! this process, they go with it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use tempfile::TempDir;

use crate::support::{is_root, not_run};

/// Whether volumes can be made here; if so this thread and its children see their own mounts from
/// now on. If not, says so.
pub(crate) fn possible(what: &str, tools: &[&str]) -> bool {
    let found =
        |tool: &&&str| !["/sbin", "/usr/sbin", "/bin", "/usr/bin"].iter().any(|d| Path::new(d).join(tool).exists());
    let missing = tools.iter().chain(&["mount", "mkfs.ext4"]).find(found);
    let why = if !is_root() || !Path::new("/dev/loop-control").exists() {
        "needs root and loop devices".to_owned()
    } else if let Some(tool) = missing {
        format!("needs {tool}")
    } else if let Err(e) = own_mounts() {
        format!("needs a mount namespace: {e}")
    } else {
        return true;
    };
    not_run(what, &why);
    false
}

fn own_mounts() -> nix::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS)?;
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
}

/// Runs a system tool that has to succeed.
pub(crate) fn run(tool: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) {
    let output = Command::new(tool).args(arguments).output().unwrap_or_else(|e| panic!("{tool}: {e}"));
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileSystem {
    Ext4,
    Xfs,
}

impl FileSystem {
    /// Makes an empty one in a new file.
    pub(crate) fn format(self, image: &Path, megabytes: u64) {
        File::create(image).unwrap().set_len(megabytes << 20).unwrap();
        match self {
            // What is initialised late would write long after the test has begun.
            Self::Ext4 => run("mkfs.ext4", &[&"-q", &"-E", &"lazy_itable_init=0,lazy_journal_init=0", &image]),
            Self::Xfs => run("mkfs.xfs", &[&"-q", &image]),
        }
    }
}

/// A mounted file system, unmounted when dropped.
pub(crate) struct Volume {
    image: PathBuf,
    point: PathBuf,
    _home: Option<TempDir>,
}

impl Volume {
    /// A new one.
    pub(crate) fn new(kind: FileSystem, megabytes: u64) -> Self {
        let home = TempDir::new().unwrap();
        let image = home.path().join("image");
        kind.format(&image, megabytes);
        let mut volume = Self::of(&image, &home.path().join("mounted"));
        volume._home = Some(home);
        volume
    }

    /// The one in `image`, mounted at `point`.
    pub(crate) fn of(image: &Path, point: &Path) -> Self {
        std::fs::create_dir_all(point).unwrap();
        let volume = Self { image: image.to_owned(), point: point.to_owned(), _home: None };
        volume.mount();
        volume
    }

    pub(crate) fn path(&self) -> &Path {
        &self.point
    }

    fn mount(&self) {
        run("mount", &[&"-o", &"loop", &self.image, &self.point]);
    }

    /// Everything written so far is on the disk when this returns.
    pub(crate) fn sync(&self) {
        nix::unistd::syncfs(File::open(&self.point).unwrap()).unwrap();
    }

    /// The power goes: what the file system holds in memory, its journal's tail included, is gone.
    pub(crate) fn cut_power(&self) {
        power_off::now(&File::open(&self.point).unwrap());
    }

    /// The machine starts again: unmounted and mounted, with the file system's own recovery.
    pub(crate) fn remount(&self) {
        umount2(&self.point, MntFlags::empty()).unwrap();
        self.mount();
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = umount2(&self.point, MntFlags::MNT_DETACH);
    }
}

mod power_off {
    #![allow(unsafe_code, reason = "the request has no safe wrapper")]

    use std::fs::File;
    use std::os::fd::AsRawFd;

    // The request of XFS that ext4 took over; 2 means: do not even flush the journal.
    nix::ioctl_write_ptr_bad!(going_down, 0x8004_587D, u32);

    pub(super) fn now(root: &File) {
        // SAFETY: the kernel reads one u32 through the pointer, which outlives the call.
        unsafe { going_down(root.as_raw_fd(), &2) }.unwrap();
    }
}

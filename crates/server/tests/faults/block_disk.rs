//! A disk that remembers every write and every flush, so that the power can be cut afterwards, at any
//! moment and in many ways. It is one file of a FUSE file system, to be put under a loop device.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, UNIX_EPOCH};

use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, Generation, INodeNo, LockOwner,
    OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyWrite, Request, WriteFlags,
};

use crate::support::Rng;

const SECTOR: usize = 512;
const FILE: INodeNo = INodeNo(2);
const FOREVER: Duration = Duration::from_secs(3600);

/// What reached the disk, in order.
#[derive(Debug)]
pub(crate) enum Event {
    Write {
        at: Instant,
        offset: usize,
        bytes: Vec<u8>,
    },
    /// Every write before it is safe.
    Flush {
        at: Instant,
    },
}

impl Event {
    fn at(&self) -> Instant {
        match self {
            Self::Write { at, .. } | Self::Flush { at } => *at,
        }
    }
}

/// The disk's bytes when the recording began, and what came then.
#[derive(Default)]
pub(crate) struct Recording {
    base: Vec<u8>,
    events: Vec<Event>,
    end: Option<Instant>,
}

impl Recording {
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    pub(crate) fn flushes(&self) -> usize {
        self.events.iter().filter(|e| matches!(e, Event::Flush { .. })).count()
    }

    /// The moment before which an answer counts when the first `kept` events were all: just before
    /// the next one.
    pub(crate) fn cut_after(&self, kept: usize) -> Instant {
        self.events.get(kept).map_or_else(|| self.end.unwrap(), Event::at)
    }

    /// What a disk may hold when the power goes after the first `kept` events: all that was flushed,
    /// and of the writes since then any, each whole, torn between sectors, or not at all.
    pub(crate) fn image(&self, kept: usize, rng: &mut Rng) -> Vec<u8> {
        let mut disk = self.base.clone();
        let events = &self.events[..kept];
        let flushed = events.iter().rposition(|e| matches!(e, Event::Flush { .. })).unwrap_or(0);
        for (number, event) in events.iter().enumerate() {
            let Event::Write { offset, bytes, .. } = event else { continue };
            let fate = if number < flushed { 0 } else { rng.within(0, 5) };
            for (sector, bytes) in bytes.chunks(SECTOR).enumerate() {
                let is_written = match fate {
                    0 | 1 => true,
                    2 | 3 => false,
                    _ => rng.coin(),
                };
                if is_written {
                    let at = offset + sector * SECTOR;
                    disk[at..at + bytes.len()].copy_from_slice(bytes);
                }
            }
        }
        disk
    }
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    recording: Option<Recording>,
}

/// The disk, as long as it lives.
pub(crate) struct BlockDisk {
    state: Arc<Mutex<State>>,
    file: PathBuf,
    _session: BackgroundSession,
}

impl BlockDisk {
    /// A disk that holds `image`, as the file `disk` below the folder `at`.
    pub(crate) fn new(image: &Path, at: &Path) -> Self {
        fs::create_dir_all(at).unwrap();
        let state = Arc::new(Mutex::new(State { bytes: fs::read(image).unwrap(), recording: None }));
        let session = fuser::spawn_mount(Disk(state.clone()), at, &Config::default()).unwrap();
        Self { state, file: at.join("disk"), _session: session }
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn record(&self) {
        let mut state = self.state.lock().unwrap();
        state.recording = Some(Recording { base: state.bytes.clone(), ..Recording::default() });
    }

    pub(crate) fn recorded(&self) -> Recording {
        let mut recording = self.state.lock().unwrap().recording.take().unwrap();
        recording.end = Some(Instant::now());
        recording
    }
}

struct Disk(Arc<Mutex<State>>);

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn attributes(&self, node: INodeNo) -> FileAttr {
        let (kind, size) = match node {
            FILE => (FileType::RegularFile, self.state().bytes.len() as u64),
            _ => (FileType::Directory, 0),
        };
        FileAttr {
            ino: node,
            size,
            blocks: size / SECTOR as u64,
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind,
            perm: 0o700,
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        }
    }

    fn flushed(&self) {
        if let Some(recording) = &mut self.state().recording {
            recording.events.push(Event::Flush { at: Instant::now() });
        }
    }
}

impl Filesystem for Disk {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        if name == "disk" {
            reply.entry(&FOREVER, &self.attributes(FILE), Generation(0));
        } else {
            reply.error(Errno::ENOENT);
        }
    }

    fn getattr(&self, _: &Request, node: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&FOREVER, &self.attributes(node));
    }

    fn read(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let state = self.state();
        let start = state.bytes.len().min(offset as usize);
        let end = state.bytes.len().min(start + size as usize);
        reply.data(&state.bytes[start..end]);
    }

    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let mut state = self.state();
        let offset = offset as usize;
        let Some(place) = state.bytes.get_mut(offset..offset + data.len()) else {
            return reply.error(Errno::ENOSPC);
        };
        place.copy_from_slice(data);
        if let Some(recording) = &mut state.recording {
            recording.events.push(Event::Write { at: Instant::now(), offset, bytes: data.to_vec() });
        }
        reply.written(data.len() as u32);
    }

    fn fsync(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.flushed();
        reply.ok();
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fallocate(&self, _: &Request, _: INodeNo, _: FileHandle, _: u64, _: u64, _: i32, reply: ReplyEmpty) {
        reply.error(Errno::EOPNOTSUPP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(events: Vec<Event>) -> Recording {
        Recording { base: vec![0; 4 * SECTOR], events, end: Some(Instant::now()) }
    }

    fn write(offset: usize, byte: u8, sectors: usize) -> Event {
        Event::Write { at: Instant::now(), offset: offset * SECTOR, bytes: vec![byte; sectors * SECTOR] }
    }

    fn flush() -> Event {
        Event::Flush { at: Instant::now() }
    }

    #[test]
    fn keeps_every_flushed_write() {
        let log = recording(vec![write(0, 1, 2), write(1, 2, 1), flush(), write(0, 9, 4)]);
        let mut rng = Rng::seeded(1);
        for _ in 0..50 {
            let disk = log.image(3, &mut rng);
            assert_eq!((disk[0], disk[SECTOR], disk[2 * SECTOR]), (1, 2, 0));
        }
    }

    #[test]
    fn loses_tears_and_reorders_what_was_not_flushed() {
        let log = recording(vec![flush(), write(0, 1, 4), write(0, 2, 4)]);
        let mut rng = Rng::seeded(1);
        let seen: Vec<Vec<u8>> =
            (0..200).map(|_| log.image(3, &mut rng).chunks(SECTOR).map(|s| s[0]).collect()).collect();
        for want in [[0; 4], [1; 4], [2; 4]] {
            assert!(seen.iter().any(|s| *s == want), "never {want:?}");
        }
        assert!(seen.iter().any(|s| s.contains(&1) && s.contains(&2)), "never torn");
    }

    #[test]
    fn an_answer_counts_until_the_next_event() {
        let log = recording(vec![write(0, 1, 1), flush()]);
        assert_eq!(log.cut_after(1), log.events[1].at());
        assert_eq!(Some(log.cut_after(2)), log.end);
    }
}

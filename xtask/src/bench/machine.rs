//! What the kernel knows: CPU, memory and writes of a server's processes, flushes of the disk, and
//! how busy everybody else is. Linux only: all of it is read from `/proc` and `/sys`.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::{Result, stats};

/// Units a second of every tick count in `/proc`; fixed at 100 for user space on the usual machines.
pub(super) const TICKS: f64 = 100.0;

/// Parent and CPU ticks (own and of children already waited for) out of `/proc/PID/stat`.
fn parse_stat(stat: &str) -> Option<(u32, u64)> {
    // The program's name stands in brackets and may itself hold brackets and blanks.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let parent = fields.get(1)?.parse().ok()?;
    let ticks = fields.get(11..15)?.iter().map_while(|field| field.parse::<u64>().ok()).sum();
    Some((parent, ticks))
}

/// The process and all its descendants.
fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let Some((parent, _)) = parse_stat(&stat) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let (mut found, mut next) = (Vec::new(), vec![root]);
    while let Some(pid) = next.pop() {
        found.push(pid);
        next.extend(children.remove(&pid).unwrap_or_default());
    }
    found
}

/// Sums the values of the lines that begin with one of `names` in `/proc/PID/FILE` over the tree.
fn sum(root: u32, file: &str, names: &[&str]) -> u64 {
    let lines = |pid| fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
    let value = |line: &str| line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok();
    let wanted = |line: &&str| names.iter().any(|name| line.starts_with(name));
    tree(root).into_iter().map(|pid| lines(pid).lines().filter(wanted).filter_map(value).sum::<u64>()).sum()
}

/// CPU seconds spent so far by the process tree.
pub(super) fn cpu_seconds(root: u32) -> f64 {
    let stat = |pid| parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    tree(root).into_iter().filter_map(stat).map(|(_, ticks)| ticks as f64).sum::<f64>() / TICKS
}

/// CPU seconds of this process and of the children it has waited for.
pub(super) fn own_cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    parse_stat(&stat).map_or(0.0, |(_, ticks)| ticks as f64 / TICKS)
}

/// Memory of the process tree in MB (1,000,000 bytes), shared pages counted by share.
pub(super) fn memory_mb(root: u32) -> f64 {
    sum(root, "smaps_rollup", &["Pss:", "SwapPss:"]) as f64 * 1024.0 / 1e6
}

/// Bytes the process tree has caused to be written to disk so far.
pub(super) fn written_bytes(root: u32) -> u64 {
    sum(root, "io", &["write_bytes:"])
}

/// CPU seconds in which any core was busy since the machine started.
pub(super) fn busy_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_ascii_whitespace().skip(1);
    // user nice system (idle iowait) irq softirq steal
    let busy = fields.take(8).enumerate().filter(|(index, _)| !matches!(index, 3 | 4));
    busy.filter_map(|(_, field)| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// Flushes completed so far by the disk that holds `dir`, whoever asked; nothing if it does not say.
pub(super) fn flushes(dir: &Path) -> Option<u64> {
    let device = fs::metadata(dir).ok()?.dev();
    let major = (device >> 8 & 0xfff) | (device >> 32 & !0xfff);
    let minor = (device & 0xff) | (device >> 12 & !0xff);
    let block = format!("/sys/dev/block/{major}:{minor}");
    // The kernel counts flushes for whole disks only.
    let disk = if Path::new(&block).join("partition").exists() { format!("{block}/..") } else { block };
    fs::read_to_string(format!("{disk}/stat")).ok()?.split_ascii_whitespace().nth(15)?.parse().ok()
}

/// The median time of an fdatasync after overwriting 4 KiB in `dir`, in microseconds.
pub(super) fn flush_us(dir: &Path) -> Result<f64> {
    const BLOCK: usize = 4096;
    const TIMES: u64 = 100;
    let path = dir.join("probe");
    let mut file = File::create(&path)?;
    file.write_all(&vec![b'x'; BLOCK * TIMES as usize])?;
    file.sync_all()?;
    let mut times = Vec::new();
    for index in 0..TIMES {
        let begun = Instant::now();
        file.write_all_at(&[b'y'; BLOCK], index * BLOCK as u64)?;
        file.sync_data()?;
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    fs::remove_file(path)?;
    Ok(stats::median(times).unwrap_or_default())
}

/// Ends a process without giving it a chance to tidy up.
pub(super) fn kill(pid: u32) -> Result<()> {
    let status = Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    if status.success() { Ok(()) } else { Err(format!("process {pid} could not be killed").into()) }
}

/// The machine in one line, for the head of a report.
pub(super) fn describe(dir: &Path) -> String {
    let line = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let found = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
        found.map_or_else(|| "?".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let file_system = Command::new("stat").args(["-f", "-c", "%T"]).arg(dir).output();
    let file_system = file_system.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "{cores} x {}, {}, Linux {}, {file_system}",
        line("/proc/cpuinfo", "model name"),
        line("/proc/meminfo", "MemTotal"),
        kernel.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "42 (a) (b c) S 7 1 1 0 -1 0 0 0 0 0 10 20 3 4 20 0 1 0 5";
        assert_eq!(parse_stat(stat), Some((7, 37)));
        assert_eq!(parse_stat("42 (short) S 7"), None);
    }

    #[test]
    fn this_process_is_in_its_own_tree_and_uses_memory() {
        assert!(tree(std::process::id()).contains(&std::process::id()));
        assert!(memory_mb(std::process::id()) > 0.0);
        assert!(busy_seconds() > 0.0);
    }
}

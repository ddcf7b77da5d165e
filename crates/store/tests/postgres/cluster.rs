//! A PostgreSQL server of the tests' own: one for all test processes, in a temporary folder, on a port of the loopback.
//! The first process starts it; a watcher stops it when no test has used it for some seconds.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::disallowed_methods, reason = "a test finds programs on the path")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

use std::fs::{self, DirBuilder, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Stops the server of folder $1, as $3 $2, when nobody holds its lock. The folder is renamed first, in one step: who comes
/// meanwhile finds all of a server or nothing.
const WATCHER: &str = r#"
    while :; do
        sleep 5
        exec 8>"$1/starting" && flock 8 || exit
        if flock --exclusive --nonblock "$1/users" true; then
            gone="$1-gone-$$"
            mv "$1" "$gone" && $3 "$2" --pgdata "$gone/data" --mode immediate --silent stop
            rm -rf "$gone"
            exit
        fi
        exec 8>&-
    done &
"#;

/// Where a program of PostgreSQL is: where Debian puts it, or on the path.
pub(crate) fn program(name: &str) -> PathBuf {
    let debian = (13..20).rev().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin/{name}")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name)).collect::<Vec<_>>();
    debian.chain(on_path).find(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name))
}

/// Whether PostgreSQL is installed; says loudly when it is not.
pub(crate) fn is_installed() -> bool {
    let installed = program("initdb").exists();
    if !installed {
        let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.txt");
        let mut file = File::options().append(true).create(true).open(report).unwrap();
        writeln!(file, "not run: PostgreSQL: not installed").unwrap();
        assert!(std::env::var("CI").as_deref() != Ok("true"), "PostgreSQL is not installed");
    }
    installed
}

/// PostgreSQL does not run as root: then as the user that its package made, or as nobody.
fn as_ordinary(program: &Path) -> Command {
    let Some(user) = ordinary() else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), "--clear-groups"]).arg(program);
    command
}

/// The user to become; `None` for who is no root.
pub(crate) fn ordinary() -> Option<String> {
    (fs::metadata("/proc/self").unwrap().uid() == 0).then(|| {
        let users = fs::read_to_string("/etc/passwd").unwrap();
        let postgres = users.lines().any(|line| line.starts_with("postgres:"));
        String::from(if postgres { "postgres" } else { "nobody" })
    })
}

fn run(mut command: Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A server that runs while this is held, or one that somebody else runs.
pub(crate) struct Cluster {
    /// Its address, without a database: `postgres://samerow@127.0.0.1:5432`.
    server: String,
    port: u16,
    _user: Option<File>,
}

impl Cluster {
    /// The one that all test processes of this folder share. `TEST_DATABASE_URL=postgres://user:password@host:port` names
    /// another one, whose user may make databases; `TEST_ENGINE` says what it is, unless it is PostgreSQL.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
            Ok(url) if !url.is_empty() => {
                let server = url.trim_end_matches('/').to_owned();
                let port = server.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(5432);
                Self { server, port, _user: None }
            }
            _ => Self::join(),
        })
    }

    fn join() -> Self {
        let mut hash = DefaultHasher::new();
        env!("CARGO_TARGET_TMPDIR").hash(&mut hash);
        let folder = std::env::temp_dir().join(format!("samerow-postgres-{:x}", hash.finish()));
        loop {
            DirBuilder::new().recursive(true).mode(0o755).create(&folder).unwrap();
            let starting = File::create(folder.join("starting"));
            let Ok(starting) = starting else { continue };
            starting.lock().unwrap();
            // The watcher may have taken the folder away before the lock was had, and another process may have made it anew.
            let inode = |metadata: fs::Metadata| metadata.ino();
            if fs::metadata(folder.join("starting")).map(inode).ok() != starting.metadata().map(inode).ok() {
                continue;
            }
            let user = File::create(folder.join("users")).unwrap();
            user.lock_shared().unwrap();
            let port = folder.join("port");
            if !port.exists() {
                start(&folder);
            }
            let port = fs::read_to_string(port).unwrap().parse().unwrap();
            return Self { server: local(port), port, _user: Some(user) };
        }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// An empty database.
    pub(crate) fn database(&self) -> Database {
        let name = name();
        // Engines that only speak the wire have one encoding and one order.
        let engine = std::env::var("TEST_ENGINE");
        let settings = match engine.as_deref() {
            Ok("cockroach" | "yugabyte") => "",
            _ => "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
        };
        let made = format!("CREATE DATABASE {name} {settings}");
        self.sql("postgres", &made);
        if engine.as_deref() == Ok("citus") {
            self.sql(&name, "CREATE EXTENSION citus");
            self.sql(&name, &format!("SELECT citus_set_coordinator_host('127.0.0.1', {})", self.port));
            for worker in workers() {
                let server = local(worker);
                sql_at(&server, "postgres", &made);
                sql_at(&server, &name, "CREATE EXTENSION citus");
                self.sql(&name, &format!("SELECT citus_add_node('127.0.0.1', {worker})"));
            }
        }
        Database { server: self.server.clone(), name }
    }

    /// Runs statements in a database.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        sql_at(&self.server, database, sql)
    }
}

/// A name that no other database of the run has.
fn name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The ports of the machines that a cluster of Citus on this one has beside the coordinator.
fn workers() -> Vec<u16> {
    let ports = std::env::var("TEST_CITUS_WORKERS").unwrap_or_default();
    ports.split(',').filter_map(|port| port.parse().ok()).collect()
}

/// A server of ours.
fn local(port: u16) -> String {
    format!("postgres://samerow@127.0.0.1:{port}")
}

fn sql_at(server: &str, database: &str, sql: &str) -> String {
    let output = Command::new(program("psql"))
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &format!("{server}/{database}"), "-c", sql])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn start(folder: &Path) {
    own(folder);
    init(folder);
    let port = free_port();
    up(folder, port).unwrap();
    let runs_as = ordinary().map_or_else(String::new, |user| format!("setpriv --reuid={user} --clear-groups"));
    let mut watcher = Command::new("sh");
    watcher.args(["-c", WATCHER, "samerow-postgres"]).arg(folder).arg(program("pg_ctl")).arg(runs_as);
    watcher.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    assert!(watcher.status().unwrap().success());
    fs::write(folder.join("port"), port.to_string()).unwrap();
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Gives a folder to whom PostgreSQL runs as.
pub(crate) fn own(folder: &Path) {
    if let Some(user) = ordinary() {
        let mut chown = Command::new("chown");
        chown.arg(user).arg(folder);
        run(chown);
    }
}

fn init(folder: &Path) {
    let mut initdb = as_ordinary(&program("initdb"));
    initdb.current_dir(folder).args([
        "--auth=trust",
        "--username=samerow",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync",
    ]);
    initdb.arg("--pgdata").arg(folder.join("data"));
    run(initdb);
}

/// Starts the server of a folder. What the tests are about survives a kill, not a loss of power.
fn up(folder: &Path, port: u16) -> Result<(), String> {
    let settings = format!(
        "-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c fsync=off \
         -c full_page_writes=off -c shared_buffers=64MB -c log_min_messages=fatal"
    );
    let mut start = as_ordinary(&program("pg_ctl"));
    start.current_dir(folder).arg("--pgdata").arg(folder.join("data")).arg("--log").arg(folder.join("log"));
    start.args(["--wait", "--timeout=60", "--silent", "--options", &settings, "start"]);
    let status = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    if status.success() { Ok(()) } else { Err(fs::read_to_string(folder.join("log")).unwrap_or_default()) }
}

/// A server that one test has for itself, to be killed and promoted.
pub(crate) struct Own {
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Own {
    pub(crate) fn new() -> Self {
        let own = Self { folder: folder(), port: free_port() };
        init(own.folder.path());
        up(own.folder.path(), own.port).unwrap();
        own.sql("CREATE DATABASE samerow");
        own
    }

    /// A standby that each commit of this one waits for from now on.
    pub(crate) fn standby(&mut self) -> Self {
        let standby = Self { folder: folder(), port: free_port() };
        let mut copy = as_ordinary(&program("pg_basebackup"));
        copy.current_dir(standby.folder.path()).args([
            "-h",
            "127.0.0.1",
            "-U",
            "samerow",
            "-p",
            &self.port.to_string(),
        ]);
        copy.args(["--checkpoint=fast", "--write-recovery-conf", "--no-sync", "--pgdata"]);
        copy.arg(standby.folder.path().join("data"));
        run(copy);
        up(standby.folder.path(), standby.port).unwrap();
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        standby
    }

    /// Puts a file beside its data, for it alone to read.
    pub(crate) fn file(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join("data").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        own(&path);
    }

    pub(crate) fn promote(&self) {
        assert_eq!(self.sql("SELECT pg_promote()"), "t");
    }

    pub(crate) fn sql(&self, sql: &str) -> String {
        sql_at(&local(self.port), "postgres", sql)
    }

    /// `SIGKILL` to all of it, and gone when this returns.
    pub(crate) fn kill(&self) {
        let file = self.folder.path().join("data/postmaster.pid");
        let text = fs::read_to_string(file).unwrap();
        let pid = text.lines().next().unwrap();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        let mut kill = Command::new("kill");
        kill.arg("-9").arg(pid).args(children.split_whitespace());
        let _ = kill.output();
        for child in children.split_whitespace().chain([pid]) {
            while Path::new(&format!("/proc/{child}/cmdline")).exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        }
    }

    /// Starts it again after it was killed.
    pub(crate) fn again(&self) {
        up(self.folder.path(), self.port).unwrap();
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut stop = as_ordinary(&program("pg_ctl"));
        stop.current_dir("/").arg("--pgdata").arg(self.folder.path().join("data"));
        let _ = stop.args(["--mode", "immediate", "--silent", "stop"]).output();
    }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::TempDir::with_prefix("samerow-postgres-own-").unwrap();
    own(folder.path());
    folder
}

/// A database of its own, gone when this is dropped.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Another one with the same in it; nobody may be connected to this one.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self { server: self.server.clone(), name: name() };
        sql_at(&self.server, "postgres", &format!("CREATE DATABASE {} TEMPLATE {}", copy.name, self.name));
        copy
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// All that is in it.
    pub(crate) fn dump(&self) -> Vec<u8> {
        let output = Command::new(program("pg_dump")).args(["-d", &self.url()]).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // The lines that tell psql to do as it is told hold a word that is another one each time.
        let lines = output.stdout.split_inclusive(|byte| *byte == b'\n');
        lines
            .filter(|line| !line.starts_with(b"\\restrict") && !line.starts_with(b"\\unrestrict"))
            .flatten()
            .copied()
            .collect()
    }

    /// What anybody can do with psql.
    pub(crate) fn sql(&self, sql: &str) -> String {
        sql_at(&self.server, &self.name, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let dropped = format!("DROP DATABASE {} WITH (FORCE)", self.name);
            sql_at(&self.server, "postgres", &dropped);
            workers().into_iter().for_each(|worker| drop(sql_at(&local(worker), "postgres", &dropped)));
        }
    }
}

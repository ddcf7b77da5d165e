//! `--engine postgres`: updates over one node and over two, beside pgbench's update of one row and a peer in FastAPI and
//! asyncpg, all on one PostgreSQL of the bench's own, which flushes as it comes. They take turns.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use super::flags::Flags;
use super::lanes::{self, Kind, Lane};
use super::server::{FIRST, Server, free_port};
use super::tools::{self, Tools, run};
use super::wrk::Load;
use super::{Result, check, machine, stats};

/// At how many connections the targets are set, and what they are.
const JUDGED: [u32; 2] = [64, 256];
const OVER_FASTAPI: f64 = 3.0;
const OVER_PGBENCH: f64 = 0.6;

/// One turn of one lane.
struct Turn {
    lane: &'static str,
    conns: u32,
    round: u32,
    rate: f64,
    p50: f64,
    p99: f64,
    bad: f64,
}

/// Who takes turns.
enum Subject<'a> {
    /// A lane, spread over so many servers.
    Over(&'static Lane, Vec<&'a Server>),
    Pgbench(PathBuf),
}

/// Whether everything was measured and, under `--check`, met its target.
pub(super) fn bench(flags: &Flags) -> Result<bool> {
    let tools = Tools::build(flags)?;
    let base = flags.base().join(format!("run-{}", std::process::id()));
    fs::create_dir_all(&base)?;
    let turns = measure(flags, &tools, &base);
    if !flags.keep {
        fs::remove_dir_all(&base)?;
    }
    let turns = turns?;
    println!("# samerow on PostgreSQL, {}, {} customers\n", machine::describe(&flags.base()), flags.customers);
    for conns in flags.conns() {
        println!(
            "{conns} connections:\n\n| lane | updates/s (min..max) | p50 / p99 ms | bad |\n| --- | --- | --- | --- |"
        );
        for lane in names(&turns) {
            let of: Vec<_> = turns.iter().filter(|turn| turn.lane == lane && turn.conns == conns).collect();
            let median = |value: fn(&Turn) -> f64| stats::median(of.iter().map(|turn| value(turn))).unwrap_or_default();
            let (least, most) = stats::range(of.iter().map(|turn| turn.rate));
            // pgbench tells its mean alone.
            let p99 = Some(median(|turn| turn.p99)).filter(|p99| p99.is_finite());
            println!(
                "| {lane} | {:.0} ({least:.0}..{most:.0}) | {:.1} / {} | {:.0} |",
                median(|turn| turn.rate),
                median(|turn| turn.p50),
                p99.map_or_else(|| String::from("–"), |p99| format!("{p99:.1}")),
                of.iter().map(|turn| turn.bad).sum::<f64>()
            );
        }
        println!();
    }
    if let Some(path) = &flags.json {
        let all: Vec<_> = turns
            .iter()
            .map(|turn| {
                json!({ "lane": turn.lane, "conns": turn.conns, "round": turn.round, "rate": turn.rate,
                "p50_ms": turn.p50, "p99_ms": turn.p99, "bad": turn.bad })
            })
            .collect();
        fs::write(path, serde_json::to_string_pretty(&all)?)?;
    }
    Ok(judge(flags, &turns) || !flags.check)
}

fn names(turns: &[Turn]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for turn in turns {
        if !names.contains(&turn.lane) {
            names.push(turn.lane);
        }
    }
    names
}

/// Prints the ratios within rounds, each beside its target.
fn judge(flags: &Flags, turns: &[Turn]) -> bool {
    let mut met = turns.iter().all(|turn| turn.bad == 0.0);
    for conns in JUDGED.into_iter().filter(|conns| flags.conns().contains(conns)) {
        let rate = |lane: &str, round| {
            turns
                .iter()
                .find(|turn| turn.lane == lane && turn.conns == conns && turn.round == round)
                .map(|turn| turn.rate)
        };
        for (above, below, bound) in [
            ("native-update", "fastapi-update", OVER_FASTAPI),
            ("native-update", "pgbench-update", OVER_PGBENCH),
            ("trackfinity-update", "pgbench-update", OVER_PGBENCH),
        ] {
            let ratios: Vec<f64> =
                (0..flags.rounds()).filter_map(|round| Some(rate(above, round)? / rate(below, round)?)).collect();
            let (least, most) = stats::range(ratios.iter().copied());
            let Some(median) = stats::median(ratios) else { continue };
            let reached = median >= bound * (1.0 - flags.tolerance);
            met &= reached;
            let word = if reached { "met" } else { "MISSED" };
            println!("{above} / {below} at {conns}: {median:.2} ({least:.2}..{most:.2}), target {bound}: {word}");
        }
    }
    met
}

fn measure(flags: &Flags, tools: &Tools, base: &Path) -> Result<Vec<Turn>> {
    let samerow = tools.program(Kind::Samerow).ok_or("there is no samerow to measure")?;
    let fastapi = fastapi(flags)?;
    let cluster = Cluster::start(&base.join("postgres"))?;
    eprintln!("filling the databases with {} customers", flags.customers);
    cluster.psql("postgres", "CREATE DATABASE samerow")?;
    cluster.psql("postgres", "CREATE DATABASE plain")?;
    cluster.psql("plain", &plain(flags.customers))?;
    let over = |kind: Kind, program: &Path, database: &str, dir: &str| {
        Server::over(kind, program, flags.customers, &base.join(dir), Some(&cluster.url(database)))
    };
    let first = over(Kind::Samerow, samerow, "samerow", "node1")?;
    fs::create_dir_all(base.join("node2/store"))?;
    fs::copy(base.join("node1/store/samerow.key"), base.join("node2/store/samerow.key"))?;
    let second = over(Kind::Samerow, samerow, "samerow", "node2")?;
    let peer = over(Kind::FastApi, &fastapi, "plain", "fastapi")?;
    cluster.psql("samerow", "VACUUM ANALYZE")?;
    cluster.psql("plain", "VACUUM ANALYZE")?;
    let script = base.join("update.sql");
    fs::write(&script, script_of(flags.customers))?;
    let lane = |name: &str| lanes::find(name).ok_or_else(|| format!("no lane is called {name}"));
    let (trackfinity, native, fast) = (lane("trackfinity-update")?, lane("native-update")?, lane("fastapi-update")?);
    let subjects = [
        ("native-update", Subject::Over(native, vec![&first])),
        ("trackfinity-update", Subject::Over(trackfinity, vec![&first])),
        ("native-update, two nodes", Subject::Over(native, vec![&first, &second])),
        ("fastapi-update", Subject::Over(fast, vec![&peer])),
        ("pgbench-update", Subject::Pgbench(script)),
    ];
    check::lane(native, &first)?;
    check::lane(trackfinity, &second)?;
    check::lane(fast, &peer)?;
    let mut turns = Vec::new();
    for round in 0..flags.rounds() {
        for conns in flags.conns() {
            let mut order: Vec<_> = subjects.iter().collect();
            if !round.is_multiple_of(2) {
                order.reverse();
            }
            for (lane, subject) in order {
                cluster.psql("postgres", "CHECKPOINT")?;
                subject.run(&cluster, conns, flags.warmup())?;
                let (rate, p50, p99, bad) = subject.run(&cluster, conns, flags.seconds())?;
                eprintln!("round {} {conns:>3} connections {lane:<28} {rate:>7.0}/s", round + 1);
                turns.push(Turn { lane, conns, round, rate, p50, p99, bad });
            }
        }
    }
    check::lane(native, &first)?;
    Ok(turns)
}

impl Subject<'_> {
    /// Updates a second, p50 and p99 in milliseconds, bad answers.
    fn run(&self, cluster: &Cluster, conns: u32, seconds: u32) -> Result<(f64, f64, f64, f64)> {
        match self {
            Self::Over(lane, servers) => {
                let each = (conns / servers.len() as u32).max(1);
                let loads = servers.iter().map(|server| Load::new(lane, server)).collect::<Result<Vec<_>>>()?;
                let outcomes = std::thread::scope(|scope| {
                    let all: Vec<_> = loads
                        .iter()
                        .map(|load| scope.spawn(move || load.run(each, seconds).map_err(|e| e.to_string())))
                        .collect();
                    all.into_iter()
                        .map(|one| one.join().unwrap_or_else(|_| Err("the load ended".into())))
                        .collect::<Vec<_>>()
                });
                let (mut rate, mut p50, mut p99, mut bad) = (0.0, 0.0_f64, 0.0_f64, 0.0);
                for outcome in outcomes {
                    let outcome = outcome?;
                    rate += outcome.requests / outcome.seconds;
                    (p50, p99, bad) = (p50.max(outcome.p50), p99.max(outcome.p99), bad + outcome.bad);
                }
                Ok((rate, p50, p99, bad))
            }
            Self::Pgbench(script) => cluster.pgbench(script, conns, seconds),
        }
    }
}

/// A table for who keeps no history, with rows about as long as ours.
fn plain(customers: u64) -> String {
    format!(
        "CREATE TABLE customer (id bigint PRIMARY KEY, version bigint NOT NULL DEFAULT 1, first_name text NOT NULL, \
         emails text[] NOT NULL, postal_code text, country text, note text, updated_at timestamptz NOT NULL DEFAULT now()) \
         WITH (fillfactor = 80); INSERT INTO customer (id, first_name, emails, postal_code, country, note) \
         SELECT n, 'Kari', ARRAY['kari' || n || '@example.com'], '0150', 'NO', repeat('x', 300) \
         FROM generate_series({FIRST}, {}) AS n",
        FIRST + customers
    )
}

fn script_of(customers: u64) -> String {
    format!(
        "\\set id random({FIRST}, {})\n\\set unique random(1, 2000000000)\n\
         UPDATE customer SET first_name = 'Kari', emails = ARRAY[:unique::text || '@bench.example'], \
         postal_code = :unique::text, country = 'NO', version = version + 1, updated_at = now() WHERE id = :id;\n",
        FIRST + customers - 1
    )
}

/// What starts the peer, with its packages in a folder of their own.
fn fastapi(flags: &Flags) -> Result<PathBuf> {
    let venv = tools::root().join("target/bench/fastapi/venv");
    let program = venv.join("bin/uvicorn");
    if !program.exists() && !flags.no_build {
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        let requirements = tools::root().join("benches/fastapi/requirements.txt");
        run(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "--requirement"]).arg(requirements))?;
    }
    Ok(program)
}

/// A PostgreSQL with the settings that it has by itself, but for its port and how many may connect.
struct Cluster {
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    fn start(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        if as_root() {
            run(Command::new("chown").arg("postgres").arg(folder))?;
        }
        let data = folder.join("data");
        let mut init = ordinary("initdb");
        init.current_dir(folder).args([
            "--auth=trust",
            "--username=samerow",
            "--encoding=UTF8",
            "--no-locale",
            "--pgdata",
        ]);
        run(init.arg(&data).stdout(Stdio::null()))?;
        let cluster = Self { folder: folder.to_owned(), port: free_port()? };
        let options = format!(
            "-c port={} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=500 \
             -c shared_buffers=512MB",
            cluster.port
        );
        let mut start = ordinary("pg_ctl");
        start.current_dir(folder).arg("--pgdata").arg(&data).arg("--log").arg(folder.join("log"));
        start.args(["--wait", "--silent", "--options", &options, "start"]).stdin(Stdio::null());
        run(start.stdout(Stdio::null()).stderr(Stdio::null()))?;
        Ok(cluster)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://samerow@127.0.0.1:{}/{database}", self.port)
    }

    fn psql(&self, database: &str, sql: &str) -> Result<()> {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql]).arg(self.url(database));
        run(psql.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    fn pgbench(&self, script: &Path, conns: u32, seconds: u32) -> Result<(f64, f64, f64, f64)> {
        let mut pgbench = Command::new("pgbench");
        pgbench.args(["-n", "-M", "prepared", "-h", "127.0.0.1", "-U", "samerow", "-p", &self.port.to_string()]);
        // Its time includes that in which it connects, which its rate does not.
        pgbench
            .args(["-c", &conns.to_string(), "-j", "1", "-T", &(seconds + 2).to_string(), "-f"])
            .arg(script)
            .arg("plain");
        let output = pgbench.output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches([' ', '=']).split_whitespace().next()?.parse::<f64>().ok()
        };
        match (number("tps"), number("latency average"), number("number of failed transactions:")) {
            (Some(rate), Some(average), failed) => Ok((rate, average, f64::NAN, failed.unwrap_or(0.0))),
            _ => Err(format!("pgbench failed: {text}{}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = ordinary("pg_ctl");
        stop.current_dir("/").arg("--pgdata").arg(self.folder.join("data")).args([
            "--mode",
            "immediate",
            "--silent",
            "stop",
        ]);
        let _ = stop.output();
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn as_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

/// A program of PostgreSQL that does not run as root.
fn ordinary(name: &str) -> Command {
    let debian = (13..20).rev().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin/{name}")));
    let program = debian.into_iter().find(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name));
    if !as_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--clear-groups"]).arg(program);
    command
}

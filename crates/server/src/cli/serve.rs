//! `samerow serve`.

use dialects::courier::Outbound;
use dialects::mail::Mails;
use dialects::search::{self, Search};
use dialects::{Quotas, Rates, SignIn, SignInLimits, State, oauth};
use domain::App;
use domain::demo::PEOPLE;
use domain::error::Reason;
use domain::port::{Clock as _, Store};
use domain::session::Lifetime;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use store::postgres::{self, Address, BadAddress, Node, PostgresStore};
use store::transfer::Place;
use store::{Answering, OpenError, Options, SearchIndex, SqliteStore};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

use super::{Exit, Failed, print, variables};
use crate::census;
use crate::cors::Cors;
use crate::courier::{self, HttpCourier};
use crate::demo::{First, fill};
use crate::dispatch::{AsCounters, Dispatch};
use crate::door::Door;
use crate::host::{Argon2id, SystemClock, SystemEntropy, readable_secret};
use crate::housekeeping;
use crate::http::{Counters, Lanes, Limits, Phase, Proxies, Server, descriptors, listen};
use crate::inspector::{self, Inspector};
use crate::issuer;
use crate::mailer::SmtpMailer;
use crate::metrics::Metrics;
use crate::process::Process;
use crate::pulse;
use crate::settings::{BadSetting, Flags, Settings};
use crate::tls;

impl From<BadSetting> for Failed {
    fn from(error: BadSetting) -> Self {
        Self::new(Exit::Usage, error)
    }
}

pub(super) fn run(flags: &Flags) -> Result<Exit, Failed> {
    let settings = Settings::read(flags, variables())?;
    let _log = start_log(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failed::new(Exit::Failed, error))?;
    let ended = runtime.block_on(serve(&settings));
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn serve(settings: &Settings) -> Result<Exit, Failed> {
    let started = Instant::now();
    let database = database(settings)?;
    let _ = descriptors::raise_limit();
    let address = settings.listen()?;
    let limits = limits(settings)?;
    let demo = settings.on("demo")?;
    let people = if demo { Some(settings.number::<u32>("demo-customers")?.into()) } else { None };
    let anywhere = settings.on("demo-anywhere")?;
    let certificate = certificate(settings)?;
    let listener = listen(address)
        .map_err(|error| Failed::new(Exit::Unavailable, format!("cannot listen on {address}: {error}")))?;
    let address = listener.local_addr().map_err(|error| Failed::new(Exit::Failed, error))?;

    let ephemeral = if settings.on("ephemeral")? { Some(temporary_folder()?) } else { None };
    let folder = ephemeral.as_ref().map_or_else(|| PathBuf::from(settings.text("data")), |dir| dir.path().to_owned());
    let committed = Arc::new(Notify::new());
    let opening = Opening { address: address.to_string(), committed: Arc::clone(&committed), answering: answering() };
    let store = match &database {
        Some(database) => {
            std::fs::create_dir_all(&folder).map_err(|error| Failed::new(Exit::Failed, error))?;
            opening.database(database, &folder)?
        }
        None => opening.folder(&folder, ephemeral.is_none())?,
    };
    let app = App::new(Arc::clone(&store), Arc::new(SystemClock), Arc::new(SystemEntropy));
    let mut tell = |done| {
        if people != Some(PEOPLE) && done % 10_000 == 0 {
            tracing::info!("{done} demo customers stored");
        }
    };
    // Of servers that start together on an empty database one fills it.
    let first = fill(&app, people, &mut tell).or_else(|error| match (&database, error.reason) {
        (Some(_), Reason::AlreadyExists) => fill(&app, people, &mut tell),
        _ => Err(error),
    });
    let first = first.map_err(|error| Failed::new(Exit::Failed, format!("cannot fill the store: {error}")))?;

    let mut state = State::new(app, sign_in(settings, demo, &folder)?, Arc::new(Argon2id), hashers());
    match SearchIndex::create(database.is_none().then(|| folder.join("search.db")).as_deref()) {
        Ok(index) => state.search = Search::over(Arc::new(index)),
        Err(error) => tracing::warn!(%error, source = error.source, "searches look at every record"),
    }
    state.strict = settings.on("strict")?;
    let programs = match settings.text("oauth-clients") {
        "" if demo => oauth::DEMO,
        programs => programs,
    };
    state.clients = oauth::clients(programs).map_err(|error| Failed::new(Exit::Usage, error))?;
    state.issuer = issuer::issuer(settings)?;
    state.validator1 = settings.on("validator1")?;
    state.loopback = anywhere || address.ip().is_loopback();
    state.deadline = settings.seconds("store-timeout")?;
    state.rates = Rates::new(Quotas {
        per_caller: patience(settings, demo, "calls-per-caller")?,
        per_address: patience(settings, demo, "calls-per-address")?,
    });
    state.sessions.lifetime =
        Lifetime { idle: settings.number("session-idle")?, whole: settings.number("session-end")? };
    let (phase, phases) = watch::channel(Phase::Running);
    state.outbound = outbound(settings, &folder)?;
    if let Some(mailer) = SmtpMailer::new(settings)? {
        state.mails = Mails::by(Arc::new(mailer));
    }
    state.commits = pulse::start(committed, phases.clone());
    let connections = Arc::new(OnceLock::new());
    let inspector = Inspector::new(inspected(settings, demo, &folder)?);
    let inspector = Arc::new(inspector.map_err(|error| Failed::new(Exit::Failed, error))?);
    let watcher = Arc::clone(&inspector);
    state.forgotten = Arc::new(move |tenant, customer| watcher.forget(tenant, customer));
    let census = Arc::new(census::open(&folder, &state.uses, SystemClock.now()));
    let state = Arc::new(state);
    let counting = tokio::spawn(census::keep_on(Arc::clone(&census), Arc::downgrade(&state), folder.clone()));
    let store_name = match &database {
        Some(database) => database.place(),
        None if ephemeral.is_some() => String::from("nothing is kept"),
        None => folder.display().to_string(),
    };
    let process = Arc::new(Process {
        inspector: Arc::clone(&inspector),
        census: Arc::clone(&census),
        place: store_name.clone(),
        folder: database.is_none().then(|| folder.clone()),
        store: match &database {
            Some(database) => Some(Place::Database(database.clone())),
            None => ephemeral.is_none().then(|| Place::Folder(folder.clone())),
        },
        backup: tokio::sync::Mutex::default(),
        started: SystemClock.now(),
        certificate: settings.on("tls")?.then(|| PathBuf::from(settings.text("tls-folder"))),
    });
    let told = Arc::clone(&state);
    if let Err(error) = inspector::begin(&state, &inspector).await {
        tracing::warn!(%error, source = error.source, "the inspector does not know who was erased meanwhile");
    }
    let delivering = tokio::spawn(dialects::native::deliver(Arc::clone(&state)));
    let following = tokio::spawn(search::follow(Arc::downgrade(&state)));
    let keeping = tokio::spawn(housekeeping::keep(Arc::downgrade(&state)));
    let forgetting = tokio::spawn(inspector::follow(Arc::downgrade(&state), Arc::downgrade(&inspector)));
    let dispatch = Dispatch {
        state,
        metrics: Arc::new(Metrics::default()),
        inspector: Arc::clone(&inspector),
        process,
        cors: Cors::parse(settings.text("cors-origins")).map_err(|why| Failed::new(Exit::Usage, why))?,
        compresses: settings.on("compress")?,
        public_url: settings.text("public-url").trim_end_matches('/').to_owned(),
        phase: phases.clone(),
        connections: Arc::clone(&connections),
    };
    let proxies = Proxies { networks: settings.trusted_proxies()?, header: settings.proxy_header()? };
    let lanes = Lanes::start().map_err(|error| Failed::new(Exit::Failed, error))?;
    let mut server = Server::new(dispatch, limits, proxies, lanes);
    let scheme = match certificate {
        Some(config) => {
            server = server.over_tls(config);
            "https"
        }
        None => "http",
    };
    let server = Arc::new(server);
    let listening = Arc::downgrade(&server);
    let _ = connections.set(listening);
    tokio::spawn(stop_on_signals(phase, signals()?, Duration::from_secs(settings.number("drain-grace")?)));

    let url = format!("{scheme}://{address}");
    print(&welcome(&url, &store_name, &first, address.ip().is_loopback() || anywhere))?;
    write_ready_file(settings.text("ready-file"), &url)?;
    tracing::info!(url, took_ms = started.elapsed().as_millis() as u64, "serving");
    let drained = server.serve(listener, phases).await;
    tracing::info!(closed = drained.closed, aborted = drained.aborted, "stopped");
    keeping.abort();
    following.abort();
    forgetting.abort();
    inspector.flush();
    counting.abort();
    if let Err(error) = census::keep(&census, &told.uses, &folder) {
        tracing::warn!(%error, "which programs call could not be kept");
    }
    drop(told);
    // It ends by itself when the server stops, and holds the store until then.
    let _ = delivering.await;
    drop((server, store));
    Ok(Exit::Ok)
}

impl AsCounters for Server<Dispatch> {
    fn counters(&self) -> &Counters {
        Self::counters(self)
    }
}

fn limits(settings: &Settings) -> Result<Limits, BadSetting> {
    Ok(Limits {
        body_bytes: settings.number("body-limit")?,
        header_deadline: settings.seconds("header-timeout")?,
        body_deadline: settings.seconds("body-timeout")?,
        idle: settings.seconds("idle-timeout")?,
        drain: settings.seconds("drain-timeout")?,
        connections: settings.number("max-connections")?,
        connections_per_address: settings.number("max-connections-per-address")?,
        ..Limits::default()
    })
}

/// With the demo data, limits on calls and wrong sign-ins are so high that thousands of calls of a test pass; a limit
/// that is set stays as it is set.
fn patience(settings: &Settings, demo: bool, name: &'static str) -> Result<u32, BadSetting> {
    let is_set = settings.iter().any(|(known, _, origin)| known == name && *origin != crate::settings::Origin::Default);
    if demo && !is_set { Ok(60_000_000) } else { settings.number(name) }
}

/// Calls are kept in the folder. Bodies hold what customers are told: they are kept with the demo data, and where somebody
/// says so.
fn inspected(settings: &Settings, demo: bool, folder: &Path) -> Result<inspector::Options, BadSetting> {
    let is_set =
        |name| settings.iter().any(|(known, _, origin)| known == name && *origin != crate::settings::Origin::Default);
    let bodies = if is_set("inspector-bodies") { settings.on("inspector-bodies")? } else { demo };
    let (calls, days): (usize, u32) = (settings.number("inspector-calls")?, settings.number("inspector-days")?);
    let limits = inspector::Limits {
        calls,
        bytes: settings.number("inspector-bytes")?,
        seconds: i64::from(days).saturating_mul(86_400),
    };
    Ok(inspector::Options { file: Some(folder.join("inspector.db")), limits, bodies })
}

fn sign_in(settings: &Settings, demo: bool, folder: &Path) -> Result<SignIn, Failed> {
    let limits = SignInLimits {
        remember: settings.number("remember-credentials")?,
        failures_per_name: patience(settings, demo, "failures-per-name")?,
        failures_per_address: patience(settings, demo, "failures-per-address")?,
    };
    Ok(SignIn::new(limits, key(folder)?))
}

/// What TLS needs, if it is to be spoken.
fn certificate(settings: &Settings) -> Result<Option<rustls::ServerConfig>, Failed> {
    if !settings.on("tls")? {
        return Ok(None);
    }
    let folder = Path::new(settings.text("tls-folder"));
    let failed = |error: String| Failed::new(Exit::Failed, error);
    let config = tls::load(folder).map_err(failed)?;
    if let Some(warning) = tls::warning(folder, SystemClock.now()).map_err(failed)? {
        tracing::warn!("{warning}");
    }
    Ok(Some(config))
}

/// How webhooks are delivered to; their secrets come from a file beside the store.
fn outbound(settings: &Settings, folder: &Path) -> Result<Outbound, Failed> {
    let days: u64 = settings.number("webhook-patience")?;
    let networks = settings.networks("webhook-networks")?;
    let trusted = match settings.text("webhook-ca") {
        "" => None,
        path => Some(tls::certificates(Path::new(path)).map_err(|error| Failed::new(Exit::Usage, error))?),
    };
    Ok(Outbound {
        courier: Arc::new(HttpCourier::new(networks, trusted.as_deref(), settings.seconds("webhook-timeout")?)),
        key: key(folder)?,
        retry: settings.seconds("webhook-retry")?,
        attempts: settings.number("webhook-attempts")?,
        patience: Duration::from_secs(days.saturating_mul(86_400)),
    })
}

/// The key beside the store.
fn key(folder: &Path) -> Result<[u8; 32], Failed> {
    courier::key(folder).map_err(|error| Failed::new(Exit::Failed, error))
}

/// One password a core at once.
fn hashers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The database that is named, if one is.
fn database(settings: &Settings) -> Result<Option<Address>, Failed> {
    let mut url = settings.text("database-url").to_owned();
    if url.is_empty() && !settings.on("ephemeral")? {
        let folder = Path::new(settings.text("data"));
        let moved = store::sqlite::moved(folder).map_err(|error| Failed::new(Exit::Failed, error))?;
        if moved.is_some() {
            tracing::warn!("the store of {} was moved: going on over the database", folder.display());
        }
        url = moved.unwrap_or_default();
    }
    if url.is_empty() {
        return Ok(None);
    }
    if settings.on("ephemeral")? {
        return Err(Failed::new(Exit::Usage, "--ephemeral keeps nothing, --database-url names where to keep it"));
    }
    url.parse().map(Some).map_err(|error: BadAddress| Failed::new(Exit::Usage, error))
}

/// Answers are given from the event loop: it is cheaper to wake all who wait from there.
fn answering() -> Answering {
    let runtime = tokio::runtime::Handle::current();
    Arc::new(move |answers| drop(runtime.spawn(async move { answers() })))
}

/// How stores are opened.
#[derive(Clone)]
struct Opening {
    /// Where the server serves.
    address: String,
    committed: Arc<Notify>,
    answering: Answering,
}

impl Opening {
    fn folder(self, folder: &Path, durable: bool) -> Result<Arc<dyn Store>, Failed> {
        let committed = Arc::clone(&self.committed);
        let (moved, jobs) = Door::hand_over();
        let options = Options {
            folder: folder.to_owned(),
            durable,
            readers: hashers() * 2,
            entropy: Arc::new(SystemEntropy),
            answering: Arc::clone(&self.answering),
            committed: Arc::new(move || committed.notify_one()),
            moved,
        };
        let store = SqliteStore::open(&options).map_err(|error| {
            let exit = if matches!(error, OpenError::InUse { .. }) { Exit::Unavailable } else { Exit::Failed };
            Failed::new(exit, error)
        })?;
        let key_in = folder.to_owned();
        let follow = move |url: &str| {
            let database = url.parse().map_err(|error: BadAddress| error.to_string())?;
            self.database(&database, &key_in).map_err(|failed| failed.to_string())
        };
        let door = Door::new(Arc::new(store), folder.to_owned(), jobs, Box::new(follow));
        Ok(Arc::new(door.map_err(|error| Failed::new(Exit::Failed, error))?))
    }

    /// The key of webhooks is in the folder.
    fn database(&self, database: &Address, folder: &Path) -> Result<Arc<dyn Store>, Failed> {
        let committed = Arc::clone(&self.committed);
        let (id, release) = (readable_secret(), env!("CARGO_PKG_VERSION").to_owned());
        let key = key(folder)?;
        let options = postgres::Options {
            node: Some(Node { id, address: self.address.clone(), release }),
            key: Some(courier::mark(&key)),
            answering: Arc::clone(&self.answering),
            committed: Arc::new(move || committed.notify_one()),
            ..postgres::Options::new(database.clone(), Arc::new(SystemEntropy))
        };
        let store = PostgresStore::open(options).map_err(|error| Failed::new(Exit::Unavailable, error))?;
        Ok(Arc::new(store))
    }
}

fn temporary_folder() -> Result<tempfile::TempDir, Failed> {
    tempfile::Builder::new().prefix("samerow-").tempdir().map_err(|error| Failed::new(Exit::Failed, error))
}

/// Scripts wait for this file: it appears whole or not at all.
fn write_ready_file(path: &str, url: &str) -> Result<(), Failed> {
    if path.is_empty() {
        return Ok(());
    }
    let partial = format!("{path}.partial");
    let line = json!({ "url": url, "pid": std::process::id() }).to_string() + "\n";
    std::fs::write(&partial, line)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|error| Failed::new(Exit::Failed, format!("{path}: {error}")))
}

fn signals() -> Result<[Signal; 3], Failed> {
    let open = |kind| signal(kind).map_err(|error| Failed::new(Exit::Failed, error));
    Ok([open(SignalKind::terminate())?, open(SignalKind::interrupt())?, open(SignalKind::hangup())?])
}

/// The first signal lets callers go elsewhere for a time, and then requests under way end; a further one waits for neither.
async fn stop_on_signals(phase: watch::Sender<Phase>, mut signals: [Signal; 3], grace: Duration) {
    stop(&mut signals).await;
    phase.send_replace(Phase::Leaving);
    tokio::select! {
        () = tokio::time::sleep(grace) => {}
        () = stop(&mut signals) => {}
    }
    phase.send_replace(Phase::Draining);
    stop(&mut signals).await;
    phase.send_replace(Phase::Aborting);
    std::future::pending::<()>().await;
}

async fn stop([terminate, interrupt, hangup]: &mut [Signal; 3]) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    tracing::info!("signal");
}

/// Logs go to standard error through a queue: a reader that stops reading stops no request.
fn start_log(settings: &Settings) -> Result<tracing_appender::non_blocking::WorkerGuard, BadSetting> {
    let filter = settings.text("log").parse::<tracing_subscriber::EnvFilter>().unwrap_or_else(|_| "info".into());
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    // A second start in one process, as in tests, keeps the first log.
    let _ = if settings.text("log-format") == "json" { log.json().try_init() } else { log.try_init() };
    Ok(guard)
}

fn welcome(url: &str, store: &str, first: &First, demo_works: bool) -> String {
    let mut text = format!("samerow {}   {store}   {url}\n", env!("CARGO_PKG_VERSION"));
    for dialect in dialects::ALL {
        text.push_str(&format!("  {:<14} {}\n", dialect.name, dialect.title));
    }
    text.push_str(&format!("  console        {url}/console\n  docs           {url}/docs\n"));
    match first {
        First::Kept => {}
        First::Admin { password } => {
            text.push_str(&format!("  first start    user admin, password {password}: shown once, write it down\n"));
            text.push_str("  commands       export SAMEROW_USER=admin SAMEROW_PASSWORD=that\n");
            text.push_str("  tip            samerow dialects connect superoffice --lang csharp\n");
        }
        First::Demo => {
            text.push_str("  demo data      in the store; these calls work as they are:\n\n");
            text.push_str(&calls(url));
        }
    }
    if !demo_works {
        text.push_str("  Demo credentials do not work on this address. --demo-anywhere lets them.\n");
    }
    text
}

/// Calls to paste into a shell, one for each way in.
fn calls(url: &str) -> String {
    format!(
        "curl -X PATCH '{url}/api/customer/set_customer_details' -H 'api-username: tf_admin' \\\n  \
         -H 'api-key: 44b5498dbcb481a0d00b404c0169af62' -d 'customer_id=191&firstname=Test&zip=66666'\n\n\
         curl -X PUT '{url}/api/2.0/customers/191' -u 'demo:0123456789abcdef0123456789ABCDEF_1' \\\n  \
         -H 'Content-Type: application/json' -d '{{\"telephone\":\"+47 555 01 91\"}}'\n\n\
         curl '{url}/v1/customers/191/history' -H 'Authorization: Bearer demo-admin-token'\n\n"
    )
}

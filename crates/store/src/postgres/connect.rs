//! Where the database is, and how connections to it are made.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error as ThisError;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

use super::Failure;
use super::session::{LONG_PATIENCE, PATIENCE, Session};
use super::tls::Tls;

/// Why an address cannot be used.
#[derive(Debug, ThisError)]
#[error("{0}")]
pub struct BadAddress(String);

/// Which database, and as whom: a URL `postgres://user:password@host:5432/name`, or several hosts separated by commas.
///
/// It takes the parameters of PostgreSQL's own clients, of which `sslmode` is `disable`, `prefer` (the default),
/// `require`, `verify-ca` or `verify-full`, and `sslrootcert` names a file of certificates to trust. Of several hosts the one is
/// taken that can be written to.
#[derive(Clone)]
pub struct Address {
    config: Arc<Config>,
    tls: Option<Tls>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(url: &str) -> Result<Self, BadAddress> {
        let example = "postgres://user:password@host:5432/name";
        let wrong = |why: &dyn fmt::Display| {
            BadAddress(format!("the address of the database is none: {why}; an example is {example}"))
        };
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(wrong(&"it starts with postgres://"));
        }
        let (rest, mode, trusted) = Tls::parameters(url);
        let mut config: Config = rest.parse().map_err(|error: tokio_postgres::Error| {
            wrong(&std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        if config.get_hosts().is_empty() {
            return Err(wrong(&"it names no host"));
        }
        if config.get_hosts().len() > 1 {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let tls = Tls::new(mode.as_deref(), trusted.as_deref()).map_err(BadAddress)?;
        config.ssl_mode(match (&tls, mode.as_deref()) {
            (None, _) => SslMode::Disable,
            (Some(_), None | Some("prefer")) => SslMode::Prefer,
            (Some(_), Some(_)) => SslMode::Require,
        });
        if config.get_application_name().is_none() {
            config.application_name("samerow");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(3));
        }
        config
            .keepalives_idle(Duration::from_secs(5))
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(3);
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(PATIENCE);
        }
        Ok(Self { config: Arc::new(config), tls })
    }
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Batches; `durable` unless nobody keeps the store.
    Writing { durable: bool },
    /// Point reads.
    Reading,
    /// Listings.
    Scanning,
    /// Everything there is.
    Examining,
}

impl Address {
    /// Hosts, ports and name, to be shown: no user, no password.
    pub fn place(&self) -> String {
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate().map(|(at, host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => path.display().to_string(),
            }
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        format!("{hosts}/{}", self.config.get_dbname().or(self.config.get_user()).unwrap_or_default())
    }

    /// Opens a connection and sets what our statements rely on.
    pub(super) async fn connect(&self, purpose: Purpose) -> Result<Session, Failure> {
        let connecting = async {
            let client = match &self.tls {
                None => {
                    let (client, connection) = self.config.connect(NoTls).await?;
                    tokio::spawn(connection);
                    client
                }
                Some(tls) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    tokio::spawn(connection);
                    client
                }
            };
            client.batch_execute(&settings(purpose)).await?;
            // An engine that does not know them has another planner.
            let planned = match client.simple_query(&planning(purpose)).await {
                Err(error) if error.as_db_error().is_none() => return Err(error.into()),
                planned => planned.unwrap_or_default(),
            };
            let is_citus = planned.iter().any(|message| matches!(message, SimpleQueryMessage::Row(_)));
            let patience = if purpose == Purpose::Examining { LONG_PATIENCE } else { PATIENCE };
            Ok(Session::over(client, patience, is_citus))
        };
        tokio::time::timeout(PATIENCE, connecting).await.unwrap_or(Err(Failure::Silent))
    }
}

/// All our statements find rows by their keys: with few rows in a table, or old statistics, the planner would rather
/// read all of it. Citus, which answers a row, plans only what it knows the values of.
fn planning(purpose: Purpose) -> String {
    let usual = if purpose == Purpose::Scanning { "force_custom_plan" } else { "force_generic_plan" };
    format!(
        "SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; \
         SET plan_cache_mode TO {usual}; SELECT set_config('plan_cache_mode', 'force_custom_plan', false) \
         FROM pg_extension AS e WHERE e.extname = 'citus'"
    )
}

/// A node that is gone must not keep the rows that it holds.
fn settings(purpose: Purpose) -> String {
    let mut settings =
        String::from("SET client_min_messages TO error; SET idle_in_transaction_session_timeout TO '15s'; ");
    settings.push_str(match purpose {
        // What has to survive a loss of power does, whatever the default of the server.
        Purpose::Writing { durable: true } => {
            "SET lock_timeout TO '5s'; SET statement_timeout TO 0; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        }
        Purpose::Writing { durable: false } => "SET lock_timeout TO '5s'; SET synchronous_commit TO off",
        Purpose::Reading => "SET statement_timeout TO '10s'",
        Purpose::Examining => "SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0",
        Purpose::Scanning => "SET statement_timeout TO '60s'",
    });
    settings
}

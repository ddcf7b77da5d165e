//! A connection, and how statements go over it: many in one go, answered in one round trip.

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::Failure;

/// Prepared statements that a connection keeps. Those of listings are as many as callers think of.
const MAX_STATEMENTS: usize = 256;

/// The longest that one round trip may take: then the connection is given up.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// The same where whole tables are read or made.
pub(super) const LONG_PATIENCE: Duration = Duration::from_secs(3_600);

/// A statement with its values, each named `$n` with its type.
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Query {
    pub(super) fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    #[must_use]
    pub(super) fn with(mut self, value: impl ToSql + Sync + Send + 'static) -> Self {
        self.values.push(Box::new(value));
        self
    }

    fn bound(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }
}

pub(super) struct Session {
    client: Client,
    /// The longest that one round trip may take.
    patience: Duration,
    is_citus: bool,
    statements: Mutex<HashMap<String, Statement>>,
}

impl Session {
    pub(super) fn over(client: Client, patience: Duration, is_citus: bool) -> Self {
        Self { client, patience, is_citus, statements: Mutex::default() }
    }

    /// Whether the rows of one table may stand on several machines.
    pub(super) const fn is_citus(&self) -> bool {
        self.is_citus
    }

    /// Whether it was lost.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements that answer nothing.
    pub(super) async fn simple(&self, sql: &str) -> Result<(), Failure> {
        self.in_time(async { Ok(self.client.batch_execute(sql).await?) }).await
    }

    /// Sends a statement whose outcome decides nothing, and does not wait for it.
    pub(super) fn send(&self, sql: &str) {
        let _ = self.client.batch_execute(sql).now_or_never();
    }

    /// Answers the rows of one query.
    pub(super) async fn rows(&self, query: Query) -> Result<Vec<Row>, Failure> {
        Ok(self.fetch(None, [&query]).await?.pop().unwrap_or_default())
    }

    /// Sends queries in one go, behind a statement that begins a transaction, and answers the rows of each.
    pub(super) async fn fetch<'a>(
        &self,
        begin: Option<&str>,
        queries: impl IntoIterator<Item = &'a Query>,
    ) -> Result<Vec<Vec<Row>>, Failure> {
        let queries: Vec<_> = queries.into_iter().collect();
        self.in_time(async {
            let statements = self.prepared(&queries).await?;
            let begun = async {
                match begin {
                    Some(begin) => self.client.batch_execute(begin).await,
                    None => Ok(()),
                }
            };
            // Futures are polled in their order, and each is sent when it is first polled.
            let answers = join_all(
                queries
                    .iter()
                    .zip(&statements)
                    .map(|(query, statement)| async move { self.client.query(statement, &query.bound()).await }),
            );
            let (begun, answers) = futures_util::future::join(begun, answers).await;
            begun?;
            // The first error is the cause: what follows it in the transaction fails for that alone.
            answers.into_iter().map(|rows| rows.map_err(Failure::from)).collect()
        })
        .await
    }

    /// Sends statements in one go and answers how many rows each changed.
    pub(super) async fn execute<'a>(&self, queries: impl IntoIterator<Item = &'a Query>) -> Result<Vec<u64>, Failure> {
        let queries: Vec<_> = queries.into_iter().collect();
        self.in_time(async {
            let statements = self.prepared(&queries).await?;
            let answers = join_all(
                queries
                    .iter()
                    .zip(&statements)
                    .map(|(query, statement)| async move { self.client.execute(statement, &query.bound()).await }),
            );
            answers.await.into_iter().map(|count| count.map_err(Failure::from)).collect()
        })
        .await
    }

    async fn prepared(&self, queries: &[&Query]) -> Result<Vec<Statement>, Failure> {
        let mut prepared = Vec::with_capacity(queries.len());
        for query in queries {
            let known = self.statements().get(&query.sql).cloned();
            prepared.push(match known {
                Some(statement) => statement,
                None => {
                    let statement = self.client.prepare(&query.sql).await?;
                    let mut statements = self.statements();
                    if statements.len() >= MAX_STATEMENTS {
                        statements.clear();
                    }
                    statements.insert(query.sql.clone(), statement.clone());
                    statement
                }
            });
        }
        Ok(prepared)
    }

    /// Waits for an answer, and not for ever.
    async fn in_time<T>(&self, answer: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::time::timeout(self.patience, answer).await.unwrap_or(Err(Failure::Silent))
    }

    fn statements(&self) -> std::sync::MutexGuard<'_, HashMap<String, Statement>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

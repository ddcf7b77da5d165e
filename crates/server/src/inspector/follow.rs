//! Lets the inspector forget whom other servers of the same store erase, and who was erased while it did not run.

use dialects::State;
use domain::filter::{Order, Position, Selection};
use domain::operation::{Deleted, ListRecords, ListTenants};
use domain::tenant::Tenant;
use domain::{Error, Field, Kind, Record};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::time::sleep;

use super::{Inspector, lock};
use crate::housekeeping::run;

/// Entries of an audit, or tenants, that are read at once.
const STEP: u32 = 200;

/// Between two looks, while others change things.
const PAUSE: Duration = Duration::from_millis(200);

/// Of its time it looks this part at most.
const PART: u32 = 20;

/// Looks for the first time, before anybody is shown a call from before.
///
/// # Errors
/// What the store refuses with.
pub async fn begin(state: &State, inspector: &Inspector) -> Result<(), Error> {
    let is_new = lock(&inspector.shared.calls).is_new;
    every(state, inspector, is_new).await
}

async fn every(state: &State, inspector: &Inspector, is_new: bool) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let tenants = run(state, Tenant::DEFAULT, ListTenants { after, limit: STEP }).await?;
        let Some(last) = tenants.last() else { return Ok(()) };
        after = last.number;
        for tenant in tenants {
            look(state, inspector, tenant, is_new).await?;
        }
    }
}

/// Reads how the audit of a tenant went on: it tells of every erasure, in the transaction of which it is. What is in a new
/// file is younger than all of it.
async fn look(state: &State, inspector: &Inspector, tenant: Tenant, is_new: bool) -> Result<(), Error> {
    let (shared, number) = (&inspector.shared, tenant.number);
    let known = inspector.ask(move |calls| calls.audited(number)).await.flatten();
    let end = entries(state, tenant, None).await?.first().map_or(0, |entry| entry.id);
    if known.unwrap_or(0) == end {
        return Ok(());
    }
    let mut seen = if known.is_none() && is_new { end } else { known.unwrap_or(0) };
    let mut forgets = false;
    if seen > end {
        // The store is another one than it was.
        (seen, forgets) = (end, true);
    }
    while seen < end {
        let entries = entries(state, tenant, Some(seen)).await?;
        let Some(last) = entries.last() else { break };
        seen = last.id;
        for entry in entries.iter().filter(|entry| entry.text(Field::Action) == "erase") {
            let customer = entry.number(Field::Subject).unwrap_or_default();
            // Of what was erased here everything was forgotten then.
            forgets |= !lock(&shared.front).erased.remove(&(number, customer));
        }
    }
    if forgets {
        let shared = Arc::clone(shared);
        tokio::task::spawn_blocking(move || shared.forget()).await.map_err(Error::internal)?;
    }
    inspector.ask(move |calls| calls.note_audited(number, seen)).await;
    Ok(())
}

/// The entries after one, oldest first; without one, the last of all.
async fn entries(state: &State, tenant: Tenant, after: Option<i64>) -> Result<Vec<Record>, Error> {
    let selection = match after {
        Some(id) => Selection { after: Some(Position { values: Vec::new(), id }), limit: STEP, ..Selection::default() },
        None => {
            Selection { order: vec![Order { field: Field::Id, descending: true }], limit: 1, ..Selection::default() }
        }
    };
    let list = ListRecords { kind: Kind::AuditEntry, selection, deleted: Deleted::Shown };
    Ok(run(state, tenant, list).await?.records.clone())
}

/// Looks whenever something was committed, until the state is gone or the server stops.
pub async fn follow(state: Weak<State>, inspector: Weak<Inspector>) {
    let Some(mut commits) = state.upgrade().map(|state| state.commits.clone()) else { return };
    loop {
        let Some((state, inspector)) = state.upgrade().zip(inspector.upgrade()) else { return };
        commits.mark_unchanged();
        let started = Instant::now();
        if let Err(error) = every(&state, &inspector, false).await {
            // It is tried again with the next change.
            tracing::warn!(%error, source = error.source, "the inspector does not follow the audit");
        }
        drop((state, inspector));
        sleep(PAUSE.max(started.elapsed() * (PART - 1))).await;
        if commits.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{About, Limits, Options};
    use super::*;
    use crate::host::{Argon2id, SystemClock, SystemEntropy};
    use bytes::Bytes;
    use dialects::{Request, SignIn, SignInLimits};
    use domain::App;
    use domain::operation::EraseCustomer;
    use http::{HeaderMap, Method, Response};
    use store::SqliteStore;

    fn state(folder: &std::path::Path) -> State {
        let store = SqliteStore::open(&store::Options::new(folder, Arc::new(SystemEntropy))).unwrap();
        let app = App::new(Arc::new(store), Arc::new(SystemClock), Arc::new(SystemEntropy));
        crate::demo::fill(&app, Some(0), &mut |_| ()).unwrap();
        State::new(app, SignIn::new(SignInLimits::default(), [0; 32]), Arc::new(Argon2id), 1)
    }

    fn inspector(file: &std::path::Path) -> Inspector {
        let limits = Limits { calls: 100, bytes: 1 << 20, seconds: 1_000 };
        Inspector::new(Options { file: Some(file.to_owned()), limits, bodies: true }).unwrap()
    }

    /// Of how many calls it is known what they said, after one more.
    async fn keep(inspector: &Inspector) -> usize {
        let request = Request {
            method: Method::GET,
            path: "/v1/customers/10".to_owned(),
            query: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            address: [127, 0, 0, 1].into(),
            base_url: String::new(),
            tenant: None,
            id: "id".to_owned(),
        };
        let answer = (&Response::new(Bytes::new()), Bytes::new());
        inspector.keep(("native", "read"), (request, About::default()), answer, None, Duration::ZERO);
        count(inspector).await
    }

    async fn count(inspector: &Inspector) -> usize {
        inspector.list((0, u64::MAX), 100, |call| !call.is_forgotten()).await.len()
    }

    async fn erase(state: &State, id: i64) {
        run(state, Tenant::DEFAULT, EraseCustomer { id, reason: None, dry_run: false }).await.unwrap();
    }

    #[tokio::test]
    async fn who_is_erased_is_forgotten_once() {
        let folder = tempfile::tempdir().unwrap();
        let (state, file) = (state(&folder.path().join("one")), folder.path().join("inspector.db"));
        erase(&state, 10).await;
        let watched = inspector(&file);
        begin(&state, &watched).await.unwrap();
        assert_eq!(keep(&watched).await, 1);
        every(&state, &watched, false).await.unwrap();
        assert_eq!(count(&watched).await, 1, "a new file knows nobody who was erased before");
        // Here: at once, and not again when the audit tells it.
        erase(&state, 11).await;
        watched.forget(Tenant::DEFAULT, 11);
        assert_eq!(count(&watched).await, 0);
        assert_eq!(keep(&watched).await, 1);
        every(&state, &watched, false).await.unwrap();
        assert_eq!(count(&watched).await, 1);
        // By another server, while this one runs, and while it does not.
        erase(&state, 100).await;
        every(&state, &watched, false).await.unwrap();
        assert_eq!(count(&watched).await, 0);
        assert_eq!(keep(&watched).await, 1);
        drop(watched);
        erase(&state, 191).await;
        let watched = inspector(&file);
        assert_eq!(count(&watched).await, 1);
        begin(&state, &watched).await.unwrap();
        assert_eq!(count(&watched).await, 0);
        // Over another store, whose audit is shorter.
        assert_eq!(keep(&watched).await, 1);
        let other = self::state(&folder.path().join("other"));
        begin(&other, &watched).await.unwrap();
        assert_eq!(count(&watched).await, 0);
    }
}

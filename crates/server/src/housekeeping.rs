//! What the server does by itself from time to time.

use dialects::State;
use domain::operation::{DueForErasure, EraseCustomer, ListTenants, Purge, PurgeAttachments};
use domain::tenant::Tenant;
use domain::{Caller, Error, Kind, Operation, Origin, Role};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(300);

/// Tenants, and records of one tenant, that are looked at together.
const CHUNK: u32 = 200;

/// Seconds after which an attachment that no message linked is deleted.
const LOOSE: i64 = 86_400;

/// Removes what has ended and erases who is kept no longer, round after round, until the state is gone.
pub async fn keep(state: Weak<State>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(state) = state.upgrade() else { return };
        // What cannot be stored now is found again in the next round.
        if let Err(error) = purge(&state).await {
            tracing::warn!(%error, source = error.source, "housekeeping");
        }
    }
}

/// One round. Answers how many sessions and kept answers were removed.
///
/// # Errors
/// What the store refuses with.
pub async fn purge(state: &State) -> Result<usize, Error> {
    let (mut after, mut removed) = (0, 0);
    loop {
        let tenants = run(state, Tenant::DEFAULT, ListTenants { after, limit: CHUNK }).await?;
        let Some(last) = tenants.last() else { return Ok(removed) };
        after = last.number;
        for tenant in tenants {
            for id in run(state, tenant, DueForErasure { limit: CHUNK }).await? {
                let erased = run(state, tenant, EraseCustomer { id, reason: None, dry_run: false }).await;
                if erased.is_ok() {
                    state.forget(tenant, id).await?;
                }
                // Somebody else may have been faster; what fails is due again in the next round.
                let outcome = erased.map_or_else(|error| error.to_string(), |_| String::from("erased"));
                tracing::info!(tenant = tenant.number, customer = id, outcome, "a customer's time is over");
            }
            let before = state.app.now().plus_seconds(-LOOSE);
            while run(state, tenant, PurgeAttachments { before, limit: CHUNK }).await? == CHUNK as usize {}
            for kind in [Kind::Session, Kind::Token, Kind::Answer, Kind::Notification] {
                loop {
                    let gone = run(state, tenant, Purge { kind, limit: CHUNK }).await?;
                    removed += gone;
                    if gone < CHUNK as usize {
                        break;
                    }
                }
            }
        }
    }
}

/// Runs an operation as the server itself.
pub(crate) async fn run<O: Operation>(state: &State, tenant: Tenant, operation: O) -> Result<O::Output, Error> {
    let caller = Caller { role: Role::Admin, name: String::from("samerow"), ..Caller::anonymous(tenant) };
    let origin = Origin {
        dialect: String::from("console"),
        operation: String::from("housekeeping"),
        credential: caller.name.clone(),
        client: concat!("samerow/", env!("CARGO_PKG_VERSION")).to_owned(),
        request_id: String::new(),
    };
    state.run(operation, &Arc::new(caller), origin).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Argon2id, SystemClock, SystemEntropy};
    use dialects::{SignIn, SignInLimits};
    use domain::App;
    use domain::operation::CreateSession;
    use domain::session::{Lifetime, Subject};
    use store::{Options, SqliteStore};

    #[tokio::test]
    async fn sessions_that_ended_are_removed_in_every_tenant() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&Options::new(folder.path(), Arc::new(SystemEntropy))).unwrap();
        let app = App::new(Arc::new(store), Arc::new(SystemClock), Arc::new(SystemEntropy));
        crate::demo::fill(&app, Some(0), &mut |_| ()).unwrap();
        let sign_in = SignIn::new(SignInLimits::default(), [0; 32]);
        let state = State::new(app, sign_in, Arc::new(Argon2id), 1);
        for (digest, user, idle) in [("over", 2, 0), ("in its place", 2, -1), ("good", 3, 1_000)] {
            let lifetime = Lifetime { idle, whole: 10_000 };
            let create =
                CreateSession { subject: Subject::User(user), digest: digest.to_owned(), dialect: "console", lifetime };
            run(&state, Tenant::DEFAULT, create).await.unwrap();
        }
        assert_eq!(purge(&state).await.unwrap(), 1);
        assert_eq!(purge(&state).await.unwrap(), 0);
    }
}

//! Which customers a request is about: those that its operations looked up.

use domain::Subjects;
use domain::tenant::Tenant;
use std::cell::Cell;
use std::future::Future;
use tokio::task_local;

task_local! {
    static ABOUT: Cell<About>;
}

/// Whom a request is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// Whose customers they are; `None` when none was looked up.
    pub tenant: Option<Tenant>,
    /// The customers.
    pub customers: Subjects,
}

/// Tells, beside what it comes to, whom it was about: what [`State::run`](crate::State::run) ran meanwhile in the same task.
pub async fn collect<T>(answering: impl Future<Output = T>) -> (T, About) {
    let collected = async {
        let answer = answering.await;
        (answer, ABOUT.with(Cell::get))
    };
    ABOUT.scope(Cell::default(), collected).await
}

/// Nothing where nobody collects. A request is one tenant's, who is known once somebody has signed in.
pub(crate) fn note(tenant: Tenant, customers: Subjects) {
    if customers == Subjects::default() {
        return;
    }
    let _ = ABOUT.try_with(|about| {
        let mut all = about.get();
        if all.tenant != Some(tenant) {
            all = About { tenant: Some(tenant), ..About::default() };
        }
        customers.ids().for_each(|id| all.customers.add(id));
        about.set(all);
    });
}

//! When each key and each user was last let in: whoever keeps keys must know which of them nobody needs.

use domain::{Caller, Kind, Time};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};

/// Keys and users that are remembered at most.
const MOST: usize = 20_000;

/// Whose use it was: the number of the tenant, key or user, and its id.
pub type User = (i64, Kind, i64);

/// See the [module](self). Lost with the process, unless somebody keeps [`all`](Self::all).
#[derive(Debug, Default)]
pub struct Uses(RwLock<HashMap<User, AtomicI64>>);

impl Uses {
    /// A caller was let in.
    pub(crate) fn note(&self, caller: &Caller, now: Time) {
        let whose = match (caller.key, caller.user) {
            (Some(id), _) => (caller.tenant.number, Kind::Key, id),
            (None, Some(id)) => (caller.tenant.number, Kind::User, id),
            (None, None) => return,
        };
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = known.get(&whose) {
            last.fetch_max(now.0, Relaxed);
            return;
        }
        drop(known);
        self.learn(whose, now);
    }

    /// What was kept of before.
    pub fn learn(&self, whose: User, at: Time) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.entry(whose).or_default().fetch_max(at.0, Relaxed);
        }
    }

    /// When it was let in last, if that is known.
    pub fn last(&self, whose: User) -> Option<Time> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&whose).map(|last| Time(last.load(Relaxed)))
    }

    /// All of them.
    pub fn all(&self) -> Vec<(User, Time)> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(whose, last)| (*whose, Time(last.load(Relaxed)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tenant::Tenant;

    #[test]
    fn the_last_use_is_told() {
        let uses = Uses::default();
        let key = Caller { key: Some(3), user: Some(2), ..Caller::anonymous(Tenant::DEFAULT) };
        uses.note(&key, Time(5));
        uses.note(&key, Time(9));
        uses.note(&key, Time(7));
        uses.note(&Caller::anonymous(Tenant::DEFAULT), Time(7));
        let of = |kind, id| uses.last((Tenant::DEFAULT.number, kind, id));
        assert_eq!((of(Kind::Key, 3), of(Kind::User, 2), uses.all().len()), (Some(Time(9)), None, 1));
    }
}

//! What is remembered between requests: locked and bounded.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is remembered at most, of each sort.
const MAX_ENTRIES: usize = 10_000;

/// Locks. A thread that panicked meanwhile left nothing half done: each change of what is remembered is one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Inserts; a full map first loses what is stale, or else everything.
pub(crate) fn bounded<K: Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, value: V, stale: impl Fn(&V) -> bool) {
    if map.len() >= MAX_ENTRIES && !map.contains_key(&key) {
        map.retain(|_, value| !stale(value));
        if map.len() >= MAX_ENTRIES {
            map.clear();
        }
    }
    map.insert(key, value);
}

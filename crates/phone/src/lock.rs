//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a panic elsewhere left behind is still a map.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

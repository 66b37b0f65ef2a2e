//! Locks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; what a thread left behind that panicked is still whole, since no state here is changed in two steps.
pub(crate) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Limits of the process.

/// Lets the process have as many open files as the system grants it: every held poll is one.
pub fn raise() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) if limit < 4_096 => tracing::warn!(limit, "few open files: few clients can be connected"),
        Ok(limit) => tracing::debug!(limit, "open files"),
        Err(why) => tracing::warn!(%why, "the limit of open files could not be raised"),
    }
}

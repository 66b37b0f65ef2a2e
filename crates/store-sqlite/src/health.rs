//! Whether commits succeed.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether the journal takes commits, as its writer last saw it. Clones tell of the same journal.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<AtomicBool>);

impl Health {
    /// Commits fail: the disk is full, or cannot be written to. Ends with the next commit that succeeds; the writer
    /// tries one every two seconds by itself.
    pub fn is_failing(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, is_failing: bool) {
        if self.0.swap(is_failing, Ordering::Relaxed) != is_failing {
            metrics::gauge!("jackfield_store_failing").set(if is_failing { 1.0 } else { 0.0 });
            if is_failing {
                tracing::error!("commits fail: nothing can be stored until that ends");
            } else {
                tracing::info!("commits succeed again");
            }
        }
    }
}

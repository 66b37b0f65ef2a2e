//! What clients asked for and we do not know: counted, so that an operator sees what a client misses.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The most different requests remembered; what comes later is only counted.
const MAX_ROWS: usize = 1000;

/// The requests, by method, path and operation.
#[derive(Debug, Default)]
pub struct Unknown {
    rows: Mutex<BTreeMap<Asked, u64>>,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The operation, if one was named.
    pub operation: Option<String>,
}

impl Unknown {
    /// Counts a request; overlong parts are cut.
    pub fn count(&self, method: &str, path: &str, operation: Option<&str>) {
        metrics::counter!("jackfield_unknown_requests_total").increment(1);
        let cut = |text: &str| text.chars().take(200).collect::<String>();
        let asked = Asked { method: cut(method), path: cut(path), operation: operation.map(cut) };
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() < MAX_ROWS || rows.contains_key(&asked) {
            *rows.entry(asked).or_default() += 1;
        }
    }

    /// All of them with their counts.
    pub fn rows(&self) -> Vec<(Asked, u64)> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.iter().map(|(asked, count)| (asked.clone(), *count)).collect()
    }
}

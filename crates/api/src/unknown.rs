//! Requests of clients that this server does not know: counted, so that an operator sees what a client misses.

use domain::json;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The most different requests remembered; later ones are only counted.
const MAX_ROWS: usize = 1000;
/// The most kept of each part of a request, in bytes as it is told, inside JSON.
const MAX_PART_BYTES: usize = 200;

/// The requests, by method, path and operation.
#[derive(Debug, Default)]
pub struct Unknown {
    rows: Mutex<BTreeMap<RequestKind, u64>>,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestKind {
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
        let cut = |text: &str| json::prefix(text, MAX_PART_BYTES).to_owned();
        let asked = RequestKind { method: cut(method), path: cut(path), operation: operation.map(cut) };
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() < MAX_ROWS || rows.contains_key(&asked) {
            *rows.entry(asked).or_default() += 1;
        }
    }

    /// All of them with their counts.
    pub fn rows(&self) -> Vec<(RequestKind, u64)> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.iter().map(|(asked, count)| (asked.clone(), *count)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_send_is_kept_as_far_as_it_may_weigh() {
        let unknown = Unknown::default();
        unknown.count(&"M".repeat(300), &format!("/{}", "p".repeat(300)), Some(&"\u{1}".repeat(300)));
        let (asked, count) = unknown.rows().remove(0);
        assert_eq!((asked.method.len(), asked.path.len(), count), (200, 200, 1));
        assert_eq!(asked.operation.as_deref(), Some(&*"\u{1}".repeat(33)), "each is six bytes in JSON");
        for number in 0..2 * MAX_ROWS {
            unknown.count("GET", &number.to_string(), None);
        }
        assert_eq!(unknown.rows().len(), MAX_ROWS);
    }
}

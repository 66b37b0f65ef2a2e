//! Percentiles of what was measured.

use serde_json::{Value, json};
use std::time::Duration;

/// Durations, to be summed up in milliseconds.
#[derive(Debug, Default)]
pub struct Durations(Vec<Duration>);

impl Durations {
    /// One more.
    pub fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    /// All of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Median, 99th percentile and the worst.
    pub fn summary(mut self) -> Value {
        self.0.sort_unstable();
        let at = |hundredths: usize| {
            let index = (self.0.len() * hundredths / 100).min(self.0.len().saturating_sub(1));
            self.0.get(index).map_or(Value::Null, |duration| json!(millis(*duration)))
        };
        json!({"samples": self.0.len(), "p50_ms": at(50), "p90_ms": at(90), "p99_ms": at(99), "max_ms": at(100)})
    }
}

/// Milliseconds with two places.
pub fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

/// A rate per second, whole.
pub fn rate(count: usize, over: Duration) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rate is shown whole"
    )]
    let rate = (count as f64 / over.as_secs_f64().max(1e-9)) as u64;
    rate
}

/// How many cores were busy, with two places.
pub fn cores(spent: Duration, over: Duration) -> f64 {
    (spent.as_secs_f64() / over.as_secs_f64().max(1e-9) * 100.0).round() / 100.0
}

//! What the program tells its operator: human-readable lines on stderr, and figures.

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    io::{self, IsTerminal},
    time::Duration,
};
use tracing_subscriber::EnvFilter;

/// Upper bounds of latency buckets, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];

/// How often samples are summed up.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Starts the log. `RUST_LOG` chooses what is told; without it, servers tell what they do and commands only what
/// goes wrong.
pub fn start(is_server: bool) {
    let default = format!("{},{}", if is_server { "info" } else { "warn" }, voice::LOG_FILTER);
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    // A second start can only happen in tests; the first one's choices stand.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
}

/// Sums the figures up, for ever: samples that nobody asks for would heap up otherwise.
pub async fn upkeep(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        figures.run_upkeep();
    }
}

/// Starts the figures. Every name begins with `jackfield_`.
pub fn figures() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("the metrics could not be started")
}

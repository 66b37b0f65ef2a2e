//! Log and metrics: human-readable lines on stderr, and figures for Prometheus.

mod folding;
mod standing;

pub use standing::tell as tell_how_things_stand;

use anyhow::{Context, Result};
use folding::Folding;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    io::{self, IsTerminal},
    sync::LazyLock,
    time::Duration,
};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

/// Upper bounds of latency buckets, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];

/// Upper bounds of the shares of packets that were lost.
const SHARES: [f64; 8] = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/// The log of this process.
static LOG: LazyLock<Folding> = LazyLock::new(Folding::default);

/// How often samples are summed up.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// How much is logged by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultLog {
    /// What it does: for a server.
    Doings,
    /// The same, but on a terminal only what goes wrong: for the demo, which prints words of its own.
    DoingsUnlessWatched,
    /// Only what goes wrong: for a command.
    Troubles,
}

/// Starts the log. `RUST_LOG` chooses what is logged; without it, this default. Lines of one kind are folded;
/// [`upkeep`] and [`end`] write how many there were.
pub fn start(tells: DefaultLog) {
    let wanted = std::env::var(EnvFilter::DEFAULT_ENV).ok();
    let usual = match tells {
        DefaultLog::Doings => "info",
        DefaultLog::DoingsUnlessWatched if !io::stderr().is_terminal() => "info",
        DefaultLog::DoingsUnlessWatched | DefaultLog::Troubles => "warn",
    };
    let filter = filter(wanted.as_deref(), usual);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        // The reader of the log may have gone: that must not stop a server.
        .log_internal_errors(false)
        .with_filter(LOG.clone());
    // A second start can only happen in tests; the first one's choices stand.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// Writes how many lines were folded and not counted in the log yet.
pub fn end() {
    LOG.flush_all();
}

/// The filter of the log: what is wanted, or the usual where nothing is wanted or the wish cannot be read. The SIP
/// library logs whole messages with credentials, so its lines need to be asked for by its name.
fn filter(wanted: Option<&str>, usual: &str) -> EnvFilter {
    let wanted = wanted.filter(|text| !text.trim().is_empty() && EnvFilter::try_new(text).is_ok());
    match wanted {
        Some(text) if text.contains("rsipstack") => EnvFilter::new(text),
        other => EnvFilter::new(format!("{},{}", other.unwrap_or(usual), voice::LOG_FILTER)),
    }
}

/// Sums the figures up again and again, since samples that nobody collects would pile up otherwise. Also writes how
/// many log lines were folded.
pub async fn upkeep(figures: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        figures.run_upkeep();
        LOG.flush();
    }
}

/// Starts the metrics. Every name begins with `jackfield_`.
pub fn figures() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
        .and_then(|figures| {
            figures.set_buckets_for_metric(Matcher::Full("jackfield_rtp_loss_ratio".into()), &SHARES)
        })
        .and_then(PrometheusBuilder::install_recorder)
        .context("the metrics could not be started")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sip_library_speaks_up_only_when_it_is_named() {
        for (wanted, sip) in [
            (None, "warn"),
            (Some("info"), "warn"),
            (Some("debug,voice=trace"), "warn"),
            (Some("=nonsense="), "warn"),
            (Some("info,rsipstack=debug"), "debug"),
        ] {
            let text = filter(wanted, "info").to_string();
            let ours: Vec<&str> =
                text.split(',').filter_map(|part| part.strip_prefix("rsipstack=")).collect();
            assert_eq!(ours, [sip], "{wanted:?}: {text}");
        }
    }
}

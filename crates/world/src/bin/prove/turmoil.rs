//! What happens to the server.

use super::server::Server;
use anyhow::Result;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Kills the server and restarts it at random moments, for so long.
pub async fn rage(server: &mut Server, chance: &mut fastrand::Rng, lasts: Duration) -> Result<()> {
    let end = Instant::now() + lasts;
    loop {
        let quiet = Duration::from_millis(chance.u64(1_500..6_000));
        if Instant::now() + quiet >= end {
            sleep(end.saturating_duration_since(Instant::now())).await;
            return Ok(());
        }
        sleep(quiet).await;
        let pause = Duration::from_millis(chance.u64(0..800));
        if chance.u32(..10) < 6 {
            server.kill(pause).await?;
        } else {
            server.restart(pause).await?;
        }
    }
}

//! What the endpoint does by itself: expiry, acknowledgements to disk, trimming, sessions too far behind.

use super::hub::{millis, persist};
use crate::state::Api;
use bayeux::{ClientId, Reconnect};
use desk::ports::SessionTable;
use domain::UserId;
use std::time::Duration;

/// A session so many notes behind is told to begin again (spec: decisions#2).
const MAX_NOTES_BEHIND: u64 = 10_000;
/// The same in bytes.
const MAX_BYTES_BEHIND: u64 = 16 * 1024 * 1024;
/// A mailbox is only weighed when its slowest session is at least this many notes behind.
const WORTH_WEIGHING: u64 = 100;
/// How often acknowledgements are written and mailboxes trimmed, in seconds.
const SLOW_EVERY: u32 = 5;
/// How many rows are written at once.
const ROWS_AT_ONCE: usize = 64;

/// Keeps the endpoint in order. Never returns.
pub async fn sweep(api: &Api) {
    let mut every = tokio::time::interval(Duration::from_secs(1));
    let (mut turn, mut lost) = (0, api.desk.lost());
    loop {
        every.tick().await;
        let changes = {
            let mut hub = api.notifications.hub();
            let now = api.desk.now();
            // A session that could not be heard has not gone away.
            let before = std::mem::replace(&mut lost, api.desk.lost());
            if lost > before {
                hub.stood_still(millis(lost - before));
            }
            hub.sweep(millis(now));
            let sizes = hub.sizes();
            metrics::gauge!("jackfield_notification_sessions").set(count(sizes.sessions));
            metrics::gauge!("jackfield_notification_polls_held").set(count(sizes.held));
            hub.take_changes()
        };
        api.notifications.release();
        if let Err(fault) = persist(&api.desk, changes).await {
            tracing::error!(%fault, "expired notification sessions could not be written");
        }
        turn = (turn + 1) % SLOW_EVERY;
        if turn == 0 {
            write_acknowledgements(api).await;
            close_laggards(api).await;
            let lowest = |agent: &UserId| api.notifications.hub().low_water(agent.as_str());
            if let Err(fault) = api.desk.trim(lowest).await {
                tracing::error!(%fault, "mailboxes could not be trimmed");
            }
        }
    }
}

/// Writes acknowledgements, late: a lost one only means that notes are kept longer.
async fn write_acknowledgements(api: &Api) {
    let rows: Vec<(String, Option<String>)> = {
        let mut hub = api.notifications.hub();
        let acked = hub.take_acks();
        acked
            .into_iter()
            .filter_map(|acked| {
                let record = hub.record(&acked.id)?;
                Some((acked.id.to_string(), serde_json::to_string(&record).ok()))
            })
            .collect()
    };
    // In parts, so that commands get their turn at the store between them.
    for part in rows.chunks(ROWS_AT_ONCE) {
        if let Err(fault) = api.desk.store().shelve(SessionTable::BayeuxSession, part.to_vec()).await {
            tracing::error!(%fault, "acknowledgements could not be written");
            return;
        }
    }
}

/// Ends sessions that do not fetch their notes: a mailbox must not grow forever.
async fn close_laggards(api: &Api) {
    for (agent, head) in api.desk.mailboxes().heads() {
        let behind: Vec<(ClientId, u64)> = {
            let hub = api.notifications.hub();
            let ids = hub.sessions_of(agent.as_str());
            ids.iter()
                .filter_map(|id| Some((id.clone(), hub.floor(id)?)))
                .filter(|(_, floor)| head.saturating_sub(*floor) >= WORTH_WEIGHING)
                .collect()
        };
        for (id, floor) in behind {
            let Ok((notes, bytes)) = api.desk.store().backlog(&agent, floor).await else { continue };
            if notes > MAX_NOTES_BEHIND || bytes > MAX_BYTES_BEHIND {
                tracing::warn!(%agent, notes, bytes, "a notification session is too far behind and is closed");
                metrics::counter!("jackfield_notification_sessions_dropped_total").increment(1);
                api.notifications.hub().remove(&id, Reconnect::Handshake);
                api.notifications.release();
            }
        }
    }
}

fn count(size: usize) -> f64 {
    f64::from(u32::try_from(size).unwrap_or(u32::MAX))
}

//! What the journal tells of calls.

use desk::ports::{FeedQuery, Store};
use domain::{Event, InteractionId, Key, agent, call::interactions_of};
use std::{collections::HashMap, path::Path};
use store_sqlite::SqliteStore;

/// What the journal tells of each call, in order, and of how many calls the same.
pub(super) async fn told(data: &Path) -> anyhow::Result<HashMap<Vec<&'static str>, usize>> {
    let store = SqliteStore::open(data, store_sqlite::Options::default())?;
    let mut calls: HashMap<InteractionId, Vec<&'static str>> = HashMap::new();
    let mut query = FeedQuery { limit: 10_000, unreported: true, ..FeedQuery::default() };
    loop {
        let page = store.events(query.clone()).await?;
        let Some(last) = page.rows.last() else { break };
        query.after = last.seq;
        for row in page.rows {
            let call = match (&row.key, &row.event) {
                (Key::Call(call), _) => call.clone(),
                (
                    _,
                    Event::Agent(agent::AgentEvent {
                        fact: agent::Fact::SlotTaken { session, .. } | agent::Fact::SlotFreed { session, .. },
                        ..
                    }),
                ) => {
                    // A slot may be that of a consultation.
                    interactions_of(session)
                        .find(|id| calls.contains_key(id))
                        .unwrap_or_else(|| session.clone())
                }
                _ => continue,
            };
            calls.entry(call).or_default().push(row.event.kind());
        }
    }
    let mut alike: HashMap<Vec<&'static str>, usize> = HashMap::new();
    for events in calls.into_values() {
        *alike.entry(events).or_default() += 1;
    }
    Ok(alike)
}

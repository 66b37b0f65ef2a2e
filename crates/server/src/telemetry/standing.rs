//! Figures of how things stand: who waits, who is at work in which state, what is open, how far reporting is behind. They are
//! what reporting counts live, so that a wallboard and an alarm say the same.

use desk::Desk;
use metrics::{describe_gauge, gauge};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How often the figures are told.
const EVERY: Duration = Duration::from_secs(5);

const WAITING: &str = "jackfield_queue_waiting";
const LONGEST: &str = "jackfield_queue_longest_wait_seconds";
const AGENTS: &str = "jackfield_agents";
const OPEN: &str = "jackfield_interactions_open";
const BEHIND: &str = "jackfield_reports_behind_events";
const BUILD: &str = "jackfield_build_info";

/// A figure by its name, with the values of its two labels.
type Series = (&'static str, String, String);

/// Says what the figures mean, and which program this is.
fn describe() {
    describe_gauge!(WAITING, "Customers of a queue who have no agent yet.");
    describe_gauge!(LONGEST, "How long the one of them has waited who waits longest.");
    describe_gauge!(AGENTS, "Agents at work, by the state of a channel.");
    describe_gauge!(OPEN, "Conversations and calls that are open.");
    describe_gauge!(BEHIND, "Events of the journal that reporting has not counted yet.");
    describe_gauge!(BUILD, "The version of the program; always 1.");
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Tells the figures again and again. A series that was told once is told from then on, as zero where there is nothing.
pub async fn tell(desk: Arc<Desk>) {
    describe();
    let mut told = BTreeSet::<Series>::new();
    loop {
        tell_once(&desk, &mut told);
        tokio::time::sleep(EVERY).await;
    }
}

fn tell_once(desk: &Desk, told: &mut BTreeSet<Series>) {
    let found = series(desk);
    let names = found.iter().map(|(series, _)| series.clone()).collect::<BTreeSet<_>>();
    for gone in told.difference(&names) {
        set(gone, 0.0);
    }
    for (series, value) in &found {
        set(series, *value);
    }
    told.extend(names);
    #[expect(clippy::cast_precision_loss, reason = "nobody is 2^52 events behind")]
    gauge!(BEHIND).set(desk.reports_lag() as f64);
}

fn series(desk: &Desk) -> Vec<(Series, f64)> {
    let now = desk.now();
    desk.reports().with(|fold| {
        let live = fold.read(now);
        let mut found = Vec::new();
        for ((queue, medium), waiting) in &live.queues {
            let of = |name| (name, (*queue).to_owned(), (*medium).to_owned());
            found.push((of(WAITING), f64::from(waiting.waiting)));
            let longest = Duration::from_millis(waiting.longest_ms.max(0).unsigned_abs());
            found.push((of(LONGEST), longest.as_secs_f64()));
        }
        let media: BTreeSet<&str> =
            live.agents.values().flat_map(|agent| agent.channels.keys().copied()).collect();
        for medium in media {
            for (state, count) in live.by_state(medium) {
                found.push(((AGENTS, medium.to_owned(), state.to_owned()), f64::from(count)));
            }
        }
        let open = live.open.iter();
        found.extend(
            open.map(|(medium, count)| ((OPEN, (*medium).to_owned(), String::new()), f64::from(*count))),
        );
        found
    })
}

fn set((name, first, second): &Series, value: f64) {
    let (first, second) = (first.clone(), second.clone());
    match *name {
        AGENTS => gauge!(AGENTS, "media" => first, "state" => second).set(value),
        OPEN => gauge!(OPEN, "media" => first).set(value),
        name => gauge!(name, "queue" => first, "media" => second).set(value),
    }
}

//! `jackfield why`: what stands between waiting customers and agents.

use super::{
    board::{ROUTED, board},
    reader::reader,
    trace::moment,
};
use crate::{cli::Why, config};
use anyhow::{Result, bail};
use desk::{
    hours::Timetables,
    routing::{AgentObstacle, WaitingItem, effective_priority, explain},
};
use domain::{InteractionId, Millis};
use std::io::Write;

/// Explains one conversation or call that waits, or all, in the order in which they will be served. Only reads the
/// journal, beside whatever server runs.
pub fn run(args: &Why, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let reader = reader(&config.data)?;
    let (board, now) = board(&reader, &ROUTED)?;
    let only = args.session.as_deref().map(InteractionId::from);
    let mut waiting: Vec<&WaitingItem> = board
        .waiting()
        .filter(|item| only.as_ref().is_none_or(|only| item.key.interaction == *only))
        .collect();
    if let (Some(only), true) = (&only, waiting.is_empty()) {
        bail!("{only} does not wait");
    }
    if waiting.is_empty() {
        writeln!(out, "Nobody waits.")?;
    }
    let rank =
        |item: &WaitingItem| board.queue(&item.queue).map_or(0, |queue| effective_priority(item, queue, now));
    waiting.sort_by_key(|item| (-rank(item), item.since, item.key.clone()));
    let timetables = Timetables::default();
    for item in waiting {
        show(item, &explain(&board, &item.key, now).unwrap_or_default(), now, out)?;
        if let Some(closure) = board.queue(&item.queue).and_then(|queue| timetables.closure(queue, now)) {
            let until = closure.until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
            writeln!(out, "  the queue is closed{until}; whoever is ready is offered it all the same")?;
        }
    }
    Ok(())
}

fn show(item: &WaitingItem, standings: &[AgentObstacle], now: Millis, out: &mut impl Write) -> Result<()> {
    let seconds = (now - item.since) / 1_000;
    let what = item.key.request.map(|number| format!(", request {number} for help,")).unwrap_or_default();
    let (id, medium, queue) = (&item.key.interaction, &item.medium, &item.queue);
    writeln!(out, "{id} ({medium}){what} has waited in {queue} for {seconds} s")?;
    if standings.is_empty() {
        writeln!(out, "  nobody is logged in, or there is no such queue")?;
    }
    for standing in standings {
        match &standing.obstacle {
            Some(obstacle) => writeln!(out, "  {}: {obstacle}", standing.user_name)?,
            None => writeln!(
                out,
                "  {}: nothing stands against it; the offer is about to be made",
                standing.user_name
            )?,
        }
    }
    Ok(())
}

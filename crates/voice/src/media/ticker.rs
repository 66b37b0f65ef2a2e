//! One clock for many legs: every 20 ms it sends what no other task sends.
//!
//! Legs and rooms are spread over a few shards, one a processor, each with one task. A shard without legs sleeps.

use super::{
    held,
    leg_media::LegMedia,
    shard::{Inbox, Shard},
};
use std::{
    sync::{Arc, Weak, atomic::Ordering::Relaxed},
    time::Duration,
};
use tokio::{task::yield_now, time::sleep_until};

/// How many ticks are made up for after a stall; the rest is skipped, since nobody wants a burst of old audio.
const MADE_GOOD: u64 = 5;

/// Legs that are sent to before other tasks have their turn.
const TURN: usize = 128;
/// A leg is looked after once in so many ticks: 200 ms.
const ROUND: u64 = 10;

/// Runs until it is aborted.
pub(super) async fn run(shard: Arc<Shard<LegMedia>>, silence: (Duration, Duration)) {
    let mut held_now = Inbox::default();
    loop {
        take_over(&shard, &mut held_now);
        if held_now.lines.is_empty() {
            shard.wake.notified().await;
            shard.catch_up();
            continue;
        }
        let next = shard.tick() + 1;
        sleep_until(shard.moment(next)).await;
        let now = shard.woken(next);
        for tick in next.max(now.saturating_sub(MADE_GOOD - 1))..=now {
            shard.tick.store(tick, Relaxed);
            take_over(&shard, &mut held_now);
            step(&mut held_now, tick, silence).await;
        }
    }
}

fn take_over(shard: &Shard<LegMedia>, mine: &mut Inbox<LegMedia>) {
    let mut inbox = held(&shard.inbox);
    mine.lines.append(&mut inbox.lines);
    mine.fed.append(&mut inbox.fed);
    mine.mixes.append(&mut inbox.mixes);
}

async fn step(mine: &mut Inbox<LegMedia>, tick: u64, silence: (Duration, Duration)) {
    let mut at = 0;
    let mut turn = 0_usize;
    while let Some(line) = mine.fed.get(at) {
        if line.tick(tick) {
            at += 1;
        } else {
            mine.fed.swap_remove(at);
        }
        turn += 1;
        if turn.is_multiple_of(TURN) {
            yield_now().await;
        }
    }
    mine.mixes.retain(|mix| mix());
    if tick.is_multiple_of(ROUND) {
        mine.lines.retain(|line| line.strong_count() > 0);
    }
    let first = usize::try_from(tick % ROUND).unwrap_or_default();
    let round = usize::try_from(ROUND).unwrap_or(1);
    for line in mine.lines.iter().skip(first).step_by(round).filter_map(Weak::upgrade) {
        line.look_after(tick, silence);
    }
}

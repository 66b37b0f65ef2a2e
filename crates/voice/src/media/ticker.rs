//! One clock for many legs: every 20 ms it sends what nobody else sends.
//!
//! Legs and rooms are spread over a few shards, one a processor, each with one task. A shard without legs sleeps.

use super::{held, inward::TICK, line::Line, room::Room};
use std::{
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::yield_now,
    time::{Instant, sleep_until},
};

/// After a stall, so many ticks are made good; the rest is skipped, since nobody wants a burst of old audio.
const MADE_GOOD: u64 = 5;
/// A ticker that is this many ticks late stood still with its process, 5 seconds: what was sent meanwhile was heard by
/// nobody, so that the time counts for no leg's silence.
const STOOD_STILL: u64 = 250;
/// Legs that are sent to before other tasks have their turn.
const TURN: usize = 128;
/// A leg is looked after every so many ticks: 200 ms.
const ROUND: u64 = 10;

/// The legs and rooms of one ticker.
pub(super) struct Shard {
    began: Instant,
    tick: AtomicU64,
    /// The ticks during which it stood still; they are not counted.
    still: AtomicU64,
    inbox: Mutex<Inbox>,
    wake: Notify,
}

/// What is new since the last tick: the ticker takes it over, so that nobody waits for the ticker.
#[derive(Default)]
struct Inbox {
    lines: Vec<Weak<Line>>,
    fed: Vec<Arc<Line>>,
    rooms: Vec<Arc<Room>>,
}

impl Shard {
    pub fn new() -> Self {
        Self {
            began: Instant::now(),
            tick: AtomicU64::new(0),
            still: AtomicU64::new(0),
            inbox: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// The tick that was last.
    pub fn tick(&self) -> u64 {
        self.tick.load(Relaxed)
    }

    /// Looks after a leg until it is gone.
    pub fn add(&self, line: Weak<Line>) {
        held(&self.inbox).lines.push(line);
        self.wake.notify_one();
    }

    /// The tick of this moment; the count stands still while the shard sleeps.
    pub fn catch_up(&self) -> u64 {
        let now = self.now();
        self.tick.fetch_max(now, Relaxed).max(now)
    }

    /// Asks a leg in every tick what is due, until it says that nothing more is.
    pub fn feed(&self, line: Arc<Line>) {
        held(&self.inbox).fed.push(line);
    }

    /// Mixes a room in every tick until it says that it is no more to be mixed.
    pub fn mix(&self, room: Arc<Room>) {
        held(&self.inbox).rooms.push(room);
    }

    fn now(&self) -> u64 {
        let passed = u64::try_from(self.began.elapsed().as_millis() / TICK.as_millis()).unwrap_or(u64::MAX);
        passed.saturating_sub(self.still.load(Relaxed))
    }

    /// The moment of a tick that is to come.
    fn moment(&self, tick: u64) -> Instant {
        self.began + TICK * u32::try_from(tick + self.still.load(Relaxed)).unwrap_or(u32::MAX)
    }

    /// The tick of this moment, when `next` was to be the next.
    fn woken(&self, next: u64) -> u64 {
        let late = self.now().saturating_sub(next);
        if late >= STOOD_STILL {
            self.still.fetch_add(late, Relaxed);
        }
        self.now()
    }
}

/// Runs until it is aborted.
pub(super) async fn run(shard: Arc<Shard>, silence: (Duration, Duration)) {
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

fn take_over(shard: &Shard, mine: &mut Inbox) {
    let mut inbox = held(&shard.inbox);
    mine.lines.append(&mut inbox.lines);
    mine.fed.append(&mut inbox.fed);
    mine.rooms.append(&mut inbox.rooms);
}

async fn step(mine: &mut Inbox, tick: u64, silence: (Duration, Duration)) {
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
    mine.rooms.retain(|room| room.mix());
    if tick.is_multiple_of(ROUND) {
        mine.lines.retain(|line| line.strong_count() > 0);
    }
    let first = usize::try_from(tick % ROUND).unwrap_or_default();
    let round = usize::try_from(ROUND).unwrap_or(1);
    for line in mine.lines.iter().skip(first).step_by(round).filter_map(Weak::upgrade) {
        line.look_after(tick, silence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn while_it_stood_still_no_ticks_are_counted() {
        let shard = Shard::new();
        tokio::time::advance(TICK * 10).await;
        assert_eq!(shard.woken(10), 10);
        tokio::time::advance(TICK * 100).await;
        assert_eq!(shard.woken(11), 110, "a moment's stall is counted");
        tokio::time::advance(Duration::from_secs(600)).await;
        assert_eq!(shard.woken(111), 111);
        tokio::time::advance(TICK * 2).await;
        assert_eq!(shard.now(), 113);
        assert_eq!(shard.moment(114), Instant::now() + TICK);
    }
}

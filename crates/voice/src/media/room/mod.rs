//! Rooms: the legs that hear each other (spec: voice-sip#1, #5.7).

mod jitter_buffer;
mod matrix;
mod mix;

pub(super) use jitter_buffer::JitterBuffer;

use super::{FRAME, MediaError, held, inward::Route, leg_media::LegMedia, shard::Shard};
use domain::call::{HeardBy, Playback};
use matrix::Hearing;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// A room. One leg: it hears silence. Two: each other's packets. More: a mix of the others.
pub(super) struct Room {
    shard: Arc<Shard<LegMedia>>,
    mixed: AtomicBool,
    state: Mutex<RoomState>,
}

#[derive(Default)]
struct RoomState {
    parties: Vec<Member>,
    hearing: Hearing,
}

struct Member {
    line: Arc<LegMedia>,
    heard_by: HeardBy,
}

impl Room {
    pub fn new(shard: Arc<Shard<LegMedia>>) -> Self {
        Self { shard, mixed: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Whether the room has no place for another leg.
    pub fn is_full(&self) -> bool {
        held(&self.state).parties.len() >= MediaError::PARTIES
    }

    /// Adds a leg, or lets others hear one that is there.
    pub fn enter(self: &Arc<Self>, line: &Arc<LegMedia>, heard_by: HeardBy) {
        let mut state = held(&self.state);
        match state.parties.iter_mut().find(|party| Arc::ptr_eq(&party.line, line)) {
            Some(party) if party.heard_by == heard_by => return,
            Some(party) => party.heard_by = heard_by,
            None => state.parties.push(Member { line: Arc::clone(line), heard_by }),
        }
        self.wire(&mut state);
    }

    /// Removes a leg; answers whether the room is empty now.
    pub fn leave(self: &Arc<Self>, line: &Arc<LegMedia>) -> bool {
        let mut state = held(&self.state);
        if let Some(at) = state.parties.iter().position(|party| Arc::ptr_eq(&party.line, line)) {
            state.parties.remove(at);
            held(&line.inward).route = Route::Nowhere;
            self.wire(&mut state);
        }
        state.parties.is_empty()
    }

    /// Connects the parties in the way that their number asks for.
    fn wire(self: &Arc<Self>, state: &mut RoomState) {
        let parties = state.parties.iter().map(|party| (&party.line.leg, &party.heard_by));
        state.hearing = Hearing::of_room(&parties.collect::<Vec<_>>());
        match state.parties.as_slice() {
            [] => {}
            [Member { line: alone, .. }] => {
                held(&alone.inward).route = Route::Nowhere;
                alone.play(Playback::Silence);
            }
            [Member { line: one, .. }, Member { line: two, .. }] => {
                let relay = |hears: bool, from: &LegMedia, to: &Arc<LegMedia>| {
                    held(&from.inward).route =
                        if hears { Route::Relay(Arc::clone(to)) } else { Route::Nowhere };
                    if hears { to.stop() } else { to.play(Playback::Silence) }
                };
                relay(state.hearing.hears(1, 0), one, two);
                relay(state.hearing.hears(0, 1), two, one);
            }
            many => {
                for Member { line, .. } in many {
                    line.stop();
                    let route = &mut held(&line.inward).route;
                    if !matches!(route, Route::Mix(_)) {
                        *route = Route::Mix(Box::default());
                    }
                }
                if !self.mixed.swap(true, Relaxed) {
                    let room = Arc::clone(self);
                    self.shard.mix(Box::new(move || room.mix()));
                }
            }
        }
    }

    /// Sends each party what it hears of the others; answers whether the room goes on being mixed.
    fn mix(&self) -> bool {
        let state = held(&self.state);
        if state.parties.len() < 3 {
            self.mixed.store(false, Relaxed);
            return false;
        }
        let mut frames = [[0; FRAME]; MediaError::PARTIES];
        let mut spoken = 0_u16;
        for (at, (party, frame)) in state.parties.iter().zip(&mut frames).enumerate() {
            if let Route::Mix(queue) = &mut held(&party.line.inward).route
                && queue.pop(frame)
            {
                spoken |= 1 << at;
            }
        }
        for (at, party) in state.parties.iter().enumerate() {
            party.line.mixed(&mix::mix(&frames, spoken & state.hearing.of(at)));
        }
        true
    }
}

//! Rooms: the legs that hear each other (spec: voice-sip#1, #5.7).

mod jitter_buffer;
mod matrix;
mod mix;

pub(super) use jitter_buffer::JitterBuffer;

use super::{FRAME, MediaError, held, inward::Route, leg_media::LegMedia, shard::Shard};
use domain::call::Playback;
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
    parties: Vec<Arc<LegMedia>>,
    hearing: Hearing,
}

impl Room {
    pub fn new(shard: Arc<Shard<LegMedia>>) -> Self {
        Self { shard, mixed: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Whether the room has no place for another leg.
    pub fn is_full(&self) -> bool {
        held(&self.state).parties.len() >= MediaError::PARTIES
    }

    /// Adds a leg: it hears all others, and they hear it.
    pub fn enter(self: &Arc<Self>, line: &Arc<LegMedia>) {
        let mut state = held(&self.state);
        state.parties.push(Arc::clone(line));
        state.hearing.enter();
        self.wire(&state);
    }

    /// Removes a leg; answers whether the room is empty now.
    pub fn leave(self: &Arc<Self>, line: &Arc<LegMedia>) -> bool {
        let mut state = held(&self.state);
        if let Some(at) = state.parties.iter().position(|party| Arc::ptr_eq(party, line)) {
            state.parties.remove(at);
            state.hearing.leave(at);
            held(&line.inward).route = Route::Nowhere;
            self.wire(&state);
        }
        state.parties.is_empty()
    }

    /// Connects the parties in the way that their number asks for.
    fn wire(self: &Arc<Self>, state: &RoomState) {
        match state.parties.as_slice() {
            [] => {}
            [alone] => {
                held(&alone.inward).route = Route::Nowhere;
                alone.play(Playback::Silence);
            }
            [one, two] => {
                let relay = |hears: bool, from: &LegMedia, to: &Arc<LegMedia>| {
                    held(&from.inward).route =
                        if hears { Route::Relay(Arc::clone(to)) } else { Route::Nowhere };
                };
                one.stop();
                two.stop();
                relay(state.hearing.hears(1, 0), one, two);
                relay(state.hearing.hears(0, 1), two, one);
            }
            many => {
                for line in many {
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
        for (at, (line, frame)) in state.parties.iter().zip(&mut frames).enumerate() {
            if let Route::Mix(queue) = &mut held(&line.inward).route
                && queue.pop(frame)
            {
                spoken |= 1 << at;
            }
        }
        for (at, line) in state.parties.iter().enumerate() {
            line.mixed(&mix::mix(&frames, spoken & state.hearing.of(at)));
        }
        true
    }
}

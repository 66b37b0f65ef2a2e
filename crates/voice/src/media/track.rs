//! One continuous stream of packets per leg, whoever feeds it (spec: voice-sip#4 "One continuous stream per leg").
//!
//! The phone at the other end must see one source (SSRC) whose numbers go on, though it is fed by a tone, then by one
//! leg, then by a mix. A change of source sets the marker and moves the timestamp on by the time that passed.

use super::FRAME;

/// Samples in a tick of 20 ms.
const STEP: u32 = 160;
const _: () = assert!(STEP as usize == FRAME);
/// How far the numbers of a source that is passed on may jump before they count as those of a new stream.
const AHEAD: u16 = 1000;
/// How late a packet may come to be passed on in its place.
const LATE: u16 = 100;

/// What feeds a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SoundSource {
    /// A tone, a prompt, silence.
    Own,
    /// The mix of a room.
    Mix,
    /// Another leg: its port, and the source it sends as.
    Leg(u16, u32),
    /// Keys.
    Keys,
}

/// The header of a packet, without its payload type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
}

/// The numbers of one leg's packets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track {
    ssrc: u32,
    /// The number of the next packet.
    next: u16,
    /// The timestamp of the latest packet, and the tick it was sent in.
    stamp: u32,
    tick: u64,
    source: Option<SoundSource>,
    /// What is added to the numbers of a source that is passed on.
    shift: (u16, u32),
}

impl Track {
    /// Begins at these random numbers.
    pub fn new(ssrc: u32, next: u16, stamp: u32, tick: u64) -> Self {
        Self { ssrc, next, stamp, tick, source: None, shift: (0, 0) }
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The timestamp of this moment, for a report.
    pub fn now(&self, tick: u64) -> u32 {
        self.stamp.wrapping_add(steps(tick.saturating_sub(self.tick)))
    }

    /// Whatever feeds the leg next is a new source: a room was changed.
    pub fn cut(&mut self) {
        self.source = None;
    }

    /// A packet of 20 ms that we make.
    pub fn own(&mut self, source: SoundSource, tick: u64) -> Head {
        let marker = self.changes(source);
        self.advance(tick);
        self.head(marker)
    }

    /// A packet of a telephone event: all of them have the timestamp of the first.
    pub fn event(&mut self, first: bool, tick: u64) -> Head {
        self.source = Some(SoundSource::Keys);
        if first {
            self.advance(tick);
        }
        self.head(first)
    }

    /// A packet of another leg that is passed on, with its numbers.
    pub fn pass(&mut self, source: SoundSource, from: (u16, u32), marker: bool, tick: u64) -> Head {
        let (sequence, timestamp) = from;
        let mut fresh = self.changes(source);
        let ahead = sequence.wrapping_add(self.shift.0).wrapping_sub(self.next);
        if !fresh && ahead >= AHEAD && ahead.wrapping_neg() > LATE {
            fresh = true;
        }
        if fresh {
            self.advance(tick);
            self.shift = (self.next.wrapping_sub(sequence), self.stamp.wrapping_sub(timestamp));
        }
        let sequence = sequence.wrapping_add(self.shift.0);
        let timestamp = timestamp.wrapping_add(self.shift.1);
        if sequence.wrapping_sub(self.next) < AHEAD {
            self.next = sequence.wrapping_add(1);
            self.stamp = timestamp;
            self.tick = tick;
        }
        Head { ssrc: self.ssrc, sequence, timestamp, marker: marker || fresh }
    }

    fn changes(&mut self, source: SoundSource) -> bool {
        self.source.replace(source) != Some(source)
    }

    fn advance(&mut self, tick: u64) {
        self.stamp = self.stamp.wrapping_add(steps(tick.saturating_sub(self.tick).max(1)));
        self.tick = tick.max(self.tick);
    }

    fn head(&mut self, marker: bool) -> Head {
        let sequence = self.next;
        self.next = sequence.wrapping_add(1);
        Head { ssrc: self.ssrc, sequence, timestamp: self.stamp, marker }
    }
}

/// Samples in so many ticks; timestamps wrap, so may this.
fn steps(ticks: u64) -> u32 {
    u32::try_from(ticks & u64::from(u32::MAX)).unwrap_or_default().wrapping_mul(STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Track {
        Track::new(7, 65_534, u32::MAX - 200, 10)
    }

    #[test]
    fn what_we_make_goes_on_by_160_samples_a_tick_and_marks_its_first_packet_alone() {
        let mut track = track();
        let first = track.own(SoundSource::Own, 11);
        let second = track.own(SoundSource::Own, 12);
        let third = track.own(SoundSource::Own, 15);
        assert!(first.marker && !second.marker && !third.marker);
        assert_eq!([first, second, third].map(|head| head.sequence), [65_534, 65_535, 0]);
        assert_eq!(second.timestamp.wrapping_sub(first.timestamp), 160);
        assert_eq!(
            third.timestamp.wrapping_sub(second.timestamp),
            480,
            "what was not sent passed all the same"
        );
    }

    #[test]
    fn a_change_of_source_keeps_the_stream_and_steps_by_the_time_that_passed() {
        let mut track = track();
        let tone = track.own(SoundSource::Own, 20);
        let leg = track.pass(SoundSource::Leg(2, 99), (500, 8000), false, 25);
        assert_eq!((leg.ssrc, leg.sequence), (tone.ssrc, tone.sequence.wrapping_add(1)));
        assert!(leg.marker);
        assert_eq!(leg.timestamp.wrapping_sub(tone.timestamp), 5 * 160);
        let next = track.pass(SoundSource::Leg(2, 99), (501, 8160), false, 26);
        assert!(!next.marker);
        assert_eq!(next.timestamp.wrapping_sub(leg.timestamp), 160);
        let other = track.pass(SoundSource::Leg(4, 12), (9, 77), false, 30);
        assert_eq!((other.sequence, other.marker), (next.sequence.wrapping_add(1), true));
        assert_eq!(other.timestamp.wrapping_sub(next.timestamp), 4 * 160);
    }

    #[test]
    fn what_is_lost_or_late_at_one_end_is_so_at_the_other() {
        let mut track = track();
        let source = SoundSource::Leg(2, 99);
        let first = track.pass(source, (500, 8000), false, 20);
        let third = track.pass(source, (502, 8320), false, 22);
        let second = track.pass(source, (501, 8160), false, 22);
        assert_eq!(third.sequence, first.sequence.wrapping_add(2));
        assert_eq!(second.sequence, first.sequence.wrapping_add(1));
        assert_eq!(second.timestamp.wrapping_sub(first.timestamp), 160);
        let fourth = track.pass(source, (503, 8480), false, 23);
        assert_eq!(fourth.sequence, first.sequence.wrapping_add(3));
    }

    #[test]
    fn numbers_that_jump_are_a_new_stream() {
        let mut track = track();
        let source = SoundSource::Leg(2, 99);
        let first = track.pass(source, (500, 8000), false, 20);
        let jumped = track.pass(source, (30_000, 5), false, 21);
        assert_eq!((jumped.sequence, jumped.marker), (first.sequence.wrapping_add(1), true));
        assert_eq!(jumped.timestamp.wrapping_sub(first.timestamp), 160);
    }

    #[test]
    fn a_key_keeps_its_timestamp_and_audio_goes_on_after_its_time() {
        let mut track = track();
        let before = track.own(SoundSource::Own, 20);
        let first = track.event(true, 21);
        let last = track.event(false, 25);
        assert!(first.marker && !last.marker);
        assert_eq!(first.timestamp, last.timestamp);
        assert_eq!(first.timestamp.wrapping_sub(before.timestamp), 160);
        let after = track.own(SoundSource::Own, 30);
        assert_eq!(after.timestamp.wrapping_sub(first.timestamp), 9 * 160);
        assert!(after.marker);
    }
}

//! The receiving side of a line.

use super::{Codec, Reception, dtmf::Digits, latch::Latch, room::JitterBuffer, rtcp::clock, rtp::Header};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// A tick of the engine.
pub(super) const TICK: Duration = Duration::from_millis(20);

/// Where received audio goes to; `L` is a leg.
pub(super) enum Route<L> {
    /// Nobody hears it.
    Nowhere,
    /// One other leg, by the task that received it.
    Relay(Arc<L>),
    /// The mix of a room.
    Mix(Box<JitterBuffer>),
}

/// The receiving side of a line.
pub(super) struct Inward<L> {
    pub latch: Latch,
    pub route: Route<L>,
    pub muted: bool,
    pub digits: Digits,
    /// Whether a description was agreed; nothing is taken before.
    pub agreed: bool,
    /// The numbers of telephone-event that are taken: ours, and the other end's for those that mix them up.
    pub events: [Option<u8>; 2],
    pub quiet: Quiet,
    pub count: Count,
    /// What the other end said last of our packets.
    pub reported: Option<Reception>,
}

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PacketKind {
    Audio(Codec),
    Key,
    /// Comfort noise (RFC 3389): a sign of life, and otherwise silence.
    Comfort,
}

/// The static number of comfort noise (RFC 3551 §6).
const COMFORT: u8 = 13;

impl<L> Default for Inward<L> {
    fn default() -> Self {
        Self {
            latch: Latch::default(),
            route: Route::Nowhere,
            muted: false,
            digits: Digits::default(),
            agreed: false,
            events: [None; 2],
            quiet: Quiet::default(),
            count: Count::default(),
            reported: None,
        }
    }
}

impl<L> Inward<L> {
    /// The kind of a packet by its payload type; `None` for a type that was not agreed.
    pub fn kind(&self, payload_type: u8) -> Option<PacketKind> {
        if !self.agreed {
            return None;
        }
        match Codec::of_payload(payload_type) {
            Some(codec) => Some(PacketKind::Audio(codec)),
            None if payload_type == COMFORT => Some(PacketKind::Comfort),
            None => self.events.contains(&Some(payload_type)).then_some(PacketKind::Key),
        }
    }
}

/// How long nothing has been heard.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// Whether the leg is held: by us, as signalling says; by the other end, or by the agreed direction.
    pub held: bool,
    pub idle: bool,
    since: u64,
    told: u8,
}

impl Quiet {
    /// Something was heard, or counting begins.
    pub fn begin(&mut self, tick: u64) {
        self.since = tick;
        self.told = 0;
    }

    /// The threshold that was just passed, if one was.
    pub fn check(&mut self, tick: u64, (warn, dead): (Duration, Duration)) -> Option<Duration> {
        if self.held || self.idle {
            self.begin(tick);
            return None;
        }
        let passed = TICK * u32::try_from(tick.saturating_sub(self.since)).unwrap_or(u32::MAX);
        let next = match self.told {
            0 => warn,
            1 => dead,
            _ => return None,
        };
        (passed >= next).then(|| {
            self.told += 1;
            next
        })
    }
}

/// How many packets came.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub received: u64,
    pub refused: u64,
    pub lost: u64,
    /// When the last one came.
    pub heard: Option<Instant>,
    /// The source and its highest number.
    last: Option<(u32, u16)>,
    /// The last packet of sound: its source, its timestamp, and when it came.
    timed: Option<(u32, u32, Instant)>,
    /// The jitter in sixteenths of a unit of the clock (RFC 3550 §A.8).
    jitter: u32,
}

impl Count {
    /// A packet came; only those of sound tell of jitter, since all of one key have one timestamp.
    pub fn packet(&mut self, header: Header, is_sound: bool, now: Instant) {
        self.heard = Some(now);
        self.number(header.ssrc, header.sequence);
        if !is_sound {
            return;
        }
        let before = self.timed.replace((header.ssrc, header.timestamp, now));
        let Some((_, timestamp, at)) = before.filter(|(ssrc, ..)| *ssrc == header.ssrc) else { return };
        // Units of 1/8000 s: the clock of G.711.
        let passed = i64::try_from((now - at).as_micros() * 8 / 1000).unwrap_or(i64::MAX);
        let said = i64::from(header.timestamp.wrapping_sub(timestamp).cast_signed());
        let off = passed.saturating_sub(said).unsigned_abs();
        // After a pause of the sender, or of ours, it says nothing.
        if let Ok(off) = u32::try_from(off)
            && off < 8000
        {
            self.jitter = self.jitter - (self.jitter + 8) / 16 + off;
        }
    }

    /// The mean deviation of how far apart packets come from how far apart they were sent.
    pub fn jitter(&self) -> Duration {
        clock(self.jitter / 16)
    }

    fn number(&mut self, ssrc: u32, sequence: u16) {
        self.received += 1;
        let Some((known, highest)) = self.last.filter(|(known, _)| *known == ssrc) else {
            self.last = Some((ssrc, sequence));
            return;
        };
        match sequence.wrapping_sub(highest) {
            0 => {}
            ahead @ 1..1000 => {
                self.lost += u64::from(ahead - 1);
                self.last = Some((known, sequence));
            }
            // The packet was counted as lost and is only late.
            behind if behind.wrapping_neg() < 100 => self.lost = self.lost.saturating_sub(1),
            _ => self.last = Some((known, sequence)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));

    #[test]
    fn silence_is_told_once_at_each_threshold_and_anew_after_a_packet() {
        let mut quiet = Quiet::default();
        quiet.begin(100);
        assert_eq!(quiet.check(149, SILENCE), None);
        assert_eq!(quiet.check(150, SILENCE), Some(SILENCE.0));
        assert_eq!(quiet.check(160, SILENCE), None);
        assert_eq!(quiet.check(250, SILENCE), Some(SILENCE.1));
        assert_eq!(quiet.check(9000, SILENCE), None);
        quiet.begin(9000);
        assert_eq!(quiet.check(9050, SILENCE), Some(SILENCE.0));
    }

    #[test]
    fn silence_is_not_counted_while_held_by_either_end() {
        let mut quiet = Quiet { held: true, ..Quiet::default() };
        assert_eq!(quiet.check(1000, SILENCE), None);
        quiet.held = false;
        assert_eq!(quiet.check(1049, SILENCE), None);
        assert_eq!(quiet.check(1050, SILENCE), Some(SILENCE.0));
    }

    #[test]
    fn gaps_are_losses_until_the_late_packet_comes() {
        let mut count = Count::default();
        for sequence in [65_534, 65_535, 2, 1, 3] {
            count.number(7, sequence);
        }
        assert_eq!((count.received, count.lost), (5, 1));
        count.number(8, 500);
        assert_eq!(count.lost, 1, "another source counts from its own");
    }

    #[test]
    fn jitter_is_how_unevenly_sound_comes() {
        let begun = Instant::now();
        let jitter = |uneven: u64, keys: bool| {
            let mut count = Count::default();
            for number in 0..500_u16 {
                let late = if number % 2 == 0 { 0 } else { uneven };
                let at = begun + Duration::from_millis(u64::from(number) * 20 + late);
                let timestamp = (u32::MAX - 4000).wrapping_add(u32::from(number) * 160);
                let header = Header { payload_type: 0, marker: false, sequence: number, timestamp, ssrc: 7 };
                count.packet(header, true, at);
                if keys {
                    count.packet(Header { timestamp: 1, ..header }, false, at);
                }
            }
            count.jitter()
        };
        assert_eq!(jitter(0, false), Duration::ZERO);
        assert_eq!(jitter(0, true), Duration::ZERO);
        let found = jitter(5, false);
        assert!((Duration::from_micros(4500)..=Duration::from_millis(5)).contains(&found), "{found:?}");
    }
}

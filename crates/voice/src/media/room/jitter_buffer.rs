//! The sound of one party of a conference that was not mixed yet (spec: voice-sip#5.7).

use crate::media::{Codec, FRAME};

/// Samples that wait before the first is mixed: 40 ms.
const TARGET: usize = 320;
/// The same, and a piece of 20 ms, as timestamps count.
const WAIT: u32 = 320;
const STEP: u32 = 160;
const _: () = assert!(WAIT as usize == TARGET && STEP as usize == FRAME);
/// The most samples that wait: 100 ms.
const LIMIT: usize = 800;
/// How far behind a timestamp may be to count as late, not as that of a new stream: 1 s.
const LATE: usize = 8000;

/// A ring of samples, each in its place by its timestamp: packets may come late, twice, or never.
#[derive(Debug)]
pub struct JitterBuffer {
    ring: [i16; LIMIT],
    /// Where in the ring the next sample to be mixed is, and its timestamp.
    at: usize,
    next: u32,
    /// Samples from there to behind the latest that came; 0: nothing waits, and what comes begins again.
    waiting: usize,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self { ring: [0; LIMIT], at: 0, next: 0, waiting: 0 }
    }
}

impl JitterBuffer {
    /// Puts samples into their place. Samples that come too late are dropped; when they come too early for the limit,
    /// waiting ones are dropped, down to the target.
    pub fn push(&mut self, timestamp: u32, codec: Codec, codes: &[u8]) {
        let codes = codes.get(..codes.len().min(LIMIT - TARGET)).unwrap_or_default();
        if codes.is_empty() {
            return;
        }
        let ahead = usize::try_from(timestamp.wrapping_sub(self.next)).unwrap_or(usize::MAX);
        let behind = usize::try_from(self.next.wrapping_sub(timestamp)).unwrap_or(usize::MAX);
        let place = if self.waiting == 0 {
            self.begin(timestamp)
        } else if ahead + codes.len() <= LIMIT {
            ahead
        } else if behind <= LATE {
            return;
        } else {
            self.begin(timestamp)
        };
        let mut samples = [0; LIMIT];
        let count = codec.decode(codes, &mut samples);
        for (offset, sample) in samples.iter().take(count).enumerate() {
            self.ring[(self.at + place + offset) % LIMIT] = *sample;
        }
        self.waiting = self.waiting.max(place + count);
    }

    /// Takes the next 20 ms; answers whether anything was said.
    pub fn pop(&mut self, out: &mut [i16; FRAME]) -> bool {
        if self.waiting == 0 {
            return false;
        }
        for sample in out {
            *sample = std::mem::take(&mut self.ring[self.at]);
            self.at = (self.at + 1) % LIMIT;
        }
        self.next = self.next.wrapping_add(STEP);
        self.waiting = self.waiting.saturating_sub(FRAME);
        true
    }

    /// Forgets the waiting samples; the first sample's place is behind the target.
    fn begin(&mut self, timestamp: u32) -> usize {
        self.ring = [0; LIMIT];
        self.next = timestamp.wrapping_sub(WAIT);
        self.waiting = 0;
        TARGET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet whose samples are all the same; which, is told by `loud`.
    fn packet(queue: &mut JitterBuffer, number: u32, code: u8) {
        queue.push(1000 + number * 160, Codec::Pcmu, &[code; FRAME]);
    }

    fn loud(code: u8) -> i16 {
        let mut sample = [0];
        Codec::Pcmu.decode(&[code], &mut sample);
        sample[0]
    }

    fn pop(queue: &mut JitterBuffer) -> Option<i16> {
        let mut out = [77; FRAME];
        queue.pop(&mut out).then(|| {
            assert!(out.iter().all(|sample| *sample == out[0]));
            out[0]
        })
    }

    #[test]
    fn the_first_packet_is_heard_after_40_ms_and_the_order_is_that_of_the_timestamps() {
        let mut queue = JitterBuffer::default();
        assert_eq!(pop(&mut queue), None);
        packet(&mut queue, 0, 10);
        packet(&mut queue, 2, 30);
        packet(&mut queue, 1, 20);
        let heard: Vec<_> = std::iter::from_fn(|| pop(&mut queue)).collect();
        assert_eq!(heard, [0, 0, loud(10), loud(20), loud(30)]);
    }

    #[test]
    fn a_lost_packet_is_silence_and_a_late_one_is_dropped() {
        let mut queue = JitterBuffer::default();
        packet(&mut queue, 0, 10);
        packet(&mut queue, 2, 30);
        for _ in 0..4 {
            pop(&mut queue);
        }
        packet(&mut queue, 1, 20);
        assert_eq!(pop(&mut queue), Some(loud(30)));
        assert_eq!(pop(&mut queue), None);
    }

    #[test]
    fn no_more_than_100_ms_wait_however_much_comes() {
        let mut queue = JitterBuffer::default();
        for number in 0..1000 {
            packet(&mut queue, number, 40);
        }
        assert!(std::iter::from_fn(|| pop(&mut queue)).count() <= LIMIT / FRAME);
    }

    #[test]
    fn after_a_pause_or_a_jump_of_the_timestamp_it_begins_anew() {
        let mut queue = JitterBuffer::default();
        packet(&mut queue, 0, 10);
        while pop(&mut queue).is_some() {}
        queue.push(9, Codec::Pcmu, &[20; FRAME]);
        assert_eq!([pop(&mut queue), pop(&mut queue), pop(&mut queue)], [Some(0), Some(0), Some(loud(20))]);
        queue.push(500, Codec::Pcmu, &[20; FRAME]);
        queue.push(3_000_000_000, Codec::Pcmu, &[30; FRAME]);
        let heard: Vec<_> = std::iter::from_fn(|| pop(&mut queue)).collect();
        assert_eq!(heard, [0, 0, loud(30)]);
    }
}

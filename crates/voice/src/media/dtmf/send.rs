//! Keys that go out: which packet of which key in which tick.

use super::key;
use std::collections::VecDeque;

/// The most keys that wait.
const WAITING: usize = 64;
/// Ticks in which the tone sounds: 100 ms.
const TONE: u8 = 5;
/// Packets with the end bit: the last of the tone, and two more in the pause.
const LAST: u8 = TONE + 1;
/// Ticks of a key: 100 ms and a pause of 80 ms.
const WHOLE: u8 = TONE + 4;
/// Ticks of a comma: 500 ms.
const COMMA: u8 = 25;
/// Samples a tick.
const SAMPLES: u16 = 160;
/// How loud a key is said to be: so many dB below the loudest.
const VOLUME: u8 = 10;
const END: u8 = 0x80;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QueuedKey {
    Event(u8),
    Tone(u8),
    Comma,
}

/// What is sent in a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DtmfStep {
    /// Nothing waits; audio goes on.
    Idle,
    /// A comma; audio goes on.
    Comma,
    /// A packet of an event, the first of it or not.
    Event { first: bool, payload: [u8; 4] },
    /// A piece of the tone of a key, and which piece.
    Tone(u8, u8),
    /// The pause behind a key that is a tone: silence is sent.
    Silence,
    /// The pause behind a key that is an event: nothing is sent.
    Pause,
}

/// Keys that wait to be sent. Empty, it holds no memory.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    waiting: VecDeque<QueuedKey>,
    /// Ticks of the first of them that have passed.
    passed: u8,
}

impl Keys {
    /// Adds keys, as events or as tones. Characters that are no keys are skipped, and keys beyond 64.
    pub fn add(&mut self, keys: &str, events: bool) {
        let keys = keys.chars().filter_map(|digit| match (digit, key(digit)) {
            (',', _) => Some(QueuedKey::Comma),
            (_, Some(code)) => Some(if events { QueuedKey::Event(code) } else { QueuedKey::Tone(code) }),
            (_, None) => None,
        });
        let room = WAITING.saturating_sub(self.waiting.len());
        self.waiting.extend(keys.take(room));
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether audio towards the leg is muted: a key or its pause lasts.
    pub fn mute_audio(&self) -> bool {
        matches!(self.waiting.front(), Some(QueuedKey::Event(_) | QueuedKey::Tone(_)))
    }

    /// What is sent in this tick.
    pub fn step(&mut self) -> DtmfStep {
        let Some(front) = self.waiting.front().copied() else { return DtmfStep::Idle };
        let (step, ticks) = match front {
            QueuedKey::Comma => (DtmfStep::Comma, COMMA),
            QueuedKey::Tone(code) if self.passed < TONE => (DtmfStep::Tone(code, self.passed), WHOLE),
            QueuedKey::Tone(_) => (DtmfStep::Silence, WHOLE),
            QueuedKey::Event(code) if self.passed <= LAST => (event(code, self.passed), WHOLE),
            QueuedKey::Event(_) => (DtmfStep::Pause, WHOLE),
        };
        self.passed += 1;
        if self.passed == ticks {
            self.passed = 0;
            self.waiting.pop_front();
            if self.waiting.is_empty() {
                self.waiting = VecDeque::new();
            }
        }
        step
    }
}

fn event(code: u8, passed: u8) -> DtmfStep {
    let duration = SAMPLES * u16::from((passed + 1).min(TONE));
    let [high, low] = duration.to_be_bytes();
    let end = if passed + 1 >= TONE { END } else { 0 };
    DtmfStep::Event { first: passed == 0, payload: [code, end | VOLUME, high, low] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(keys: &mut Keys) -> Vec<DtmfStep> {
        std::iter::from_fn(|| Some(keys.step())).take_while(|step| *step != DtmfStep::Idle).collect()
    }

    #[test]
    fn a_key_is_five_packets_of_growing_duration_and_its_end_comes_three_times() {
        let mut keys = Keys::default();
        keys.add("5", true);
        let steps = all(&mut keys);
        let packets: Vec<_> = steps
            .iter()
            .filter_map(|step| match step {
                DtmfStep::Event { first, payload: [code, flags, high, low] } => {
                    Some((*first, *code, flags & END != 0, flags & 0x3F, u16::from_be_bytes([*high, *low])))
                }
                _ => None,
            })
            .collect();
        assert_eq!(
            packets,
            [
                (true, 5, false, 10, 160),
                (false, 5, false, 10, 320),
                (false, 5, false, 10, 480),
                (false, 5, false, 10, 640),
                (false, 5, true, 10, 800),
                (false, 5, true, 10, 800),
                (false, 5, true, 10, 800),
            ]
        );
        assert_eq!(steps.len(), 9, "100 ms and a pause of 80 ms");
        assert_eq!(steps[7..], [DtmfStep::Pause, DtmfStep::Pause]);
    }

    #[test]
    fn a_comma_waits_500_ms_and_lets_audio_through() {
        let mut keys = Keys::default();
        keys.add(",1", true);
        assert!(!keys.mute_audio());
        for _ in 0..25 {
            assert_eq!(keys.step(), DtmfStep::Comma);
        }
        assert!(keys.mute_audio());
        assert!(matches!(keys.step(), DtmfStep::Event { first: true, .. }));
    }

    #[test]
    fn a_tone_sounds_100_ms_and_is_silent_for_80() {
        let mut keys = Keys::default();
        keys.add("#", false);
        let steps = all(&mut keys);
        assert_eq!(steps[..5], [0, 1, 2, 3, 4].map(|piece| DtmfStep::Tone(11, piece)));
        assert_eq!(steps[5..], [DtmfStep::Silence; 4]);
    }

    #[test]
    fn what_is_no_key_is_skipped_and_no_more_than_64_wait() {
        let mut keys = Keys::default();
        keys.add("(1)2-3", true);
        assert_eq!(all(&mut keys).len(), 27);
        keys.add(&"1".repeat(1000), true);
        assert_eq!(all(&mut keys).len(), 64 * 9);
    }
}

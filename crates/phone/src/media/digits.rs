//! Digits as events of RFC 4733.

/// 20 ms steps an event lasts: 100 ms.
const LASTS: u16 = 5;
/// 20 ms steps between two events: 80 ms.
const GAP: u16 = 4;
/// How often the end is said.
const ENDS: u16 = 3;
/// -10 dBm0, as real phones send them.
const VOLUME: u8 = 10;
const EVENTS: &str = "0123456789*#ABCD";

/// Digits on their way out.
#[derive(Default)]
pub(super) struct Digits {
    waiting: std::collections::VecDeque<u8>,
    now: Option<SentEvent>,
}

struct SentEvent {
    code: u8,
    /// Packets sent so far; behind the ends it is the gap.
    step: u16,
    stamp: u32,
}

/// What goes out in a step of 20 ms.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DigitStep {
    /// No event: sound.
    Sound,
    Event(EventPacket),
    /// Nothing, between two events.
    Gap,
}

/// One packet of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EventPacket {
    pub payload: [u8; 4],
    pub stamp: u32,
    /// The first of its event.
    pub first: bool,
}

impl Digits {
    pub fn push(&mut self, digits: &str) {
        self.waiting.extend(digits.chars().filter_map(code));
    }

    pub fn is_empty(&self) -> bool {
        self.now.is_none() && self.waiting.is_empty()
    }

    /// What goes out in this step, at `stamp`.
    pub fn step(&mut self, stamp: u32) -> DigitStep {
        if self.now.is_none() {
            self.now = self.waiting.pop_front().map(|code| SentEvent { code, step: 0, stamp });
        }
        let Some(event) = self.now.as_mut() else { return DigitStep::Sound };
        event.step += 1;
        let (step, sending) = (event.step, LASTS + ENDS - 1);
        if step > sending {
            if step == sending + GAP {
                self.now = None;
            }
            return DigitStep::Gap;
        }
        let end = if step >= LASTS { 0x80 } else { 0 };
        let [high, low] = (step.min(LASTS) * 160).to_be_bytes();
        let payload = [event.code, end | VOLUME, high, low];
        DigitStep::Event(EventPacket { payload, stamp: event.stamp, first: step == 1 })
    }
}

/// The digit of an event's payload.
pub(super) fn digit(payload: &[u8]) -> Option<char> {
    EVENTS.chars().nth(usize::from(*payload.first()?))
}

fn code(digit: char) -> Option<u8> {
    EVENTS.chars().position(|known| known == digit).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_stamp_grows_and_says_its_end_three_times() {
        let mut digits = Digits::default();
        digits.push("5");
        let steps: Vec<_> = (0..LASTS + ENDS - 1 + GAP).map(|n| digits.step(u32::from(n) * 160)).collect();
        let parts: Vec<EventPacket> = steps
            .into_iter()
            .filter_map(|step| if let DigitStep::Event(part) = step { Some(part) } else { None })
            .collect();
        let durations: Vec<u16> =
            parts.iter().map(|p| u16::from_be_bytes([p.payload[2], p.payload[3]])).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 800, 800]);
        assert_eq!(parts.iter().filter(|part| part.payload[1] & 0x80 != 0).count(), 3);
        assert_eq!(parts.iter().filter(|part| part.first).count(), 1);
        assert!(parts.iter().all(|part| part.stamp == 0 && digit(&part.payload) == Some('5')));
        assert!(digits.is_empty());
        assert_eq!(digits.step(0), DigitStep::Sound);
    }
}

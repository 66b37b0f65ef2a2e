//! Telephone events that come in.

use super::digit;

/// How many keys may come at once, after a stall of the network.
const BURST: u8 = 16;
/// Ticks of 20 ms that one key takes at least (RFC 4733 §2.5.1.1 knows none under 40 ms).
const SHORTEST: u64 = 2;

/// Tells the beginning of a key from its repetitions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digits {
    /// The source and the timestamp of the event heard last.
    last: Option<(u32, u32)>,
    /// Keys that were taken faster than the shortest pace, and the tick up to which that was evened out.
    taken: u8,
    tick: u64,
}

impl Digits {
    /// The key that begins with this packet: all packets of one key share a timestamp. `None` for repetitions, events
    /// that are no keys, and of more keys than anybody can press.
    pub fn hear(&mut self, ssrc: u32, timestamp: u32, payload: &[u8], tick: u64) -> Option<char> {
        let digit = digit(*payload.first().filter(|_| payload.len() >= 4)?)?;
        if self.last == Some((ssrc, timestamp)) {
            return None;
        }
        let passed = tick.saturating_sub(self.tick) / SHORTEST;
        self.taken = self.taken.saturating_sub(u8::try_from(passed).unwrap_or(u8::MAX));
        self.tick += passed * SHORTEST;
        if self.taken >= BURST {
            return None;
        }
        self.taken += 1;
        self.last = Some((ssrc, timestamp));
        Some(digit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_once_and_the_same_key_again_is_another() {
        let mut digits = Digits::default();
        let packets = [(800, 1), (800, 1), (800, 1), (2400, 1), (2400, 1), (4000, 11)];
        let told: Vec<char> = packets
            .iter()
            .filter_map(|(stamp, code)| digits.hear(7, *stamp, &[*code, 10, 0, 160], 5))
            .collect();
        assert_eq!(told, ['1', '1', '#']);
    }

    #[test]
    fn flash_and_broken_events_are_no_keys() {
        let mut digits = Digits::default();
        assert_eq!(digits.hear(7, 1, &[16, 10, 0, 160], 5), None);
        assert_eq!(digits.hear(7, 2, &[1, 10, 0], 5), None);
        assert_eq!(digits.hear(7, 3, &[], 5), None);
    }

    #[test]
    fn a_flood_of_keys_is_cut_to_what_fingers_can_do() {
        let mut digits = Digits::default();
        let told = (0..10_000).filter(|at| digits.hear(7, *at, &[5, 0, 0, 0], 100).is_some()).count();
        assert_eq!(told, usize::from(BURST));
        assert_eq!(digits.hear(7, 20_000, &[5, 0, 0, 0], 102), Some('5'), "40 ms later one more");
    }
}

//! What a call has heard lately.

use crate::line::lock;
use std::{collections::VecDeque, sync::Mutex, time::Duration};
use tokio::{sync::Notify, time::Instant};

/// How far back a phone remembers what it heard.
const MEMORY: Duration = Duration::from_millis(500);
/// Samples in that time.
const WINDOW: usize = 4000;
/// The most packets kept, whatever their size.
const PACKETS: usize = 50;
/// The most digits kept.
const DIGITS: usize = 256;
/// How often somebody who waits looks again when nothing comes.
const LOOK: Duration = Duration::from_millis(40);

/// What was heard in the last half second.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    samples: Vec<i16>,
}

impl Heard {
    /// A tone this strong is heard: a third of what [`Say::Tone`](crate::Say::Tone) says, over half a second.
    pub const CLEAR: f64 = 0.08;
    /// A tone weaker than this is not there.
    pub const FAINT: f64 = 0.02;

    /// The samples, 8000 a second, oldest first; fewer than 4000 when less has come in.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// The amplitude of a tone by Goertzel's algorithm: 0 to 1, of full scale over the whole half second.
    pub fn strength(&self, hz: u32) -> f64 {
        strength(&self.samples, hz)
    }

    /// Whether a tone is heard.
    pub fn has(&self, hz: u32) -> bool {
        self.strength(hz) >= Self::CLEAR
    }
}

#[expect(clippy::cast_precision_loss, reason = "4000 is well below 2^53")]
fn strength(samples: &[i16], hz: u32) -> f64 {
    let step = std::f64::consts::TAU * f64::from(hz) / 8000.0;
    let (turn, mut before, mut last) = (2.0 * step.cos(), 0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) / 32768.0 + turn * last - before;
        (before, last) = (last, next);
    }
    let power = last * last + before * before - turn * last * before;
    2.0 * power.max(0.0).sqrt() / WINDOW as f64
}

#[derive(Default)]
pub(crate) struct Ear {
    memory: Mutex<Memory>,
    came: Notify,
}

#[derive(Default)]
struct Memory {
    packets: VecDeque<(Instant, Vec<i16>)>,
    count: u64,
    digits: String,
}

impl Ear {
    pub fn sound(&self, samples: Vec<i16>) {
        let mut memory = lock(&self.memory);
        if memory.packets.len() == PACKETS {
            memory.packets.pop_front();
        }
        memory.packets.push_back((Instant::now(), samples));
        memory.count += 1;
        drop(memory);
        self.came.notify_waiters();
    }

    pub fn digit(&self, digit: char) {
        let mut memory = lock(&self.memory);
        if memory.digits.len() == DIGITS {
            memory.digits.remove(0);
        }
        memory.digits.push(digit);
        drop(memory);
        self.came.notify_waiters();
    }

    pub fn digits(&self) -> String {
        lock(&self.memory).digits.clone()
    }

    pub fn packets(&self) -> u64 {
        lock(&self.memory).count
    }

    pub fn heard(&self) -> Heard {
        let memory = lock(&self.memory);
        let recent = memory.packets.iter().filter(|(at, _)| at.elapsed() <= MEMORY);
        let mut samples: Vec<i16> = recent.flat_map(|(_, samples)| samples).copied().collect();
        samples.drain(..samples.len().saturating_sub(WINDOW));
        Heard { samples }
    }

    /// Waits until something is so, looking whenever something comes in and 25 times a second.
    pub async fn until(&self, within: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let end = Instant::now() + within;
        loop {
            let came = self.came.notified();
            if holds(self) {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
            let _ = tokio::time::timeout(LOOK, came).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: u32, amplitude: f64) -> Vec<i16> {
        let step = std::f64::consts::TAU * f64::from(hz) / 8000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within -32767 to 32767")]
        (0..4000).map(|n| (f64::from(n) * step).sin() * amplitude * 32767.0).map(|s| s as i16).collect()
    }

    #[test]
    fn a_tone_is_heard_as_strong_as_it_is_and_others_are_not() {
        let heard = Heard { samples: sine(440, 0.25) };
        assert!((heard.strength(440) - 0.25).abs() < 0.005, "{}", heard.strength(440));
        for other in [350, 480, 660, 880] {
            assert!(heard.strength(other) < Heard::FAINT, "{other}: {}", heard.strength(other));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_heard_a_second_ago_is_forgotten() {
        let ear = Ear::default();
        ear.sound(sine(440, 0.25));
        assert!(ear.heard().has(440));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(ear.heard().samples().is_empty());
        assert!(!ear.until(Duration::from_millis(100), |ear| ear.heard().has(440)).await);
    }

    #[test]
    fn the_digits_kept_are_bounded() {
        let ear = Ear::default();
        (0..1000).for_each(|_| ear.digit('1'));
        ear.digit('2');
        assert_eq!(ear.digits().len(), DIGITS);
        assert!(ear.digits().ends_with("12"));
    }
}

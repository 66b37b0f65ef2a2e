//! What a call has heard lately.

use crate::lock::lock;
use std::{collections::VecDeque, sync::Mutex, time::Duration};
use tokio::{sync::Notify, time::Instant};
use voice::media::tone;

/// How far back a phone remembers what it heard.
const MEMORY: Duration = Duration::from_millis(500);
/// Samples in that time.
const WINDOW: u16 = 4000;
/// The most packets kept, whatever their size.
const PACKETS: usize = 50;
/// The most digits kept.
const DIGITS: usize = 256;
/// How often somebody who waits looks again when nothing comes.
const LOOK: Duration = Duration::from_millis(40);

/// What was heard in the last half second.
#[derive(Clone, Debug, Default)]
pub struct HeardAudio {
    samples: Vec<i16>,
}

impl HeardAudio {
    /// A tone this strong is heard: a fifth of what [`Say::Tone`](crate::Say::Tone) says, over half a second.
    pub const CLEAR: f32 = 0.05;
    /// A tone weaker than this is not there.
    pub const FAINT: f32 = 0.02;

    /// The samples, 8000 a second, oldest first; fewer than 4000 when less has come in.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// The amplitude of a tone by Goertzel's algorithm: 0 to 1, of full scale over the whole half second.
    pub fn strength(&self, hz: u16) -> f32 {
        let part = u16::try_from(self.samples.len()).unwrap_or(WINDOW);
        tone::strength(&self.samples, hz.into()) / 32768.0 * f32::from(part) / f32::from(WINDOW)
    }

    /// Whether it is the server's hold tone.
    pub fn is_hold(&self) -> bool {
        tone::is_hold(&self.samples)
    }

    /// The loudest sample, 0 to 1 of full scale; nothing heard is 0.
    pub fn peak(&self) -> f32 {
        let loudest = self.samples.iter().map(|sample| sample.unsigned_abs()).max();
        f32::from(loudest.unwrap_or(0)) / 32768.0
    }

    /// Whether a tone is heard.
    pub fn has(&self, hz: u16) -> bool {
        self.strength(hz) >= Self::CLEAR
    }
}

#[derive(Default)]
pub(crate) struct AudioReceiver {
    memory: Mutex<ReceivedAudio>,
    came: Notify,
}

#[derive(Default)]
struct ReceivedAudio {
    packets: VecDeque<(Instant, Vec<i16>)>,
    count: u64,
    digits: String,
}

impl AudioReceiver {
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

    pub fn heard(&self) -> HeardAudio {
        let memory = lock(&self.memory);
        let recent = memory.packets.iter().filter(|(at, _)| at.elapsed() <= MEMORY);
        let mut samples: Vec<i16> = recent.flat_map(|(_, samples)| samples).copied().collect();
        samples.drain(..samples.len().saturating_sub(WINDOW.into()));
        HeardAudio { samples }
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

    fn sine(hz: u16) -> Vec<i16> {
        tone::Sine::new(hz.into(), 8192.0).take(4000).collect()
    }

    #[test]
    fn a_tone_is_heard_as_strong_as_it_is_and_others_are_not() {
        let heard = HeardAudio { samples: sine(440) };
        assert!((heard.strength(440) - 0.25).abs() < 0.005, "{}", heard.strength(440));
        for other in [350, 480, 660, 880] {
            assert!(heard.strength(other) < HeardAudio::FAINT, "{other}: {}", heard.strength(other));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_heard_a_second_ago_is_forgotten() {
        let receiver = AudioReceiver::default();
        receiver.sound(sine(440));
        assert!(receiver.heard().has(440));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(receiver.heard().samples().is_empty());
        assert!(!receiver.until(Duration::from_millis(100), |receiver| receiver.heard().has(440)).await);
    }

    #[test]
    fn the_digits_kept_are_bounded() {
        let receiver = AudioReceiver::default();
        (0..1000).for_each(|_| receiver.digit('1'));
        receiver.digit('2');
        assert_eq!(receiver.digits().len(), DIGITS);
        assert!(receiver.digits().ends_with("12"));
    }
}

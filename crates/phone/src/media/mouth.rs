//! What is said, packet by packet.

use super::FRAME;
use crate::{Say, Then};
use std::sync::Arc;

/// Amplitude of tones: a quarter of full scale.
const LOUD: f64 = 0.25 * 32767.0;

pub(super) struct Mouth {
    say: Say,
    /// Where it stands in it, in samples.
    at: usize,
}

/// One packet's worth of saying.
pub(super) enum Word {
    Silence,
    Sound([i16; FRAME]),
    /// All was said, and the call shall end.
    Last,
}

impl Mouth {
    pub fn new(say: Say) -> Self {
        Self { say, at: 0 }
    }

    pub fn next(&mut self) -> Word {
        let from = self.at;
        self.at = self.at.wrapping_add(FRAME);
        match &self.say {
            Say::Nothing | Say::Silence => Word::Silence,
            Say::Tone(hz) => Word::Sound(tone(*hz, from)),
            Say::Wav(samples, then) => {
                let (samples, then): (Arc<[i16]>, Then) = (samples.clone(), *then);
                if from >= samples.len() {
                    return self.after(then, samples.is_empty());
                }
                let mut frame = [0; FRAME];
                let rest = samples.get(from..).unwrap_or_default();
                frame.iter_mut().zip(rest).for_each(|(to, sample)| *to = *sample);
                Word::Sound(frame)
            }
        }
    }

    fn after(&mut self, then: Then, empty: bool) -> Word {
        match then {
            Then::Again if !empty => {
                self.at = 0;
                self.next()
            }
            Then::Silence | Then::Again => {
                self.say = Say::Silence;
                Word::Silence
            }
            Then::HangUp => {
                self.say = Say::Silence;
                Word::Last
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a quarter of full scale")]
fn tone(hz: u32, from: usize) -> [i16; FRAME] {
    let step = std::f64::consts::TAU * f64::from(hz) / 8000.0;
    // Whole seconds are whole periods.
    std::array::from_fn(|n| (((from + n) % 8000) as f64 * step).sin() * LOUD).map(|sample| sample as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(say: Say, count: usize) -> String {
        let mut mouth = Mouth::new(say);
        let mut word = || match mouth.next() {
            Word::Silence => '.',
            Word::Sound(_) => 'x',
            Word::Last => '!',
        };
        (0..count).map(|_| word()).collect()
    }

    #[test]
    fn a_recording_is_said_to_its_end_and_then_what_was_wished() {
        let recording: Arc<[i16]> = vec![1; 2 * FRAME + 1].into();
        assert_eq!(words(Say::Wav(recording.clone(), Then::Silence), 5), "xxx..");
        assert_eq!(words(Say::Wav(recording.clone(), Then::Again), 5), "xxxxx");
        assert_eq!(words(Say::Wav(recording, Then::HangUp), 5), "xxx!.");
        assert_eq!(words(Say::Wav(Arc::default(), Then::Again), 2), "..");
    }
}

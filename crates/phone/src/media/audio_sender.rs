//! What is said, packet by packet.

use crate::{Say, Then};
use std::sync::Arc;
use voice::media::{FRAME, tone::Sine};

/// Amplitude of tones: a quarter of full scale.
const LOUD: f32 = 8192.0;

pub(super) struct AudioSender {
    say: Say,
    /// Where it stands in a recording, in samples.
    at: usize,
    sine: Option<Sine>,
}

/// What one packet says.
pub(super) enum PacketContent {
    Silence,
    Sound,
    /// All was said, and the call should end.
    Last,
}

impl AudioSender {
    pub fn new(say: Say) -> Self {
        let sine = match say {
            Say::Tone(hz) => Some(Sine::new(f32::from(hz), LOUD)),
            _ => None,
        };
        Self { say, at: 0, sine }
    }

    /// The next packet's samples go into `frame` when there is sound.
    pub fn next(&mut self, frame: &mut [i16; FRAME]) -> PacketContent {
        let from = self.at;
        self.at = self.at.wrapping_add(FRAME);
        match &self.say {
            Say::Nothing | Say::Silence => PacketContent::Silence,
            Say::Tone(_) => {
                self.sine.iter_mut().for_each(|sine| sine.fill(frame));
                PacketContent::Sound
            }
            Say::Wav(samples, then) => {
                let (samples, then): (Arc<[i16]>, Then) = (samples.clone(), *then);
                if from >= samples.len() {
                    return self.after(then, samples.is_empty(), frame);
                }
                *frame = [0; FRAME];
                let rest = samples.get(from..).unwrap_or_default();
                frame.iter_mut().zip(rest).for_each(|(to, sample)| *to = *sample);
                PacketContent::Sound
            }
        }
    }

    fn after(&mut self, then: Then, empty: bool, frame: &mut [i16; FRAME]) -> PacketContent {
        match then {
            Then::Again if !empty => {
                self.at = 0;
                self.next(frame)
            }
            Then::Silence | Then::Again => {
                self.say = Say::Silence;
                PacketContent::Silence
            }
            Then::HangUp => {
                self.say = Say::Silence;
                PacketContent::Last
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(say: Say, count: usize) -> String {
        let mut mouth = AudioSender::new(say);
        let mut word = || match mouth.next(&mut [0; FRAME]) {
            PacketContent::Silence => '.',
            PacketContent::Sound => 'x',
            PacketContent::Last => '!',
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

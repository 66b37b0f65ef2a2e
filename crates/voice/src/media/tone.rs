//! Tones: a generator, a detector, and the tones of telephony.
//!
//! | what | sounds like |
//! | --- | --- |
//! | ringback | 425 Hz, 1 s on, 4 s off (ITU-T E.180) |
//! | busy | 425 Hz, 0.5 s on, 0.5 s off |
//! | hold | 525, 700, 1050, 700 Hz, half a second each, over and over: a fourth and an octave |

use super::FRAME;
use std::f32::consts::TAU;

/// Samples a second.
pub const RATE: u16 = 8000;
/// The notes of the hold tone, in hertz.
pub const HOLD: [f32; 3] = [525.0, 700.0, 1050.0];
/// The tone of ringback and busy, in hertz.
pub const CALL: f32 = 425.0;
/// Samples in which a note swells or fades: 10 ms.
const EDGE: u8 = 80;
/// How loud our tones are, out of 32767: about 18 dB below the loudest.
const LOUD: f32 = 4000.0;

/// A sine, sample by sample.
#[derive(Clone, Debug)]
pub struct Sine {
    phase: f32,
    step: f32,
    amplitude: f32,
}

impl Sine {
    /// A sine of so many hertz, with an amplitude up to 32767.
    pub fn new(hertz: f32, amplitude: f32) -> Self {
        Self { phase: 0.0, step: hertz / f32::from(RATE), amplitude }
    }

    /// The next samples.
    pub fn fill(&mut self, out: &mut [i16]) {
        for (sample, value) in out.iter_mut().zip(self) {
            *sample = value;
        }
    }
}

impl Iterator for Sine {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        let value = (self.phase * TAU).sin() * self.amplitude;
        self.phase = (self.phase + self.step).fract();
        Some(clamp(value))
    }
}

/// The nearest sample.
#[expect(clippy::cast_possible_truncation, reason = "clamped to the range before")]
fn clamp(value: f32) -> i16 {
    value.round().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
}

/// The strength of a frequency in a block of samples (Goertzel): the amplitude of the sine that is in it.
/// A block of n samples tells frequencies apart that differ by 8000/n Hz or more.
pub fn strength(samples: &[i16], hertz: f32) -> f32 {
    let turn = 2.0 * (TAU * hertz / f32::from(RATE)).cos();
    let (mut before, mut last) = (0.0_f32, 0.0_f32);
    for sample in samples {
        let next = f32::from(*sample) + turn * last - before;
        before = last;
        last = next;
    }
    let power = last * last + before * before - turn * last * before;
    2.0 * power.max(0.0).sqrt() / count(samples).max(1.0)
}

/// How much of the energy of a block is at a frequency: 0 to 1. For silence it is 0.
pub fn share(samples: &[i16], hertz: f32) -> f32 {
    let energy: f32 = samples.iter().map(|s| f32::from(*s).powi(2)).sum::<f32>() / count(samples).max(1.0);
    // Below the noise of a quantised silence nothing can be measured.
    if energy < 100.0 { 0.0 } else { strength(samples, hertz).powi(2) / 2.0 / energy }
}

/// Whether a block is the hold tone: its notes carry most of the energy. Half a second is enough.
pub fn is_hold(samples: &[i16]) -> bool {
    // Within a short piece each note is a pure tone, wherever the block begins.
    let notes: Vec<bool> = samples
        .chunks_exact(FRAME * 5)
        .map(|piece| HOLD.iter().map(|hertz| share(piece, *hertz)).sum::<f32>() > 0.6)
        .collect();
    let held = notes.iter().filter(|note| **note).count();
    !notes.is_empty() && held * 2 > notes.len()
}

#[expect(clippy::cast_precision_loss, reason = "blocks are far shorter than 2^23 samples")]
fn count(samples: &[i16]) -> f32 {
    samples.len() as f32
}

/// One turn of ringback: 5 s.
pub fn ringback() -> Vec<i16> {
    cadence(1, 4, usize::from(RATE))
}

/// One turn of the busy tone: 1 s.
pub fn busy() -> Vec<i16> {
    cadence(1, 1, usize::from(RATE) / 2)
}

/// One turn of the hold tone: 2 s.
pub fn hold() -> Vec<i16> {
    let [low, middle, high] = HOLD;
    [low, middle, high, middle].into_iter().flat_map(|hertz| note(hertz, usize::from(RATE) / 2)).collect()
}

fn cadence(on: usize, off: usize, unit: usize) -> Vec<i16> {
    let mut samples = note(CALL, on * unit);
    samples.resize((on + off) * unit, 0);
    samples
}

/// A sine that swells and fades within 10 ms, so that it does not click.
fn note(hertz: f32, length: usize) -> Vec<i16> {
    let mut samples: Vec<i16> = Sine::new(hertz, LOUD).take(length).collect();
    fade(samples.iter_mut());
    fade(samples.iter_mut().rev());
    samples
}

fn fade<'a>(samples: impl Iterator<Item = &'a mut i16>) {
    for (sample, step) in samples.zip(0..EDGE) {
        *sample = clamp(f32::from(*sample) * f32::from(step) / f32::from(EDGE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_found_at_its_frequency_with_its_amplitude_and_nowhere_else() {
        let samples: Vec<i16> = Sine::new(660.0, 5000.0).take(4000).collect();
        assert!((strength(&samples, 660.0) - 5000.0).abs() < 50.0);
        assert!(share(&samples, 660.0) > 0.98);
        assert!(share(&samples, 440.0) < 0.01);
        assert!(share(&[0; 4000], 440.0) == 0.0);
    }

    #[test]
    fn the_hold_tone_is_told_from_other_tones_wherever_one_listens() {
        let twice: Vec<i16> = hold().into_iter().chain(hold()).collect();
        for start in (0..16_000).step_by(997) {
            assert!(is_hold(&twice[start..start + 4000]), "at {start}");
        }
        for hertz in [425.0, 440.0, 660.0, 880.0] {
            assert!(!is_hold(&Sine::new(hertz, 5000.0).take(4000).collect::<Vec<_>>()), "{hertz}");
        }
        assert!(!is_hold(&[0; 4000]));
    }

    #[test]
    fn ringback_and_busy_have_their_cadence() {
        let (ring, busy) = (ringback(), busy());
        assert_eq!((ring.len(), busy.len()), (40_000, 8000));
        assert!(share(&ring[..8000], CALL) > 0.95);
        assert!(ring[8000..].iter().all(|sample| *sample == 0));
        assert!(share(&busy[..4000], CALL) > 0.95);
        assert!(busy[4000..].iter().all(|sample| *sample == 0));
    }
}

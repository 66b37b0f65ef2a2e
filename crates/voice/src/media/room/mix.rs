//! Mixes voices by adding them.

use crate::media::FRAME;

/// The sum of the pieces whose bit is set, clamped to 16 bits.
pub fn mix(pieces: &[[i16; FRAME]], heard: u16) -> [i16; FRAME] {
    let mut sum = [0_i32; FRAME];
    for (at, piece) in pieces.iter().enumerate() {
        if at < 16 && heard & (1 << at) != 0 {
            for (sum, sample) in sum.iter_mut().zip(piece) {
                *sum += i32::from(*sample);
            }
        }
    }
    sum.map(|sum| i16::try_from(sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX))).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::{Sine, strength};

    fn sine(hertz: f32, amplitude: f32) -> [i16; FRAME] {
        let mut piece = [0; FRAME];
        Sine::new(hertz, amplitude).fill(&mut piece);
        piece
    }

    #[test]
    fn known_sines_come_out_at_their_strength_and_who_is_not_heard_does_not() {
        // 160 samples are whole turns of multiples of 50 Hz, so that none leaks into another.
        let pieces = [sine(400.0, 3000.0), sine(650.0, 5000.0), sine(900.0, 7000.0)];
        let heard = mix(&pieces, 0b101);
        for (hertz, expected) in [(400.0, 3000.0), (650.0, 0.0), (900.0, 7000.0)] {
            let found = strength(&heard, hertz);
            assert!((found - expected).abs() < 20.0, "{hertz}: {found}");
        }
        assert_eq!(mix(&pieces, 0), [0; FRAME]);
    }

    #[test]
    fn what_is_too_loud_is_clamped_and_does_not_wrap() {
        assert_eq!(mix(&[[30_000; FRAME]; 16], u16::MAX), [i16::MAX; FRAME]);
        assert_eq!(mix(&[[-30_000; FRAME]; 16], u16::MAX), [i16::MIN; FRAME]);
    }
}

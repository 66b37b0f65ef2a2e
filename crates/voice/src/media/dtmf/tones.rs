//! The two tones of a key (ITU-T Q.23).

use crate::media::{FRAME, tone::Sine};

const LOW: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// Where each key is: row and column.
const PLACES: [(usize, usize); 16] = [
    (3, 1),
    (0, 0),
    (0, 1),
    (0, 2),
    (1, 0),
    (1, 1),
    (1, 2),
    (2, 0),
    (2, 1),
    (2, 2),
    (3, 0),
    (3, 2),
    (0, 3),
    (1, 3),
    (2, 3),
    (3, 3),
];

/// One piece of 20 ms of the tone of a key; pieces follow each other without a step.
pub fn tone(code: u8, piece: u8) -> [i16; FRAME] {
    let mut samples = [0; FRAME];
    let Some((row, column)) = PLACES.get(usize::from(code)) else { return samples };
    let skip = usize::from(piece) * FRAME;
    let both = Sine::new(LOW[*row], 6000.0).zip(Sine::new(HIGH[*column], 6000.0)).skip(skip);
    for (sample, (low, high)) in samples.iter_mut().zip(both) {
        *sample = low.saturating_add(high);
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{dtmf::key, tone::share};

    #[test]
    fn a_key_sounds_at_its_two_frequencies() {
        for (digit, low, high) in
            [('1', 697.0, 1209.0), ('0', 941.0, 1336.0), ('#', 941.0, 1477.0), ('D', 941.0, 1633.0)]
        {
            let code = key(digit).expect("a key");
            let samples: Vec<i16> = (0..5).flat_map(|piece| tone(code, piece)).collect();
            assert!(share(&samples, low) > 0.45 && share(&samples, high) > 0.45, "{digit}");
        }
    }
}

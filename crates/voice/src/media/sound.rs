//! A sound ready to be sent in either law.

use super::Codec;
use std::sync::Arc;

/// A sound in both laws of G.711. Clones share it.
#[derive(Clone)]
pub struct Sound(Arc<EncodedSound>);

struct EncodedSound {
    pcmu: Box<[u8]>,
    pcma: Box<[u8]>,
}

impl Sound {
    /// From samples, 8000 a second.
    pub fn new(samples: &[i16]) -> Self {
        let coded = |codec: Codec| {
            let mut codes = vec![codec.silence(); samples.len()];
            codec.encode(samples, &mut codes);
            codes.into_boxed_slice()
        };
        Self(Arc::new(EncodedSound { pcmu: coded(Codec::Pcmu), pcma: coded(Codec::Pcma) }))
    }

    /// Its codes in a law, 8000 a second.
    pub fn codes(&self, codec: Codec) -> &[u8] {
        match codec {
            Codec::Pcmu => &self.0.pcmu,
            Codec::Pcma => &self.0.pcma,
        }
    }
}

impl std::fmt::Debug for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sound({} samples)", self.0.pcmu.len())
    }
}

/// A sound being played.
#[derive(Clone, Debug)]
pub(super) struct Playing {
    sound: Sound,
    at: usize,
    repeats: bool,
}

impl Playing {
    pub fn once(sound: Sound) -> Self {
        Self { sound, at: 0, repeats: false }
    }

    pub fn forever(sound: Sound) -> Self {
        Self { repeats: true, ..Self::once(sound) }
    }

    /// Writes the next piece; answers whether the sound is over with it. The rest of the piece is silence.
    pub fn next(&mut self, codec: Codec, out: &mut [u8]) -> bool {
        let codes = self.sound.codes(codec);
        for code in out {
            if self.repeats && self.at >= codes.len() {
                self.at = 0;
            }
            *code = codes.get(self.at).copied().unwrap_or(codec.silence());
            self.at += 1;
        }
        !self.repeats && self.at >= codes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_over_with_its_last_piece_or_begins_anew() {
        let sound = Sound::new(&[8000; 200]);
        let loud = sound.codes(Codec::Pcma)[0];
        let (mut once, mut forever) = (Playing::once(sound.clone()), Playing::forever(sound));
        let mut piece = [0; 160];
        assert!(!once.next(Codec::Pcma, &mut piece));
        assert!(once.next(Codec::Pcma, &mut piece));
        assert_eq!((piece[39], piece[40]), (loud, Codec::Pcma.silence()));
        for _ in 0..10 {
            assert!(!forever.next(Codec::Pcma, &mut piece));
            assert_eq!(piece, [loud; 160]);
        }
    }
}

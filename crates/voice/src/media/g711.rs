//! G.711, by the tables of `audio-codec`: one byte a sample, 8000 samples a second.

use audio_codec::{Decoder, Encoder, pcma, pcmu};
use std::sync::LazyLock;

/// A law of G.711.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// μ-law: North America, Japan.
    Pcmu,
    /// A-law: everywhere else.
    Pcma,
}

/// Each code of one law in the other: μ to A, A to μ.
static OTHER: LazyLock<[[u8; 256]; 2]> =
    LazyLock::new(|| [other(Codec::Pcmu, Codec::Pcma), other(Codec::Pcma, Codec::Pcmu)]);

impl Codec {
    /// Its payload type (RFC 3551 §6).
    pub const fn payload(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    /// The codec of a payload type, if it is one of the two.
    pub const fn of_payload(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            _ => None,
        }
    }

    /// Its name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// The code of silence.
    pub const fn silence(self) -> u8 {
        match self {
            Self::Pcmu => 0xFF,
            Self::Pcma => 0xD5,
        }
    }

    /// Decodes as many as fit; answers the number of samples written.
    pub fn decode(self, codes: &[u8], out: &mut [i16]) -> usize {
        let length = codes.len().min(out.len());
        let codes = codes.get(..length).unwrap_or_default();
        match self {
            Self::Pcmu => pcmu::PcmuDecoder::new().decode_into(codes, out),
            Self::Pcma => pcma::PcmaDecoder::new().decode_into(codes, out),
        }
        .unwrap_or_default()
    }

    /// Encodes as many as fit; answers the number of codes written.
    pub fn encode(self, samples: &[i16], out: &mut [u8]) -> usize {
        let length = samples.len().min(out.len());
        let samples = samples.get(..length).unwrap_or_default();
        match self {
            Self::Pcmu => pcmu::PcmuEncoder::new().encode_into(samples, out),
            Self::Pcma => pcma::PcmaEncoder::new().encode_into(samples, out),
        }
        .unwrap_or_default()
    }

    /// Turns codes of this law into those of another, in place.
    pub fn translate(self, to: Self, codes: &mut [u8]) {
        let table = match (self, to) {
            (Self::Pcmu, Self::Pcma) => &OTHER[0],
            (Self::Pcma, Self::Pcmu) => &OTHER[1],
            (Self::Pcmu, Self::Pcmu) | (Self::Pcma, Self::Pcma) => return,
        };
        for code in codes {
            *code = table[usize::from(*code)];
        }
    }
}

fn other(from: Codec, to: Codec) -> [u8; 256] {
    let codes: Vec<u8> = (0..=255).collect();
    let mut samples = [0; 256];
    let mut out = [0; 256];
    from.decode(&codes, &mut samples);
    to.encode(&samples, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference decoders of G.711, written out from the recommendation's arithmetic.
    fn reference(codec: Codec, code: u8) -> i16 {
        match codec {
            Codec::Pcmu => {
                let code = !code;
                let magnitude = ((i16::from(code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4);
                if code & 0x80 == 0 { magnitude - 0x84 } else { 0x84 - magnitude }
            }
            Codec::Pcma => {
                let code = code ^ 0x55;
                let segment = (code & 0x70) >> 4;
                let step = (i16::from(code & 0x0F) << 4) + if segment == 0 { 8 } else { 0x108 };
                let magnitude = if segment > 1 { step << (segment - 1) } else { step };
                if code & 0x80 == 0 { -magnitude } else { magnitude }
            }
        }
    }

    #[test]
    fn all_256_codes_of_both_laws_decode_as_the_recommendation_says() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            for code in 0..=255 {
                let mut sample = [0];
                assert_eq!(codec.decode(&[code], &mut sample), 1);
                assert_eq!(sample[0], reference(codec, code), "{codec:?} {code:#04x}");
            }
        }
    }

    #[test]
    fn every_code_encodes_to_itself_or_to_its_twin_of_zero() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            for code in 0..=255 {
                let (mut sample, mut again) = ([0], [0]);
                codec.decode(&[code], &mut sample);
                codec.encode(&sample, &mut again);
                // Both laws have a zero of either sign; the crate's encoder knows one of them.
                let twin = sample[0].abs() <= 8;
                assert!(again[0] == code || twin, "{codec:?} {code:#04x} became {:#04x}", again[0]);
            }
        }
    }

    #[test]
    fn a_code_of_the_other_law_is_the_nearest_it_has() {
        for (from, to) in [(Codec::Pcmu, Codec::Pcma), (Codec::Pcma, Codec::Pcmu)] {
            for code in 0..=255 {
                let mut codes = [code];
                from.translate(to, &mut codes);
                let (was, is) = (i32::from(reference(from, code)), i32::from(reference(to, codes[0])));
                // The widest step of either law is 1024; near zero it is 16.
                assert!(
                    (was - is).abs() <= 16.max(was.abs() / 16),
                    "{from:?} {code:#04x}: {was} became {is}"
                );
            }
        }
    }

    #[test]
    fn silence_is_silent() {
        for codec in [Codec::Pcmu, Codec::Pcma] {
            let mut sample = [99];
            codec.decode(&[codec.silence()], &mut sample);
            assert!(sample[0].abs() <= 8);
        }
    }
}

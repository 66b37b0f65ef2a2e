//! WAV files: the sources of prompts.

use super::{Codec, tone::RATE};
use audio_codec::resampler::{COEFFS_LEN, Resampler};
use std::io::{Cursor, Read};

/// The longest sound that is read, in seconds.
pub const LONGEST: u32 = 300;
/// The longest file: such a sound at the highest rate and depth.
const BYTES: u64 = LONGEST as u64 * 48_000 * 2 * 3 + 65_536;

/// Why a file is not a sound that can be read.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// It is no WAV file, or a broken one.
    #[error("not a WAV file: {0}")]
    Broken(String),
    /// Only G.711 (8000 samples a second, one channel) and PCM of 8, 16, 24 bits, 1 or 2 channels, 8000 to 48,000
    /// samples a second are read.
    #[error("{bits} bits, {channels} channels, {rate} samples a second: not a format that is read")]
    Format {
        /// Bits a sample.
        bits: u16,
        /// Channels.
        channels: u16,
        /// Samples a second.
        rate: u32,
    },
    /// It is longer than [`LONGEST`].
    #[error("longer than {LONGEST} seconds")]
    TooLong,
}

/// Reads a sound as samples of 16 bits, 8000 a second, one channel; other rates and two channels are converted.
pub fn read(file: impl Read) -> Result<Vec<i16>, WavError> {
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes).map_err(|error| WavError::Broken(error.to_string()))?;
    match law(&bytes) {
        Some((codec, codes)) => of_law(codec, codes),
        None => of_pcm(&bytes),
    }
}

/// The codes of a file in G.711, which telephony uses and `hound` does not read: format 6 or 7.
fn law(bytes: &[u8]) -> Option<(Codec, &[u8])> {
    let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut codec = None;
    loop {
        let (head, behind) = rest.split_at_checked(8)?;
        let (name, length) = head.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
        let body = behind.get(..length.min(behind.len()))?;
        match (name, codec) {
            (b"fmt ", _) => {
                // Format, channels, samples a second.
                codec = Some(match body.get(..8)? {
                    [7, 0, 1, 0, 0x40, 0x1F, 0, 0] => Codec::Pcmu,
                    [6, 0, 1, 0, 0x40, 0x1F, 0, 0] => Codec::Pcma,
                    _ => return None,
                });
            }
            (b"data", Some(codec)) => return Some((codec, body)),
            _ => {}
        }
        rest = behind.get(length.checked_add(length % 2)?..)?;
    }
}

fn of_law(codec: Codec, codes: &[u8]) -> Result<Vec<i16>, WavError> {
    if codes.len() > usize::from(RATE) * usize::try_from(LONGEST).unwrap_or_default() {
        return Err(WavError::TooLong);
    }
    let mut samples = vec![0; codes.len()];
    codec.decode(codes, &mut samples);
    Ok(samples)
}

fn of_pcm(bytes: &[u8]) -> Result<Vec<i16>, WavError> {
    let broken = |error: hound::Error| WavError::Broken(error.to_string());
    let mut reader = hound::WavReader::new(Cursor::new(bytes)).map_err(broken)?;
    let spec = reader.spec();
    let (bits, channels, rate) = (spec.bits_per_sample, spec.channels, spec.sample_rate);
    let integers = spec.sample_format == hound::SampleFormat::Int;
    if !(integers
        && matches!(bits, 8 | 16 | 24)
        && (1..=2).contains(&channels)
        && (8000..=48_000).contains(&rate))
    {
        return Err(WavError::Format { bits, channels, rate });
    }
    if reader.duration() > LONGEST * rate {
        return Err(WavError::TooLong);
    }
    let samples: Vec<i32> = reader.samples::<i32>().collect::<Result<_, _>>().map_err(broken)?;
    let mono: Vec<i16> = samples
        .chunks_exact(usize::from(channels))
        .map(|frame| {
            let sum: i32 = frame.iter().map(|sample| depth(*sample, bits)).sum();
            i16::try_from(sum / i32::from(channels)).unwrap_or_default()
        })
        .collect();
    Ok(to_rate(mono, rate))
}

/// A sample of 16 bits.
fn depth(sample: i32, bits: u16) -> i32 {
    match bits {
        8 => sample << 8,
        24 => sample >> 8,
        _ => sample,
    }
    .clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}

fn to_rate(samples: Vec<i16>, rate: u32) -> Vec<i16> {
    if rate == u32::from(RATE) {
        return samples;
    }
    let mut filter = vec![0.0; COEFFS_LEN];
    let rate = usize::try_from(rate).unwrap_or_default();
    // It fails only with a rate of 0 or a buffer that is too small.
    let Ok(mut resampler) = Resampler::new(rate, usize::from(RATE), &mut filter) else { return Vec::new() };
    let mut out = vec![0; resampler.max_output_samples(samples.len())];
    let length = resampler.resample_into(&samples, &mut out).unwrap_or_default();
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::{Sine, share};
    use std::io::Cursor;

    fn file(rate: u32, channels: u16, bits: u16, seconds: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: bits,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("in memory");
        // A tone of 500 Hz whatever the rate.
        let hertz = 500.0 * 8000.0 / f32::from(u16::try_from(rate).expect("small"));
        for sample in Sine::new(hertz, 100.0).take(usize::try_from(rate * seconds).expect("small")) {
            for _ in 0..channels {
                writer.write_sample(i32::from(sample) << (bits - 8)).expect("in memory");
            }
        }
        writer.finalize().expect("in memory");
        bytes.into_inner()
    }

    #[test]
    fn sounds_of_the_usual_formats_become_8000_samples_a_second() {
        for (rate, channels, bits) in
            [(8000, 1, 16), (8000, 1, 8), (16_000, 1, 16), (44_100, 2, 16), (48_000, 2, 24), (48_000, 1, 16)]
        {
            let samples = read(Cursor::new(file(rate, channels, bits, 1))).expect("a sound");
            assert!((7900..=8100).contains(&samples.len()), "{rate}: {}", samples.len());
            assert!(share(&samples[500..7500], 500.0) > 0.95, "{rate} {channels} {bits}");
        }
    }

    #[test]
    fn a_file_in_g711_is_read_too() {
        let samples = read(&include_bytes!("../../prompts/busy.wav")[..]).expect("a sound");
        let loud = samples.iter().map(|sample| sample.unsigned_abs()).max();
        assert!(samples.len() > 8000 && loud > Some(8000), "{} samples, up to {loud:?}", samples.len());
    }

    #[test]
    fn what_is_no_sound_or_too_long_is_refused() {
        assert!(matches!(read(&b"RIFF\0\0\0\0WAVE"[..]), Err(WavError::Broken(_))));
        assert!(matches!(read(Cursor::new(file(8000, 1, 16, LONGEST + 1))), Err(WavError::TooLong)));
        assert!(matches!(read(Cursor::new(file(8000, 3, 16, 1))), Err(WavError::Format { channels: 3, .. })));
    }
}

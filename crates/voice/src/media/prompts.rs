//! The sounds that can be played: the built-in prompts, and those of a directory.

use super::{
    Sound, tone,
    wav::{self, WavError},
};
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The prompts of the binary: 8000 samples a second.
const BUILT_IN: [(&str, &[u8]); 3] = [
    ("welcome", include_bytes!("../../prompts/welcome.wav")),
    ("closed", include_bytes!("../../prompts/closed.wav")),
    ("busy", include_bytes!("../../prompts/busy.wav")),
];
/// The most files of a directory.
const FILES: usize = 256;
/// The name of the sound for callers who wait; a file of this name replaces the tone.
const HOLD: &str = "hold";

/// Why prompts could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// The directory or a file could not be read.
    #[error("{path}: {error}")]
    Io {
        /// The directory or file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// A file is not a sound that can be played.
    #[error("{path}: {error}")]
    Wav {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: WavError,
    },
    /// The directory holds more than 256 sounds.
    #[error("{0}: more than {FILES} sounds")]
    TooMany(PathBuf),
    /// Several files have faults.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<PromptError>),
}

/// The sounds that can be played, kept once in memory ready to be sent. Clones share it.
#[derive(Clone, Debug)]
pub struct Prompts(Arc<PromptSounds>);

#[derive(Debug)]
struct PromptSounds {
    named: HashMap<String, Sound>,
    hold: Sound,
    ringback: Sound,
    busy: Sound,
    silence: Sound,
}

impl Prompts {
    /// The built-in prompts: `welcome`, `closed`, `busy`, and the tones.
    pub fn built_in() -> Self {
        // A test reads each of them, so none is left out here.
        let named = BUILT_IN
            .iter()
            .filter_map(|(name, file)| Some(((*name).to_owned(), Sound::new(&wav::read(*file).ok()?))))
            .collect();
        Self(Arc::new(PromptSounds {
            named,
            hold: Sound::new(&tone::hold()),
            ringback: Sound::new(&tone::ringback()),
            busy: Sound::new(&tone::busy()),
            silence: Sound::new(&[0; super::FRAME]),
        }))
    }

    /// The built-in prompts, and every `*.wav` of a directory under the name of its file; one of the same name replaces
    /// a built-in one, and `hold.wav` the hold tone. Fails when a file is no sound, and names each.
    pub fn load(directory: Option<&Path>) -> Result<Self, PromptError> {
        let Self(book) = Self::built_in();
        let mut book = Arc::into_inner(book).unwrap_or_else(|| unreachable!("nobody else has it yet"));
        if let Some(directory) = directory {
            let mut wrong = Vec::new();
            for path in files(directory)? {
                let sound = match sound(&path) {
                    Ok(sound) => sound,
                    Err(why) => {
                        wrong.push(why);
                        continue;
                    }
                };
                let name =
                    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                if name == HOLD {
                    book.hold = sound.clone();
                }
                book.named.insert(name, sound);
            }
            if wrong.len() > 1 {
                return Err(PromptError::Several(wrong));
            }
            if let Some(one) = wrong.pop() {
                return Err(one);
            }
        }
        Ok(Self(Arc::new(book)))
    }

    /// The prompt of a name.
    pub fn named(&self, name: &str) -> Option<&Sound> {
        self.0.named.get(name)
    }

    /// The sound for callers who wait.
    pub fn hold(&self) -> &Sound {
        &self.0.hold
    }

    /// 425 Hz, 1 s on, 4 s off.
    pub fn ringback(&self) -> &Sound {
        &self.0.ringback
    }

    /// 425 Hz, 0.5 s on, 0.5 s off.
    pub fn busy(&self) -> &Sound {
        &self.0.busy
    }

    /// 20 ms of silence.
    pub fn silence(&self) -> &Sound {
        &self.0.silence
    }
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, PromptError> {
    let failed = |error| PromptError::Io { path: directory.to_owned(), error };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("wav")) {
            files.push(path);
        }
        if files.len() > FILES {
            return Err(PromptError::TooMany(directory.to_owned()));
        }
    }
    files.sort();
    Ok(files)
}

fn sound(path: &Path) -> Result<Sound, PromptError> {
    let file = File::open(path).map_err(|error| PromptError::Io { path: path.to_owned(), error })?;
    let samples =
        wav::read(BufReader::new(file)).map_err(|error| PromptError::Wav { path: path.to_owned(), error })?;
    Ok(Sound::new(&samples))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Codec;

    #[test]
    fn every_built_in_prompt_is_a_sound_of_a_few_seconds() {
        let prompts = Prompts::built_in();
        for (name, _) in BUILT_IN {
            let length = prompts.named(name).expect(name).codes(Codec::Pcmu).len();
            assert!((8000..80_000).contains(&length), "{name}: {length} samples");
        }
    }

    #[test]
    fn a_directory_adds_and_replaces_and_a_file_that_is_no_sound_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let welcome = BUILT_IN[0].1;
        for name in ["hold.wav", "lunch.WAV"] {
            fs::write(directory.path().join(name), welcome).expect("written");
        }
        fs::write(directory.path().join("notes.txt"), "no sound").expect("written");
        let prompts = Prompts::load(Some(directory.path())).expect("loaded");
        let lunch = prompts.named("lunch").expect("added").codes(Codec::Pcmu).to_vec();
        assert_eq!(prompts.hold().codes(Codec::Pcmu), lunch);
        assert!(prompts.named("welcome").is_some() && prompts.named("notes").is_none());
        fs::write(directory.path().join("bad.wav"), "no sound").expect("written");
        let error = Prompts::load(Some(directory.path())).expect_err("refused").to_string();
        assert!(error.contains("bad.wav"), "{error}");
        fs::write(directory.path().join("worse.wav"), "no sound").expect("written");
        let error = Prompts::load(Some(directory.path())).expect_err("refused").to_string();
        assert!(error.contains("bad.wav") && error.contains("worse.wav"), "{error}");
    }
}

//! Secrets by reference: the settings say where they are (spec: channel-connectors#0.2.8).

use anyhow::{Result, bail, ensure};
use channels::secret::Secret;
use std::{fs::File, io::Read, path::Path};

/// The longest secret, in bytes.
const MAX_BYTES: u64 = 4_096;

/// Where a secret may be: at most one of the two is given.
pub struct Reference<'a> {
    /// The entry and the key it belongs to, without `_env` and `_file`, for errors.
    pub place: (&'a str, &'a str),
    /// The name of a variable of the environment.
    pub env: Option<&'a str>,
    /// The path of a file. White space around the secret in it does not count.
    pub file: Option<&'a Path>,
}

impl Reference<'_> {
    /// The secret; `None` when neither place is given. No error shows what was found, nor what stands in place of a
    /// name: it may be the secret itself.
    pub fn read(&self) -> Result<Option<Secret>> {
        let (entry, key) = self.place;
        let value = match (self.env, self.file) {
            (Some(_), Some(_)) => bail!("{entry}: '{key}_env' and '{key}_file' exclude each other"),
            (None, None) => return Ok(None),
            (Some(name), None) => {
                ensure!(
                    is_variable(name),
                    "{entry}: '{key}_env' is the name of a variable of the environment, in capitals, digits and \
                     underscores, and not beginning with JACKFIELD_"
                );
                let Ok(value) = std::env::var(name) else {
                    bail!("{entry}: '{key}_env': there is no variable {name} in the environment");
                };
                value
            }
            (None, Some(path)) => match read(path) {
                Ok(value) => value,
                Err(why) => bail!("{entry}: '{key}_file': {} cannot be read: {why}", path.display()),
            },
        };
        let value = value.trim();
        ensure!(!value.is_empty(), "{entry}: the '{key}' is empty");
        ensure!(value.len() as u64 <= MAX_BYTES, "{entry}: the '{key}' is longer than {MAX_BYTES} bytes");
        Ok(Some(Secret::new(value)))
    }
}

/// Whether a name can be such a variable. Names with our own prefix are settings, and an unknown one stops the program.
fn is_variable(name: &str) -> bool {
    let is_word = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_word && !name.is_empty() && !name.starts_with("JACKFIELD_")
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    // Some editors begin a file with a byte order mark, which would become a part of the secret.
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_white_space_nor_a_byte_order_mark_is_part_of_a_secret() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("token");
        std::fs::write(&path, "\u{feff} hush\r\n").expect("written");
        let reference = Reference { place: ("[[sms]]", "token"), env: None, file: Some(&path) };
        assert_eq!(reference.read().expect("read").expect("a secret").reveal(), "hush");
    }
}

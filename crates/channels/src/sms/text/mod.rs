//! The text of a message: its alphabet, its length, its spelling, and whether it may be sent
//! (spec: channel-connectors#1C).

mod alphabet;
mod measure;
mod spelling;

pub use measure::{Alphabet, Measure, Reference, measure, most_units};
pub use spelling::{Transliterate, transliterate};

/// The limits of an account's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextLimits {
    /// The most characters.
    pub max_characters: usize,
    /// The most parts.
    pub max_parts: u32,
    /// How freely it may be spelled.
    pub transliterate: Transliterate,
    /// How its parts are numbered.
    pub reference: Reference,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self {
            max_characters: 1600,
            max_parts: 10,
            transliterate: Transliterate::default(),
            reference: Reference::default(),
        }
    }
}

/// A text that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    /// The text, as it will be sent.
    pub text: String,
    /// Its length.
    pub measure: Measure,
}

/// Why a text cannot be sent, in a sentence for the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has no visible character.
    #[error("The message is empty")]
    Empty,
    /// It has too many characters.
    #[error("The message has {characters} characters; at most {most} can be sent at once")]
    TooLong {
        /// How many it has.
        characters: usize,
        /// How many it may have.
        most: usize,
    },
    /// It takes too many parts.
    #[error("The message would take {parts} text messages; at most {most} are allowed")]
    TooManyParts {
        /// How many it takes.
        parts: u32,
        /// How many it may take.
        most: u32,
        /// The alphabet it needs.
        alphabet: Alphabet,
        /// How many units of that alphabet it may have.
        units: u32,
    },
}

impl TextLimits {
    /// How many units a text of an alphabet may have: as its parts allow, and its characters.
    pub fn most_units(&self, alphabet: Alphabet) -> u32 {
        let characters = u32::try_from(self.max_characters).unwrap_or(u32::MAX);
        most_units(alphabet, self.max_parts, self.reference).min(characters)
    }

    /// The text as it would be sent, with its length, or why it cannot be.
    pub fn fit(&self, text: &str) -> Result<Fitting, Unfit> {
        if text.trim().is_empty() {
            return Err(Unfit::Empty);
        }
        let spelled = transliterate(text, self.transliterate);
        let characters = spelled.chars().count();
        if characters > self.max_characters {
            return Err(Unfit::TooLong { characters, most: self.max_characters });
        }
        let measure = measure(&spelled, self.reference);
        if measure.parts > self.max_parts {
            return Err(Unfit::TooManyParts {
                parts: measure.parts,
                most: self.max_parts,
                alphabet: measure.alphabet,
                units: self.most_units(measure.alphabet),
            });
        }
        Ok(Fitting { text: spelled.into_owned(), measure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_sent_as_it_was_spelled_and_measured() {
        let fitting = TextLimits::default().fit("“It’s ready”").expect("fits");
        assert_eq!((fitting.text.as_str(), fitting.measure.alphabet), ("\"It's ready\"", Alphabet::Gsm7));
        assert_eq!(fitting.measure, measure(&fitting.text, Reference::Bits16));
    }

    #[test]
    fn a_text_is_refused_by_what_is_wrong_with_it() {
        let limits = TextLimits::default();
        let fit = |text: &str| limits.fit(text).map(|fitting| fitting.measure.parts);
        assert_eq!(fit(" \n"), Err(Unfit::Empty));
        assert_eq!(fit(&"a".repeat(1520)), Ok(10));
        let too_many = |alphabet, units| Err(Unfit::TooManyParts { parts: 11, most: 10, alphabet, units });
        assert_eq!(fit(&"a".repeat(1521)), too_many(Alphabet::Gsm7, 1520));
        assert_eq!(fit(&"a".repeat(1601)), Err(Unfit::TooLong { characters: 1601, most: 1600 }));
        assert_eq!(fit(&"ж".repeat(660)), Ok(10));
        assert_eq!(fit(&"ж".repeat(661)), too_many(Alphabet::Ucs2, 660));
    }

    #[test]
    fn a_refusal_is_a_sentence_for_the_agent() {
        let unfit = Unfit::TooManyParts { parts: 11, most: 10, alphabet: Alphabet::Gsm7, units: 1520 };
        let sentence = "The message would take 11 text messages; at most 10 are allowed";
        assert_eq!(unfit.to_string(), sentence);
    }
}

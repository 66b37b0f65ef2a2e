//! The single words by which customers take and give leave to be written to (spec: channel-connectors#1D).

use domain::command::Keyword;
use icu_normalizer::ComposingNormalizerBorrowed;

/// The longest keyword, in bytes; longer texts are not compared.
const MAX_BYTES: usize = 100;

/// The words of an account, in whatever case. A word in several lists means the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keywords {
    /// Words that opt out.
    pub opt_out: Vec<String>,
    /// Words that opt in.
    pub opt_in: Vec<String>,
    /// Words that opt in only customers who have opted out.
    pub opt_in_if_out: Vec<String>,
    /// Words that ask for help.
    pub help: Vec<String>,
}

impl Default for Keywords {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            opt_out: words(&[
                "STOP",
                "STOPALL",
                "UNSUBSCRIBE",
                "CANCEL",
                "END",
                "QUIT",
                "REVOKE",
                "OPTOUT",
                "ARRET",
                "ARRETE",
                "ARRÊT",
            ]),
            opt_in: words(&["START", "UNSTOP"]),
            opt_in_if_out: words(&["YES"]),
            help: words(&["HELP", "INFO"]),
        }
    }
}

impl Keywords {
    /// What a text means if it consists of one of the words: white space around it, its case and one punctuation mark
    /// behind it do not count. "stop please" is a text for the agent.
    pub fn meaning(&self, text: &str) -> Option<Keyword> {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_BYTES {
            return None;
        }
        let text = folded(text.strip_suffix(punctuation).unwrap_or(text));
        let lists = [
            (&self.opt_out, Keyword::OptOut),
            (&self.opt_in, Keyword::OptIn),
            (&self.opt_in_if_out, Keyword::OptInIfOut),
            (&self.help, Keyword::Help),
        ];
        let has = |words: &[String]| words.iter().any(|word| folded(word) == text);
        lists.into_iter().find(|(words, _)| !text.is_empty() && has(words)).map(|(_, meaning)| meaning)
    }
}

/// One spelling for all: lower case, and accents in one of their two encodings.
fn folded(word: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(word.trim()).to_lowercase()
}

fn punctuation(mark: char) -> bool {
    mark.is_ascii_punctuation() || "…。！？؟¡¿’”»".contains(mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meaning(text: &str) -> Option<Keyword> {
        Keywords::default().meaning(text)
    }

    #[test]
    fn a_single_word_counts_in_any_case_and_with_one_mark() {
        for text in
            ["STOP", "stop", " Stop. ", "stop !", "\nStop!\t", "ARRÊT", "arrêt", "arre\u{302}t", "OptOut…"]
        {
            assert_eq!(meaning(text), Some(Keyword::OptOut), "{text}");
        }
        assert_eq!(meaning("unstop"), Some(Keyword::OptIn));
        assert_eq!(meaning("Yes."), Some(Keyword::OptInIfOut));
        assert_eq!(meaning("Info?"), Some(Keyword::Help));
    }

    #[test]
    fn anything_more_is_a_text_for_the_agent() {
        for text in
            ["stop please", "please stop", "stop!!", "st op", "\"stop\"", "stopp", "", " ", ".", "non-stop"]
        {
            assert_eq!(meaning(text), None, "{text}");
        }
    }

    #[test]
    fn the_words_are_the_accounts() {
        let german = Keywords { opt_out: vec!["Abmelden".into(), String::new()], ..Keywords::default() };
        assert_eq!(german.meaning("ABMELDEN!"), Some(Keyword::OptOut));
        assert_eq!(german.meaning("STOP"), None);
        assert_eq!(german.meaning("!"), None);
    }

    proptest! {
        #[test]
        fn no_text_of_two_words_means_anything(one in "\\w{1,12}", two in "\\w{1,12}") {
            prop_assert_eq!(meaning(&format!("{one} {two}")), None);
        }

        #[test]
        fn any_text_can_be_judged(text: String) {
            meaning(&text);
        }
    }
}

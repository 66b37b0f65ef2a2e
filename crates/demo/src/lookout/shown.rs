//! What others wrote, as it is shown on a terminal.

use domain::session::Session;

/// The longest name that is shown, in characters.
const LONGEST: usize = 40;

/// A customer's name, as they gave it or as they go by.
pub(super) fn customer(session: &Session) -> String {
    let word = |key: &str| session.user_data.get(key).and_then(serde_json::Value::as_str);
    match (word("FirstName"), word("LastName")) {
        (Some(first), Some(last)) => format!("{first} {last}"),
        _ => session.customer.nickname.clone(),
    }
}

/// A text that somebody else wrote, made safe for a terminal.
pub(super) fn shown(text: &str) -> String {
    let is_shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text: String = text.chars().filter(is_shown).take(LONGEST).collect();
    if text.is_empty() { "somebody".into() } else { text }
}

/// Whether a text stands in a command as it is.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "@._-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_does_nothing_to_the_terminal() {
        assert_eq!(shown("Ines\x1b[2J\r\n\u{202e}Moreau"), "Ines[2JMoreau");
        assert_eq!(shown("\x07"), "somebody");
        assert_eq!(shown(&"ü".repeat(100)).chars().count(), LONGEST);
    }

    #[test]
    fn only_plain_words_stand_in_a_command() {
        assert!(is_plain("agent1@demo"));
        for word in ["", "it's", "a b", "$HOME", "-rf;", "Ünal"] {
            assert!(!is_plain(word), "{word}");
        }
    }
}

//! What goes wrong with a send on request: by a word in the text, or by the end of the recipient's PSID.

use super::trouble::MessengerError;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SimulatedFault {
    /// It is refused.
    Refuse(MessengerError),
    /// The first try is refused, the next accepted.
    RefuseOnce(MessengerError),
    /// It is refused although it was sent.
    SentYet(MessengerError),
    /// The first try is answered 500 without JSON and not sent, the next accepted.
    BrokenOnce,
    /// It is answered 500 without JSON although it was sent.
    BrokenYetSent,
    /// It is sent, and the connection closed without an answer.
    HungUp,
    /// It is sent, and the usage headers show so many percent.
    Usage(u32),
    /// It is sent, and its echo comes before its answer.
    EchoFirst,
}

/// Word, end of the PSID, and what they do.
const TRICKS: [(&str, &str, SimulatedFault); 20] = [
    ("#190", "0190", SimulatedFault::Refuse(MessengerError::TOKEN_DEAD)),
    ("#551", "0551", SimulatedFault::Refuse(MessengerError::UNAVAILABLE)),
    ("#1545041", "5041", SimulatedFault::Refuse(MessengerError::BLOCKED)),
    ("#2018278", "8278", SimulatedFault::Refuse(MessengerError::WINDOW)),
    ("#2018300", "8300", SimulatedFault::Refuse(MessengerError::THREAD)),
    ("#2018001", "8001", SimulatedFault::Refuse(MessengerError::NO_PERSON)),
    ("#2018109", "8109", SimulatedFault::Refuse(MessengerError::TOO_LARGE)),
    ("#100", "0100", SimulatedFault::Refuse(MessengerError::parameter("(#100) Invalid parameter"))),
    ("#200", "0200", SimulatedFault::Refuse(MessengerError::NO_PERMISSION)),
    ("#368", "0368", SimulatedFault::Refuse(MessengerError::ABUSE)),
    ("#2022", "2022", SimulatedFault::Refuse(MessengerError::DISABLED)),
    ("#2", "0002", SimulatedFault::RefuseOnce(MessengerError::TEMPORARY)),
    ("#613", "0613", SimulatedFault::RefuseOnce(MessengerError::RATE)),
    ("#2018022", "8022", SimulatedFault::RefuseOnce(MessengerError::PHONES)),
    ("#1357046", "7046", SimulatedFault::SentYet(MessengerError::REPORTED)),
    ("#500", "0500", SimulatedFault::BrokenOnce),
    ("#500sent", "0501", SimulatedFault::BrokenYetSent),
    ("#hangup", "0502", SimulatedFault::HungUp),
    ("#usage85", "0085", SimulatedFault::Usage(85)),
    ("#usage100", "0099", SimulatedFault::Usage(100)),
];

impl SimulatedFault {
    /// What goes wrong with a text to a person: the person's number decides before the text does.
    pub(super) fn of(psid: &str, text: &str) -> Option<Self> {
        let by_person = TRICKS.iter().find(|(_, end, _)| psid.ends_with(end));
        let by_word = || TRICKS.iter().find(|(word, ..)| text.split_whitespace().any(|said| said == *word));
        let echo = || text.split_whitespace().any(|said| said == "#echo").then_some(Self::EchoFirst);
        by_person.or_else(by_word).map(|(.., trick)| *trick).or_else(echo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_person_or_a_word_decides() {
        for (word, end, trick) in TRICKS {
            assert_eq!(SimulatedFault::of(&format!("777{end}"), "hello"), Some(trick), "{end}");
            assert_eq!(SimulatedFault::of("7771001", &format!("please {word} now")), Some(trick), "{word}");
        }
        assert_eq!(SimulatedFault::of("7771001", "so #echo"), Some(SimulatedFault::EchoFirst));
        assert_eq!(SimulatedFault::of("7771001", "bill #1905 is due"), None);
    }

    #[test]
    fn no_word_and_no_end_is_taken_twice() {
        let words: BTreeSet<&str> = TRICKS.iter().map(|(word, ..)| *word).collect();
        let ends: BTreeSet<&str> = TRICKS.iter().map(|(_, end, _)| *end).collect();
        assert_eq!((words.len(), ends.len()), (TRICKS.len(), TRICKS.len()));
    }
}

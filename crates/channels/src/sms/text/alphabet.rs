//! The GSM 7-bit alphabet (3GPP TS 23.038; spec: channel-connectors#1C).

/// The characters of one septet. Escape, 0x1B of the table, is no character.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The characters of two septets: escape and another.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How many septets a character takes: 1, 2, or none if the alphabet does not have it.
pub(super) fn septets(character: char) -> Option<u32> {
    if BASIC.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// Whether the alphabet has every character of a text.
pub(super) fn spells(text: &str) -> bool {
    text.chars().all(|character| septets(character).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_all_its_places() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
        let mut all: Vec<char> = BASIC.chars().chain(EXTENSION.chars()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 137);
    }

    #[test]
    fn what_is_often_thought_to_be_in_it_is_not() {
        for character in "ç`’“”\t\u{1b}\u{a0}–…êáíóúőŁ".chars() {
            assert_eq!(septets(character), None, "{character:?}");
        }
        for (character, length) in [('Ç', 1), ('¤', 1), ('¡', 1), ('\r', 1), ('€', 2), ('\u{c}', 2), ('|', 2)]
        {
            assert_eq!(septets(character), Some(length), "{character:?}");
        }
    }
}

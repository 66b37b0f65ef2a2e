//! The UUIDs of the lines of a call: each of an agent's calls has one, and names the interaction that it is part of.
//!
//! The first line has the id of the interaction, which is made of hexadecimal digits. A later line has the same
//! characters, some of which are moved from `0`–`F` to `G`–`V`: those that are bits of its number, the lowest the last.
//! So whoever is given the UUID of any line finds the interaction without an index.

use crate::InteractionId;

/// How far a digit is moved.
const STEP: u8 = 16;

/// The UUID of a line: of the first one the id of the interaction. `None` when the id has not enough digits to number so
/// many lines.
pub fn line_uuid(interaction: &InteractionId, line: u16) -> Option<InteractionId> {
    let mut left = line;
    let mut letters: Vec<u8> = interaction.as_str().bytes().collect();
    for letter in letters.iter_mut().rev() {
        let Some(digit) = value(*letter).filter(|digit| *digit < STEP) else { continue };
        if left & 1 == 1 {
            *letter = letter_of(digit + STEP);
        }
        left >>= 1;
    }
    let uuid = String::from_utf8(letters).ok()?;
    (left == 0).then(|| InteractionId::new(uuid))
}

/// The interactions that a call UUID may be part of, the likelier first: the one whose id it is, and the one of which it
/// would be a later line.
pub fn interactions_of(uuid: &InteractionId) -> impl Iterator<Item = InteractionId> {
    std::iter::once(uuid.clone()).chain(interaction_of(uuid))
}

/// The interaction that a call UUID would be part of, if it is that of a later line; `None` where it can only be that of
/// a first one.
fn interaction_of(uuid: &InteractionId) -> Option<InteractionId> {
    let is_moved = |letter: u8| value(letter).is_some_and(|digit| digit >= STEP);
    let back = |letter: char| match u8::try_from(letter).ok().filter(|letter| is_moved(*letter)) {
        Some(moved) => char::from(letter_of(value(moved).unwrap_or(0) % STEP)),
        None => letter,
    };
    uuid.as_str()
        .bytes()
        .any(is_moved)
        .then(|| InteractionId::new(uuid.as_str().chars().map(back).collect::<String>()))
}

/// The value of a digit of base 32: `0`–`9`, then `A`–`V`.
const fn value(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'A'..=b'V' => Some(letter - b'A' + 10),
        _ => None,
    }
}

const fn letter_of(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'A' + value - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const FIRST: &str = "0123456789ABCDEF0123456789ABCDEF";

    #[test]
    fn each_line_has_a_uuid_of_its_own_that_leads_back_to_the_interaction() {
        let first = InteractionId::from(FIRST);
        assert_eq!(line_uuid(&first, 0).as_ref(), Some(&first));
        assert_eq!(interaction_of(&first), None);
        let lines: BTreeSet<InteractionId> = (1..300).filter_map(|line| line_uuid(&first, line)).collect();
        assert_eq!(lines.len(), 299);
        for uuid in &lines {
            assert_eq!(uuid.as_str().len(), FIRST.len());
            assert_eq!(interaction_of(uuid).as_ref(), Some(&first));
        }
        assert_eq!(line_uuid(&first, 1).expect("a uuid").as_str(), "0123456789ABCDEF0123456789ABCDEV");
    }

    #[test]
    fn a_uuid_of_any_kind_leads_somewhere_or_nowhere_and_never_panics() {
        for text in ["", "ä€", "c1", "01RCC3N118B1V0SL807GK2LAES000006"] {
            let uuid = InteractionId::from(text);
            let _ = (interaction_of(&uuid), line_uuid(&uuid, u16::MAX));
        }
        assert_eq!(line_uuid(&"ab".into(), 1), None, "no digit to number it with");
    }
}

//! How long a text is on the air (spec: channel-connectors#1C).

use super::alphabet::{septets, spells};

/// The alphabet a text travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// GSM 7-bit, counted in septets.
    Gsm7,
    /// UCS-2, counted in units of 16 bits.
    Ucs2,
}

/// The width of the number that says which parts belong together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// 8 bits: longer parts, but the numbers of a busy sender collide.
    Bits8,
    /// 16 bits.
    #[default]
    Bits16,
}

/// The length of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The alphabet it needs.
    pub alphabet: Alphabet,
    /// Its length in units of the alphabet, counted by its characters. Units that stay free at the end of a part
    /// because a character must not be split are not in it.
    pub units: u32,
    /// How many parts it takes, and costs: at least one.
    pub parts: u32,
    /// How many units the last part has left.
    pub units_left_in_last_part: u32,
}

/// How many units a text may have that goes out in at most so many parts.
pub fn most_units(alphabet: Alphabet, parts: u32, reference: Reference) -> u32 {
    match parts {
        0 | 1 => alphabet.single(),
        _ => alphabet.part(reference).saturating_mul(parts),
    }
}

impl Alphabet {
    /// How many units a text may have that goes out in one part.
    const fn single(self) -> u32 {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// How many units each of several parts may have.
    const fn part(self, reference: Reference) -> u32 {
        match (self, reference) {
            (Self::Gsm7, Reference::Bits8) => 153,
            (Self::Gsm7, Reference::Bits16) => 152,
            (Self::Ucs2, Reference::Bits8) => 67,
            (Self::Ucs2, Reference::Bits16) => 66,
        }
    }

    /// How many units a character takes. Only called for characters that the alphabet has.
    fn units(self, character: char) -> u32 {
        match self {
            Self::Gsm7 => septets(character).unwrap_or(2),
            Self::Ucs2 if character.len_utf16() == 1 => 1,
            Self::Ucs2 => 2,
        }
    }
}

/// Measures a text as it is. Neither an extension character nor a surrogate pair is split between parts.
pub fn measure(text: &str, reference: Reference) -> Measure {
    let alphabet = if spells(text) { Alphabet::Gsm7 } else { Alphabet::Ucs2 };
    let units = text.chars().map(|character| alphabet.units(character)).fold(0, u32::saturating_add);
    if units <= alphabet.single() {
        return Measure { alphabet, units, parts: 1, units_left_in_last_part: alphabet.single() - units };
    }
    let room = alphabet.part(reference);
    let (mut parts, mut left) = (1, room);
    for length in text.chars().map(|character| alphabet.units(character)) {
        if length > left {
            (parts, left) = (parts + 1, room);
        }
        left -= length;
    }
    Measure { alphabet, units, parts, units_left_in_last_part: left }
}

#[cfg(test)]
mod tests {
    use super::{Alphabet::*, Reference::*, *};
    use proptest::prelude::*;

    fn parts(text: &str) -> (Alphabet, u32, u32, u32) {
        let it = measure(text, Bits16);
        (it.alphabet, it.units, it.parts, it.units_left_in_last_part)
    }

    #[test]
    fn what_fits_one_message_takes_one_part() {
        assert_eq!(parts(""), (Gsm7, 0, 1, 160));
        assert_eq!(parts(&"a".repeat(160)), (Gsm7, 160, 1, 0));
        assert_eq!(parts(&"€".repeat(80)), (Gsm7, 160, 1, 0));
        assert_eq!(parts(&"ж".repeat(70)), (Ucs2, 70, 1, 0));
        assert_eq!(parts(&"😀".repeat(35)), (Ucs2, 70, 1, 0));
    }

    #[test]
    fn the_parts_of_more_are_shorter() {
        assert_eq!(parts(&"a".repeat(161)), (Gsm7, 161, 2, 143));
        assert_eq!(parts(&"a".repeat(304)), (Gsm7, 304, 2, 0));
        assert_eq!(parts(&"a".repeat(305)), (Gsm7, 305, 3, 151));
        assert_eq!(parts(&"ж".repeat(71)), (Ucs2, 71, 2, 61));
        assert_eq!(parts(&"ж".repeat(133)), (Ucs2, 133, 3, 65));
        assert_eq!(measure(&"a".repeat(306), Bits8).parts, 2);
        assert_eq!(measure(&"a".repeat(307), Bits8).parts, 3);
        assert_eq!(measure(&"ж".repeat(134), Bits8).parts, 2);
        assert_eq!(measure(&"ж".repeat(135), Bits8).parts, 3);
    }

    #[test]
    fn a_character_of_two_units_is_not_split() {
        let text = |before: usize, character: &str, all: usize| {
            "a".repeat(before) + character + &"a".repeat(all - before - 2)
        };
        assert_eq!(parts(&text(150, "€", 304)), (Gsm7, 304, 2, 0));
        assert_eq!(parts(&text(151, "€", 304)), (Gsm7, 304, 3, 151));
        assert_eq!(parts(&text(64, "😀", 132)), (Ucs2, 132, 2, 0));
        assert_eq!(parts(&text(65, "😀", 132)), (Ucs2, 132, 3, 65));
        assert_eq!(measure(&text(66, "😀", 134), Bits8).parts, 3);
    }

    #[test]
    fn so_many_units_fit_and_one_more_does_not() {
        for (letter, alphabet) in [("a", Gsm7), ("ж", Ucs2)] {
            for (most, reference) in [(1, Bits16), (2, Bits16), (10, Bits16), (10, Bits8)] {
                let units = most_units(alphabet, most, reference) as usize;
                assert_eq!(measure(&letter.repeat(units), reference).parts, most, "{letter} {most}");
                assert_eq!(measure(&letter.repeat(units + 1), reference).parts, most + 1, "{letter} {most}");
            }
        }
        assert_eq!(most_units(Gsm7, u32::MAX, Bits16), u32::MAX);
    }

    proptest! {
        #[test]
        fn the_units_of_a_text_that_needs_ucs_2_are_those_of_utf_16(text: String) {
            let measure = measure(&text, Bits16);
            if measure.alphabet == Ucs2 {
                prop_assert_eq!(measure.units as usize, text.encode_utf16().count());
            } else {
                prop_assert!(measure.units as usize >= text.chars().count());
            }
        }

        #[test]
        fn parts_hold_the_text_and_waste_no_more_than_a_unit_each(
            text in "[a€жb😀]{0,400}", bits8: bool,
        ) {
            let reference = if bits8 { Bits8 } else { Bits16 };
            let it = measure(&text, reference);
            let room = if it.parts == 1 { it.alphabet.single() } else { it.alphabet.part(reference) };
            let wasted = it.parts * room - it.units - it.units_left_in_last_part;
            prop_assert!(wasted < it.parts);
            prop_assert!(it.parts == 1 || it.units > it.alphabet.single());
            prop_assert!(it.parts == 1 || it.units_left_in_last_part < room);
        }

        #[test]
        fn more_text_never_takes_fewer_parts(text in "[a€ж😀]{0,200}", more in "[a€ж😀]") {
            let longer = text.clone() + &more;
            prop_assert!(measure(&longer, Bits16).parts >= measure(&text, Bits16).parts);
        }
    }
}

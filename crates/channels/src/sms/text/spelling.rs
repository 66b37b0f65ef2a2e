//! Spelling a text with the characters of the GSM alphabet, so that one curly quote does not triple its price
//! (spec: channel-connectors#1C).

use super::{
    alphabet::{septets, spells},
    measure::{Reference, measure},
};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How freely a text may be spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transliterate {
    /// As it was written.
    Off,
    /// Quotes, dashes, the ellipsis and spaces become their plain forms.
    #[default]
    Typographic,
    /// Letters lose the accents that the alphabet lacks, too.
    Full,
}

/// Another spelling of a character, if it has one.
type Spelling = fn(char) -> Option<Cow<'static, str>>;

/// A text spelled as freely as allowed, if that brings it into the GSM alphabet without making it longer to send.
/// Otherwise the text as it was: with one character left over it travels as UCS-2, and then all of them may stay.
pub fn transliterate(text: &str, how: Transliterate) -> Cow<'_, str> {
    if how == Transliterate::Off || spells(text) {
        return Cow::Borrowed(text);
    }
    // "é" may have come as two characters, of which the alphabet has only one.
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let spellings: &[Spelling] = match how {
        Transliterate::Off => &[],
        Transliterate::Typographic => &[typographic],
        Transliterate::Full => &[typographic, full],
    };
    let parts = |text: &str| measure(text, Reference::default()).parts;
    let spelled = spellings.iter().find_map(|spelling| spelled(&composed, *spelling));
    match spelled {
        Some(spelled) if parts(&spelled) <= parts(text) => Cow::Owned(spelled),
        _ => Cow::Borrowed(text),
    }
}

/// A text with another spelling for each character that the alphabet lacks; `None` if one of them has none.
fn spelled(text: &str, spelling: Spelling) -> Option<String> {
    let mut spelled = String::with_capacity(text.len());
    for character in text.chars() {
        if septets(character).is_some() {
            spelled.push(character);
        } else {
            spelled.push_str(&spelling(character)?);
        }
    }
    Some(spelled)
}

fn typographic(character: char) -> Option<Cow<'static, str>> {
    let plain = match character {
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2039}' | '\u{203a}' | '\u{b4}' | '`' => "'",
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '…' => "...",
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{2028}' | '\u{2029}' => "\n",
        // Invisible: where a word may be broken, and the mark of a byte order.
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => "",
        _ => return None,
    };
    Some(Cow::Borrowed(plain))
}

fn full(character: char) -> Option<Cow<'static, str>> {
    typographic(character).or_else(|| letter(character).map(Cow::Borrowed)).or_else(|| unaccented(character))
}

/// Letters and signs that are no other character with a mark.
fn letter(character: char) -> Option<&'static str> {
    Some(match character {
        'Œ' => "OE",
        'œ' => "oe",
        'ẞ' => "SS",
        'Ð' | 'Đ' => "D",
        'ð' | 'đ' => "d",
        'Þ' => "Th",
        'þ' => "th",
        'Ħ' => "H",
        'ħ' => "h",
        'ı' => "i",
        'Ł' => "L",
        'ł' => "l",
        'Ŋ' => "N",
        'ŋ' => "n",
        'Ŧ' => "T",
        'ŧ' => "t",
        '•' | '·' => "*",
        '\u{2044}' => "/",
        '©' => "(c)",
        '®' => "(r)",
        '×' => "x",
        _ => return None,
    })
}

/// A character spelled with what the alphabet has, without the marks over and under letters.
fn unaccented(character: char) -> Option<Cow<'static, str>> {
    let mut buffer = [0; 4];
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(character.encode_utf8(&mut buffer));
    let mut plain = String::new();
    for part in apart.chars() {
        match part {
            '\u{300}'..='\u{36f}' => {}
            '\u{2044}' => plain.push('/'),
            part if septets(part).is_some() => plain.push(part),
            _ => return None,
        }
    }
    // A mark without a letter would vanish, and with it the character it was set on by other means.
    (!plain.is_empty()).then_some(Cow::Owned(plain))
}

#[cfg(test)]
mod tests {
    use super::{Transliterate::*, *};
    use proptest::prelude::*;

    #[test]
    fn typography_becomes_plain() {
        let fancy = "“It’s” — «so»…\u{a0}1–2\u{202f}€\u{ad}\u{200b}`x`\t−3";
        assert_eq!(transliterate(fancy, Typographic), "\"It's\" - \"so\"... 1-2 €'x' -3");
        assert_eq!(transliterate(fancy, Off), fancy);
    }

    #[test]
    fn a_letter_in_two_characters_is_written_as_one() {
        assert_eq!(transliterate("cafe\u{301}", Typographic), "café");
    }

    #[test]
    fn accents_go_only_if_all_may() {
        assert_eq!(transliterate("Ça va, garçon? Œuvre, Łódź, “½”, №5™", Typographic), {
            "Ça va, garçon? Œuvre, Łódź, “½”, №5™"
        });
        assert_eq!(transliterate("Ça va, garçon? Œuvre, Łódź, “½”, №5™", Full), {
            "Ça va, garcon? OEuvre, Lodz, \"1/2\", No5TM"
        });
        assert_eq!(transliterate("Xin chào, Nguyễn Đức", Full), "Xin chào, Nguyen Duc");
        assert_eq!(transliterate("ﬁve ５", Full), "five 5");
    }

    #[test]
    fn what_must_travel_as_ucs_2_keeps_its_looks() {
        for text in ["“Привет”", "“Hi” 😀", "北京…", "e\u{301} й", "\u{308}"] {
            assert_eq!(transliterate(text, Full), text);
        }
    }

    #[test]
    fn a_spelling_that_takes_more_parts_is_not_used() {
        let dots = "…".repeat(70);
        assert_eq!(transliterate(&dots, Typographic), dots);
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["[a-zé“”’…ç\u{301}ж€]{0,120}", any::<String>()]
    }

    proptest! {
        #[test]
        fn no_spelling_costs_more(text in texts()) {
            for how in [Off, Typographic, Full] {
                let parts = |text: &str| measure(text, Reference::default()).parts;
                prop_assert!(parts(&transliterate(&text, how)) <= parts(&text));
            }
        }

        #[test]
        fn a_text_is_spelled_wholly_or_not_at_all_and_only_once(text in texts()) {
            for how in [Off, Typographic, Full] {
                let spelled = transliterate(&text, how);
                prop_assert!(spelled == text || spells(&spelled));
                prop_assert_eq!(transliterate(&spelled, how), spelled.clone());
            }
        }

        #[test]
        fn what_the_alphabet_spells_is_left_alone(text in "[ -~&&[^`]]{0,200}") {
            prop_assert_eq!(transliterate(&text, Full), text.as_str());
        }
    }
}

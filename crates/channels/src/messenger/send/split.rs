//! Splits a text into parts that the platform takes (spec: channel-connectors#2.5).

use unicode_segmentation::UnicodeSegmentation;

/// The most characters (Unicode scalar values) of one text.
pub const MAX_TEXT: usize = 2000;

/// A text in parts of at most [`MAX_TEXT`] characters, in order. A part ends at the end of a paragraph, else of a
/// sentence, else of a character as people see it; blanks at such an end are left out. A text without
/// words has no parts.
pub fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(window) = window(rest) {
        let (part, behind) = rest.split_at(end(rest, window));
        push(&mut parts, part.trim_end());
        rest = behind.trim_start();
    }
    push(&mut parts, rest);
    parts
}

fn push<'a>(parts: &mut Vec<&'a str>, part: &'a str) {
    if !part.trim().is_empty() {
        parts.push(part);
    }
}

/// How many bytes of a text fit into a part; `None` if all do.
fn window(text: &str) -> Option<usize> {
    text.char_indices().nth(MAX_TEXT).map(|(at, _)| at)
}

/// Where the first part of a text ends, of which `window` bytes fit: never at 0.
fn end(text: &str, window: usize) -> usize {
    let fits = &text[..window];
    let last = |ends: &mut dyn Iterator<Item = usize>| {
        ends.take_while(|at| *at <= window).filter(|at| *at > 0).last()
    };
    paragraph(fits)
        .or_else(|| last(&mut text.split_sentence_bound_indices().map(|(at, _)| at)))
        .or_else(|| last(&mut text.grapheme_indices(true).map(|(at, _)| at)))
        // A character as people see it can consist of any number of others.
        .unwrap_or(window)
}

/// The end of the last whole paragraph with words: before an empty line.
fn paragraph(fits: &str) -> Option<usize> {
    let end = ["\n\n", "\r\n\r\n"].into_iter().filter_map(|gap| fits.rfind(gap)).max()?;
    (!fits[..end].trim().is_empty()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_is_left_as_it_is() {
        for text in ["hello", " hello \n", &"é".repeat(2000)] {
            assert_eq!(split(text), [text]);
        }
        assert!(split("").is_empty());
        assert!(split(&" ".repeat(5000)).is_empty());
    }

    #[test]
    fn it_is_parted_between_paragraphs() {
        let (first, second) = ("One. ".repeat(200), "Two. ".repeat(300));
        for gap in ["\n\n", "\r\n\r\n", "\n\n\n"] {
            assert_eq!(split(&format!("{first}{gap}{second}")), [first.trim_end(), &second]);
        }
    }

    #[test]
    fn else_between_sentences() {
        let sentence = "Is it 3.5 % or more? ".repeat(100);
        let parts = split(&sentence);
        assert_eq!(parts.len(), 2);
        assert!(
            parts.iter().all(|part| part.starts_with("Is it") && part.trim_end().ends_with("more?")),
            "{parts:?}"
        );
        assert!(parts[0].len() > 1900);
    }

    #[test]
    fn else_between_characters_as_people_see_them() {
        let family = "👨‍👩‍👧‍👦";
        let parts = family.repeat(600);
        let parts = split(&parts);
        assert_eq!(parts.concat(), family.repeat(600));
        assert!(parts.iter().all(|part| part.len() % family.len() == 0), "no family is torn apart");
        assert_eq!(
            split(&"a".repeat(4001)).iter().map(|part| part.len()).collect::<Vec<_>>(),
            [2000, 2000, 1]
        );
    }

    #[test]
    fn a_character_without_end_is_parted_all_the_same() {
        let text = format!("a{}", "\u{301}".repeat(4999));
        let counts: Vec<_> = split(&text).iter().map(|part| part.chars().count()).collect();
        assert_eq!(counts, [2000, 2000, 1000]);
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost_and_every_part_fits(
            pieces in proptest::collection::vec("[a-zé👨‍👩‍👧.?! ]{0,300}|\n\n|\r\n|\u{301}{0,2500}", 0..40)
        ) {
            let text = pieces.concat();
            let parts = split(&text);
            prop_assert!(parts.iter().all(|part| part.chars().count() <= MAX_TEXT && !part.trim().is_empty()));
            let words = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(words(&parts.concat()), words(&text));
        }
    }
}

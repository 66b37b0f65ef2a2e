//! Texts that are longer than they may be, from people who cannot be told so: they are shortened, and the reader sees
//! that.

use domain::{
    json::Bound,
    message::{Content, MAX_TEXT},
    notice::Wording,
};
use unicode_segmentation::UnicodeSegmentation;

/// The end of a text that was shortened.
const MARK: char = '…';

/// As much of a text as a bound allows, with `…` behind it if it is not all, and how many characters were left out. It
/// ends where a character as people see it does.
pub(crate) fn shorten(text: String, most: Bound) -> (String, usize) {
    if most.holds(&text) {
        return (text, 0);
    }
    let room =
        Bound { chars: most.chars.saturating_sub(1), bytes: most.bytes.saturating_sub(MARK.len_utf8()) };
    let fits = room.prefix(&text).len();
    let ends = text.grapheme_indices(true).map(|(at, _)| at);
    // A character as people see it can consist of any number of others.
    let end = ends.take_while(|at| *at <= fits).last().filter(|at| *at > 0).unwrap_or(fits);
    let left_out = text[end..].chars().count();
    let mut text = text;
    text.truncate(end);
    text.push(MARK);
    (text, left_out)
}

/// The same without the number, for texts that are no messages: names, titles, references.
pub(crate) fn shortened(text: String, most: Bound) -> String {
    shorten(text, most).0
}

/// The words of a message, and a notice of those that were left out.
pub(crate) fn words(text: String, message_type: Option<String>) -> impl Iterator<Item = Content> {
    let (text, left_out) = shorten(text, MAX_TEXT);
    std::iter::once(Content::Text { text, message_type }).chain(told(left_out))
}

/// The notice of characters that were left out.
pub(crate) fn told(left_out: usize) -> Option<Content> {
    (left_out > 0).then(|| Content::Notice(Wording::TextShortened.with(&[("characters", &left_out)])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_is_left_as_it_is() {
        for text in ["", "hello", &"ह".repeat(10)] {
            assert_eq!(shorten(text.to_owned(), Bound::chars(10)), (text.to_owned(), 0));
        }
    }

    #[test]
    fn what_does_not_fit_bears_a_mark_and_says_how_much_is_missing() {
        assert_eq!(shorten("x".repeat(15), Bound::chars(10)), ("xxxxxxxxx…".to_owned(), 6));
        let (text, left_out) = shorten("ह".repeat(15), Bound::chars(10));
        assert_eq!((text.chars().count(), left_out), (10, 6));
    }

    #[test]
    fn no_character_as_people_see_it_is_cut_in_two() {
        let family = "👨‍👩‍👧";
        assert_eq!(shorten(family.repeat(3), Bound::chars(12)), (format!("{}…", family.repeat(2)), 5));
        let endless = format!("e{}", "\u{301}".repeat(50));
        assert_eq!(shorten(endless, Bound::chars(10)).1, 42, "one that is longer than the bound is");
    }

    #[test]
    fn words_that_were_shortened_are_followed_by_a_notice() {
        let all: Vec<Content> = words("x".repeat(MAX_TEXT.chars + 9), None).collect();
        let [Content::Text { text, .. }, Content::Notice(told)] = &all[..] else { panic!("{}", all.len()) };
        assert!(MAX_TEXT.holds(text) && text.ends_with("x…"));
        assert_eq!(
            told.text,
            "The message above was too long to be kept whole: its last 10 characters were left out."
        );
        assert_eq!(words("hello".into(), None).count(), 1);
    }

    proptest! {
        #[test]
        fn what_is_left_is_no_longer_than_it_may_be(text: String, chars in 1_usize..20) {
            let most = Bound::chars(chars);
            let (short, left_out) = shorten(text.clone(), most);
            prop_assert!(most.holds(&short));
            let kept = short.chars().count() - usize::from(left_out > 0);
            prop_assert_eq!(kept + left_out, text.chars().count());
        }
    }
}

//! Bounds on what comes from outside, checked before a rule looks at it: its length, its form, whether it is there.
//! Each check answers with the refusal that names the parameter; none looks at a state.

use crate::{
    Refusal, UserData,
    ids::Dn,
    json::{self, Bound},
    message::{MAX_NICKNAME, MAX_TEXT, MAX_TYPE},
    userdata::{MAX_BYTES, MAX_KEY},
};

/// The longest number that is dialled or that calls are sent to, in bytes.
pub const MAX_NUMBER: usize = 64;
/// The longest location of a caller.
pub const MAX_LOCATION: Bound = Bound::chars(255);
/// The most tones that are sent at once.
pub const MAX_DIGITS: usize = 64;
/// The longest name of a disposition code or of a group of them.
const MAX_NAME: Bound = Bound::chars(255);
/// The longest value of a disposition: what the user data have room for.
const MAX_DISPOSITION: Bound = Bound { chars: usize::MAX, bytes: MAX_BYTES };

/// Refuses a text that is longer than a bound; the refusal says whether by its characters or by its bytes.
pub fn within(parameter: &'static str, text: &str, bound: Bound) -> Result<(), Refusal> {
    if text.chars().nth(bound.chars).is_some() {
        return Err(Refusal::TooManyCharacters { parameter, chars: bound.chars });
    }
    if json::text_len(text) > bound.bytes {
        return Err(Refusal::TextTooLong { parameter, bytes: bound.bytes });
    }
    Ok(())
}

/// Refuses a text that is empty, or longer than a bound.
fn given(parameter: &'static str, text: &str, bound: Bound) -> Result<(), Refusal> {
    if text.is_empty() { Err(Refusal::Missing(parameter)) } else { within(parameter, text, bound) }
}

/// Refuses an empty text, or one longer than a message may be.
pub fn text(parameter: &'static str, text: &str) -> Result<(), Refusal> {
    given(parameter, text, MAX_TEXT)
}

/// Refuses a `messageType` longer than [`MAX_TYPE`]: it is a word, not a text.
pub fn message_type(message_type: Option<&str>) -> Result<(), Refusal> {
    within("messageType", message_type.unwrap_or_default(), MAX_TYPE)
}

/// Refuses a nickname that is empty or longer than [`MAX_NICKNAME`].
pub fn nickname(parameter: &'static str, nickname: &str) -> Result<(), Refusal> {
    given(parameter, nickname, MAX_NICKNAME)
}

/// Refuses a name of a group of dispositions or of a code that is empty or longer than 255 characters.
pub fn name(parameter: &'static str, name: &str) -> Result<(), Refusal> {
    given(parameter, name, MAX_NAME)
}

/// Refuses a value that is too long for a disposition. An empty one clears it.
pub fn disposition(value: &str) -> Result<(), Refusal> {
    within("disposition", value, MAX_DISPOSITION)
}

/// Refuses user data that is heavier than [`MAX_BYTES`], or that has a key which is empty or too long.
pub fn user_data(data: &UserData) -> Result<(), Refusal> {
    for key in data.pairs().keys() {
        user_data_key("userData", key)?;
    }
    if data.weight() > MAX_BYTES { Err(Refusal::UserDataTooLarge) } else { Ok(()) }
}

/// The same for data that was something else before. Journals of earlier releases hold data that is heavier than
/// the bound; it may become less, and only what makes it grow is refused.
pub fn user_data_after(data: &UserData, before: &UserData) -> Result<(), Refusal> {
    match user_data(data) {
        Err(Refusal::UserDataTooLarge) if data.weight() <= before.weight() => Ok(()),
        checked => checked,
    }
}

/// Refuses a key that is empty or longer than [`MAX_KEY`].
pub fn user_data_key(parameter: &'static str, key: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(Refusal::Invalid(format!("'{parameter}' has an empty key")));
    }
    within(parameter, key, MAX_KEY)
}

/// Refuses a number that nobody can be called at.
pub fn number(parameter: &'static str, number: &Dn) -> Result<(), Refusal> {
    match number.as_str().len() {
        0 => Err(Refusal::Missing(parameter)),
        1..=MAX_NUMBER => Ok(()),
        _ => Err(Refusal::TextTooLong { parameter, bytes: MAX_NUMBER }),
    }
}

/// Refuses a location of a caller that is too long to show.
pub fn location(location: Option<&str>) -> Result<(), Refusal> {
    within("location", location.unwrap_or_default(), MAX_LOCATION)
}

/// Refuses characters that are no tones, and more tones than [`MAX_DIGITS`].
pub fn digits(digits: &str) -> Result<(), Refusal> {
    if digits.is_empty() {
        return Err(Refusal::Missing("digits"));
    }
    if digits.len() > MAX_DIGITS {
        return Err(Refusal::TextTooLong { parameter: "digits", bytes: MAX_DIGITS });
    }
    if !digits.chars().all(|digit| matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D' | ',')) {
        return Err(Refusal::Invalid("'digits' may hold 0-9, *, #, A-D and commas".into()));
    }
    Ok(())
}

/// Refuses a login name that HTTP could not carry.
pub fn user_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(Refusal::Missing("userName"));
    }
    if name.contains(':') {
        return Err(Refusal::Invalid(
            "'userName' cannot contain a colon: HTTP Basic could not carry it".into(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    type Check<'a> = &'a dyn Fn(&str) -> Result<(), Refusal>;

    fn data(text: String) -> UserData {
        UserData::new([("a".to_owned(), Value::from(text))].into_iter().collect())
    }

    #[test]
    fn data_may_take_64_kib_as_json_and_not_a_byte_more() {
        // {"a":"…"} takes eight bytes besides the text.
        for (text, left) in [("x", 0), ("\u{1}", 2), ("\n", 0), ("é", 0)] {
            let times = (MAX_BYTES - 8) / json::text_len(text);
            let full = data(text.repeat(times) + &"x".repeat(left));
            assert_eq!((full.weight(), user_data(&full)), (MAX_BYTES, Ok(())), "{text:?}");
            let over = data(text.repeat(times) + &"x".repeat(left + 1));
            assert_eq!(user_data(&over), Err(Refusal::UserDataTooLarge), "{text:?}");
        }
    }

    #[test]
    fn data_that_is_too_heavy_may_become_less_and_not_more() {
        let of = |escapes: usize| data("\u{1}".repeat(escapes));
        let before = of(20_000);
        assert_eq!(user_data(&before), Err(Refusal::UserDataTooLarge));
        for (escapes, checked) in
            [(19_999, Ok(())), (20_000, Ok(())), (20_001, Err(Refusal::UserDataTooLarge)), (1, Ok(()))]
        {
            assert_eq!(user_data_after(&of(escapes), &before), checked, "{escapes}");
        }
    }

    #[test]
    fn each_is_taken_up_to_its_bound_and_refused_beyond_it() {
        let number = |text: &str| super::number("destination", &Dn::from(text));
        let cases: [(Check<'_>, usize, bool); 8] = [
            (&|given| text("text", given), 32 * 1024, false),
            (&|given| message_type(Some(given)), 255, true),
            (&|given| nickname("nickname", given), 255, false),
            (&|given| name("name", given), 255, false),
            (&|given| user_data_key("key", given), 255, false),
            (&|given| location(Some(given)), 255, true),
            (&number, 64, false),
            (&digits, 64, false),
        ];
        for (place, (check, most, may_be_empty)) in cases.into_iter().enumerate() {
            assert_eq!(check(&"1".repeat(most)), Ok(()), "{place}");
            assert!(check(&"1".repeat(most + 1)).is_err(), "{place}");
            assert_eq!(check("").is_ok(), may_be_empty, "{place}");
        }
    }

    #[test]
    fn tones_and_login_names_have_a_form() {
        for (given, taken) in [("0123456789*#ABCD,", true), ("E", false), ("1 2", false), ("a", false)] {
            assert_eq!(digits(given).is_ok(), taken, "{given:?}");
        }
        for (given, taken) in [("ann", true), ("", false), ("ann:x", false)] {
            assert_eq!(user_name(given).is_ok(), taken, "{given:?}");
        }
    }
}

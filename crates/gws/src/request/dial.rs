//! Numbers, and requests to call one (spec: core-and-voice#5.6).

use super::call::user_data;
use crate::{body::Body, problem::Problem};
use desk::Dialled;
use domain::{UserData, call::Dn, check::MAX_NUMBER};
use serde_json::Value;

/// The name of the operation that begins a call.
pub const DIAL: &str = "Dial";

/// Whom a request body asks to call.
pub fn dialled(body: &Body) -> Result<Dialled, Problem> {
    let destination = body.object("destination")?;
    let number = destination.get("phoneNumber").and_then(Value::as_str).and_then(number);
    let number =
        number.ok_or_else(|| Problem::invalid("'destination' has no 'phoneNumber' that can be called"))?;
    Ok(Dialled {
        number,
        location: body.maybe_text("location")?.filter(|location| !location.is_empty()).map(str::to_owned),
        user_data: match body.get("userData") {
            None => UserData::default(),
            Some(_) => user_data(body)?,
        },
    })
}

/// A number that a client gives as a plain text.
pub fn plain_number(body: &Body, name: &'static str) -> Result<Dn, Problem> {
    let number = number(body.text(name)?);
    let number =
        number.ok_or_else(|| Problem::invalid(format!("'{name}' is no number that can be called")))?;
    Ok(Dn::from(number.as_str()))
}

/// A number as it is dialled: what people put between digits is left out (RFC 3966 §5.1.1). `None` for a text that is
/// no telephone number or name of a phone.
fn number(text: &str) -> Option<String> {
    let is_visual = |letter: char| matches!(letter, ' ' | '-' | '(' | ')' | '.' | '/');
    let text = text.trim();
    let plain: String = text.chars().filter(|letter| !is_visual(*letter)).collect();
    let is_digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '*' | '#');
    let is_number = !plain.is_empty() && plain.chars().all(is_digit);
    let number = if is_number { plain } else { text.to_owned() };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "+*#-._".contains(letter);
    (!number.is_empty() && number.len() <= MAX_NUMBER && number.chars().all(is_name)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_put_between_digits_is_not_dialled() {
        for (written, dialled) in [
            (" +1 (555) 010-0142 ", Some("+15550100142")),
            ("9000", Some("9000")),
            ("*72#", Some("*72#")),
            ("ines.b-1", Some("ines.b-1")),
            ("", None),
            ("  ", None),
            ("sip:5002@evil.test", None),
            ("5002\r\nX-Evil: 1", None),
        ] {
            assert_eq!(number(written).as_deref(), dialled, "{written:?}");
        }
        assert_eq!(number(&"5".repeat(65)), None);
    }
}

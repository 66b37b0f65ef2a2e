//! Which headers of a caller become user data.

use anyhow::{Result, ensure};
use domain::UserData;
use serde_json::Value;

/// The most headers of one call that become user data.
const MAX_PAIRS: usize = 32;
/// The longest value, in bytes; a longer one is left out.
const MAX_VALUE: usize = 1_024;

/// Which headers become user data, and under which keys.
#[derive(Clone, Debug)]
pub struct Headers(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    /// The name, or its beginning.
    name: String,
    any_ending: bool,
    key: Option<String>,
}

impl Headers {
    /// Reads `NAME`, `NAME*` and `NAME=KEY`.
    pub fn of(rules: &[String]) -> Result<Self> {
        let mut read = Vec::new();
        for text in rules {
            let (pattern, key) =
                text.split_once('=').map_or((text.as_str(), None), |(p, key)| (p, Some(key)));
            let (name, any_ending) =
                pattern.strip_suffix('*').map_or((pattern, false), |beginning| (beginning, true));
            let is_token =
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%_+~`'".contains(&byte));
            ensure!(
                !name.is_empty() && is_token && key != Some("") && !(any_ending && key.is_some()),
                "sip.user_data: '{text}' is not NAME, NAME* or NAME=KEY"
            );
            read.push(Rule { name: name.to_owned(), any_ending, key: key.map(str::to_owned) });
        }
        Ok(Self(read))
    }

    /// The user data of a call that came with these headers; of two with one key the first counts.
    pub fn user_data(&self, headers: &[(String, String)]) -> UserData {
        let mut data = UserData::default();
        for (name, value) in headers {
            let Some(rule) = self.0.iter().find(|rule| rule.fits(name)) else { continue };
            let key = rule.key.as_deref().unwrap_or(name);
            if data.get(key).is_none() && data.pairs().len() < MAX_PAIRS && value.len() <= MAX_VALUE {
                data.set(key, Value::from(plain(value)));
            }
        }
        data
    }
}

impl Rule {
    fn fits(&self, name: &str) -> bool {
        let beginning = name.get(..self.name.len());
        let fits = beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(&self.name));
        fits && (self.any_ending || name.len() == self.name.len())
    }
}

/// The text of a value: hexadecimal digits that are marked as text are decoded (RFC 7433 §4.1).
fn plain(value: &str) -> String {
    let mut parts = value.split(';');
    let digits = parts.next().unwrap_or_default().trim();
    if parts.any(|part| part.trim().eq_ignore_ascii_case("encoding=hex"))
        && let Some(text) = text_of(digits)
    {
        return text;
    }
    value.trim().to_owned()
}

fn text_of(digits: &str) -> Option<String> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    String::from_utf8(bytes?).ok().filter(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(rules: &[&str], headers: &[(&str, &str)]) -> Value {
        let rules: Vec<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        serde_json::to_value(Headers::of(&rules).expect("rules").user_data(&headers)).expect("json")
    }

    #[test]
    fn headers_become_pairs_as_the_rules_say() {
        let headers = [("X-Order", "77"), ("x-tier", "gold"), ("Subject", "hi"), ("X-Order", "78")];
        assert_eq!(data(&["X-*"], &headers), serde_json::json!({"X-Order": "77", "x-tier": "gold"}));
        assert_eq!(data(&["x-order=OrderNumber"], &headers), serde_json::json!({"OrderNumber": "77"}));
        assert_eq!(data(&[], &headers), serde_json::json!({}));
    }

    #[test]
    fn user_to_user_in_hexadecimal_is_read() {
        let read = |value| data(&["User-to-User"], &[("User-to-User", value)])["User-to-User"].clone();
        assert_eq!(read("6f72646572203737;encoding=hex"), "order 77");
        assert_eq!(read("00ff;encoding=hex"), "00ff;encoding=hex", "it is no text");
        assert_eq!(read("plain"), "plain");
    }

    #[test]
    fn what_a_stranger_sends_is_bounded() {
        let many: Vec<(String, String)> = (0..100).map(|n| (format!("X-{n}"), "v".into())).collect();
        let headers = Headers::of(&["X-*".to_owned()]).expect("rules");
        assert_eq!(headers.user_data(&many).pairs().len(), MAX_PAIRS);
        assert!(headers.user_data(&[("X-1".into(), "v".repeat(MAX_VALUE + 1))]).is_empty());
    }

    #[test]
    fn a_rule_is_one_of_three_forms() {
        for wrong in ["", "*", "X-*=Key", "X-A=", "X A"] {
            assert!(Headers::of(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}

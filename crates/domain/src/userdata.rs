//! User data: the pairs attached to a conversation, and the laws of changing them.

use crate::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most a conversation's user data may weigh, in bytes of JSON.
pub const MAX_BYTES: usize = 64 * 1024;
/// The longest key, in bytes (DESIGN §4).
pub const MAX_KEY_BYTES: usize = 255;

/// Pairs of a conversation: text keys, any JSON values, nested lists included (digital-channels §1.6).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserData(Map<String, Value>);

impl UserData {
    /// Takes pairs as they came; [`UserData::check`] bounds them.
    pub fn new(pairs: Map<String, Value>) -> Self {
        Self(pairs)
    }

    /// The pairs, by key.
    pub fn pairs(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes one pair; the last value wins (DESIGN §4).
    pub fn set(&mut self, key: impl Into<String>, value: Value) {
        self.0.insert(key.into(), value);
    }

    /// Adds and replaces pairs, then takes keys away.
    pub fn change(&mut self, set: &Self, removed: &[String]) {
        for (key, value) in &set.0 {
            self.0.insert(key.clone(), value.clone());
        }
        for key in removed {
            self.0.remove(key);
        }
    }

    /// The pairs of `set` that would really change this data, repeats left out.
    pub fn weight(&self) -> usize {
        self.0.iter().map(|(key, value)| key.len() + 4 + weight(value)).sum::<usize>() + 2
    }

    /// Refuses data that is too heavy, or a key that is empty or too long.
    pub fn check(&self) -> Result<(), Refusal> {
        for key in self.0.keys() {
            check_key("userData", key)?;
        }
        if self.weight() > MAX_BYTES { Err(Refusal::UserDataTooLarge) } else { Ok(()) }
    }
}

/// Refuses a key that is empty or longer than [`MAX_KEY_BYTES`].
pub fn check_key(parameter: &'static str, key: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(Refusal::Invalid(format!("'{parameter}' has an empty key")));
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(Refusal::TextTooLong { parameter, bytes: MAX_KEY_BYTES });
    }
    Ok(())
}

fn weight(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(_) => 5,
        Value::Number(_) => 20,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| weight(item) + 1).sum::<usize>() + 2,
        Value::Object(pairs) => {
            pairs.iter().map(|(key, item)| key.len() + 4 + weight(item)).sum::<usize>() + 2
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn data(pairs: &[(String, String)]) -> UserData {
        UserData(pairs.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect())
    }

    proptest! {
        #[test]
        fn changing_twice_is_changing_once(old: Vec<(String, String)>, new: Vec<(String, String)>) {
            let (mut once, set) = (data(&old), data(&new));
            once.change(&set, &[]);
            let mut twice = once.clone();
            twice.change(&set, &[]);
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn what_was_set_and_removed_is_gone(old: Vec<(String, String)>, key: String) {
            let mut pairs = data(&old);
            let mut set = UserData::default();
            set.set(key.as_str(), Value::from(1));
            pairs.change(&set, std::slice::from_ref(&key));
            prop_assert_eq!(pairs.get(&key), None);
        }
    }

    #[test]
    fn weight_bounds_what_json_takes() {
        let mut pairs = UserData::default();
        pairs.set("a", Value::from("x".repeat(100)));
        pairs.set("b", serde_json::json!({"c": [1, 2, null, true]}));
        assert!(pairs.weight() >= serde_json::to_string(&pairs).expect("json").len() - 10);
        assert_eq!(pairs.check(), Ok(()));
        pairs.set("big", Value::from("x".repeat(MAX_BYTES)));
        assert_eq!(pairs.check(), Err(Refusal::UserDataTooLarge));
    }
}

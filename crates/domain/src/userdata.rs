//! User data: the pairs attached to a conversation, and the laws of changing them.

use crate::{
    Refusal,
    json::{self, Bound},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most a conversation's user data may weigh, in bytes of the JSON that is stored and sent.
pub const MAX_BYTES: usize = 64 * 1024;
/// The longest key (decisions §6).
pub const MAX_KEY: Bound = Bound::chars(255);

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

    /// Writes one pair; the last value wins (decisions §8).
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

    /// How many bytes the data takes as JSON ([`json::len`]).
    pub fn weight(&self) -> usize {
        json::len(&self.0)
    }

    /// Refuses data that is too heavy, or a key that is empty or too long.
    pub fn check(&self) -> Result<(), Refusal> {
        for key in self.0.keys() {
            check_key("userData", key)?;
        }
        if self.weight() > MAX_BYTES { Err(Refusal::UserDataTooLarge) } else { Ok(()) }
    }

    /// The same for data that was something else before. Journals of earlier releases hold data that is heavier than
    /// the bound; it may become less, and only what makes it grow is refused.
    pub fn check_after(&self, before: &Self) -> Result<(), Refusal> {
        match self.check() {
            Err(Refusal::UserDataTooLarge) if self.weight() <= before.weight() => Ok(()),
            checked => checked,
        }
    }
}

/// Refuses a key that is empty or longer than [`MAX_KEY`].
pub fn check_key(parameter: &'static str, key: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(Refusal::Invalid(format!("'{parameter}' has an empty key")));
    }
    MAX_KEY.check(parameter, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn data() -> impl Strategy<Value = UserData> {
        let value = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "[a-z]{0,3}".prop_map(Value::from)
        ];
        vec(("[a-e]", value), 0..6).prop_map(|pairs| UserData(pairs.into_iter().collect()))
    }

    fn keys() -> impl Strategy<Value = Vec<String>> {
        vec("[a-e]", 0..4)
    }

    fn changed(data: &UserData, set: &UserData, removed: &[String]) -> UserData {
        let mut after = data.clone();
        after.change(set, removed);
        after
    }

    proptest! {
        #[test]
        fn changing_twice_is_changing_once(old in data(), set in data(), removed in keys()) {
            let once = changed(&old, &set, &removed);
            prop_assert_eq!(changed(&once, &set, &removed), once);
        }

        #[test]
        fn the_last_value_wins_and_the_rest_stays(old in data(), set in data()) {
            let after = changed(&old, &set, &[]);
            for key in ["a", "b", "c", "d", "e"] {
                prop_assert_eq!(after.get(key), set.get(key).or_else(|| old.get(key)));
            }
        }

        #[test]
        fn what_is_removed_is_gone_and_the_rest_stays(old in data(), set in data(), removed in keys()) {
            let kept = changed(&old, &set, &[]);
            let after = changed(&old, &set, &removed);
            for key in ["a", "b", "c", "d", "e"] {
                let gone = removed.iter().any(|gone| gone == key);
                prop_assert_eq!(after.get(key), kept.get(key).filter(|_| !gone));
            }
        }

        #[test]
        fn changing_nothing_changes_nothing(old in data()) {
            prop_assert_eq!(changed(&old, &UserData::default(), &[]), old);
        }

        #[test]
        fn pairs_of_different_keys_may_come_in_any_order(old in data(), set in data(), other in data()) {
            let keys: Vec<String> = set.pairs().keys().cloned().collect();
            let other = changed(&other, &UserData::default(), &keys);
            let one_way = changed(&changed(&old, &set, &[]), &other, &[]);
            prop_assert_eq!(one_way, changed(&changed(&old, &other, &[]), &set, &[]));
        }

        #[test]
        fn taking_pairs_away_never_adds_weight(old in data(), removed in keys()) {
            prop_assert!(changed(&old, &UserData::default(), &removed).weight() <= old.weight());
        }
    }

    #[test]
    fn data_may_take_64_kib_as_json_and_not_a_byte_more() {
        // {"a":"…"} takes eight bytes besides the text.
        let of = |text: String| UserData([("a".to_owned(), Value::from(text))].into_iter().collect());
        for (text, left) in [("x", 0), ("\u{1}", 2), ("\n", 0), ("é", 0)] {
            let times = (MAX_BYTES - 8) / json::text_len(text);
            let full = of(text.repeat(times) + &"x".repeat(left));
            assert_eq!((full.weight(), full.check()), (MAX_BYTES, Ok(())), "{text:?}");
            let over = of(text.repeat(times) + &"x".repeat(left + 1));
            assert_eq!(over.check(), Err(Refusal::UserDataTooLarge), "{text:?}");
        }
    }

    #[test]
    fn data_that_is_too_heavy_may_become_less_and_not_more() {
        let of = |escapes: usize| {
            UserData([("a".to_owned(), Value::from("\u{1}".repeat(escapes)))].into_iter().collect())
        };
        let before = of(20_000);
        assert_eq!(before.check(), Err(Refusal::UserDataTooLarge));
        for (escapes, checked) in
            [(19_999, Ok(())), (20_000, Ok(())), (20_001, Err(Refusal::UserDataTooLarge)), (1, Ok(()))]
        {
            assert_eq!(of(escapes).check_after(&before), checked, "{escapes}");
        }
    }
}

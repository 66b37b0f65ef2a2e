//! User data: the pairs attached to a conversation, and the laws of changing them.

use crate::json::{self, Bound};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most a conversation's user data may weigh, in bytes of the JSON that is stored and sent.
pub const MAX_BYTES: usize = 64 * 1024;
/// The longest key (spec: decisions#6).
pub const MAX_KEY: Bound = Bound::chars(255);

/// Pairs of a conversation: text keys, any JSON values, nested lists included (spec: digital-channels#1.6).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserData(Map<String, Value>);

impl UserData {
    /// Takes pairs as they came; [`crate::check::user_data`] bounds them.
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

    /// Writes one pair; the last value wins (spec: decisions#8).
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

    /// The same keys with empty values.
    pub(crate) fn blanked(&self) -> Self {
        Self(self.0.keys().map(|key| (key.clone(), Value::from(""))).collect())
    }
}

/// An empty value in place of any but null, which says that there was none.
pub(crate) fn blank_value(value: &mut Value) {
    if !value.is_null() {
        *value = Value::from("");
    }
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
}

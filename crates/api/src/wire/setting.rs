//! Settings on the wire: pairs of name and value, and what the desktop is told of dispositions
//! (core-and-voice §6.5).

use domain::{book::Code, disposition::Rule};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The option that names the disposition's key. It is the server's rule, so no setting can say otherwise.
const KEY_NAME: &str = "interaction.disposition.key-name";

/// Options as a list of items.
pub fn option_settings(options: &BTreeMap<String, Value>) -> Value {
    options.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// A disposition code as an item of the flat list.
pub fn code_setting(code: &Code) -> Value {
    json!({"name": code.name, "displayName": code.display})
}

/// The options that every desktop finds: the documented defaults, what the centre or the user set instead, and
/// the server's own rule.
pub fn workspace_defaults(
    rule: &Rule,
    default_group: &str,
    set: BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let defaults = [
        ("interaction.disposition.value-business-attribute", default_group),
        ("interaction.disposition.use-attached-data", "false"),
        ("interaction.disposition.is-mandatory", "false"),
        ("interaction.disposition.is-read-only-on-idle", "false"),
        ("interaction.disposition.cache-timeout-delay", "0"),
        ("interaction.disposition.is-expanded-on-display", "true"),
    ];
    let mut options: BTreeMap<String, Value> =
        defaults.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    options.extend(set);
    options.insert(KEY_NAME.to_owned(), rule.key.as_str().into());
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_changes_a_default_but_never_the_key() {
        let set = BTreeMap::from([
            (KEY_NAME.to_owned(), "Other".into()),
            ("interaction.disposition.is-mandatory".to_owned(), "true".into()),
        ]);
        let options = workspace_defaults(&Rule::default(), "DispositionCode", set);
        assert_eq!(options[KEY_NAME], "DispositionCode");
        assert_eq!(options["interaction.disposition.is-mandatory"], "true");
        assert_eq!(options["interaction.disposition.use-attached-data"], "false");
    }
}

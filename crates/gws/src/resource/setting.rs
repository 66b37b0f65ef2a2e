//! Settings on the wire: pairs of name and value, and the rules of dispositions for the desktop
//! (spec: core-and-voice#6.5).

use domain::{disposition::Rule, disposition_tree::Code};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The option that names the disposition's key. It is the server's rule, so no setting can change it.
const KEY_NAME: &str = "interaction.disposition.key-name";
/// The option that says whether a desktop writes a disposition to the data of the interaction (`true`) or sends it as a
/// user event (`false`). User events are refused here, so no setting can make a desktop send one.
const USE_ATTACHED_DATA: &str = "interaction.disposition.use-attached-data";
/// The option that keeps a desktop from changing a disposition after the end (`true`). With `false` the vendor's own
/// sends the change as a user event, which is refused; a centre whose desktops use `SetCallDisposition` may say so.
const READ_ONLY_ON_IDLE: &str = "interaction.disposition.is-read-only-on-idle";

/// Options as a list of items.
pub fn option_settings(options: &BTreeMap<String, Value>) -> Value {
    options.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// A disposition code as an item of the flat list.
pub fn code_setting(code: &Code) -> Value {
    json!({"name": code.name, "displayName": code.display})
}

/// The options of every desktop: defaults, what the centre or the user set instead, and the server's own rules.
pub fn workspace_defaults(
    rule: &Rule,
    default_group: &str,
    set: BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let defaults = [
        ("interaction.disposition.value-business-attribute", default_group),
        ("interaction.disposition.is-mandatory", "false"),
        (READ_ONLY_ON_IDLE, "true"),
        ("interaction.disposition.cache-timeout-delay", "0"),
        ("interaction.disposition.is-expanded-on-display", "true"),
    ];
    let mut options: BTreeMap<String, Value> =
        defaults.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    options.extend(set);
    options.insert(KEY_NAME.to_owned(), rule.key.as_str().into());
    options.insert(USE_ATTACHED_DATA.to_owned(), "true".into());
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_changes_a_default_but_never_the_key_nor_the_way_of_a_disposition() {
        let set = BTreeMap::from([
            (KEY_NAME.to_owned(), "Other".into()),
            (USE_ATTACHED_DATA.to_owned(), "false".into()),
            ("interaction.disposition.is-mandatory".to_owned(), "true".into()),
        ]);
        let options = workspace_defaults(&Rule::default(), "DispositionCode", set);
        assert_eq!(options[KEY_NAME], "DispositionCode");
        assert_eq!(options["interaction.disposition.is-mandatory"], "true");
        assert_eq!(options[USE_ATTACHED_DATA], "true");
        assert_eq!(options[READ_ONLY_ON_IDLE], "true");
    }
}

//! Settings on the wire: pairs of name and value, and the rules of dispositions for the desktop
//! (spec: core-and-voice#6.5).

use super::AgentState;
use crate::links::{Links, escape};
use domain::{disposition::Rule, disposition_tree::Code};
use serde::Serialize;
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, Ref, RefOr,
        schema::{AdditionalProperties, AnyOfBuilder, ArrayBuilder, Schema},
    },
};

/// The option that names the disposition's key. It is the server's rule, so no setting can change it.
const KEY_NAME: &str = "interaction.disposition.key-name";
/// The option that says whether an interaction can be marked done without a disposition (`false`).
const IS_MANDATORY: &str = "interaction.disposition.is-mandatory";
/// The option that says whether a desktop writes a disposition to the data of the interaction (`true`) or sends it as a
/// user event (`false`).
const USE_ATTACHED_DATA: &str = "interaction.disposition.use-attached-data";
/// The option that keeps a desktop from changing a disposition after the end (`true`).
const READ_ONLY_ON_IDLE: &str = "interaction.disposition.is-read-only-on-idle";

/// An option.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Setting {
    /// Its name.
    name: String,
    /// Its value, of any type.
    value: Value,
}

/// A disposition code as an item of the flat list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeSetting {
    /// What a disposition sends.
    name: String,
    /// What people read.
    display_name: String,
}

/// The items of a group of settings: by their `key`, which tells them apart, disposition codes, states of agents, or
/// options. The general settings are one object instead of a list.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum SettingItems {
    /// Disposition codes.
    Codes(Vec<CodeSetting>),
    /// States that an agent can enter.
    States(Vec<AgentState>),
    /// Options.
    Options(Vec<Setting>),
    /// The general settings, by name, free in their values.
    General(BTreeMap<String, Value>),
}

impl PartialSchema for SettingItems {
    /// An empty list is one of all kinds, so that any of them fits it.
    fn schema() -> RefOr<Schema> {
        let list = |name: Cow<'static, str>| ArrayBuilder::new().items(Ref::from_schema_name(name));
        let general = ObjectBuilder::new()
            .description(Some("The general settings, by name, free in their values"))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)));
        AnyOfBuilder::new()
            .item(list(CodeSetting::name()))
            .item(list(AgentState::name()))
            .item(list(Setting::name()))
            .item(general)
            .description(Some(
                "The items of a group of settings: by their `key`, which tells them apart, disposition codes, states of \
                 agents, or options. The general settings are one object instead of a list.",
            ))
            .into()
    }
}

impl ToSchema for SettingItems {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SettingItems")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((CodeSetting::name().into_owned(), CodeSetting::schema()));
        schemas.push((AgentState::name().into_owned(), AgentState::schema()));
        schemas.push((Setting::name().into_owned(), Setting::schema()));
        AgentState::schemas(schemas);
    }
}

/// The attribute that tells the items of a group apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SettingKey {
    /// Their name.
    Name,
    /// Their id.
    Id,
    /// Their operation.
    OperationName,
}

/// A group of settings.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsGroup {
    /// Its name.
    name: String,
    /// The same.
    display_name: String,
    /// The attribute that tells its items apart.
    key: SettingKey,
    /// Sub-resource: its items.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<SettingItems>,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// A group with its items, below a collection.
pub fn settings_group(
    links: &Links,
    name: &str,
    key: SettingKey,
    items: SettingItems,
    collection: &str,
) -> SettingsGroup {
    let path = format!("{collection}/{}", escape(name));
    SettingsGroup {
        name: name.to_owned(),
        display_name: name.to_owned(),
        key,
        settings: Some(items),
        uri: links.uri(&path),
        path,
    }
}

/// Options as a list of items.
pub fn option_settings(options: &BTreeMap<String, Value>) -> Vec<Setting> {
    let option = |(name, value): (&String, &Value)| Setting { name: name.clone(), value: value.clone() };
    options.iter().map(option).collect()
}

/// A disposition code as an item of the flat list.
pub fn code_setting(code: &Code) -> CodeSetting {
    CodeSetting { name: code.name.clone(), display_name: code.display.clone() }
}

/// The options of every desktop: defaults, what the centre or the user set instead, and the server's own rules.
/// `is_mandatory` says whether the server asks for dispositions ([`Rule::is_mandatory`]); a setting may ask where it does
/// not, but not the other way round.
pub fn workspace_defaults(
    rule: &Rule,
    is_mandatory: bool,
    default_group: &str,
    set: BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let defaults = [
        ("interaction.disposition.value-business-attribute", default_group),
        (IS_MANDATORY, "false"),
        (READ_ONLY_ON_IDLE, "false"),
        (USE_ATTACHED_DATA, "true"),
        ("interaction.disposition.cache-timeout-delay", "0"),
        ("interaction.disposition.is-expanded-on-display", "true"),
    ];
    let mut options: BTreeMap<String, Value> =
        defaults.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    options.extend(set);
    options.insert(KEY_NAME.to_owned(), rule.key.as_str().into());
    if is_mandatory {
        options.insert(IS_MANDATORY.to_owned(), "true".into());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_changes_a_default_but_never_the_key() {
        let set = BTreeMap::from([
            (KEY_NAME.to_owned(), "Other".into()),
            (USE_ATTACHED_DATA.to_owned(), "false".into()),
            (IS_MANDATORY.to_owned(), "true".into()),
        ]);
        let options = workspace_defaults(&Rule::default(), false, "DispositionCode", set);
        assert_eq!(options[KEY_NAME], "DispositionCode");
        assert_eq!(options[IS_MANDATORY], "true");
        assert_eq!(options[USE_ATTACHED_DATA], "false");
        assert_eq!(options[READ_ONLY_ON_IDLE], "false");
    }

    #[test]
    fn a_desktop_is_told_to_ask_for_what_the_server_asks_for() {
        let options = |is_mandatory, set: &[(&str, &str)]| {
            let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            workspace_defaults(&Rule::default(), is_mandatory, "DispositionCode", set)[IS_MANDATORY].clone()
        };
        assert_eq!(options(false, &[]), "false");
        assert_eq!(options(true, &[]), "true");
        assert_eq!(options(true, &[(IS_MANDATORY, "false")]), "true");
    }
}

//! Every group of settings, as it stands for the centre or for one user of it.

use crate::{state::Api, v2::feature};
use domain::{disposition_tree::DispositionTree, user::User};
use gws::{
    Problem, SettingItems, SettingKey, code_setting, option_settings, states_to_choose, workspace_defaults,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The section that drives agents' desktops.
const WORKSPACE: &str = "interaction-workspace";
/// The name of the default group of codes in a centre that has none yet.
pub const DEFAULT_GROUP: &str = "DispositionCode";
/// Groups that are not a section of options.
const SYSTEM: [&str; 5] = ["general-settings", "reporting", "agent-states", "voice", "dispositions"];

/// A group of settings.
pub struct Group {
    /// Its name.
    pub name: String,
    /// The attribute that tells its items apart.
    pub key: SettingKey,
    /// The items: a list, but an object for the general ones.
    pub items: SettingItems,
}

impl Group {
    /// Whether it is a section of options.
    pub fn is_options(&self) -> bool {
        !SYSTEM.contains(&self.name.as_str())
    }
}

/// The groups, system groups first. With a user, that user's own options win over the centre's.
pub async fn groups(api: &Api, user: Option<&User>) -> Result<Vec<Group>, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let book = api.desk.book().await?;
    let mut sections = overlaid(api, user, &book);
    let options = |options: &BTreeMap<String, Value>| SettingItems::Options(option_settings(options));
    let group = |name: &str, key, items| Group { name: name.to_owned(), key, items };
    let general = sections.remove("general-settings").unwrap_or_default();
    let mut reporting = sections.remove("reporting").unwrap_or_default();
    reporting.entry("defaultServiceLevelInterval".to_owned()).or_insert_with(|| json!(20));
    let states = states_to_choose(centre.agent_states.iter().map(|state| &**state));
    let codes = book.default_group().into_iter().flat_map(|group| &group.codes).map(code_setting).collect();
    let mut groups = vec![
        group("general-settings", SettingKey::Name, SettingItems::General(general_settings(general))),
        group("reporting", SettingKey::Name, options(&reporting)),
        group("agent-states", SettingKey::Id, SettingItems::States(states)),
        group("dispositions", SettingKey::Name, SettingItems::Codes(codes)),
    ];
    if feature::has(api, feature::VOICE) {
        groups.push(group("voice", SettingKey::OperationName, SettingItems::Options(Vec::new())));
    }
    let own = sections.into_iter().filter(|(name, _)| !SYSTEM.contains(&name.as_str()));
    groups.extend(own.map(|(name, set)| group(&name, SettingKey::Name, options(&set))));
    Ok(groups)
}

/// Options by section (spec: client-requirements#12).
pub async fn sections(
    api: &Api,
    user: Option<&User>,
) -> Result<BTreeMap<String, BTreeMap<String, Value>>, Problem> {
    let book = api.desk.book().await?;
    Ok(overlaid(api, user, &book))
}

fn overlaid(
    api: &Api,
    user: Option<&User>,
    book: &DispositionTree,
) -> BTreeMap<String, BTreeMap<String, Value>> {
    let centre = api.desk.centre();
    let shared = centre.iter().flat_map(|centre| &centre.settings);
    let own = user.into_iter().flat_map(|user| &user.settings);
    let mut sections: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (section, options) in shared.chain(own) {
        let into = sections.entry(section.clone()).or_default();
        into.extend(options.iter().map(|(option, value)| (option.clone(), value.clone())));
    }
    let rule = centre.map(|centre| centre.disposition.clone()).unwrap_or_default();
    let default = book.default_group().map_or(DEFAULT_GROUP, |group| &group.name);
    let set = sections.remove(WORKSPACE).unwrap_or_default();
    sections.insert(WORKSPACE.to_owned(), workspace_defaults(&rule, default, set));
    sections
}

/// The general settings, with a country: empty where the centre has none.
fn general_settings(mut set: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    for name in ["countryCode", "countryDigits", "countryName"] {
        set.entry(name.to_owned()).or_insert_with(|| "".into());
    }
    set
}

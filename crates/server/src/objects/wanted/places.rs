//! Places of the file whose phone is nobody's own.

use super::{names::stable_guid, reading::ReadContext};
use crate::{
    config::{Config, PlaceEntry},
    findings::Findings,
};
use domain::{call::Dn, centre::Centre, user::Device};
use std::collections::BTreeMap;

/// Writes the places of the file into the centre; others stay as [`crate::objects::UnlistedObjects`] says.
pub(super) fn put(
    config: &Config,
    reading: &ReadContext<'_>,
    centre: &mut Centre,
    kept: &mut Vec<String>,
    findings: &mut Findings,
) {
    if config.places.is_empty() {
        return;
    }
    let mut places = BTreeMap::new();
    for entry in &config.places {
        let PlaceEntry { name, phone_number } = entry;
        check(entry, config, findings);
        let known = centre.places.get(name).map(|device| device.id.clone());
        let device = Device {
            id: known.unwrap_or_else(|| stable_guid("place", name)),
            phone_number: Dn::from(phone_number.as_str()),
        };
        let other = places.iter().find(|(_, other): &(_, &Device)| other.phone_number == device.phone_number);
        if let Some((other, _)) = other.filter(|(other, _)| *other != name) {
            findings.problem(format!(
                "[[places]] '{name}': the phone_number '{phone_number}' is that of '{other}', too"
            ));
        }
        if places.insert(name.clone(), device).is_some() {
            findings.problem(format!("[[places]]: '{name}' stands there twice"));
        }
    }
    let made = &reading.current.made_by_file().places;
    for (name, device) in std::mem::take(&mut centre.places) {
        if !places.contains_key(&name) && reading.besides.stays(made.contains(&name)) {
            kept.push(format!("place {name}"));
            places.insert(name, device);
        }
    }
    centre.places = places;
}

fn check(entry: &PlaceEntry, config: &Config, findings: &mut Findings) {
    let PlaceEntry { name, phone_number } = entry;
    if name.trim().is_empty() {
        findings.problem("[[places]]: a 'name' is empty");
    }
    if phone_number.trim().is_empty() {
        findings.problem(format!("[[places]] '{name}': the 'phone_number' is empty"));
    }
    for user in &config.users {
        let user_name = &user.user_name;
        if user.phone_number.as_ref() == Some(phone_number) {
            findings.problem(format!(
                "[[places]] '{name}': the phone_number '{phone_number}' is that of '{user_name}': say 'place' there"
            ));
        }
    }
}

//! Users of the file.

use super::{
    names::{hashed, stable_guid, stable_id},
    reading::{Passwords, ReadContext},
};
use crate::{
    config::{self, Config, Password, UserEntry},
    findings::Findings,
};
use domain::{
    UserId,
    across::AcrossMedia,
    call::Dn,
    user::{Device, User},
};
use std::collections::{BTreeMap, BTreeSet};

/// The users that a file wants, each once.
pub(super) fn wanted(config: &Config, reading: &ReadContext<'_>, findings: &mut Findings) -> Vec<User> {
    let mut names = BTreeSet::new();
    let mut ids: BTreeMap<UserId, &str> = BTreeMap::new();
    let mut phones: BTreeMap<Dn, &str> = BTreeMap::new();
    let mut users = Vec::new();
    for entry in &config.users {
        let name = &entry.user_name;
        if !names.insert(name) {
            findings.problem(format!("[[users]]: '{name}' stands there twice"));
            continue;
        }
        let user = user(entry, reading, findings);
        if let Some(other) = ids.insert(user.id.clone(), name) {
            findings.problem(format!("[[users]] '{name}': the 'id' is that of '{other}', too"));
        }
        if let Some(device) = &user.device
            && let Some(other) = phones.insert(device.phone_number.clone(), name)
        {
            let dn = &device.phone_number;
            findings
                .problem(format!("[[users]] '{name}': the phone_number '{dn}' is that of '{other}', too"));
        }
        users.push(user);
    }
    users
}

fn user(entry: &UserEntry, reading: &ReadContext<'_>, findings: &mut Findings) -> User {
    let name = &entry.user_name;
    let known = reading.current.user(name);
    // The rules of the journal refuse the same (`domain::check::user_name`), but without the place in the file.
    if name.is_empty() {
        findings.problem("[[users]]: a 'user_name' is empty");
    } else if name.contains(':') {
        findings.problem(format!(
            "[[users]] '{name}': a 'user_name' cannot contain a colon: HTTP Basic could not carry it"
        ));
    }
    let device = entry.phone_number.as_ref().map(|number| {
        if number.trim().is_empty() {
            findings.problem(format!("[[users]] '{name}': the 'phone_number' is empty"));
        }
        let kept = known.and_then(|user| user.device.as_ref());
        Device {
            id: kept.map_or_else(|| stable_guid("device", name), |device| device.id.clone()),
            phone_number: Dn::from(number.as_str()),
        }
    });
    User {
        id: id(entry, known, findings),
        user_name: name.clone(),
        first_name: entry.first_name.clone(),
        last_name: entry.last_name.clone(),
        email: entry.email.clone(),
        password_hash: password_hash(entry, known, reading.passwords, findings),
        roles: entry.roles.clone(),
        enabled: entry.enabled,
        skills: entry.skills.clone(),
        device,
        place: entry.place.clone(),
        capacity: config::slots(&entry.capacity),
        across: AcrossMedia { while_busy: config::while_busy(&entry.capacity), max_total: entry.max_total },
        queues: entry.queues.clone(),
        settings: entry.settings.clone(),
    }
}

fn password_hash(
    entry: &UserEntry,
    known: Option<&User>,
    passwords: Passwords,
    findings: &mut Findings,
) -> String {
    let name = &entry.user_name;
    let stored = known.map(|user| user.password_hash.clone());
    match (&entry.password, &entry.password_hash) {
        (Some(_), Some(_)) => {
            findings
                .problem(format!("[[users]] '{name}': 'password' and 'password_hash' exclude each other"));
        }
        (Some(password), None) if password.is_empty() => {
            findings.problem(format!("[[users]] '{name}': the 'password' is empty"));
        }
        // This password is printed in every manual.
        (Some(Password(password)), None) if password == demo::centre::PASSWORD => {
            findings.problem(format!(
                "[[users]] '{name}' has the demo's password: choose another, or use --demo"
            ));
        }
        (Some(Password(password)), None) => {
            let fits =
                |hash: &String| passwords == Passwords::LeftOut || api::verify_password(password, hash);
            return match stored.filter(fits) {
                Some(hash) => hash,
                None if passwords == Passwords::LeftOut => String::new(),
                None => findings.keep(hashed(password)).unwrap_or_default(),
            };
        }
        (None, Some(hash)) if hash.trim().is_empty() => {
            findings.problem(format!("[[users]] '{name}': the 'password_hash' is empty"));
        }
        (None, Some(hash)) if api::is_password_hash(hash) => return hash.clone(),
        (None, Some(_)) => {
            findings.problem(format!("[[users]] '{name}': 'password_hash' is no argon2 hash in PHC form"));
        }
        (None, None) if stored.is_some() => {}
        (None, None) => {
            findings.problem(format!("[[users]] '{name}': a new user needs 'password' or 'password_hash'"));
        }
    }
    stored.unwrap_or_default()
}

fn id(entry: &UserEntry, known: Option<&User>, findings: &mut Findings) -> UserId {
    let name = &entry.user_name;
    match (&entry.id, known) {
        (Some(id), _) if !is_user_id(id) => {
            findings.problem(format!("[[users]] '{name}': 'id' is not 32 lower-case hex digits"));
        }
        (Some(id), Some(known)) if known.id.as_str() != id => {
            findings.problem(format!(
                "[[users]] '{name}': 'id': the journal knows this user under id {}",
                known.id
            ));
        }
        (Some(id), _) => return UserId::from(id.as_str()),
        (None, Some(known)) => return known.id.clone(),
        (None, None) => {}
    }
    UserId::new(stable_id("user", name))
}

fn is_user_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

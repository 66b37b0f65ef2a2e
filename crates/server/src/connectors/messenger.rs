//! Makes an account from an entry of `[[messenger]]`.

use super::{reach::loopback, secret::Reference};
use crate::{config::MessengerEntry, findings::Findings};
use anyhow::{Context, Result, anyhow, ensure};
use channels::{messenger::MessengerConfig, outbound::Url, secret::Secret};
use demo::platforms::{APP_ID, APP_SECRET, MOUNT, PAGE, PAGE_TOKEN, VERIFY_TOKEN};
use domain::centre::Service;
use std::{path::PathBuf, time::Duration};

/// The secrets of the demo, which stand in the manual.
const KNOWN: [&str; 3] = [APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN];

/// The account of an entry, for this service. `demo` lets it be used without https and with the secrets of
/// the manual.
pub(super) fn account(
    entry: &MessengerEntry,
    service: &Service,
    demo: bool,
    findings: &mut Findings,
) -> Option<MessengerConfig> {
    let before = findings.problems().len();
    let place = format!("[[messenger]] '{}'", entry.service);
    let secret = |key, env: &Option<String>, file: &Option<PathBuf>| {
        let secret = Reference { place: (&place, key), env: env.as_deref(), file: file.as_deref() }.read()?;
        let is_known = secret.as_ref().is_some_and(|secret| KNOWN.contains(&secret.reveal()));
        ensure!(demo || !is_known, "{place}: the '{key}' is the demo's, which everybody knows");
        Ok(secret)
    };
    let needed = |key, env, file| {
        secret(key, env, file)?.ok_or_else(|| anyhow!("{place}: '{key}_env' or '{key}_file' is missing"))
    };
    let app_secret = findings.keep(needed("app_secret", &entry.app_secret_env, &entry.app_secret_file));
    let page_token = findings.keep(needed("page_token", &entry.page_token_env, &entry.page_token_file));
    let verify_token =
        findings.keep(needed("verify_token", &entry.verify_token_env, &entry.verify_token_file));
    let secondary = findings.keep(secret(
        "secondary_app_secret",
        &entry.secondary_app_secret_env,
        &entry.secondary_app_secret_file,
    ));
    if !entry.human_agent && service.terms.person.is_some() {
        findings.problem(format!(
            "{place}: 'person_reply_seconds' of the service needs the feature Human Agent: 'human_agent = true'"
        ));
    }

    let mut config =
        MessengerConfig::new(&entry.page_id, &entry.app_id, app_secret?, page_token?, verify_token?);
    config.app_secrets.extend(secondary?);
    if let Some(version) = &entry.version {
        config.version = findings.keep(version.parse().with_context(|| format!("{place}: 'version'")))?;
    }
    if let Some(url) = &entry.base_url {
        // The URL is not shown: it may hold a password.
        let https = url.starts_with("https://") || demo && url.starts_with("http://");
        if !https {
            findings.problem(format!(
                "{place}: 'base_url': the platform must be asked over https, since every request carries a token"
            ));
        }
        url.trim_end_matches('/').clone_into(&mut config.base_url);
    }
    if let Some(rate) = entry.per_second {
        config.texts_a_second = rate.get();
    }
    if let Some(seconds) = entry.echo_seconds {
        config.echo_wait = Duration::from_secs(seconds.get().into());
    }
    findings.keep(config.check().context(place));
    (findings.problems().len() == before).then_some(config)
}

/// A warning about a page that may answer longer than its service lets it.
pub(super) fn warning(entry: &MessengerEntry, service: &Service) -> Option<String> {
    (entry.human_agent && service.terms.person.is_none()).then(|| {
        format!(
            "service '{}' was made before its page had 'human_agent': `config apply` lets people answer for longer",
            entry.service
        )
    })
}

/// The demo's page, at the simulators on this port.
pub(super) fn of_demo(port: u16) -> MessengerConfig {
    let secret = Secret::new;
    let app = APP_ID.to_string();
    let config =
        MessengerConfig::new(PAGE, app, secret(APP_SECRET), secret(PAGE_TOKEN), secret(VERIFY_TOKEN));
    MessengerConfig { base_url: format!("{}{MOUNT}/graph", loopback(port)), ..config }
}

/// The host of an account's requests.
pub(super) fn peer(config: &MessengerConfig) -> Result<Url> {
    config.base_url.parse().context("[[messenger]]: 'base_url' is no URL")
}

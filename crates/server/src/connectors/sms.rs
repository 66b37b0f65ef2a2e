//! Makes an account from an entry of `[[sms]]`.

use super::secret::Reference;
use crate::{
    config::{KeywordLists, SmsEntry},
    findings::Findings,
};
use anyhow::{Context, Result, bail, ensure};
use axum::http::HeaderName;
use channels::{
    outbound::Url,
    secret::Secret,
    sms::{
        SmsConfig,
        config::{Headers, ProviderCredentials, Replies, SendRate},
        keyword::Keywords,
        text::{TextLimits, Transliterate},
    },
};
use domain::centre::Service;
use std::{path::PathBuf, time::Duration};

/// The longest address of ours, in bytes.
const MAX_ADDRESS_BYTES: usize = 64;

/// The account of an entry. The limits of its texts follow from the service. `demo` lets it be used without
/// https and with the tokens of the manual.
pub(super) fn account(
    entry: &SmsEntry,
    service: &Service,
    demo: bool,
    findings: &mut Findings,
) -> Option<SmsConfig> {
    let before = findings.problems().len();
    let place = format!("[[sms]] '{}'", entry.service);
    let secret = |key, env: &Option<String>, file: &Option<PathBuf>| {
        let secret = Reference { place: (&place, key), env: env.as_deref(), file: file.as_deref() }.read()?;
        let is_known = secret.as_ref().is_some_and(|it| it.reveal() == demo::platforms::SMS_AUTH_TOKEN);
        ensure!(demo || !is_known, "{place}: the '{key}' is the demo's, which everybody knows");
        Ok(secret)
    };
    let token = secret("auth_token", &entry.auth_token_env, &entry.auth_token_file).and_then(|token| {
        token.with_context(|| {
            format!("{place}: 'auth_token_env' or 'auth_token_file' is missing: webhooks are signed with the token")
        })
    });
    let token = findings.keep(token);
    let secondary =
        findings.keep(secret("secondary_token", &entry.secondary_token_env, &entry.secondary_token_file));
    let key = findings.keep(secret("api_key_secret", &entry.api_key_secret_env, &entry.api_key_secret_file));
    findings.keep(check_id(&entry.account_sid).with_context(|| format!("{place}: 'account_sid'")));
    findings.keep(check_addresses(entry).with_context(|| format!("{place}: 'from'")));
    let credentials = key.and_then(|key| findings.keep(credentials(entry, key).context(place.clone())));
    let url = entry
        .base_url
        .as_ref()
        .map(|url| findings.keep(base_url(url, demo).with_context(|| format!("{place}: 'base_url'"))));
    let headers = findings.keep(headers(entry).context(place));

    let mut config = SmsConfig::new(&entry.account_sid, token?, entry.from.clone());
    config.tokens.secondary = secondary?;
    config.credentials = credentials?;
    config.service_sid.clone_from(&entry.messaging_service_sid);
    if let Some(url) = url {
        config.base_url = url?;
    }
    config.address_prefix = entry.address_prefix.clone().filter(|prefix| !prefix.is_empty());
    config.headers = headers?;
    config.limits = limits(entry, service);
    config.keywords = keywords(&entry.keywords);
    findings.keep(check_replies(entry, &config.limits));
    config.we_reply = entry.replies.as_ref().map(|texts| Replies {
        opt_out: texts.opt_out.clone(),
        opt_in: texts.opt_in.clone(),
        help: texts.help.clone(),
    });
    let usual = SendRate::default();
    config.rate = SendRate {
        per_second: entry.per_second.unwrap_or(usual.per_second),
        burst: entry.burst.unwrap_or(usual.burst),
    };
    config.validity = entry.validity_seconds.map(|seconds| Duration::from_secs(seconds.get().into()));
    config.smart_encoded = entry.smart_encoded;
    config.status_callbacks = entry.status_callbacks;
    (findings.problems().len() == before).then_some(config)
}

fn check_id(id: &str) -> Result<()> {
    let is_id = !id.is_empty() && id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_graphic());
    ensure!(is_id, "an id is visible ASCII without spaces");
    Ok(())
}

fn check_addresses(entry: &SmsEntry) -> Result<()> {
    ensure!(!entry.from.is_empty(), "at least one address of ours is needed");
    for address in &entry.from {
        let is_address = !address.is_empty()
            && address.len() <= MAX_ADDRESS_BYTES
            && address.trim() == address
            && !address.contains(char::is_control);
        ensure!(is_address, "'{address}' is no address");
        if let Some(prefix) = entry.address_prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
            ensure!(!address.starts_with(prefix), "'{address}' stands here without '{prefix}'");
        }
    }
    Ok(())
}

fn credentials(entry: &SmsEntry, secret: Option<Secret>) -> Result<ProviderCredentials> {
    match (&entry.api_key_sid, secret) {
        (Some(sid), Some(secret)) => Ok(ProviderCredentials::ApiKey { sid: sid.clone(), secret }),
        (None, None) => Ok(ProviderCredentials::Token),
        (Some(_), None) => bail!("'api_key_sid' needs 'api_key_secret_env' or 'api_key_secret_file'"),
        (None, Some(_)) => bail!("the secret of a key needs 'api_key_sid'"),
    }
}

/// A provider's address. It is not shown in errors: it may hold a password.
fn base_url(text: &str, demo: bool) -> Result<Url> {
    let url: Url = text.parse().context("it is no URL")?;
    let https = url.scheme() == "https" || demo && url.scheme() == "http";
    ensure!(https, "the provider must be asked over https, since every request carries a password");
    ensure!(url.username().is_empty() && url.password().is_none(), "a URL must not hold a password");
    ensure!(url.query().is_none() && url.fragment().is_none(), "it must end with its path");
    Ok(url)
}

fn headers(entry: &SmsEntry) -> Result<Headers> {
    let header = |key: &str, given: Option<&String>, usual: HeaderName| match given {
        Some(name) => name.parse().with_context(|| format!("'{key}': '{name}' is no name of a header")),
        None => Ok(usual),
    };
    let usual = Headers::default();
    Ok(Headers {
        signature: header("signature_header", entry.signature_header.as_ref(), usual.signature)?,
        repetition: header("repetition_header", entry.repetition_header.as_ref(), usual.repetition)?,
    })
}

/// The limits of texts. Where addresses have a prefix there are no parts and no expensive alphabet, so texts stay as
/// they are written.
fn limits(entry: &SmsEntry, service: &Service) -> TextLimits {
    let usual = TextLimits::default();
    let (parts, spelling) = match &entry.address_prefix {
        Some(prefix) if !prefix.is_empty() => (u32::MAX, Transliterate::Off),
        _ => (usual.max_parts, usual.transliterate),
    };
    TextLimits {
        max_characters: service.terms.max_chars.map_or(usual.max_characters, |most| most as usize),
        max_parts: entry.max_parts.map_or(parts, std::num::NonZeroU32::get),
        transliterate: entry.transliterate.unwrap_or(spelling),
        reference: usual.reference,
    }
}

/// Refuses an answer that would be refused when it is sent.
fn check_replies(entry: &SmsEntry, limits: &TextLimits) -> Result<()> {
    let Some(texts) = &entry.replies else { return Ok(()) };
    for (key, text) in [("opt_out", &texts.opt_out), ("opt_in", &texts.opt_in), ("help", &texts.help)] {
        if !text.is_empty() {
            let place = || format!("[[sms]] '{}': 'replies.{key}'", entry.service);
            limits.fit(text).with_context(place)?;
        }
    }
    Ok(())
}

fn keywords(lists: &KeywordLists) -> Keywords {
    let usual = Keywords::default();
    let list = |given: &Option<Vec<String>>, usual| given.clone().unwrap_or(usual);
    Keywords {
        opt_out: list(&lists.opt_out, usual.opt_out),
        opt_in: list(&lists.opt_in, usual.opt_in),
        opt_in_if_out: list(&lists.opt_in_if_out, usual.opt_in_if_out),
        help: list(&lists.help, usual.help),
    }
}

//! Reading the settings, layer by layer.

use super::Config;
use anyhow::{Context, Result, bail};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
    value::Uncased,
};
use serde_json::Value;
use std::path::Path;

/// The tables of the file that a name in the environment can reach into, longest first: `JACKFIELD_HTTP_ADDR`
/// means `http.addr`, and `JACKFIELD_HTTP_TLS_CERT` means `http.tls.cert`.
const TABLES: [(&str, &str); 19] = [
    ("absence_", "absence."),
    ("http_tls_", "http.tls."),
    ("http_cors_", "http.cors."),
    ("http_", "http."),
    ("sip_limits_", "sip.limits."),
    ("sip_media_", "sip.media."),
    ("sip_tls_", "sip.tls."),
    ("sip_", "sip."),
    ("journal_", "journal."),
    ("reports_", "reports."),
    ("limits_customers_", "limits.customers."),
    ("limits_strangers_", "limits.strangers."),
    ("limits_", "limits."),
    ("disposition_policy_", "disposition.policy."),
    ("disposition_", "disposition."),
    ("interaction_disposition_", "interaction.disposition."),
    ("compat_", "compat."),
    ("outbound_", "outbound."),
    ("centre_", "centre."),
];

/// Loads the settings: built-in values, the file, the environment, then `flags` (a JSON object of the same
/// shape). Errors name the file or variable, and the key.
pub fn load(file: Option<&Path>, flags: Value) -> Result<Config> {
    let mut layers = Figment::from(Serialized::defaults(Config::default()));
    if let Some(file) = file {
        if !file.is_file() {
            bail!("{}: there is no such file", file.display());
        }
        layers = layers.merge(Toml::file_exact(file));
    }
    layers = layers.merge(Env::prefixed("JACKFIELD_").map(|key| dotted(key.as_str())));
    layers = layers.merge(Serialized::globals(flags));
    match layers.extract::<Config>() {
        Ok(config) => Ok(config),
        Err(errors) => {
            let lines: Vec<String> = errors.into_iter().map(|error| in_words(&error)).collect();
            Err(anyhow::anyhow!(lines.join("\n"))).context("the settings cannot be read")
        }
    }
}

/// The setting that a name of the environment, without our prefix, stands for.
pub(super) fn dotted(key: &str) -> Uncased<'static> {
    let key = key.to_ascii_lowercase();
    if key == "interaction_disposition_key_name" {
        return "interaction.disposition.key-name".into();
    }
    let found = TABLES.iter().find_map(|(flat, table)| Some(format!("{table}{}", key.strip_prefix(flat)?)));
    found.unwrap_or(key).into()
}

/// `jackfield.toml: unknown key http.adr; expected one of …`
fn in_words(error: &figment::Error) -> String {
    use figment::error::Kind;
    let place = error.metadata.as_ref().map_or_else(String::new, |metadata| {
        let source = metadata.source.as_ref().map(ToString::to_string);
        format!("{}: ", source.unwrap_or_else(|| metadata.name.to_string()))
    });
    let path = error.path.join(".");
    let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &error.kind {
        Kind::UnknownField(key, known) => {
            let key = if path.ends_with(key.as_str()) { path.clone() } else { within(key) };
            format!("{place}unknown key '{key}'; known here: {}", known.join(", "))
        }
        Kind::MissingField(key) => format!("{place}'{}' is missing", within(key)),
        kind if path.is_empty() => format!("{place}{kind}"),
        kind => format!("{place}'{path}': {kind}"),
    }
}

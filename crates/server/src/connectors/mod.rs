//! Connectors: the accounts of the settings, and how they are joined with the desk.

mod reach;
mod secret;
mod sms;

use crate::config::Config;
use anyhow::{Context, Result, ensure};
use axum::Router;
use channels::{
    outbound::Outbound,
    secret::Secret,
    sms::{Sms, SmsConfig},
};
use demo::platforms::{MOUNT, SMS_ACCOUNT_SID, SMS_AUTH_TOKEN, SMS_NUMBER};
use desk::Desk;
use domain::{
    centre::Service,
    medium::{Connector, Media},
};
use std::{collections::BTreeMap, sync::Arc};

/// The accounts of a centre, found to fit its services.
pub struct Connectors {
    sms: BTreeMap<String, SmsConfig>,
    /// How far the server reaches to ask them.
    outbound: crate::config::Outbound,
    /// Whether accounts may be asked as the demo's are.
    demo: bool,
    warnings: Vec<String>,
}

/// As what this server is known, once it listens.
pub struct Known<'a> {
    /// The public URL, without a slash at the end.
    pub url: &'a str,
    /// The port it listens on.
    pub port: u16,
}

impl Connectors {
    /// The accounts that the settings want for these services. Slow when secrets are in files.
    pub fn of(config: &Config, services: &BTreeMap<String, Service>, media: &Media) -> Result<Self> {
        Self::checked(config, services, media, false)
    }

    /// The same in the demo centre, whose own accounts are with the simulators of this server at this port. An
    /// entry for a service of the demo takes the place of its account.
    pub fn of_demo(
        config: &Config,
        services: &BTreeMap<String, Service>,
        media: &Media,
        port: u16,
    ) -> Result<Self> {
        let mut connectors = Self::checked(config, services, media, true)?;
        let name = demo::centre::SMS_SERVICE;
        if services.contains_key(name) && !connectors.sms.contains_key(name) {
            let base_url = format!("{}{MOUNT}/sms", loopback(port)).parse().context("the simulators' URL")?;
            let token = Secret::new(SMS_AUTH_TOKEN);
            let account = SmsConfig::new(SMS_ACCOUNT_SID, token, vec![SMS_NUMBER.to_owned()]);
            connectors.sms.insert(name.to_owned(), SmsConfig { base_url, ..account });
        }
        Ok(connectors)
    }

    fn checked(
        config: &Config,
        services: &BTreeMap<String, Service>,
        media: &Media,
        demo: bool,
    ) -> Result<Self> {
        let carried_by = |service: &Service| media.named(&service.medium).map(|row| row.connector);
        let mut sms = BTreeMap::new();
        for entry in &config.sms {
            let name = &entry.service;
            let service = services.get(name).with_context(|| {
                format!("[[sms]] '{name}': there is no service of this name; `config apply` makes those of the file")
            })?;
            ensure!(
                carried_by(service) == Some(Connector::Sms),
                "[[sms]] '{name}': the medium '{}' of this service is not carried by the connector sms",
                service.medium
            );
            let account = sms::account(entry, service, demo)?;
            ensure!(sms.insert(name.clone(), account).is_none(), "[[sms]]: '{name}' stands there twice");
        }
        let lacking = services.iter().filter(|(name, service)| {
            carried_by(service) == Some(Connector::Sms) && !sms.contains_key(*name)
        });
        let warnings = lacking
            .filter(|_| !demo)
            .map(|(name, _)| {
                format!("service '{name}' has no [[sms]]: nothing is carried to or from its customers")
            })
            .collect();
        Ok(Self { sms, outbound: config.outbound.clone(), demo, warnings })
    }

    /// What is allowed and yet is probably not what was meant.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The path to which each account's provider must send its webhooks, by service.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, String)> {
        self.sms.keys().map(|name| (name.as_str(), format!("/channels/sms/{name}")))
    }

    /// Joins the accounts with the desk and answers what serves their webhooks. Before [`Desk::post`] is run.
    pub fn join(self, desk: &Arc<Desk>, known: &Known<'_>) -> Result<Router> {
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        let peers = self.sms.values().map(|account| account.base_url.clone()).collect();
        let outbound = Arc::new(Outbound::new(reach::rules(&self.outbound, peers, self.demo)?)?);
        let mut urls = vec![known.url.to_owned()];
        urls.extend(self.demo.then(|| loopback(known.port)));
        let mut accounts = Vec::new();
        for (service, account) in self.sms {
            let sms = Sms::new(desk.clone(), &service, account, outbound.clone(), urls.clone());
            desk.connect(&service, sms.clone());
            accounts.push(sms);
        }
        Ok(channels::sms::router(accounts))
    }
}

fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

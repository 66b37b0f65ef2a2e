//! Connectors: the accounts of the settings, and how they are joined with the desk.

mod messenger;
mod reach;
mod secret;
mod sms;

pub use secret::Reference;

use crate::config::Config;
use anyhow::{Context, Result, ensure};
use axum::Router;
use channels::{
    messenger::{Messenger, MessengerConfig},
    outbound::{Outbound, Rules, Url},
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
    messenger: BTreeMap<String, MessengerConfig>,
    /// How far the server reaches to ask them, without their addresses.
    rules: Rules,
    /// Whether accounts may be asked as the demo's are.
    demo: bool,
    warnings: Vec<String>,
}

/// The accounts, joined with the desk.
pub struct Joined {
    /// What serves their webhooks.
    pub webhooks: Router,
    /// The pages, to be run.
    pub messenger: Arc<Messenger>,
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
        let name = demo::centre::MESSENGER_SERVICE;
        if services.contains_key(name) && !connectors.messenger.contains_key(name) {
            connectors.messenger.insert(name.to_owned(), messenger::of_demo(port));
        }
        Ok(connectors)
    }

    fn checked(
        config: &Config,
        services: &BTreeMap<String, Service>,
        media: &Media,
        demo: bool,
    ) -> Result<Self> {
        let carried = Carried { services, media };
        let (mut sms, mut messenger, mut warnings) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for entry in &config.sms {
            let name = &entry.service;
            let account = sms::account(entry, carried.service("sms", name, Connector::Sms)?, demo)?;
            ensure!(sms.insert(name.clone(), account).is_none(), "[[sms]]: '{name}' stands there twice");
        }
        for entry in &config.messenger {
            let name = &entry.service;
            let service = carried.service("messenger", name, Connector::Messenger)?;
            let account = messenger::account(entry, service, demo)?;
            warnings.extend(messenger::warning(entry, service));
            let before = messenger.insert(name.clone(), account);
            ensure!(before.is_none(), "[[messenger]]: '{name}' stands there twice");
        }
        if !demo {
            warnings.extend(carried.lacking("sms", Connector::Sms, |name| sms.contains_key(name)));
            let has = |name: &str| messenger.contains_key(name);
            warnings.extend(carried.lacking("messenger", Connector::Messenger, has));
        }
        let rules = reach::rules(&config.outbound, demo)?;
        Ok(Self { sms, messenger, rules, demo, warnings })
    }

    /// What is allowed and yet is probably not what was meant.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The path to which each account's provider must send its webhooks, by service.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, String)> {
        let sms = self.sms.keys().map(|name| (name.as_str(), format!("/channels/sms/{name}")));
        sms.chain(self.messenger.keys().map(|name| (name.as_str(), format!("/channels/messenger/{name}"))))
    }

    /// Joins the accounts with the desk. Before [`Desk::post`] is run.
    pub fn join(self, desk: &Arc<Desk>, known: &Known<'_>) -> Result<Joined> {
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
        let mut peers: Vec<Url> = self.sms.values().map(|account| account.base_url.clone()).collect();
        for account in self.messenger.values() {
            peers.push(messenger::peer(account)?);
        }
        let outbound = Arc::new(Outbound::new(Rules { peers, ..self.rules })?);
        let mut urls = vec![known.url.to_owned()];
        urls.extend(self.demo.then(|| loopback(known.port)));
        let mut accounts = Vec::new();
        for (service, account) in self.sms {
            let sms = Sms::new(desk.clone(), &service, account, outbound.clone(), urls.clone());
            desk.connect(&service, sms.clone());
            accounts.push(sms);
        }
        let pages = self.messenger.into_iter().collect();
        let messenger = Messenger::new(desk, &outbound, known.url, pages).context("[[messenger]]")?;
        Ok(Joined { webhooks: channels::sms::router(accounts).merge(messenger.router()), messenger })
    }
}

/// The services of a centre, by what carries their messages.
struct Carried<'a> {
    services: &'a BTreeMap<String, Service>,
    media: &'a Media,
}

impl<'a> Carried<'a> {
    /// The service of an entry of a table.
    fn service(&self, table: &str, name: &str, connector: Connector) -> Result<&'a Service> {
        let service = self.services.get(name).with_context(|| {
            format!("[[{table}]] '{name}': there is no service of this name; `config apply` makes those of the file")
        })?;
        ensure!(
            self.connector(service) == Some(connector),
            "[[{table}]] '{name}': the medium '{}' of this service is not carried by the connector {table}",
            service.medium
        );
        Ok(service)
    }

    /// A warning for each service that no account carries.
    fn lacking(
        &self,
        table: &'static str,
        connector: Connector,
        has: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = String> {
        let of_it =
            self.services.iter().filter(move |(_, service)| self.connector(service) == Some(connector));
        of_it.filter(move |(name, _)| !has(name)).map(move |(name, _)| {
            format!("service '{name}' has no [[{table}]]: nothing is carried to or from its customers")
        })
    }

    fn connector(&self, service: &Service) -> Option<Connector> {
        self.media.named(&service.medium).map(|row| row.connector)
    }
}

fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

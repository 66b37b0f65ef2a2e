//! Connectors: the accounts of the settings, connected with the desk.

mod messenger;
mod reach;
mod secret;
mod sms;

pub use secret::Reference;

use crate::{config::Config, findings::Findings};
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
    ServiceName,
    centre::Service,
    medium::{Connector, Media},
};
use reach::loopback;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The accounts of a centre, checked to fit its services.
pub struct Connectors {
    sms: BTreeMap<String, SmsConfig>,
    messenger: BTreeMap<String, MessengerConfig>,
    /// The client for their requests.
    outbound: Outbound,
    /// Whether accounts may be used as the demo's are.
    demo: bool,
}

/// The accounts, connected with the desk.
pub struct Joined {
    /// The router of their webhooks.
    pub webhooks: Router,
    /// The pages, to be run.
    pub messenger: Arc<Messenger>,
}

/// How this server is known, once it listens.
pub struct PublicAddress<'a> {
    /// The public URL, without a slash at the end.
    pub url: &'a str,
    /// The port it listens on.
    pub port: u16,
}

impl Connectors {
    /// The accounts of the settings for these services. Slow when secrets are in files. With the port of a demo
    /// centre's simulators the demo's own accounts are there, too; an entry for a service of the demo takes the place
    /// of its account.
    pub fn of(
        config: &Config,
        services: &BTreeMap<ServiceName, Service>,
        media: &Media,
        demo: Option<u16>,
        findings: &mut Findings,
    ) -> Option<Self> {
        let carried = Carried { services, media };
        let is_demo = demo.is_some();
        let mut sms = carried.sms(config, is_demo, findings);
        let mut messenger = carried.messenger(config, is_demo, findings);
        if let Some(port) = demo {
            findings.keep(of_demo(services, port, &mut sms, &mut messenger))?;
        } else {
            let has = |name: &str| config.sms.iter().any(|entry| entry.service == name);
            carried.lacking("sms", Connector::Sms, has, findings);
            let has = |name: &str| config.messenger.iter().any(|entry| entry.service == name);
            carried.lacking("messenger", Connector::Messenger, has, findings);
        }
        let mut peers: Vec<Url> = sms.values().map(|account| account.base_url.clone()).collect();
        for account in messenger.values() {
            peers.extend(findings.keep(messenger::peer(account)));
        }
        let rules = reach::rules(&config.outbound, is_demo, findings);
        let outbound = Outbound::new(Rules { peers, ..rules }).context("outbound.roots");
        Some(Self { sms, messenger, outbound: findings.keep(outbound)?, demo: is_demo })
    }

    /// The path to which each account's provider must send its webhooks, by service.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, String)> {
        let sms = self.sms.keys().map(|name| (name.as_str(), format!("/channels/sms/{name}")));
        sms.chain(self.messenger.keys().map(|name| (name.as_str(), format!("/channels/messenger/{name}"))))
    }

    /// Connects the accounts with the desk. To be called before [`Desk::post`] is run.
    pub fn join(self, desk: &Arc<Desk>, known: &PublicAddress<'_>) -> Result<Joined> {
        let outbound = Arc::new(self.outbound);
        let mut urls = vec![known.url.to_owned()];
        urls.extend(self.demo.then(|| loopback(known.port)));
        let mut accounts = Vec::new();
        for (service, account) in self.sms {
            let sms = Sms::new(desk.clone(), &service, account, outbound.clone(), urls.clone());
            desk.connect(service.as_str(), sms.clone());
            accounts.push(sms);
        }
        let pages = self.messenger.into_iter().collect();
        let messenger = Messenger::new(desk, &outbound, known.url, pages).context("[[messenger]]")?;
        Ok(Joined { webhooks: channels::sms::router(accounts).merge(messenger.router()), messenger })
    }
}

/// The demo's own accounts, where the settings have none for their services.
fn of_demo(
    services: &BTreeMap<ServiceName, Service>,
    port: u16,
    sms: &mut BTreeMap<String, SmsConfig>,
    messenger: &mut BTreeMap<String, MessengerConfig>,
) -> Result<()> {
    let name = demo::centre::SMS_SERVICE;
    if services.contains_key(name) && !sms.contains_key(name) {
        let base_url = format!("{}{MOUNT}/sms", loopback(port)).parse().context("the simulators' URL")?;
        let token = Secret::new(SMS_AUTH_TOKEN);
        let account = SmsConfig::new(SMS_ACCOUNT_SID, token, vec![SMS_NUMBER.to_owned()]);
        sms.insert(name.to_owned(), SmsConfig { base_url, ..account });
    }
    let name = demo::centre::MESSENGER_SERVICE;
    if services.contains_key(name) && !messenger.contains_key(name) {
        messenger.insert(name.to_owned(), messenger::of_demo(port));
    }
    Ok(())
}

/// The services of a centre, by what carries their messages.
struct Carried<'a> {
    services: &'a BTreeMap<ServiceName, Service>,
    media: &'a Media,
}

impl<'a> Carried<'a> {
    fn sms(&self, config: &Config, demo: bool, findings: &mut Findings) -> BTreeMap<String, SmsConfig> {
        let (mut all, mut seen) = (BTreeMap::new(), BTreeSet::new());
        for entry in &config.sms {
            let name = &entry.service;
            if !seen.insert(name) {
                findings.problem(format!("[[sms]]: '{name}' stands there twice"));
            }
            let Some(service) = findings.keep(self.service("sms", name, Connector::Sms)) else { continue };
            if let Some(account) = sms::account(entry, service, demo, findings) {
                all.insert(name.clone(), account);
            }
        }
        all
    }

    fn messenger(
        &self,
        config: &Config,
        demo: bool,
        findings: &mut Findings,
    ) -> BTreeMap<String, MessengerConfig> {
        let (mut all, mut seen, mut pages) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        for entry in &config.messenger {
            let name = &entry.service;
            if !seen.insert(name) {
                findings.problem(format!("[[messenger]]: '{name}' stands there twice"));
            } else if !pages.insert((&entry.page_id, &entry.app_id)) {
                findings.problem(format!(
                    "[[messenger]] '{name}': the page {} of this app belongs to another service already",
                    entry.page_id
                ));
            }
            let service = self.service("messenger", name, Connector::Messenger);
            let Some(service) = findings.keep(service) else { continue };
            if let Some(warning) = messenger::warning(entry, service) {
                findings.warning(warning);
            }
            if let Some(account) = messenger::account(entry, service, demo, findings) {
                all.insert(name.clone(), account);
            }
        }
        all
    }

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
        table: &str,
        connector: Connector,
        has: impl Fn(&str) -> bool,
        findings: &mut Findings,
    ) {
        for (name, service) in self.services {
            if self.connector(service) == Some(connector) && !has(name.as_str()) {
                findings.warning(format!(
                    "service '{name}' has no [[{table}]]: nothing is carried to or from its customers"
                ));
            }
        }
    }

    fn connector(&self, service: &Service) -> Option<Connector> {
        self.media.named(&service.medium).map(|row| row.connector)
    }
}

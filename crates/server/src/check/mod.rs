//! Everything that `serve` refuses, found before anything is made, opened or changed. `config check` prints the
//! findings, `serve` and `config apply` obey them: there is one list.

mod journal;
pub mod origins;

pub use journal::{JournalSnapshots, rows_in_use};

use crate::{
    admin,
    clock::SteadyClock,
    config::{Config, Listen},
    connectors::Connectors,
    findings::Findings,
    http,
    ids::RandomIds,
    objects::{self, Current, Differences, Passwords, ReadContext, UnlistedObjects, WantedObjects},
    telephony::{self, TelephonySettings},
};
use anyhow::Result;
use desk::ports::Clock;
use domain::{ServiceName, centre::Service, medium::Media};
use std::collections::BTreeMap;
use tokio_rustls::TlsAcceptor;

/// The parts of a server: its settings, checked to fit together.
pub struct CheckedSettings {
    /// The listener.
    pub listen: Listen,
    /// The server's own TLS.
    pub tls: Option<TlsAcceptor>,
    /// The media: those of the settings, and those in which conversations are open.
    pub media: Media,
    /// The differences between clients.
    pub shown: api::Shown,
    /// Calls, unless they are turned off.
    pub calls: Option<TelephonySettings>,
}

/// What the check found.
pub struct CheckReport {
    /// The parts of a server; `None` when `settings` says why not.
    parts: Option<CheckedSettings>,
    /// Faults of the settings themselves: a server never starts with one.
    pub settings: Findings,
    /// Faults of the objects of the file: they are not applied with one.
    pub objects: Findings,
    /// The differences between the objects of the file and those of the journal.
    pub differences: Differences,
    /// The listener, if its settings are in order.
    pub listen: Option<Listen>,
    /// Where providers send their webhooks: the service and the path.
    pub webhooks: Vec<(String, String)>,
    /// Whether the journal has objects already. Those of the file are not applied by a start then.
    pub is_provisioned: bool,
}

/// How the settings are checked.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// The listener, where it does not follow from the settings.
    pub listen: Option<Listen>,
    /// Whether it is the demo centre, whose objects are not those of the file.
    pub demo: bool,
    /// Whether nobody is served: then users of the demo centre may be there, whose password everybody knows.
    pub serves_nobody: bool,
    /// What becomes of objects that the file does not name.
    pub besides: UnlistedObjects,
    /// Whether passwords are compared, too.
    pub passwords: Passwords,
}

/// Checks everything: the settings, the files they name, the objects, and the journal that there is. Writes
/// nothing. Slow, as it reads files and the journal.
pub fn examine(config: &Config, look: CheckOptions) -> CheckReport {
    let CheckOptions { listen, demo, serves_nobody, besides, passwords } = look;
    let (mut settings, mut objects) = (Findings::default(), Findings::default());
    let now = SteadyClock::start(None).now();
    let listen = listen.or_else(|| Listen::of(&config.http, &mut settings));
    config.limits.check(&mut settings);
    config.absence.check(&mut settings);
    for origin in &config.http.cors.origins {
        origins::check("http.cors.origins", origin, &mut settings);
    }
    let tls = config.http.tls.as_ref().map(|tls| http::acceptor(tls, now, &mut settings));
    let shown = settings.keep(config.shown());
    let calls = (!config.sip.off).then(|| telephony::settings(&config.sip, demo, now, &mut settings));

    if let Err(why) = admin::path(&config.data) {
        settings.warning(format!("data: {why:#}: no command can reach the server while it runs"));
    }
    let journal = settings.keep(JournalSnapshots::look(&config.data)).flatten().unwrap_or_default();
    let current = journal.current();
    let is_provisioned = current.centre.is_some();
    let media = settings.keep(config.media_table_and(Vec::new()));
    let kept = media.as_ref().map(|media| journal.rows_kept(media)).unwrap_or_default();
    let mut differences = Differences::default();
    let mut webhooks = Vec::new();
    if let (Some(media), false) = (&media, demo) {
        if !serves_nobody {
            journal.of_the_demo(&mut settings);
        }
        let reading = ReadContext { media, current: &current, fresh: &RandomIds, besides, passwords };
        let wanted = WantedObjects::of(config, &reading, &mut objects);
        differences = objects::differences(&current, &wanted);
        // Problems that were named with their place in the file need not be named again.
        if objects.problems().is_empty() {
            for refusal in objects::refusals(journal.provisioned(), &differences.all) {
                // A user who is logged in or a queue in which somebody waits is no fault of the file.
                if is_provisioned {
                    objects.warning(format!("`config apply` is refused as things are: {refusal}"));
                    differences.refused.push(refusal);
                } else {
                    objects.problem(refusal);
                }
            }
        }
        prompts(&wanted, &current, calls.as_ref().and_then(Option::as_ref), &mut objects);
        webhooks = accounts(config, media, &current, &wanted, &mut settings);
        journal.still_used(media, &wanted, &mut settings);
    }
    let all = || {
        Some(CheckedSettings {
            listen: listen.clone()?,
            tls: tls.map_or(Some(None), |tls| tls.map(Some))?,
            media: config.media_table_and(kept).ok()?,
            shown: shown?,
            calls: calls.map_or(Some(None), |calls| calls.map(Some))?,
        })
    };
    let parts = all();
    CheckReport { parts, settings, objects, differences, listen, webhooks, is_provisioned }
}

impl CheckReport {
    /// The parts of a server. Refused for faults of the settings; for faults of the objects only where
    /// they would be applied now, otherwise these are logged.
    pub fn into_parts(mut self) -> Result<CheckedSettings> {
        if self.is_provisioned {
            self.settings.take_as_warnings(self.objects);
        } else {
            self.settings.take(self.objects);
        }
        self.settings.refuse()?;
        for warning in self.settings.warnings() {
            tracing::warn!("{warning}");
        }
        self.parts.ok_or_else(|| anyhow::anyhow!("the settings do not fit together"))
    }

    /// Everything that was found.
    pub fn findings(self) -> Findings {
        let Self { mut settings, objects, .. } = self;
        settings.take(objects);
        settings
    }
}

/// The accounts, for the services there will be once the objects are applied. A start uses those there are now.
fn accounts(
    config: &Config,
    media: &Media,
    current: &Current,
    wanted: &WantedObjects,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let none = BTreeMap::new();
    let services_of = |centre: Option<&domain::centre::Centre>| -> BTreeMap<ServiceName, Service> {
        centre.map_or(&none, |centre| &centre.services).clone()
    };
    let (after, before) = (services_of(wanted.centre.as_ref()), services_of(current.centre.as_ref()));
    let connectors = Connectors::of(config, &after, media, None, findings);
    if current.centre.is_some() && before != after {
        let mut now = Findings::default();
        Connectors::of(config, &before, media, None, &mut now);
        for problem in now.problems() {
            if findings.problems().contains(problem) {
                continue;
            }
            findings.warning(format!("before `config apply` the server does not start: {problem}"));
        }
    }
    let webhooks = connectors.iter().flat_map(Connectors::webhooks);
    webhooks.map(|(service, path)| (service.to_owned(), path)).collect()
}

/// Checks the prompts: a missing one would be silence in a caller's ear.
fn prompts(
    wanted: &WantedObjects,
    current: &Current,
    calls: Option<&TelephonySettings>,
    findings: &mut Findings,
) {
    use domain::queue::Overflow;
    let Some(calls) = calls else { return };
    let is_there = |name: &str| calls.settings.media.prompts.named(name).is_some();
    for queue in wanted.queues.as_ref().unwrap_or(&current.queues) {
        let rules = &queue.calls;
        let told = |to: &Overflow| match to {
            Overflow::Announce(prompt) => Some(prompt.clone()),
            Overflow::Close | Overflow::Queue(_) => None,
        };
        for (key, prompt) in [
            ("greeting", rules.greeting.clone()),
            ("closed", told(&rules.closed)),
            ("full", told(&rules.full)),
            ("late", told(&rules.late)),
        ] {
            if let Some(prompt) = prompt.filter(|prompt| !is_there(prompt)) {
                findings.problem(format!(
                    "[[queues]] '{}': calls.{key}: there is no prompt '{prompt}': neither built in nor a file \
                     {prompt}.wav in sip.media.prompts",
                    queue.name
                ));
            }
        }
    }
}

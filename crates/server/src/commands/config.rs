//! `jackfield config check` and `jackfield config apply`.

use crate::{
    cli::Place,
    config::{self, Listen},
    connectors::Connectors,
    ids::RandomIds,
    objects::{self, Current, Wanted},
    telephony, wiring,
};
use anyhow::Result;
use std::io::Write;

/// Reads the settings as `serve` would and applies its rules.
pub fn check(place: &Place, out: &mut impl Write) -> Result<()> {
    let config = config::load(place.config.as_deref(), place.flags())?;
    let listen = Listen::check(&config.http)?;
    config.limits.check()?;
    let wanted = Wanted::of(&config, &Current::default(), &RandomIds)?;
    let services = wanted.centre.map(|centre| centre.services).unwrap_or_default();
    let connectors = Connectors::of(&config, &services, &config.media_table()?)?;
    if !config.sip.off {
        telephony::settings(&config.sip, false)?;
    }
    let url = listen.url(listen.addr.port());
    writeln!(out, "The settings are in order.")?;
    writeln!(out, "  listens on {}, is reached as {}", listen.addr, url)?;
    writeln!(out, "  keeps its data in {}", config.data.display())?;
    writeln!(
        out,
        "  has {} users, {} queues, {} services",
        config.users.len(),
        config.queues.len(),
        config.services.len()
    )?;
    for (service, path) in connectors.webhooks() {
        writeln!(out, "  takes webhooks of '{service}' at {url}{path}")?;
    }
    for warning in connectors.warnings() {
        writeln!(out, "  warning: {warning}")?;
    }
    Ok(())
}

/// Shows what differs and, unless it is a dry run, settles it.
pub async fn apply(place: &Place, dry_run: bool, out: &mut impl Write) -> Result<()> {
    let config = config::load(place.config.as_deref(), place.flags())?;
    let desk = wiring::desk_for_a_command(&config).await?;
    let current = Current::read(&desk).await?;
    let wanted = Wanted::of(&config, &current, desk.ids())?;
    // What `serve` would refuse is not settled first.
    let services = wanted.centre.as_ref().map(|centre| centre.services.clone()).unwrap_or_default();
    Connectors::of(&config, &services, &config.media_table()?)?;
    if !config.sip.off {
        telephony::settings(&config.sip, false)?;
    }
    let differences = objects::differences(&current, &wanted);
    objects::print(&differences, out)?;
    match (differences.len(), dry_run) {
        (0, _) => writeln!(out, "Nothing differs.")?,
        (count, true) => writeln!(out, "{count} to settle; nothing was changed.")?,
        (_, false) => {
            let count = objects::apply(&desk, differences).await?;
            writeln!(out, "{count} settled.")?;
        }
    }
    Ok(())
}

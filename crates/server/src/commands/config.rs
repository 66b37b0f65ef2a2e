//! `jackfield config check` and `jackfield config apply`.

use crate::{
    admin::{self, Request},
    check::{self, CheckOptions},
    cli::{Apply, PathArgs},
    config,
    objects::{Passwords, UnlistedObjects},
};
use anyhow::Result;
use std::io::Write;

/// Prints everything that `serve` and `config apply` would refuse, found by the code that they use.
pub fn check(place: &PathArgs, out: &mut impl Write) -> Result<()> {
    let config = config::load(place.config.as_deref(), place.flags())?;
    let mut examined = check::examine(
        &config,
        CheckOptions { besides: UnlistedObjects::GoesIfOurs, ..CheckOptions::default() },
    );
    let (listen, webhooks) = (examined.listen.take(), std::mem::take(&mut examined.webhooks));
    let differs = examined.is_provisioned && !examined.differences.lines().is_empty();
    let findings = examined.findings();
    if findings.problems().is_empty() {
        writeln!(out, "The settings are in order.")?;
    }
    let url = listen.as_ref().map(|listen| listen.url(listen.addr.port())).unwrap_or_default();
    if let Some(listen) = listen {
        writeln!(out, "  listens on {}, is reached as {url}", listen.addr)?;
    }
    writeln!(out, "  keeps its data in {}", config.data.display())?;
    writeln!(
        out,
        "  has {} users, {} queues, {} services",
        config.users.len(),
        config.queues.len(),
        config.services.len()
    )?;
    for (service, path) in webhooks {
        writeln!(out, "  takes webhooks of '{service}' at {url}{path}")?;
    }
    if differs {
        writeln!(out, "  differs from the journal: `jackfield config apply --dry-run` shows in what")?;
    }
    for warning in findings.warnings() {
        writeln!(out, "  warning: {warning}")?;
    }
    findings.refuse()
}

/// Shows what differs and, unless it is a dry run, settles it: in the journal, or by the server that has it.
pub async fn apply(args: &Apply, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let besides = if args.delete { UnlistedObjects::Goes } else { UnlistedObjects::GoesIfOurs };
    let passwords = if args.dry_run { Passwords::Hashed } else { Passwords::LeftOut };
    let mut examined = check::examine(
        &config,
        CheckOptions { serves_nobody: true, besides, passwords, ..CheckOptions::default() },
    );
    let differences = std::mem::take(&mut examined.differences);
    // A file that `serve` would refuse is not settled.
    examined.findings().refuse()?;
    if args.dry_run {
        write!(out, "{}", differences.told(false))?;
        return Ok(());
    }
    let request = Request::Apply { config: Box::new(config.clone()), delete: args.delete };
    admin::perform(&config, request).await?.print(out)
}

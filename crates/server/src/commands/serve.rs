//! `jackfield serve`.

use crate::{
    cli::Serve,
    config::{self, Config, Listen, Password},
    wiring::{self, Plan, Populace},
};
use anyhow::{Result, bail};

/// Runs the server until it is told to stop.
pub async fn run(args: Serve) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.flags())?;
    let listen = Listen::check(&config.http)?;
    if !args.demo {
        refuse_demo_passwords(&config)?;
    }
    let populace = if args.demo { Populace::Provisioned } else { Populace::None };
    wiring::run(Plan { config, listen, populace }, |_| Ok(())).await
}

/// The demo's password is printed in every manual.
fn refuse_demo_passwords(config: &Config) -> Result<()> {
    for phone in &config.sip.phones {
        if phone.password.as_ref().is_some_and(|Password(password)| password == demo::centre::PASSWORD) {
            bail!("[[sip.phones]] '{}' has the demo's password: choose another, or use --demo", phone.dn);
        }
    }
    for user in &config.users {
        if let Some(Password(password)) = &user.password
            && password == demo::centre::PASSWORD
        {
            bail!("[[users]] '{}' has the demo's password: choose another, or use --demo", user.user_name);
        }
    }
    Ok(())
}

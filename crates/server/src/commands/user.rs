//! `jackfield user add`.

use crate::{cli::UserAdd, config, objects::stable_id, wiring};
use anyhow::{Context, Result, bail};
use domain::{
    Command, UserId,
    call::Dn,
    command::Provision,
    user::{Device, User},
};
use std::io::{self, IsTerminal, Write};

/// Adds a user.
pub async fn add(args: UserAdd, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let desk = wiring::desk_for_a_command(&config).await?;
    let name = args.user_name;
    if desk.directory().named(&name).is_some() {
        bail!("user '{name}' exists already");
    }
    let password = password()?;
    if password == demo::centre::PASSWORD {
        bail!("'{password}' is the demo's password, which a server refuses: choose another");
    }
    let device = args
        .phone_number
        .map(|number| Device { id: desk.ids().guid(), phone_number: Dn::from(number.as_str()) });
    let user = User {
        id: UserId::new(stable_id("user", &name)),
        user_name: name.clone(),
        first_name: args.first_name,
        last_name: args.last_name,
        email: String::new(),
        password_hash: api::hash_password(&password).context("the password is longer than argon2 takes")?,
        roles: args.roles,
        enabled: true,
        skills: args.skills.into_iter().collect(),
        device,
        place: args.place_name,
        capacity: std::collections::BTreeMap::new(),
        queues: Vec::new(),
        settings: std::collections::BTreeMap::new(),
    };
    let id = user.id.clone();
    desk.perform(Command::Provision(Provision::PutUser(Box::new(user)))).await?;
    writeln!(out, "User '{name}' was added with id {id}.")?;
    Ok(())
}

/// Asked for twice at a terminal; the first line otherwise.
fn password() -> Result<String> {
    let password = if io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ")?;
        if rpassword::prompt_password("Once more: ")? != password {
            bail!("the two passwords differ");
        }
        password
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).context("standard input")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.trim().is_empty() {
        bail!("the password is empty");
    }
    Ok(password)
}

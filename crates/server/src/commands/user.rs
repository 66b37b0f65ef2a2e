//! `jackfield user add` and `jackfield user passwd`.

use crate::{
    admin::{self, NewUser, Request},
    cli::{UserAdd, UserPasswd},
    config,
};
use anyhow::{Context, Result, bail};
use std::io::{self, IsTerminal, Write};

/// Adds a user, in the journal or by the server that has it.
pub async fn add(args: UserAdd, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let user = NewUser {
        user_name: args.user_name,
        password: password()?,
        roles: args.roles,
        first_name: args.first_name,
        last_name: args.last_name,
        skills: args.skills.into_iter().collect(),
        phone_number: args.phone_number,
        place: args.place_name,
    };
    admin::perform(&config, Request::AddUser(user)).await?.print(out)
}

/// Gives a user another password, in the same way.
pub async fn passwd(args: UserPasswd, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let request = Request::ChangePassword { user_name: args.user_name, password: password()? };
    admin::perform(&config, request).await?.print(out)
}

/// Asks twice at a terminal, and reads the first line otherwise. The password is never in the command line, which
/// everybody on the machine can read.
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
        // Some shells begin what they pipe with a byte order mark.
        line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.trim().is_empty() {
        bail!("the password is empty");
    }
    Ok(password)
}

//! The changes themselves: one function for the command that makes them and for the server that is asked to.

use super::request::{AdminAnswer, NewUser, Request};
use crate::{
    config::Config,
    findings::Findings,
    objects::{self, Current, Passwords, ReadContext, UnlistedObjects, WantedObjects, hashed, stable_id},
};
use anyhow::{Context, Result, anyhow, bail};
use desk::{
    Desk, Refused,
    ports::{Operator, Traces},
};
use domain::{
    Command, Refusal, UserId,
    call::Dn,
    command::Provision,
    user::{Device, User},
};
use std::{collections::BTreeMap, sync::Arc};
use store_sqlite::{OperatorError, SqliteDirectory};

/// Makes a change, or tells why not.
pub(super) async fn make(desk: &Arc<Desk>, journal: &SqliteDirectory, request: Request) -> AdminAnswer {
    let done = match request {
        Request::AddUser(user) => add_user(desk, user).await,
        Request::ChangePassword { user_name, password } => change_password(desk, &user_name, password).await,
        Request::Apply { config, delete } => apply(desk, *config, delete).await,
        Request::Erase { person } => return erase(desk, journal, person).await,
        Request::SipTrace { .. } => {
            return AdminAnswer::refused("only the server that speaks SIP has a trace of it");
        }
    };
    match done {
        Ok(said) => AdminAnswer { said, refused: None },
        Err(why) => AdminAnswer { said: String::new(), refused: Some(format!("{why:#}")) },
    }
}

async fn add_user(desk: &Arc<Desk>, user: NewUser) -> Result<String> {
    let name = user.user_name;
    if desk.directory().named(&name).is_some() {
        bail!("user '{name}' exists already");
    }
    let id = UserId::new(stable_id("user", &name));
    let device = user
        .phone_number
        .map(|number| Device { id: desk.ids().guid(), phone_number: Dn::from(number.as_str()) });
    let user = User {
        id: id.clone(),
        user_name: name.clone(),
        first_name: user.first_name,
        last_name: user.last_name,
        email: String::new(),
        password_hash: hash(user.password).await?,
        roles: user.roles,
        enabled: true,
        skills: user.skills,
        device,
        place: user.place,
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    };
    desk.perform(Command::Provision(Provision::PutUser(Box::new(user)))).await?;
    Ok(format!("User '{name}' was added with id {id}.\n"))
}

async fn change_password(desk: &Arc<Desk>, name: &str, password: String) -> Result<String> {
    desk.directory().named(name).with_context(|| format!("there is no user '{name}'"))?;
    let password_hash = hash(password).await?;
    let user = desk.directory().named(name).with_context(|| format!("there is no user '{name}' any more"))?;
    let user = User { password_hash, ..(*user).clone() };
    desk.perform(Command::Provision(Provision::PutUser(Box::new(user)))).await?;
    Ok(format!(
        "The password of user '{name}' is another now; whatever was logged in with the old one has ended.\n"
    ))
}

/// Not on the thread that serves others meanwhile: it takes tens of milliseconds.
async fn hash(password: String) -> Result<String> {
    if password.trim().is_empty() {
        bail!("the password is empty");
    }
    if password == demo::centre::PASSWORD {
        bail!("'{password}' is the demo's password, which a server refuses: choose another");
    }
    tokio::task::spawn_blocking(move || hashed(&password)).await?
}

async fn apply(desk: &Arc<Desk>, config: Config, delete: bool) -> Result<String> {
    let current = Current::read(desk).await?;
    let besides = if delete { UnlistedObjects::Goes } else { UnlistedObjects::GoesIfOurs };
    let reader = desk.clone();
    let differences = tokio::task::spawn_blocking(move || {
        let (media, fresh) = (reader.media(), reader.ids());
        let reading = ReadContext { media, current: &current, fresh, besides, passwords: Passwords::Hashed };
        let mut findings = Findings::default();
        let wanted = WantedObjects::of(&config, &reading, &mut findings);
        findings.refuse()?;
        anyhow::Ok(objects::differences(&current, &wanted))
    });
    let differences = differences.await??;
    let told = differences.told(true);
    if !differences.all.is_empty() {
        desk.perform(Command::Provision(differences.into_change()))
            .await
            .map_err(|why| anyhow!("nothing was changed: {why}"))?;
    }
    Ok(told)
}

async fn erase(desk: &Desk, journal: &SqliteDirectory, person: String) -> AdminAnswer {
    match erased(desk, journal, person).await {
        Ok(answer) => answer,
        Err(why) => AdminAnswer { said: String::new(), refused: Some(format!("{why:#}")) },
    }
}

async fn erased(desk: &Desk, journal: &SqliteDirectory, person: String) -> Result<AdminAnswer> {
    let found = operate(journal, move |journal| journal.find_person(&person)).await?;
    let (mut over, mut going_on) = (Vec::new(), Vec::new());
    for session in found.conversations {
        match desk.perform(Command::Erase { session: session.clone() }).await {
            Ok(_) => over.push(session),
            Err(Refused::Rule(Refusal::InUse(_))) => going_on.push(session),
            Err(why) => return Err(anyhow!("{session}: {why}")),
        }
    }
    let traces = Traces { conversations: over, ..found };
    let erased = operate(journal, |journal| journal.erase(traces)).await;
    // Whatever became of it, nobody is told from memory what may not be there any more.
    desk.was_erased();
    let erased = erased?;
    let said = format!(
        "{} conversations erased, calls included: {} log entries, {} events, {} notes. {} units in quarantine and {} texts to be sent deleted.\n",
        erased.conversations,
        erased.messages,
        erased.events,
        erased.notes,
        erased.quarantined,
        erased.notices
    );
    let refused = if erased.left.is_empty() {
        (!going_on.is_empty())
            .then(|| format!("still going on, erase again when they are over: {going_on:?}"))
    } else {
        Some(format!("could not be erased: {:?}", erased.left))
    };
    Ok(AdminAnswer { said, refused })
}

/// What an operator does with a journal blocks, and is done where that hinders nobody.
async fn operate<T: Send + 'static>(
    journal: &SqliteDirectory,
    work: impl FnOnce(&SqliteDirectory) -> Result<T, OperatorError> + Send + 'static,
) -> Result<T> {
    let journal = journal.clone();
    Ok(tokio::task::spawn_blocking(move || work(&journal)).await??)
}

//! The commands, one file each.

mod backup;
mod banner;
mod board;
mod config;
mod demo;
mod erase;
mod events;
mod migrate;
mod reader;
mod rebuild;
mod serve;
mod sip;
mod trace;
mod user;
mod why;

use crate::{
    cli::{Command, ConfigCommand, SipCommand, UserCommand},
    output::Output,
};
use anyhow::{Context, Result};

/// Runs one command to its end.
pub fn run(command: Command) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    let mut out = Output::standard();
    runtime.block_on(async {
        match command {
            Command::Demo(args) => demo::run(args, &mut out).await,
            Command::Serve(args) => serve::run(args).await,
            Command::Config(ConfigCommand::Check(place)) => config::check(&place, &mut out),
            Command::Config(ConfigCommand::Apply(args)) => config::apply(&args, &mut out).await,
            Command::Migrate(args) => migrate::run(&args, &mut out),
            Command::Rebuild(args) => rebuild::run(&args, &mut out).await,
            Command::Backup(args) => backup::backup(&args, &mut out),
            Command::Restore(args) => backup::restore(&args, &mut out),
            Command::User(UserCommand::Add(args)) => user::add(args, &mut out).await,
            Command::User(UserCommand::Passwd(args)) => user::passwd(args, &mut out).await,
            Command::Erase(args) => erase::run(args, &mut out).await,
            Command::Events(args) => events::run(&args, &mut out).await,
            Command::Trace(args) => trace::run(&args, &mut out),
            Command::Sip(SipCommand::Trace(args)) => sip::trace(args, &mut out).await,
            Command::Why(args) => why::run(&args, &mut out),
        }
    })
}

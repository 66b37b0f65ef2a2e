//! `jackfield`: an agent-interaction server for contact centres.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`cli`] | the command line |
//! | [`admin`] | what commands change, with and without a server |
//! | [`check`], [`findings`] | everything that a server refuses, found beforehand |
//! | [`certificate`] | certificates and keys of the server |
//! | [`config`] | the settings, and their rules |
//! | [`objects`] | users, queues, … of the file compared with those of the journal |
//! | [`connectors`] | the accounts of the file, connected with the desk |
//! | [`simulators`] | the platforms of the demo |
//! | [`commands`] | one file for each command |
//! | [`wiring`] | how the parts become one server |
//! | [`taken`] | addresses that cannot be listened on, and which flag helps |
//! | [`output`] | what commands print |
//! | [`http`] | connections, TLS, health, metrics, the drain |
//! | [`clock`], [`ids`] | time and randomness: only here the real ones are used |

mod admin;
mod certificate;
mod check;
mod cli;
mod clock;
mod commands;
mod config;
mod connectors;
mod demo_mode;
mod findings;
mod http;
mod ids;
mod limits;
mod objects;
mod output;
mod simulators;
mod taken;
mod telemetry;
mod telephony;
mod wiring;

use clap::Parser;
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Every request allocates and frees many small things, on several threads, which took the system's
/// allocator a fifth of the server's time; this one also gives back memory that it does not need.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Every file that is made, the journal's temporary ones too, is for its owner only.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    telemetry::start(cli.command.tells());
    let outcome = commands::run(cli.command);
    telemetry::end();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Nobody may be left to read it.
            let _ = writeln!(io::stderr(), "jackfield: {why:#}");
            ExitCode::FAILURE
        }
    }
}

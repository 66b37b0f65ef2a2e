//! `make prove`: kills, cut connections and restarts under load, and then the question whether anything that was
//! acknowledged is lost or doubled.
//!
//! ```text
//! customers ─┐                                    ┌─ kill -9, SIGTERM, again on the same directory
//! agents ────┼─▶ proxy (destroys replies) ─▶ jackfield serve --demo
//! listeners ─┘                                    │
//! callers, the agents' phones ────────── SIP, RTP ┘
//! ```
//!
//! Agents work together: they ask colleagues into chats, hand over, leave, refuse, and log out in the middle. Of these the
//! feed must tell what was acknowledged, each part of each agent and each chat must come to its end, and what was said to agents
//! alone no customer may read.
//!
//! Agents take calls, too: they ask colleagues, hand over, confer, swap and take out, and set dispositions. Of these,
//! the feed must tell what was acknowledged, each call must end, at the agents' applications as well, and no caller may be
//! left without anything to hear while the server lives.
//!
//! After that, another server stands still, is down, and has its system's time of day set; nobody's chat, login or offer
//! may end of it (`standstill.rs`).
//!
//! Everybody writes into one [`Ledger`] what they asked for under a name of its own, and whether they were answered. At
//! the end, transcripts, the reporting feed and what the CometD clients' applications heard are read, and each
//! name must be there as often as its answer promises: once if it was acknowledged, not at all if it was refused,
//! at most once if the answer was lost.

mod agent;
mod agent_listener;
mod caller;
mod calls;
mod customer;
mod feed;
mod hearing;
mod ledger;
mod parts;
mod proxy;
mod server;
mod standstill;
mod table;
mod telephone_agent;
mod telephones;
mod turmoil;

use agent::Agent;
use agent_listener::{AgentListener, ListenerTransport};
use anyhow::{Context, Result, ensure};
use caller::Callers;
use clap::Parser;
use customer::Customers;
use ledger::Ledger;
use proxy::Proxy;
use server::Server;
use std::{collections::BTreeMap, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use table::{Table, TableRow};
use telephone_agent::TelephoneAgent;
use telephones::Telephones;
use tokio::{sync::watch, task::JoinSet, time::Instant};
use world::client::{ClientIdentity, Http, ServerAddress};

/// How long everybody has to finish once it is calm.
const CALM: Duration = Duration::from_secs(90);

/// Kills, cuts, pauses and restarts a server under load, and counts what came of what it acknowledged.
#[derive(Debug, Parser)]
struct Options {
    /// How long the turmoil lasts, in seconds
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// The server
    #[arg(long, default_value = "target/release/jackfield")]
    binary: PathBuf,
    /// An earlier release, which has the same data in turns with the server
    #[arg(long)]
    earlier: Option<PathBuf>,
    /// Decides who does what when; taken from the clock when not given
    #[arg(long)]
    seed: Option<u64>,
    /// How many customers there are at one time
    #[arg(long, default_value_t = 16)]
    customers: usize,
    /// How many callers there are at one time; none where an earlier release takes turns, which hands no call over
    #[arg(long, default_value_t = 6)]
    callers: usize,
    /// How long the server is paused and is down in the part about time, in seconds; 0 leaves that part out
    #[arg(long, default_value_t = 40)]
    pause: u64,
    /// Keep the data directory and the server's log there
    #[arg(long)]
    keep: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("prove: {} s of turmoil, seed {seed}", options.seconds);
    let table = prove(&options, seed).await?;
    println!("\n{table}");
    Ok(if table.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn prove(options: &Options, seed: u64) -> Result<Table> {
    let temporary = tempfile::tempdir()?;
    let home = options.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&home)?;
    let mut server = Server::start(&options.binary, options.earlier.as_deref(), &home).await?;
    let mut chance = fastrand::Rng::with_seed(seed);
    let proxy = Proxy::start(server.addr(), chance.fork()).await?;
    let target = ServerAddress::new(proxy.addr());
    let ledger = Arc::new(Ledger::default());
    let has_calls = options.earlier.is_none() && options.callers > 0;
    let phones =
        if has_calls { Some(Telephones::register(server.sip(), server.ended()).await?) } else { None };

    // An earlier release may know nothing of colleagues in chats.
    let has_colleagues = options.earlier.is_none();
    let colleagues = Arc::new(if has_colleagues { addresses(&target).await? } else { BTreeMap::new() });
    let mut listeners = Vec::new();
    let (mut staff, mut telephonists) = (JoinSet::new(), JoinSet::new());
    let (close, closing) = watch::channel(false);
    for number in 1..=demo::centre::AGENTS {
        let name = demo::centre::agent_name(number);
        // Each half of the agents listens in one way, and two of them in both.
        let first = if number % 2 == 0 { ListenerTransport::Socket } else { ListenerTransport::Poll };
        let second = if number % 2 == 0 { ListenerTransport::Poll } else { ListenerTransport::Socket };
        listeners.push(AgentListener::open(&target, &name, first).await?);
        if number <= 2 {
            listeners.push(AgentListener::open(&target, &name, second).await?);
        }
        let mut agent =
            Agent::new(&target, &name, colleagues.clone(), has_calls, ledger.clone(), chance.fork());
        agent.begin().await.with_context(|| format!("{name} could not begin to work"))?;
        staff.spawn(agent.work(closing.clone()));
        if has_calls {
            let agent = TelephoneAgent::new(&target, number, ledger.clone(), chance.fork());
            telephonists.spawn(agent.work(closing.clone()));
        }
    }
    let customers = Customers::new(target.clone(), ledger.clone(), chance.fork());
    let visits = customers.spawn(options.customers, &closing);
    let at_once = if has_calls { options.callers } else { 0 };
    let callers = Callers::spawn(server.sip(), at_once, server.ended(), &mut chance, &closing).await?;

    proxy.cut(true);
    turmoil::rage(&mut server, &mut chance, Duration::from_secs(options.seconds)).await?;
    proxy.cut(false);
    println!("calm: {} kills, {} restarts, {} cut connections", server.kills, server.stops, proxy.cuts());

    close.send_replace(true);
    let deadline = Instant::now() + CALM;
    let rooms =
        tokio::time::timeout_at(deadline, visits).await.context("customers did not come to an end")??;
    let mut agents = Vec::new();
    while let Some(agent) =
        tokio::time::timeout_at(deadline, staff.join_next()).await.context("agents did not come to an end")?
    {
        agents.push(agent??);
    }
    let mut table = Table::default();
    let ended = tokio::time::timeout_at(deadline, callers.ended()).await;
    table.add("callers who always heard something", ended.context("callers did not come to an end")??);
    let (mut free, mut acknowledged) = (TableRow::default(), [0, 0]);
    while let Some(agent) = tokio::time::timeout_at(deadline, telephonists.join_next())
        .await
        .context("agents did not come to the end of their calls")?
    {
        let mut agent = agent?;
        acknowledged = [0, 1].map(|which| acknowledged[which] + agent.acknowledged()[which]);
        let calls = agent.calls().await;
        free.expect(
            &format!("{} has no call: {calls:?}", agent.name()),
            u32::from(calls == Some(Vec::new())),
        );
    }
    table.add("agents without a call at the end", free);
    let [swapped, taken_out] = acknowledged;
    table.remark(format!("{swapped} swaps of calls, {taken_out} colleagues taken out of conferences"));
    drop(phones);
    agent_listener::until_quiet(&listeners, deadline).await;

    let target = ServerAddress::new(server.addr());
    customer::read(&target, &rooms, &ledger, &mut table).await?;
    agent::read(&mut agents, &rooms, &ledger).await?;
    feed::read(&target, &ledger, &mut table).await?;
    let heard: Vec<_> = listeners.into_iter().map(AgentListener::close).collect();
    hearing::judge(&heard, &ledger, &mut table);
    calls::judge(&heard, &mut table);
    ledger.fill(&mut table);
    let log = server.stop_for_good().await?;
    if options.pause > 0 {
        let pause = Duration::from_secs(options.pause);
        standstill::judge(&options.binary, &home.join("time"), pause, &mut table).await?;
    }
    if !table.holds() {
        println!("seed {seed}; the end of the server's log:\n{log}");
    }
    ensure!(
        ledger.is_worth_something(has_calls, has_colleagues),
        "hardly anything was acknowledged: nothing is proved"
    );
    Ok(table)
}

/// The addresses of all agents, by their names.
async fn addresses(target: &ServerAddress) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for number in 1..=demo::centre::AGENTS {
        let name = demo::centre::agent_name(number);
        let mut http = Http::new(target.clone(), ClientIdentity::basic(&name, demo::centre::PASSWORD));
        let me = http.get("/api/v2/me").await?.json();
        let path = me["user"]["path"].as_str().with_context(|| format!("{name} has no address: {me}"))?;
        all.insert(name, path.to_owned());
    }
    Ok(all)
}

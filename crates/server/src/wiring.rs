//! Wires the parts into one server, in the order in which they need each other: journal, desk, objects, API,
//! channels, people of the demo, connections.

use crate::{
    admin::{Admin, Socket},
    check::{self, CheckOptions, CheckedSettings},
    clock::SteadyClock,
    config::{Config, Listen},
    connectors::{Connectors, Joined, PublicAddress},
    demo_mode::DemoMode,
    findings::Findings,
    http,
    ids::RandomIds,
    limits,
    objects::{self, Current, Passwords, ReadContext, UnlistedObjects, WantedObjects},
    output::Output,
    simulators::Simulators,
    taken, telemetry,
    telephony::Telephony,
};
use anyhow::{Context, Result, anyhow, bail};
use api::{Api, Links, Notes};
use axum::middleware;
use channels::{Chat, ChatConfig};
use desk::{Desk, DeskSetup, ports::Store};
use domain::{Command, EntityKind, InteractionId, Millis, NodeId, medium::Media};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use store_sqlite::{OpenError, Options, SqliteDirectory, SqliteStore};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};

/// How often old conversations are looked for.
const RETIRE_EVERY: Duration = Duration::from_secs(600);
/// How often a start looks whether the journal is free, and how long it waits in between.
const PATIENCE: u32 = 40;
const BREATH: Duration = Duration::from_millis(50);
const DAY: Duration = Duration::from_secs(86_400);

/// What to run.
pub struct Plan {
    /// The settings.
    pub config: Config,
    /// Where to listen, if not where the settings say.
    pub listen: Option<Listen>,
    /// How much of the demo centre there is.
    pub demo_mode: DemoMode,
}

/// Where a server is found.
pub struct ServerAddresses<'a> {
    /// The public URL.
    pub url: &'a str,
    /// Where HTTP is spoken.
    pub addr: SocketAddr,
    /// Where SIP is spoken over UDP, if it is.
    pub sip: Option<SocketAddr>,
}

/// Runs a server until it is told to stop. `announce` is called once it takes requests.
pub async fn run(plan: Plan, announce: impl FnOnce(&ServerAddresses<'_>) -> Result<()>) -> Result<()> {
    let Plan { config, listen, demo_mode } = plan;
    let told_to_stop = told_to_stop().context("signals cannot be heard")?;
    let look = CheckOptions { listen, demo: demo_mode != DemoMode::None, ..CheckOptions::default() };
    let examined = check::examine(&config, look);
    let CheckedSettings { listen, tls, media, shown, calls } = examined.into_parts()?;
    let open_files = limits::raise();
    let figures = telemetry::figures()?;
    let listener = TcpListener::bind(listen.addr)
        .await
        .map_err(|why| anyhow!(taken::in_words("--http (http.addr)", listen.addr, &why)))?;
    let addr = listener.local_addr()?;
    let port = addr.port();
    let url = listen.url(port);

    let store = store_of_a_start(&config.data).await?;
    let gate = http::Gate::over(store.health());
    let clock = clock(&store).await?;
    let desk = desk(store.clone(), clock.clone(), media, &url, shown).await?;
    provision(&desk, &config, demo_mode).await?;
    warn_if_open(demo_mode, &config, addr);
    let api = Api::start(api::Setup {
        desk: desk.clone(),
        links: Links::new(&url),
        config: api_config(&config, &url, shown, demo_mode != DemoMode::None),
    })
    .await?;
    let chat = Chat::new(desk.clone(), chat_config(&config));
    let simulators = Simulators::new(demo_mode, &url, &listener).await?;
    let connectors = connectors(&desk, &config, demo_mode, simulators.port)?;
    let Joined { webhooks, messenger } = connectors.join(&desk, &PublicAddress { url: &url, port })?;

    let telephony = Telephony::start(&desk, calls, config.sip.addr.is_some()).await?;

    let webhooks = webhooks.merge(simulators.router()).layer(middleware::from_fn(http::routed));
    let inner = chat.before(api.router().merge(chat.router()).merge(webhooks));
    let app = http::outer(inner, figures.clone(), gate.clone());
    let mut background = background(&desk, &api, &chat, &config);
    background.spawn(telemetry::upkeep(figures));
    background.spawn(async move { clock.watch().await });
    background.spawn(messenger.run());
    // A server that cannot be administered while it runs serves all the same.
    match Socket::bind(&config.data) {
        Ok(socket) => {
            let journal = SqliteDirectory::opened(&config.data, store);
            background.spawn(Admin::new(desk.clone(), journal, telephony.switch()).serve(socket));
        }
        Err(why) => tracing::error!("commands cannot reach this server: {why:#}"),
    }
    simulators.run(&mut background, demo_mode);
    if demo_mode == DemoMode::Alive {
        populate(&mut background, &desk, &chat, &ServerAddresses { url: &url, addr, sip: telephony.addr() });
    }
    tracing::info!(%url, %addr, data = %config.data.display(), "serving");
    announce(&ServerAddresses { url: &url, addr, sip: telephony.addr() })?;

    let drain = Duration::from_secs(config.http.drain.into());
    let proxies = Arc::new(listen.proxies);
    let room = http::ConnectionBounds {
        connections: config.limits.connections(open_files),
        strangers: config.limits.strangers.crowd(),
        bodies: config.limits.strangers.bodies(),
    };
    let server = http::Server { listener, tls, app, drain, proxies, room };
    let mut ended_early = None;
    let stop = async {
        tokio::select! {
            signal = told_to_stop => tracing::info!(signal, "told to stop"),
            ended = background.join_next() => ended_early = ended.map(why),
            () = telephony.ended() => ended_early = Some("signalling of calls".into()),
        }
        // From this moment on no client should be sent here, though calls may go on for a long time.
        gate.close();
        // Agents go on working while their calls come to an end; simulated people need no such time.
        if demo_mode != DemoMode::Alive {
            telephony.drain(Duration::from_secs(config.sip.drain.into())).await;
        }
    };
    let close = async {
        desk.stop_posting();
        api.close();
    };
    http::serve(server, stop, close).await;
    if !desk.posted(drain).await {
        tracing::warn!("messages were still being sent: their outcome will be unknown");
    }
    telephony.stop().await;
    background.shutdown().await;
    desk.disconnect();
    match ended_early {
        None => Ok(()),
        Some(ended) => Err(anyhow!("a part of the server ended: {ended}")),
    }
}

/// The journal of a directory, open for writing.
pub fn store(data: &Path) -> Result<Arc<SqliteStore>> {
    let store = SqliteStore::open(data, Options::default())
        .with_context(|| format!("the data directory {} (--data)", data.display()))?;
    Ok(Arc::new(store))
}

/// The same for a server. A command that only reads, or that changes something, has the journal for a moment, which is
/// no reason not to start.
async fn store_of_a_start(data: &Path) -> Result<Arc<SqliteStore>> {
    for _ in 0..PATIENCE {
        match store(data) {
            Err(why) if matches!(why.downcast_ref(), Some(OpenError::InUse(_))) => {
                tokio::time::sleep(BREATH).await;
            }
            opened => return opened,
        }
    }
    store(data)
}

/// Refuses a directory without a journal, so that a command does not make one by mistake.
pub fn must_have_journal(data: &Path) -> Result<()> {
    match SqliteStore::open_reader(data) {
        Err(missing @ OpenError::Missing(_)) => Err(missing.into()),
        // The command itself will report any other fault.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The time of a process that works on a journal.
pub async fn clock(store: &SqliteStore) -> Result<Arc<SteadyClock>> {
    Ok(Arc::new(SteadyClock::start(desk::newest_moment(store).await?)))
}

/// The desk over a journal. `url` is the base of the addresses in its notifications.
pub async fn desk(
    store: Arc<SqliteStore>,
    clock: Arc<SteadyClock>,
    media: Media,
    url: &str,
    shown: api::Shown,
) -> Result<Arc<Desk>> {
    let render = Arc::new(Notes::new(media.clone(), Links::new(url)).showing(shown));
    let setup = DeskSetup { store, render, clock, ids: Arc::new(RandomIds), media, node: NodeId::default() };
    Ok(Desk::open(setup).await?)
}

/// The journal and the desk for a command that changes something and ends.
pub async fn desk_for_a_command(config: &Config) -> Result<(Arc<Desk>, SqliteDirectory)> {
    let store = store(&config.data)?;
    let clock = clock(&store).await?;
    let media = config.media_table()?;
    let open: Vec<_> = store.open(EntityKind::Session).await?.into_iter().map(|found| found.state).collect();
    let kept = check::rows_in_use(&open, &media);
    let media = if kept.is_empty() { media } else { config.media_table_and(kept)? };
    let desk = desk(store.clone(), clock, media, &default_url(config), config.shown()?).await?;
    Ok((desk, SqliteDirectory::opened(&config.data, store)))
}

/// The public URL as the settings have it, for a command that listens nowhere.
pub fn default_url(config: &Config) -> String {
    let http = &config.http;
    http.public_url.clone().unwrap_or_else(|| format!("http://localhost:{}", http.addr.port()))
}

/// Applies the objects at first start: the demo's, or those of the settings. Later starts leave alone what was
/// changed since.
async fn provision(desk: &Desk, config: &Config, demo_mode: DemoMode) -> Result<()> {
    let current = Current::read(desk).await?;
    let is_demo = demo_mode != DemoMode::None;
    match &current.centre {
        Some(centre) if is_demo && centre.id != demo::centre::CONTACT_CENTER => bail!(
            "the data directory {} (--data) has a centre of its own, which is not to become the demo's",
            config.data.display()
        ),
        Some(_) => return Ok(()),
        None => {}
    }
    let wanted = if is_demo {
        WantedObjects::demo(demo_mode == DemoMode::Alive)?
    } else {
        let mut findings = Findings::default();
        let (media, fresh) = (desk.media(), desk.ids());
        let (besides, passwords) = (UnlistedObjects::Stays, Passwords::Hashed);
        let reading = ReadContext { media, current: &current, fresh, besides, passwords };
        let wanted = WantedObjects::of(config, &reading, &mut findings);
        findings.refuse()?;
        wanted
    };
    let differences = objects::differences(&current, &wanted);
    let count = differences.lines().len();
    desk.perform(Command::Provision(differences.into_change())).await?;
    tracing::info!(count, "objects applied");
    if desk.directory().all().is_empty() {
        tracing::warn!("nobody can log in: add users to the settings, or with `jackfield user add`");
    }
    Ok(())
}

/// The accounts that carry messages for the services of the centre.
fn connectors(desk: &Desk, config: &Config, demo_mode: DemoMode, port: u16) -> Result<Connectors> {
    let services = desk.centre().map(|centre| centre.services.clone()).unwrap_or_default();
    let demo = (demo_mode != DemoMode::None).then_some(port);
    let mut findings = Findings::default();
    let connectors = Connectors::of(config, &services, desk.media(), demo, &mut findings);
    findings.refuse()?;
    connectors.context("the accounts do not fit the services")
}

fn api_config(config: &Config, url: &str, shown: api::Shown, demo: bool) -> api::Config {
    api::Config {
        session_inactivity: Millis::from(config.http.session_inactivity) * 1_000,
        csrf: config.http.csrf,
        cors: api::Cors { origins: config.http.cors.origins.clone() },
        secure_cookies: url.starts_with("https:"),
        demo,
        absence: config.absence.times(),
        shown,
        ..api::Config::default()
    }
}

fn chat_config(config: &Config) -> ChatConfig {
    ChatConfig { limits: config.limits.customers.limits(), ..ChatConfig::default() }
}

/// What goes on by itself for as long as the server runs.
fn background(desk: &Arc<Desk>, api: &Arc<Api>, chat: &Arc<Chat>, config: &Config) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(desk.clone().route());
    tasks.spawn(desk.clone().keep_time());
    tasks.spawn(desk.clone().post());
    tasks.spawn(desk.clone().count());
    tasks.spawn(telemetry::tell_how_things_stand(desk.clone()));
    let (keep, keep_months) = (DAY * config.journal.keep_days, config.reports.keep_months.get());
    tasks.spawn(retire(desk.clone(), keep, keep_months));
    tasks.spawn(api.clone().run());
    tasks.spawn(chat.clone().run());
    tasks
}

/// Deletes conversations that ended longer ago than `keep`, and rows of reporting from before so many months. After a long time in which nothing ran it waits for a day:
/// the clock may have been set wrong, and that must not delete what is young.
async fn retire(desk: Arc<Desk>, keep: Duration, keep_months: u32) {
    let down = Duration::from_millis(u64::try_from(desk.was_down()).unwrap_or(0));
    if down > DAY {
        tracing::warn!(
            days = down.as_secs() / DAY.as_secs(),
            "by the system's time of day nothing ran for long: nothing is deleted for its age within a day from now"
        );
        tokio::time::sleep(DAY).await;
    }
    loop {
        match desk.retire(keep).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old conversations deleted"),
            Err(fault) => tracing::error!(%fault, "old conversations could not be deleted"),
        }
        match desk.forget_rows(keep_months).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old rows of reporting deleted"),
            Err(fault) => tracing::error!(%fault, "old rows of reporting could not be deleted"),
        }
        tokio::time::sleep(RETIRE_EVERY).await;
    }
}

/// Warns of an open demo: its passwords are in every manual.
fn warn_if_open(demo_mode: DemoMode, config: &Config, http: SocketAddr) {
    let sip = config.sip.addr.filter(|_| !config.sip.off);
    for addr in [Some(http), sip].into_iter().flatten().filter(|addr| !addr.ip().is_loopback()) {
        if demo_mode != DemoMode::None {
            tracing::warn!(%addr, "the demo is open to a network: whoever reaches it can log in as anybody");
        }
    }
}

fn populate(tasks: &mut JoinSet<()>, desk: &Arc<Desk>, chat: &Arc<Chat>, place: &ServerAddresses<'_>) {
    let chat = chat.clone();
    if let Some(sip) = place.sip {
        tasks.spawn(demo::staff_phones(sip));
        tasks.spawn(demo::callers(sip, demo::Manners::default(), desk.ids()));
    }
    tasks.spawn(demo::staff(desk.clone()));
    tasks.spawn(demo::lookout(desk.clone(), place.url.to_owned(), Output::standard()));
    tasks.spawn(demo::customers(desk.clone(), move |id: &InteractionId| chat.seen(id)));
}

/// Listens for the signals from the moment it is called: a server that is told to stop while it starts stops in good
/// order, too.
fn told_to_stop() -> Result<impl Future<Output = &'static str>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}

fn why(ended: Result<(), tokio::task::JoinError>) -> String {
    ended.map_or_else(|why| why.to_string(), |()| "it came to an end".into())
}

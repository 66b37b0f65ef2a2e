//! Time that passes never jumps: a server that was paused, that was down, or whose system's time of day was set ends
//! nobody's chat, login or offer for that.

use super::{
    server::{LaunchOptions, Server},
    table::{Table, TableRow},
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use world::client::{ClientIdentity, Http, ServerAddress};

/// Customers who wait, and ask every [`POLL`]; two of them are offered to the agents.
const CUSTOMERS: usize = 12;
const AGENTS: usize = 2;
const POLL: Duration = Duration::from_millis(500);
/// How long everybody has to be seen again after each of the things that happen. All of them together take less than an
/// offer stands, but for the pauses.
const BREATH: Duration = Duration::from_millis(2_500);
const SERVICE: &str = "/genesys/2/chat/website";
/// Where the Debian package `faketime` puts the library by which a process sees another time of day.
const FAKETIME: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];
/// What the system's time of day is set to, in seconds from the right one: an hour back, beyond a customer's and a
/// login's time, a hundred years on, and right again.
const STEPS: [&str; 4] = ["-3600", "+4000", "+3153600000", "+0"];

/// Lets it all happen to a server of its own, and adds what came of it to the table.
pub async fn judge(binary: &Path, home: &Path, pause: Duration, table: &mut Table) -> Result<()> {
    std::fs::create_dir_all(home)?;
    let faketime = FAKETIME.iter().map(Path::new).find(|library| library.exists());
    let wall = home.join("time-of-day");
    std::fs::write(&wall, "+0")?;
    let mut server = Server::start_in(way(home, &wall, faketime, pause)?, binary, home).await?;
    println!("time: {CUSTOMERS} customers and {AGENTS} agents, pauses of {} s", pause.as_secs());
    let mut participants = Participants::open(&ServerAddress::new(server.addr())).await?;
    let mut tally = Tally::default();

    server.pause(pause).await?;
    tally.take("paused", &mut participants).await;
    server.kill(pause).await?;
    tally.take("killed and down", &mut participants).await;
    if faketime.is_some() {
        for step in STEPS {
            std::fs::write(&wall, step)?;
            tally.take(step, &mut participants).await;
        }
    } else {
        table.remark("clock steps were left out: install the package `faketime`".into());
    }
    table.remark(format!(
        "time: 1 pause, 1 downtime, {} clock steps ended {} chats, {} logins, {} offers",
        if faketime.is_some() { STEPS.len() } else { 0 },
        tally.chats.lost(),
        tally.logins.lost(),
        tally.offers.lost()
    ));
    table.add("chats over pauses and clock steps", tally.chats);
    table.add("logins over pauses and clock steps", tally.logins);
    table.add("offers over pauses and clock steps", tally.offers);
    server.stop_for_good().await.map(drop)
}

/// A centre in which customers and logins may be silent for half of a pause, and offers stand for 30 seconds.
fn way(home: &Path, wall: &Path, faketime: Option<&Path>, pause: Duration) -> Result<LaunchOptions> {
    let silence = (pause.as_secs() / 2).max(5);
    let config: PathBuf = home.join("config.toml");
    let agents = (0..AGENTS).fold(String::new(), |agents, agent| {
        agents
            + "[[users]]\nuser_name = \""
            + &name(agent)
            + "\"\npassword = \"prove\"\nroles = [\"agent\"]\n"
    });
    let text = format!(
        "[http]\nsession_inactivity = {silence}\n[sip]\noff = true\n[[queues]]\nname = \"Support\"\n\
         [[services]]\nname = \"website\"\nmedium = \"chat\"\nqueue = \"Support\"\n\
         inactivity_seconds = {silence}\n{agents}"
    );
    std::fs::write(&config, text)?;
    let mut way =
        LaunchOptions { arguments: vec!["--config".into(), config.into()], ..LaunchOptions::default() };
    if let Some(library) = faketime {
        way.environment = vec![
            ("LD_PRELOAD", library.into()),
            ("FAKETIME_TIMESTAMP_FILE", wall.into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ];
    }
    Ok(way)
}

fn name(agent: usize) -> String {
    format!("agent{agent}@prove.example")
}

/// Everybody who is there.
struct Participants {
    customers: Vec<ChatCustomer>,
    agents: Vec<Http>,
    offers: Vec<String>,
}

struct ChatCustomer {
    http: Http,
    id: String,
    fields: [String; 2],
}

impl Participants {
    async fn open(target: &ServerAddress) -> Result<Self> {
        let mut agents = Vec::new();
        for agent in 0..AGENTS {
            let mut first = Http::new(target.clone(), ClientIdentity::basic(&name(agent), "prove"));
            let start = json!({"operationName": "StartContactCenterSession", "channels": ["chat"]});
            first.post_json("/api/v2/me", start.to_string()).await?;
            let ready = json!({"operationName": "Ready"}).to_string();
            first.post_json("/api/v2/me/channels/chat", ready).await?;
            // From here on by the cookie alone, so that a login that ends cannot begin again unseen.
            agents.push(Http::with_jar(target.clone(), ClientIdentity::Cookies, first.jar().clone()));
        }
        let mut customers = Vec::new();
        for _ in 0..CUSTOMERS {
            let mut http = Http::new(target.clone(), ClientIdentity::Cookies);
            let answer = http.post_form(SERVICE, &[("nickname", "Ina")]).await?.json();
            let text = |name: &str| answer[name].as_str().map(str::to_owned);
            let fields = text("userId").zip(text("secureKey")).context("a customer was not let in")?;
            customers.push(ChatCustomer {
                http,
                id: text("chatId").unwrap_or_default(),
                fields: fields.into(),
            });
        }
        let mut participants = Self { customers, agents, offers: Vec::new() };
        participants.breathe().await;
        for agent in &mut participants.agents {
            participants.offers.extend(invitation(agent).await);
        }
        ensure!(
            participants.offers.len() == AGENTS,
            "the agents were offered {} chats",
            participants.offers.len()
        );
        Ok(participants)
    }

    /// Customers ask, and agents too, as they do all the time.
    async fn breathe(&mut self) {
        let until = Instant::now() + BREATH;
        let mut asking = JoinSet::new();
        for mut guest in self.customers.drain(..) {
            asking.spawn(async move {
                while Instant::now() < until {
                    guest.is_over().await;
                    sleep(POLL).await;
                }
                guest
            });
        }
        self.customers = asking.join_all().await;
    }
}

impl ChatCustomer {
    /// Whether the chat has ended; a request that is not answered says nothing.
    async fn is_over(&mut self) -> bool {
        let [user_id, secure_key] = &self.fields;
        let fields = [("userId", user_id.as_str()), ("secureKey", secure_key), ("transcriptPosition", "1")];
        let answer = self.http.post_form(&format!("{SERVICE}/{}/refresh", self.id), &fields).await;
        answer.is_ok_and(|answer| !answer.status.is_success() || answer.json()["chatEnded"] == true)
    }
}

/// The chat that an agent is invited to.
async fn invitation(agent: &mut Http) -> Option<String> {
    let chats = agent.get("/api/v2/me/chats?fields=*").await.ok()?.json();
    let invited = chats["chats"].as_array()?.iter().find(|chat| chat["state"] == "Invited")?;
    invited["id"].as_str().map(str::to_owned)
}

/// What is still there after each of the things that happened.
#[derive(Default)]
struct Tally {
    chats: TableRow,
    logins: TableRow,
    offers: TableRow,
}

impl Tally {
    async fn take(&mut self, what: &str, participants: &mut Participants) {
        participants.breathe().await;
        for guest in &mut participants.customers {
            let name = format!("{} {what}", guest.id);
            self.chats.expect(&name, u32::from(!guest.is_over().await));
        }
        for (number, agent) in participants.agents.iter_mut().enumerate() {
            let me = agent.get("/api/v2/me").await.ok().filter(|answer| answer.status.is_success());
            let is_in = me.is_some_and(|answer| answer.json()["user"]["userName"] != Value::Null);
            self.logins.expect(&format!("{} {what}", name(number)), u32::from(is_in));
            let offered = invitation(agent).await;
            let stands = offered.is_some_and(|id| participants.offers.contains(&id));
            self.offers.expect(&format!("the offer to {} {what}", name(number)), u32::from(stands));
        }
    }
}

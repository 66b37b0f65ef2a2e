//! All settings, and the rules that concern several of them.

use super::{
    Absence, AgentGroupEntry, AgentStateEntry, CentreEntry, Compat, GroupEntry, Limits, MediumEntry,
    MessengerEntry, PlaceEntry, QueueEntry, RequiredEntry, ServiceEntry, Sip, SmsEntry, UserEntry,
};
use anyhow::{Context, Result, bail};
use domain::{
    MediumName,
    disposition::Policy,
    medium::{Media, Medium},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::SocketAddr, num::NonZeroU32, path::PathBuf};

/// All settings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The directory of the journal; made with mode 0700.
    pub data: PathBuf,
    /// The listener and the web API.
    pub http: Http,
    /// Limits on what others may cost.
    pub limits: Limits,
    /// Agents whose clients fall silent.
    pub absence: Absence,
    /// The journal.
    pub journal: Journal,
    /// What reporting counts.
    pub reports: Reports,
    /// The disposition rule; values that are not set stay as the journal has them.
    pub disposition: Disposition,
    /// Another spelling of `disposition.key`.
    pub interaction: Interaction,
    /// The centre itself.
    pub centre: CentreEntry,
    /// Users.
    pub users: Vec<UserEntry>,
    /// Places with a phone that is nobody's own.
    pub places: Vec<PlaceEntry>,
    /// Queues.
    pub queues: Vec<QueueEntry>,
    /// Media in addition to those of this build.
    pub media: Vec<MediumEntry>,
    /// Spellings that clients differ about.
    pub compat: Compat,
    /// Customer-facing services.
    pub services: Vec<ServiceEntry>,
    /// Accounts at SMS providers.
    pub sms: Vec<SmsEntry>,
    /// Pages on Facebook Messenger.
    pub messenger: Vec<MessengerEntry>,
    /// Calls.
    pub sip: Sip,
    /// Requests of the server to providers and platforms.
    pub outbound: Outbound,
    /// Agent states in addition to those of every installation.
    pub agent_states: Vec<AgentStateEntry>,
    /// Groups of agents with those who lead them: who may listen to whom, and see what they do. Without any, every
    /// supervisor leads every user.
    pub agent_groups: Vec<AgentGroupEntry>,
    /// The disposition book, groups in groups.
    pub dispositions: Vec<GroupEntry>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: "./jackfield-data".into(),
            http: Http::default(),
            limits: Limits::default(),
            absence: Absence::default(),
            journal: Journal::default(),
            reports: Reports::default(),
            disposition: Disposition::default(),
            interaction: Interaction::default(),
            centre: CentreEntry::default(),
            users: Vec::new(),
            places: Vec::new(),
            queues: Vec::new(),
            media: Vec::new(),
            compat: Compat::default(),
            services: Vec::new(),
            sms: Vec::new(),
            messenger: Vec::new(),
            sip: Sip::default(),
            outbound: Outbound::default(),
            agent_states: Vec::new(),
            agent_groups: Vec::new(),
            dispositions: Vec::new(),
        }
    }
}

/// The listener and the web API.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// The address to listen on.
    pub addr: SocketAddr,
    /// The URL by which clients reach the server; `http://localhost:PORT` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"https://desk.example")]
    pub public_url: Option<String>,
    /// Whether a proxy in front of the server speaks TLS.
    pub behind_proxy: bool,
    /// The proxies that are believed about the address of a client, as addresses or networks (`10.0.0.0/8`). When
    /// none are given and `behind_proxy` is set, these are this machine and private networks.
    #[schemars(example = ["10.1.2.3", "10.2.0.0/16"])]
    pub trusted_proxies: Vec<String>,
    /// The header in which they name the client, `X-Forwarded-For` or `Forwarded`; the other one is not read.
    pub forwarded_header: String,
    /// The server's own TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// Other origins.
    pub cors: Cors,
    /// Whether changing requests must carry the CSRF token (spec: core-and-voice#2.3).
    pub csrf: bool,
    /// A login without any request for this long has ended, in seconds.
    pub session_inactivity: u32,
    /// How long a stop waits for requests in flight, in seconds.
    pub drain: u32,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            behind_proxy: false,
            trusted_proxies: Vec::new(),
            forwarded_header: "X-Forwarded-For".into(),
            tls: None,
            cors: Cors::default(),
            csrf: false,
            session_inactivity: 1_800,
            drain: 10,
        }
    }
}

/// A certificate chain and its key, both PEM files.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, the server's own certificate first.
    #[schemars(example = &"/etc/jackfield/cert.pem")]
    pub cert: PathBuf,
    /// The private key.
    #[schemars(example = &"/etc/jackfield/key.pem")]
    pub key: PathBuf,
}

/// Which other origins may call (spec: core-and-voice#2.4).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// Exact origins, scheme and port included.
    #[schemars(example = ["https://desk.example:8443"])]
    pub origins: Vec<String>,
}

/// Requests of the server to providers and platforms. Only the hosts of its accounts are asked, over https, and only at
/// public addresses (spec: channel-connectors#0.2.9).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Whether these hosts may be on the operator's own network, too: private addresses and this machine.
    pub own_network: bool,
    /// Certificates to trust besides those of the system, PEM files.
    #[schemars(example = ["/etc/jackfield/own-root.pem"])]
    pub roots: Vec<PathBuf>,
}

/// The journal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Journal {
    /// After how many days ended conversations are deleted.
    pub keep_days: u32,
}

impl Default for Journal {
    fn default() -> Self {
        Self { keep_days: 90 }
    }
}

/// What reporting counts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reports {
    /// After how many months the rows of intervals are deleted; a month counts as 31 days.
    pub keep_months: NonZeroU32,
}

impl Default for Reports {
    fn default() -> Self {
        Self { keep_months: NonZeroU32::MIN.saturating_add(36) }
    }
}

/// The disposition rule (spec: decisions#6).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Disposition {
    /// The key of the user data that holds the disposition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"DispositionCode")]
    pub key: Option<String>,
    /// How long after completion a disposition is still taken, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 3_600)]
    pub late_seconds: Option<u32>,
    /// Which values each medium takes: `open` (any), `warn` (any; those not in the book are marked in the feed) or
    /// `strict` (only those of the book). Media not named are open; `voice` is that of calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<BTreeMap<String, String>>", example = serde_json::json!({"voice": "strict"}))]
    pub policy: Option<BTreeMap<MediumName, Policy>>,
    /// Whether a disposition is required: `off`, `ask` (desktops are told to ask for one) or `before_next` (an agent whose
    /// part ended without one is offered nothing else of the medium until they set it, and stays in work after the call);
    /// one word for every medium, or a table by medium, in which media that are not named are off. A queue may say
    /// otherwise (`[queues.disposition]`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = serde_json::json!({"voice": "before_next"}))]
    pub required: Option<RequiredEntry>,
    /// How long an agent who owes a disposition is held at most, in seconds; 600 when never set. Reporting is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 600)]
    pub required_timeout: Option<u32>,
}

/// `interaction.disposition.key-name`, as desktops call `disposition.key`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Interaction {
    /// The table of that name.
    pub disposition: InteractionDisposition,
}

/// The inner table of this spelling.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct InteractionDisposition {
    /// The key of the user data that holds the disposition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"DispositionCode")]
    pub key_name: Option<String>,
}

impl Config {
    /// The media table: the rows of this build and those of the file.
    pub fn media_table(&self) -> Result<Media> {
        self.media_table_and(Vec::new())
    }

    /// The same table with further rows, which the journal still needs.
    pub fn media_table_and(&self, mut rows: Vec<Medium>) -> Result<Media> {
        for entry in &self.media {
            let row = Medium::added(&entry.name, entry.connector).with_context(|| {
                format!("[[media]] '{}': a name is one word of lower-case letters and digits", entry.name)
            })?;
            rows.push(row);
        }
        let media = Media::with(rows).context("[[media]]: a medium has a name that another has")?;
        match self.compat.sms_keys.as_deref() {
            None | Some("both") => Ok(media),
            Some(key)
                if media.rows().iter().any(|row| row.singular.len() > 1 && row.singular.contains(&key)) =>
            {
                Ok(media.spelt(key))
            }
            Some(key) => bail!("compat.sms_keys: '{key}' is neither 'both' nor a key of that medium"),
        }
    }

    /// The differences between clients.
    pub fn shown(&self) -> Result<api::Shown> {
        let participants = match self.compat.participants.as_deref() {
            None | Some("objects") => api::Participants::Objects,
            Some("legacy") => api::Participants::Legacy,
            Some(other) => bail!("compat.participants: '{other}' is neither 'objects' nor 'legacy'"),
        };
        Ok(api::Shown { participants, message_types: self.compat.include_message_type })
    }

    /// The disposition key, under either name.
    pub fn disposition_key(&self) -> Option<&str> {
        self.disposition.key.as_deref().or(self.interaction.disposition.key_name.as_deref())
    }
}

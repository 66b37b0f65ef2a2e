//! Web chat for customers, in the two protocols that widgets in the field speak.
//!
//! ```text
//! gms  forms below /genesys/2/chat ─┐
//!                                   ├─▶ door (who is it?) ─▶ Desk::perform ─▶ transcript ─▶ widget
//! gws  JSON below /api/v2/chats ────┘     │ seen
//!                                      presence ◀── keeper: silent for too long ─▶ Leave(Idle)
//! ```
//!
//! * [`gms`]: the Chat API v2 of the mobile services, over REST (digital-channels §6.1).
//! * [`gws`]: the customer chat of the Web Services API v2 (digital-channels §6.3).
//!
//! A protocol has its own words, refusals and credentials. What they share stands here: which conversations are web
//! chats and whom they open to (`door`), what a customer sees of them (`transcript`), and when he counts as gone
//! (`keeper`). Neither opens a chat that began in the other, for the keys are of another kind.
//!
//! Metrics: `jackfield_chat_requests_total{command}` with the protocol's own word for the request,
//! `jackfield_chat_refused_total{why}` with the words of each `trouble`, and `jackfield_chat_idle_total`, customers
//! let go because they fell silent, and `jackfield_customers_refused_total{why}`, refused because of how much was asked
//! for (`limits`).
//!
//! The key of a chat is seen by this module only in passing: the journal holds its SHA-256, and no type that holds
//! the key can be printed.

mod door;
mod gms;
mod gws;
mod keeper;
mod limits;
mod repeat;
mod transcript;

pub use limits::CustomerLimits;

use axum::Router;
use desk::Desk;
use domain::InteractionId;
use keeper::Presence;
use limits::Allowance;
use std::{sync::Arc, time::Duration};

/// How long a browser may remember that it is let in.
const PREFLIGHT: Duration = Duration::from_secs(60 * 60);
/// The largest body of a customer, in bytes. The most that one has to hold is a text: a character of four bytes takes
/// twelve, in a form and in JSON alike. The user data of a new chat takes less (measured: 65,250 bytes of Greek in 250
/// pairs are a form of 194,292 bytes, or JSON of 191,574).
const MAX_BODY_BYTES: usize = 12 * domain::message::MAX_TEXT.chars + 32 * 1024;

/// The settings of web chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatConfig {
    /// Whether agents see what a customer types before he sends it (digital-channels §6.5). On by default. Only the
    /// Chat API v2 tells what is typed.
    pub typing_preview: bool,
    /// How much customers may ask and write.
    pub limits: CustomerLimits,
}

impl Default for ChatConfig {
    fn default() -> Self {
        Self { typing_preview: true, limits: CustomerLimits::default() }
    }
}

/// Web chat for customers, over a desk.
pub struct Chat {
    desk: Arc<Desk>,
    config: ChatConfig,
    presence: Presence,
    allowance: Allowance,
    cursors: gws::Cursors,
    told: gms::Told,
}

impl Chat {
    /// Web chat over a desk. Serve [`Chat::router`] and what [`Chat::before`] makes, and run [`Chat::run`] beside
    /// them.
    pub fn new(desk: Arc<Desk>, config: ChatConfig) -> Arc<Self> {
        let allowance = Allowance::new(&config.limits);
        let (presence, cursors, told) = (Presence::default(), gws::Cursors::default(), gms::Told::default());
        Arc::new(Self { desk, config, presence, allowance, cursors, told })
    }

    /// The addresses of the Chat API: `POST /genesys/2/chat/{service}` and what is below it. Open to scripts of any
    /// origin, without cookies: what opens a chat is its key, and the key is in the form (digital-channels §6.1).
    pub fn router(self: &Arc<Self>) -> Router {
        gms::router(self)
    }

    /// Puts the customers' side of `/api/v2/chats` before the agents' API, which has addresses of the same form: what
    /// is a customer's request is answered here, every other goes on to `agents`. A customer bears the header
    /// `ContactCenterId`, or asks for what no agent has (digital-channels §6.3).
    pub fn before(self: &Arc<Self>, agents: Router) -> Router {
        gws::before(self, agents)
    }

    /// Says that a customer was heard of, by whatever way he came: his inactivity is counted from now on.
    pub fn seen(&self, id: &InteractionId) {
        self.presence.seen(id, self.desk.awake());
    }
}

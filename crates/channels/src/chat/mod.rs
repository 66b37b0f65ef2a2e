//! Web chat for customers, in the two protocols that widgets in the field speak.
//!
//! ```text
//! gms  forms below /genesys/2/chat ─┐
//!                                   ├─▶ access (who is it?) ─▶ Desk::perform ─▶ transcript ─▶ widget
//! gws  JSON below /api/v2/chats ────┘       │ seen
//!                                        presence ◀── keeper: silent for too long ─▶ Leave(Idle)
//! ```
//!
//! * [`gms`]: the Chat API v2 of the mobile services, over REST (spec: digital-channels#6.1).
//! * [`gws`]: the customer chat of the Web Services API v2 (spec: digital-channels#6.3).
//!
//! A protocol has its own words, refusals and credentials. What they share stands here: which conversations are web
//! chats (`services`) and whom they open to (`talk`), what a customer sees of them (`transcript`), and when customers
//! count as gone (`keeper`). Neither opens a chat that began in the other, for the keys are of another kind.
//!
//! Metrics: `jackfield_chat_requests_total{command}` with the protocol's own word for the request,
//! `jackfield_chat_refused_total{why}` with the words of each `trouble`, and `jackfield_chat_idle_total`, customers
//! let go because they fell silent, and `jackfield_customers_refused_total{why}`, refused because of how much was asked
//! for (`limits`).
//!
//! Only this module sees the key of a chat, and only in passing: the journal holds its SHA-256, and no type that holds
//! the key can be printed.

mod allowed;
mod bounds;
mod door;
mod gms;
mod gws;
mod keeper;
mod limits;
mod presence;
mod repeat;
mod services;
mod state;
mod talk;
mod transcript;

pub use limits::CustomerLimits;
pub use state::{Chat, ChatConfig};

use axum::Router;
use std::sync::Arc;

impl Chat {
    /// The addresses of the Chat API: `POST /genesys/2/chat/{service}` and what is below it. Open to scripts of any
    /// origin, without cookies: a chat is opened by its key, and the key is in the form (spec: digital-channels#6.1).
    pub fn router(self: &Arc<Self>) -> Router {
        gms::router(self)
    }

    /// Puts the customers' side of `/api/v2/chats` before the agents' API, which has addresses of the same form:
    /// customers' requests are answered here, all others go on to `agents`. A customer's request has the header
    /// `ContactCenterId`, or asks for what no agent has (spec: digital-channels#6.3).
    pub fn before(self: &Arc<Self>, agents: Router) -> Router {
        gws::before(self, agents)
    }
}

//! Text messages, over the HTTP interface that Twilio and its likes have (channel-connectors §1B to §1D).
//!
//! ```text
//! provider ─ webhook ─▶ form ─▶ signature ─▶ inbound, report ─▶ receive ─▶ intake ─▶ desk
//!                                               │ cannot be read ─▶ quarantine
//!          ◀─ request ─ send ◀─ pace ◀─ text ◀─ channel ◀─ the desk's outbox
//! ```
//!
//! An account at a provider is a service of the centre, and carries no other name. Nothing here decides about
//! conversations: it reads what providers say, writes what they are told, and knows their limits. Whatever speaks this
//! interface is reached by configuration alone, such as `WhatsApp`, whose addresses bear a prefix.

mod channel;
pub mod config;
pub mod form;
pub mod inbound;
pub mod keyword;
mod number;
mod pace;
pub mod place;
mod raw;
pub mod reason;
mod receive;
pub mod report;
pub mod send;
pub mod signature;
pub mod status;
pub mod text;
mod webhook;

pub use config::SmsConfig;
pub use webhook::router;

use crate::{intake::Intake, outbound::Outbound};
use desk::{Condition, Desk};
use pace::Pace;
use std::sync::Arc;

/// An account at a provider, over a desk: the connector of one service.
pub struct Sms {
    config: SmsConfig,
    intake: Intake,
    outbound: Arc<Outbound>,
    /// As what we are known, without a slash at the end.
    urls: Vec<String>,
    pace: Pace,
}

impl Sms {
    /// The connector of a service. `urls` are the bases under which providers may know us, without a slash at the
    /// end: their webhooks' signatures cover them, and the first is where they are to report to. Serve [`router`],
    /// and connect the desk with it.
    pub fn new(
        desk: Arc<Desk>,
        service: &str,
        config: SmsConfig,
        outbound: Arc<Outbound>,
        urls: Vec<String>,
    ) -> Arc<Self> {
        let pace = Pace::new(config.rate);
        let sms = Arc::new(Self { config, intake: Intake::new(desk, service), outbound, urls, pace });
        sms.report_condition(Condition::Working, None);
        sms
    }
}

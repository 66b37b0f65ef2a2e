//! An account at a provider.

use super::{config::SmsConfig, pace::Pace};
use crate::{intake::Intake, outbound::Outbound};
use desk::{Condition, Desk};
use std::sync::Arc;

/// An account at a provider, over a desk: the connector of one service.
pub struct Sms {
    pub(super) config: SmsConfig,
    pub(super) intake: Intake,
    pub(super) outbound: Arc<Outbound>,
    /// The bases under which providers know us, without a slash at the end.
    pub(super) urls: Vec<String>,
    pub(super) pace: Pace,
}

impl Sms {
    /// The connector of a service. `urls` are the bases under which providers may know us, without a slash at the
    /// end: their webhooks' signatures cover them, and reports should go to the first. Serve [`super::router`],
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

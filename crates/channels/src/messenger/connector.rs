//! All accounts together.

use super::{
    MessengerConfig, Misconfigured,
    account::Account,
    delivery::{OTHER_PAGE, wrapped},
    send::Action,
    webhook::Unit,
};
use crate::{intake::Later, outbound::Outbound};
use desk::Desk;
use futures::{StreamExt, future::join_all, stream};
use http::StatusCode;
use std::{
    collections::BTreeMap,
    future,
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::{Instrument, Span};

/// How many threads of one delivery are at work at once.
const AT_ONCE: usize = 32;
/// How often an account does what it does by itself.
const TICK: Duration = Duration::from_secs(1);
/// How often an account that does not work is checked, and one that does.
const CHECKS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(24 * 60 * 60)];

/// Facebook Messenger, over a desk.
pub struct Messenger {
    accounts: BTreeMap<String, Arc<Account>>,
    /// How customers reach this server, without a slash at the end.
    pub(super) public_url: String,
}

impl Messenger {
    /// Accounts, each with the service it carries; they are connected with the desk. Serve [`Messenger::router`] and
    /// run [`Messenger::run`] beside it. Refused when the settings of an account cannot be right.
    pub fn new(
        desk: &Arc<Desk>,
        outbound: &Arc<Outbound>,
        public_url: &str,
        accounts: Vec<(String, MessengerConfig)>,
    ) -> Result<Arc<Self>, Misconfigured> {
        let mut all: BTreeMap<String, Arc<Account>> = BTreeMap::new();
        for (service, config) in accounts {
            config.check()?;
            if all.contains_key(&service) || all.values().any(|other| is_same_page(&other.config, &config)) {
                return Err(Misconfigured::Twice);
            }
            let account = Account::new(desk.clone(), outbound.clone(), &service, config);
            all.insert(service, Arc::new(account));
        }
        for (service, account) in &all {
            desk.connect(service.as_str(), account.clone());
            account.report();
        }
        Ok(Arc::new(Self { accounts: all, public_url: public_url.trim_end_matches('/').to_owned() }))
    }

    /// Subscribes the pages, asks for the names of customers and keeps the signs of who types. Never returns.
    pub async fn run(self: Arc<Self>) {
        join_all(self.accounts.values().map(|account| account.keep())).await;
        // A centre without pages goes on, too.
        future::pending::<()>().await;
    }

    /// The account of an address, or the status of the answer for an address without an account.
    pub(super) fn account(&self, service: &str) -> Result<&Arc<Account>, StatusCode> {
        self.accounts.get(service).ok_or(StatusCode::NOT_FOUND)
    }

    /// Takes in the units of a delivery that came to an account: those of one thread one after the other, by the time
    /// at which they happened, and different threads side by side. All of them are durable when this answers `Ok`.
    pub(super) async fn take(&self, at: &Account, units: Vec<Unit>) -> Result<(), Later> {
        let mut threads: BTreeMap<(String, String), Vec<Unit>> = BTreeMap::new();
        for unit in units {
            let person = unit.event.as_ref().ok().and_then(|event| event.person.clone());
            threads.entry((unit.page.clone(), person.unwrap_or_default())).or_default().push(unit);
        }
        let thread = |((page, _), mut units): ((String, String), Vec<Unit>)| async move {
            units.sort_by_key(|unit| unit.event.as_ref().map_or(0, |event| event.at));
            let account = self.of_page(at, &page);
            for unit in &units {
                match account {
                    Some(account) => account.take(unit).await?,
                    None => at.intake.quarantine(OTHER_PAGE.into(), wrapped(unit)).await?,
                }
            }
            Ok(())
        };
        // Whatever becomes of one thread, the others are taken in: what is sent again is known by then.
        let kept: Vec<Result<(), Later>> =
            stream::iter(threads).map(thread).buffer_unordered(AT_ONCE).collect().await;
        kept.into_iter().collect()
    }

    /// The account of a page. The platform delivers for all pages of an app to one address.
    fn of_page<'a>(&'a self, at: &'a Account, page: &str) -> Option<&'a Account> {
        if page.is_empty() || page == at.config.page_id {
            return Some(at);
        }
        let mut accounts = self.accounts.values().map(|account| &**account);
        accounts.find(|account| account.config.page_id == page && account.config.app_id == at.config.app_id)
    }
}

fn is_same_page(one: &MessengerConfig, other: &MessengerConfig) -> bool {
    (&one.page_id, &one.app_id) == (&other.page_id, &other.app_id)
}

/// The span of a request that an account makes by itself.
fn passing(service: &str, call: &'static str) -> Span {
    tracing::debug_span!("connector", service, call)
}

impl Account {
    /// Does what the account does by itself. Never returns.
    async fn keep(&self) {
        let mut checked: Option<Instant> = None;
        loop {
            let pause = if self.standing.is_down() { CHECKS[0] } else { CHECKS[1] };
            if checked.is_none_or(|checked| checked.elapsed() >= pause) {
                self.check().instrument(passing(self.service(), "subscription")).await;
                checked = Some(Instant::now());
            }
            for person in self.typing.due(Instant::now()) {
                self.show(&person, Action::TypingOn).instrument(passing(self.service(), "typing")).await;
            }
            // Two in a second would be allowed (spec: channel-connectors#2.7).
            self.ask_a_name().instrument(passing(self.service(), "profile")).await;
            self.report();
            tokio::time::sleep(TICK).await;
        }
    }
}

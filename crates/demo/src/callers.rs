//! Customers who call: real SIP to the server's own port, from numbers outside, with a sentence to say.
//!
//! They wait in the queue as long as their patience lasts, say what they want when somebody is there, listen, and
//! hang up after a while. Nothing here knows what the server does with them.

use crate::{centre::ROUTING_POINT, chance::Chance, dialogue::CUSTOMERS};
use desk::ports::Ids;
use phone::{Account, Call, CallState, Phone, PhoneError, PhoneLine, Say, Then};
use std::{
    net::{Ipv4Addr, SocketAddr},
    ops::Range,
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};

/// The header in which a customer's order comes along, for user data.
pub const ORDER_HEADER: &str = "X-Order-Number";
/// The header in which a customer who asks for somebody else says for whom; it becomes user data of the same name.
pub const ASKS_FOR_HEADER: &str = "X-Asks-For";
/// How many numbers there are: `+15550201` and on.
const NUMBERS: u32 = 9;
/// How often a caller listens to what they hear.
const LISTEN: Duration = Duration::from_millis(250);
/// After how long without the hold tone somebody counts as being there.
const QUIET: Duration = Duration::from_millis(1_500);
/// How long to wait after the line could not be opened.
const RETRY: Duration = Duration::from_secs(5);

/// What a customer calls about.
struct Matter {
    /// What they say.
    sentence: &'static [u8],
    /// The order it is about.
    order: &'static str,
    /// Whom they want to talk with, if not with whoever answers.
    asks_for: Option<&'static str>,
}

const MATTERS: [Matter; 5] = [
    Matter { sentence: include_bytes!("../sentences/order-late.wav"), order: "58311", asks_for: None },
    Matter {
        sentence: include_bytes!("../sentences/invoice-wrong.wav"),
        order: "204177",
        asks_for: Some("Billing"),
    },
    Matter { sentence: include_bytes!("../sentences/change-address.wav"), order: "58402", asks_for: None },
    Matter {
        sentence: include_bytes!("../sentences/cancel-contract.wav"),
        order: "31009",
        asks_for: Some("Contracts"),
    },
    Matter { sentence: include_bytes!("../sentences/wants-callback.wav"), order: "58377", asks_for: None },
];

/// How callers behave; ranges are in milliseconds.
#[derive(Clone, Debug)]
pub struct Manners {
    /// The most on the telephone at once.
    pub at_once: usize,
    /// Between two calls from the same number, and before the first.
    pub rest: Range<u64>,
    /// How long a caller waits for somebody before they give up, in milliseconds.
    pub patience: Range<u64>,
    /// How long a caller stays once somebody is there, in milliseconds.
    pub talk: Range<u64>,
}

impl Default for Manners {
    /// Two at once, and about one call in twenty seconds when they are short.
    fn default() -> Self {
        Self { at_once: 2, rest: 20_000..160_000, patience: 60_000..120_000, talk: 25_000..60_000 }
    }
}

/// Lets customers call the routing point of a SIP server on this machine, for as long as it is polled. Callers who are
/// on the telephone when it is dropped hang up.
pub fn callers(sip: SocketAddr, manners: Manners, ids: &dyn Ids) -> impl Future<Output = ()> + Send + use<> {
    let chance = Chance::new(ids);
    call_all(sip, manners, chance)
}

async fn call_all(sip: SocketAddr, manners: Manners, mut chance: Chance) {
    let line = loop {
        match PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), sip).await {
            Ok(line) => break line,
            Err(why) => {
                tracing::warn!(%why, "the simulated callers have no telephone line");
                tokio::time::sleep(RETRY).await;
            }
        }
    };
    let room = Arc::new(Semaphore::new(manners.at_once));
    let mut lives = JoinSet::new();
    for (number, (first, last)) in (1..=NUMBERS).zip(CUSTOMERS) {
        let account = Account::new(format!("+1555020{number}")).display(format!("{first} {last}"));
        let caller =
            ScriptedCaller { phone: line.phone(account), chance: chance.branch(), manners: manners.clone() };
        lives.spawn(caller.live(room.clone()));
    }
    while lives.join_next().await.is_some() {}
}

struct ScriptedCaller {
    phone: Phone,
    chance: Chance,
    manners: Manners,
}

impl ScriptedCaller {
    async fn live(mut self, room: Arc<Semaphore>) {
        loop {
            tokio::time::sleep(self.chance.moment(self.manners.rest.clone())).await;
            let Ok(_place) = room.acquire().await else { return };
            match self.visit().await {
                // The caller was not served, or the agent hung up first.
                Ok(()) | Err(PhoneError::Over(_)) => {}
                Err(why) => tracing::debug!(%why, "a simulated customer could not call"),
            }
        }
    }

    /// One call.
    async fn visit(&mut self) -> Result<(), PhoneError> {
        let Some(matter) = self.chance.pick(&MATTERS) else { return Ok(()) };
        let sentence = Say::wav(matter.sentence, Then::Silence)?;
        let patience = Instant::now() + self.chance.moment(self.manners.patience.clone());
        let mut headers = vec![(ORDER_HEADER, matter.order)];
        headers.extend(matter.asks_for.map(|whom| (ASKS_FOR_HEADER, whom)));
        let call = self.phone.call(ROUTING_POINT, Say::Silence, &headers).await?;
        if is_served(&call, patience).await? {
            call.say(sentence);
            let mut stay = self.chance.moment(self.manners.talk.clone());
            if matter.asks_for.is_some() {
                // They wait for a colleague, and then talk with them.
                stay += self.chance.moment(self.manners.talk.clone());
            }
            if tokio::time::timeout(stay, call.ended()).await.is_ok() {
                return Ok(());
            }
        }
        call.hang_up().await;
        Ok(())
    }
}

/// Waits until somebody is there: the call is answered and the hold tone is over. `false` when patience is over.
async fn is_served(call: &Call, patience: Instant) -> Result<bool, PhoneError> {
    let Ok(answered) = tokio::time::timeout_at(patience, call.answered()).await else { return Ok(false) };
    answered?;
    let mut quiet_since = Instant::now();
    while quiet_since.elapsed() < QUIET {
        if let CallState::Ended(ended) = call.state() {
            return Err(PhoneError::Over(ended.code));
        }
        if Instant::now() > patience {
            return Ok(false);
        }
        tokio::time::sleep(LISTEN).await;
        if call.heard().is_hold() {
            quiet_since = Instant::now();
        }
    }
    Ok(true)
}

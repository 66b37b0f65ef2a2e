//! How much customers may ask and write: those behind one address, each chat, and all who open chats of a service.
//!
//! Anybody who can reach the server can open a chat and write into it, and what is written is kept for months. So the
//! rate is bounded for each of them, by what it takes on the disk: a commit writes the snapshot of its
//! conversation again, whatever else it writes. Only those who have shown the key of a chat use up its rates.

use axum::extract::FromRequestParts;
use domain::{InteractionId, ServiceName, command::CustomerAct};
use edge::{Client, Network, Rate, Rates, TooMany};
use http::request::Parts;
use std::{convert::Infallible, num::NonZeroU32};

/// What is counted for a commit besides what was written and the user data of its conversation, in bytes: the rows of
/// its event, its message, its notifications and their indexes.
pub(super) const COMMIT_BYTES: u32 = 4 * 1024;

/// How much customers may ask and write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerLimits {
    /// New chats from one address. A company's customers may all come from one.
    pub chats: Rate,
    /// Requests from one address. A widget polls about once a second.
    pub requests: Rate,
    /// Bytes that one address makes the server write.
    pub bytes: Rate,
    /// Messages of one chat: words, links and notices.
    pub messages: Rate,
    /// Other commands of one chat that write: typing, previews, names, user data.
    pub signs: Rate,
    /// Bytes that one chat makes the server write.
    pub chat_bytes: Rate,
    /// New chats of one service, from wherever they come.
    pub service_chats: Rate,
}

impl Default for CustomerLimits {
    fn default() -> Self {
        Self {
            chats: rate(60, 60),
            // A hundred people behind one address whose widgets poll once a second.
            requests: rate(6_000, 3_000),
            // 200 KiB a second, or forty short messages: the journal writes up to three times as much.
            bytes: rate(60 * 200 * 1024, 4 * 1024 * 1024),
            messages: rate(60, 60),
            signs: rate(240, 120),
            // 64 KiB a second: a chat with as much user data as there can be still says something every second.
            chat_bytes: rate(60 * 64 * 1024, 512 * 1024),
            service_chats: rate(600, 600),
        }
    }
}

const fn rate(per_minute: u32, burst: u32) -> Rate {
    match (NonZeroU32::new(per_minute), NonZeroU32::new(burst)) {
        (Some(per_minute), Some(burst)) => Rate { per_minute, burst },
        _ => Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::MIN },
    }
}

/// Something was asked for too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Excess {
    why: &'static str,
    until: TooMany,
}

impl Excess {
    /// After how many seconds it may be asked for again.
    pub fn seconds(&self) -> u64 {
        self.until.seconds()
    }

    /// Counts it, once it is answered.
    pub fn count(&self) {
        refused(self.why);
    }

    /// What a customer is told.
    pub fn sentence(&self) -> String {
        format!("Too many requests; try again in {} s", self.seconds())
    }
}

/// Counts a customer who was refused because they asked for too much.
pub(super) fn refused(why: &'static str) {
    metrics::counter!("jackfield_customers_refused_total", "why" => why).increment(1);
}

/// Where a request comes from, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientNetwork(Option<Network>);

impl ClientNetwork {
    /// The network whose requests are counted together, if the address is known.
    pub const fn network(self) -> Option<Network> {
        self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientNetwork {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Client>().and_then(Client::network)))
    }
}

/// The rates of all customers.
pub(super) struct CustomerRates {
    chats: Bucket<Network>,
    requests: Bucket<Network>,
    bytes: Bucket<Network>,
    messages: Bucket<InteractionId>,
    signs: Bucket<InteractionId>,
    chat_bytes: Bucket<InteractionId>,
    service_chats: Bucket<ServiceName>,
}

impl CustomerRates {
    pub fn new(limits: &CustomerLimits) -> Self {
        Self {
            chats: Bucket::new("chats-of-address", limits.chats),
            requests: Bucket::new("requests-of-address", limits.requests),
            bytes: Bucket::new("bytes-of-address", limits.bytes),
            messages: Bucket::new("messages-of-chat", limits.messages),
            signs: Bucket::new("signs-of-chat", limits.signs),
            chat_bytes: Bucket::new("bytes-of-chat", limits.chat_bytes),
            service_chats: Bucket::new("chats-of-service", limits.service_chats),
        }
    }

    /// Forgets everybody whose rates are full again.
    pub fn tidy(&self) {
        for addresses in [&self.chats, &self.requests, &self.bytes] {
            addresses.rates.tidy();
        }
        for chats in [&self.messages, &self.signs, &self.chat_bytes] {
            chats.rates.tidy();
        }
        self.service_chats.rates.tidy();
    }

    /// Counts one request, whatever it asks for.
    pub fn ask(&self, origin: ClientNetwork) -> Result<(), Excess> {
        origin.0.map_or(Ok(()), |network| self.requests.take(&network, 1))
    }

    /// Counts a new chat. The rate of the service comes last, so that nobody uses it up with chats that their own
    /// address may not open.
    pub fn open(&self, origin: ClientNetwork, service: &ServiceName, bytes: u32) -> Result<(), Excess> {
        if let Some(network) = origin.0 {
            self.chats.take(&network, 1)?;
            self.bytes.take(&network, bytes)?;
        }
        self.service_chats.take(service, 1)
    }

    /// Counts what the customer of a chat does. `held` is the weight of the user data of the chat, in bytes.
    pub fn act(
        &self,
        origin: ClientNetwork,
        id: &InteractionId,
        act: &CustomerAct,
        held: u32,
    ) -> Result<(), Excess> {
        let Some(bytes) = act.bytes() else { return Ok(()) };
        let often = if act.is_message() { &self.messages } else { &self.signs };
        often.take(id, 1)?;
        let written = bytes.saturating_add(held).saturating_add(COMMIT_BYTES);
        self.chat_bytes.take(id, written)?;
        origin.0.map_or(Ok(()), |network| self.bytes.take(&network, written))
    }
}

/// A rate with its word in the metric.
struct Bucket<K> {
    why: &'static str,
    rates: Rates<K>,
    burst: NonZeroU32,
}

impl<K: std::hash::Hash> Bucket<K> {
    fn new(why: &'static str, rate: Rate) -> Self {
        Self { why, rates: Rates::new(rate), burst: rate.burst }
    }

    /// Takes so many. More than the bucket holds takes all of a full one, since everything that is allowed at all must
    /// be possible at some time.
    fn take(&self, key: &K, weight: u32) -> Result<(), Excess> {
        let weight = NonZeroU32::new(weight).unwrap_or(NonZeroU32::MIN).min(self.burst);
        self.rates.take(key, weight).map_err(|until| Excess { why: self.why, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::session::EndedBy;

    fn from(ip: &str) -> ClientNetwork {
        ClientNetwork(Client::at(ip.parse().expect("an address")).network())
    }

    fn allowance(change: impl FnOnce(&mut CustomerLimits)) -> CustomerRates {
        let mut limits = CustomerLimits::default();
        change(&mut limits);
        CustomerRates::new(&limits)
    }

    fn why(taken: Result<(), Excess>) -> &'static str {
        taken.map_or_else(|excess| excess.why, |()| "")
    }

    fn say(text: &str) -> CustomerAct {
        CustomerAct::Say { text: text.into(), message_type: None }
    }

    #[test]
    fn an_address_that_opened_its_chats_takes_none_of_anybody_elses() {
        let allowance = allowance(|limits| limits.chats = rate(1, 2));
        let service = ServiceName::from("help");
        assert_eq!(why(allowance.open(from("192.0.2.1"), &service, 1)), "");
        assert_eq!(why(allowance.open(from("192.0.2.1"), &service, 1)), "");
        assert_eq!(why(allowance.open(from("192.0.2.1"), &service, 1)), "chats-of-address");
        assert_eq!(why(allowance.open(from("192.0.2.2"), &service, 1)), "");
    }

    #[test]
    fn many_addresses_together_open_no_more_than_the_service_takes() {
        let allowance = allowance(|limits| limits.service_chats = rate(1, 2));
        let open = |ip: &str, service: &str| why(allowance.open(from(ip), &service.into(), 1));
        assert_eq!([open("192.0.2.1", "help"), open("192.0.2.2", "help")], ["", ""]);
        assert_eq!(open("192.0.2.3", "help"), "chats-of-service");
        assert_eq!(open("192.0.2.3", "sales"), "");
    }

    #[test]
    fn who_cannot_be_told_from_others_is_held_to_the_totals_alone() {
        let allowance = allowance(|limits| {
            (limits.chats, limits.requests, limits.service_chats) = (rate(1, 1), rate(1, 1), rate(1, 3));
        });
        let nobody = ClientNetwork(None);
        assert!((0..9).all(|_| allowance.ask(nobody).is_ok()));
        assert!((0..3).all(|_| allowance.open(nobody, &"help".into(), 1).is_ok()));
        assert_eq!(why(allowance.open(nobody, &"help".into(), 1)), "chats-of-service");
    }

    #[test]
    fn messages_signs_and_bytes_of_a_chat_are_counted_apart() {
        let allowance = allowance(|limits| {
            (limits.messages, limits.signs, limits.chat_bytes) = (rate(1, 1), rate(1, 1), rate(1, 10_000));
        });
        let act = |id: &str, act: &CustomerAct| why(allowance.act(from("192.0.2.1"), &id.into(), act, 0));
        assert_eq!([act("a", &say("x")), act("a", &say("x"))], ["", "messages-of-chat"]);
        let typing = CustomerAct::Type { on: true, text: None };
        assert_eq!([act("a", &typing), act("a", &typing)], ["", "signs-of-chat"]);
        let long = say(&"\u{1}".repeat(1_700));
        assert_eq!([act("b", &long), act("b", &typing)], ["", "bytes-of-chat"]);
        assert_eq!(act("a", &CustomerAct::Leave(EndedBy::Customer)), "");
    }

    #[test]
    fn many_chats_of_one_address_write_no_more_together_than_one_address_may() {
        let allowance = allowance(|limits| limits.bytes = rate(1, 3 * COMMIT_BYTES));
        let act = |id: &str, held| why(allowance.act(from("192.0.2.1"), &id.into(), &say("x"), held));
        assert_eq!([act("a", 0), act("b", 0), act("c", 0)], ["", "", "bytes-of-address"]);
        assert_eq!(why(allowance.act(from("192.0.2.2"), &"d".into(), &say("x"), 3 * COMMIT_BYTES)), "");
        let again = why(allowance.act(from("192.0.2.2"), &"e".into(), &say("x"), 0));
        assert_eq!(again, "bytes-of-address", "the user data of a chat is written again with each message");
    }

    #[test]
    fn what_is_more_than_a_bucket_holds_comes_through_when_it_is_full() {
        let allowance = allowance(|limits| limits.chat_bytes = rate(1, 1_000));
        let act = || why(allowance.act(ClientNetwork(None), &"a".into(), &say(&"x".repeat(30_000)), 0));
        assert_eq!([act(), act()], ["", "bytes-of-chat"]);
    }
}

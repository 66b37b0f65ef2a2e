//! What is looked for, and what is found.

use super::{
    super::message::{Head, end_of_head},
    description::{SdpSummary, summary},
    kept::{Kept, KeptMessage},
    leg::LegRecord,
};
use crate::{
    media::Stats,
    sip::{
        address::{self, Address},
        flow::Flow,
        held,
    },
};
use domain::{
    InteractionId,
    call::{Dn, LegId},
};
use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// The most bytes of messages that one answer has; the newest count.
const MOST: usize = 16 << 20;
/// Headers that say who calls.
const CALLERS: [&str; 4] = ["From", "P-Asserted-Identity", "Remote-Party-ID", "P-Preferred-Identity"];

/// Whose messages are looked for.
#[derive(Clone, Debug)]
pub enum SipTraceQuery {
    /// Those of all legs of these interactions.
    Call(Vec<InteractionId>),
    /// Those from and to the phones of a number: registrations and its own legs.
    Phone(Dn),
    /// Those of calls from a number, with all legs. Separators and a `+` in numbers do not count.
    Caller(String),
}

/// What was found.
#[derive(Debug, Default)]
pub struct SipTrace {
    /// The messages, in their order.
    pub messages: Vec<TracedMessage>,
    /// The legs that they belong to.
    pub legs: Vec<TracedLeg>,
    /// How many older messages were left out, because there are too many.
    pub left_out: usize,
}

/// A message of SIP.
#[derive(Clone, Debug)]
pub struct TracedMessage {
    /// How long ago it came or went.
    pub age: Duration,
    /// Whether it came in.
    pub came: bool,
    /// `udp`, `tcp`, `tls` or `ws`.
    pub transport: &'static str,
    /// The other end.
    pub peer: SocketAddr,
    /// Our address, as the other end sees it.
    pub ours: SocketAddr,
    /// The leg of ours that it belongs to, if it does.
    pub leg: Option<LegId>,
    /// Its Call-ID.
    pub call_id: String,
    /// The start line.
    pub start: String,
    /// The value of `CSeq`: `1 INVITE`.
    pub cseq: String,
    /// The user or number in From.
    pub from: Option<String>,
    /// The user or number in To.
    pub to: Option<String>,
    /// Its session description.
    pub sdp: Option<SdpSummary>,
    /// The media type of its body.
    pub content_type: Option<String>,
    /// What was kept of it: masked, cut if it was long, and of its body a session description only.
    pub text: Vec<u8>,
    /// How many bytes it had with what was not kept.
    pub length: usize,
}

/// A leg of a call.
#[derive(Clone, Debug)]
pub struct TracedLeg {
    /// The leg.
    pub leg: LegId,
    /// The number of its phone, if it is one of ours.
    pub phone: Option<Dn>,
    /// Whether it goes on.
    pub is_live: bool,
    /// The figures of its sound.
    pub stats: Stats,
    /// How long ago a packet of sound came from it, if one ever did.
    pub heard: Option<Duration>,
}

/// A message with its head read.
struct Read {
    kept: Arc<KeptMessage>,
    head: Head,
}

/// Looks for messages. The lock is held only to list them: reading takes long.
pub(super) fn search(
    kept: &Mutex<Kept>,
    query: &SipTraceQuery,
    ours: impl Fn(Flow) -> SocketAddr,
) -> SipTrace {
    let all = held(kept).messages();
    let legs_of = |wanted: &dyn Fn(&LegId, &LegRecord) -> bool| held(kept).legs(wanted);
    let mut found: BTreeSet<Arc<str>> = BTreeSet::new();
    let legs = match query {
        SipTraceQuery::Call(calls) => legs_of(&|leg, _| calls.contains(&leg.call)),
        SipTraceQuery::Phone(dn) => {
            found.extend(
                all.iter().filter(|message| is_of(message, dn)).map(|message| message.call_id.clone()),
            );
            legs_of(&|_, leg| {
                leg.phone.as_ref() == Some(dn) || leg.call_ids.iter().any(|id| found.contains(id))
            })
        }
        SipTraceQuery::Caller(number) => {
            let number = bare(number);
            if !number.is_empty() {
                let calls = all.iter().filter(|message| is_from(message, &number));
                found.extend(calls.map(|message| message.call_id.clone()));
            }
            let first = legs_of(&|_, leg| leg.call_ids.iter().any(|id| found.contains(id)));
            let calls: BTreeSet<InteractionId> = first.into_iter().map(|(leg, _)| leg.call).collect();
            legs_of(&|leg, _| calls.contains(&leg.call))
        }
    };
    found.extend(legs.iter().flat_map(|(_, leg)| leg.call_ids.iter().cloned()));
    let owner: HashMap<&str, &LegId> =
        legs.iter().flat_map(|(leg, record)| record.call_ids.iter().map(move |id| (&**id, leg))).collect();

    let mut bytes = 0;
    let wanted: Vec<_> = all.into_iter().filter(|message| found.contains(&message.call_id)).collect();
    let fitting = wanted.iter().rev().take_while(|message| {
        bytes += message.bytes.len();
        bytes <= MOST
    });
    let left_out = wanted.len() - fitting.count();
    let now = Instant::now();
    let messages = wanted.into_iter().skip(left_out).filter_map(Read::of).map(|read| {
        let leg = owner.get(&*read.kept.call_id).copied().cloned();
        let ours = ours(read.kept.flow);
        read.told(now, leg, ours)
    });
    let messages = messages.collect();
    let legs = legs.into_iter().map(|(leg, record)| {
        let stats = record.stats();
        let heard = stats.heard.map(|at| now - at);
        TracedLeg { leg, is_live: record.is_live(), phone: record.phone, stats, heard }
    });
    SipTrace { messages, legs: legs.collect(), left_out }
}

impl Read {
    fn of(kept: Arc<KeptMessage>) -> Option<Self> {
        // The head of a long message may be cut in the middle of a letter.
        let end = end_of_head(&kept.bytes).unwrap_or(kept.bytes.len());
        let text = String::from_utf8_lossy(kept.bytes.get(..end)?);
        let head = Head::read(text.as_bytes())?;
        Some(Self { kept, head })
    }

    fn user(&self, name: &str) -> Option<String> {
        Address::first(self.head.find(name)?)?.user()
    }

    fn told(self, now: Instant, leg: Option<LegId>, ours: SocketAddr) -> TracedMessage {
        let (from, to) = (self.user("From"), self.user("To"));
        let Self { kept, head } = self;
        let body = end_of_head(&kept.bytes).and_then(|end| kept.bytes.get(end + 4..)).unwrap_or_default();
        TracedMessage {
            age: now - kept.at,
            came: kept.came,
            transport: kept.flow.transport(),
            peer: kept.flow.peer,
            ours,
            leg,
            call_id: kept.call_id.to_string(),
            cseq: head.find("CSeq").unwrap_or_default().to_owned(),
            from,
            to,
            sdp: summary(body),
            content_type: head.find("Content-Type").map(str::to_owned),
            text: kept.bytes.clone(),
            length: kept.length,
            start: head.start,
        }
    }
}

/// Whether a message is from or to a phone of this number.
fn is_of(message: &Arc<KeptMessage>, dn: &Dn) -> bool {
    let Some(read) = Read::of(message.clone()) else { return false };
    let target = read.head.start.split(' ').nth(1).and_then(address::user);
    [read.user("From"), read.user("To"), target].into_iter().flatten().any(|user| user == dn.as_str())
}

/// Whether a message is of a call from this number, which has no separators.
fn is_from(message: &Arc<KeptMessage>, number: &str) -> bool {
    let Some(read) = Read::of(message.clone()) else { return false };
    let is_a_call = read.head.find("CSeq").is_some_and(|cseq| cseq.ends_with(" INVITE"));
    let users = CALLERS.iter().flat_map(|name| read.head.all(name)).flat_map(Address::all);
    is_a_call && users.filter_map(|who| who.user()).any(|user| bare(&user) == number)
}

/// A number without what may stand in it or not.
fn bare(number: &str) -> String {
    number.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')' | ' ' | '+')).collect()
}

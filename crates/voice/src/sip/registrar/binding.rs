//! One binding: where a phone is.

use super::Contact;
use crate::sip::{flow::Flow, origin::Origin};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU8, Ordering},
};
use std::time::Duration;
use tokio::time::Instant;

/// Where a phone is: its contact, and the flow that its REGISTER came over. Requests go to the flow, whatever the
/// contact's host says (voice-sip §3).
#[derive(Clone, Debug)]
pub(in crate::sip) struct Binding {
    /// Which; names of bindings are not used twice.
    pub serial: u64,
    /// The URI of the Contact, as it came.
    pub contact: String,
    /// What the REGISTER came over.
    pub flow: Flow,
    /// Who sent it: behind an edge, whom that named; else the other end of the flow.
    pub sender: Flow,
    /// Others may come over the flow, too: the REGISTER did not come straight from the phone.
    pub shared: bool,
    /// The entries of its Path, which requests for the phone have as Route (RFC 3327 §5.3). Only an edge's is kept.
    pub path: Vec<String>,
    /// The `Call-ID` and `CSeq` of that REGISTER.
    pub call_id: String,
    pub cseq: u32,
    /// `+sip.instance` (RFC 5626 §4.1).
    pub instance: Option<String>,
    /// When it ends.
    pub expires: Instant,
    /// The source is not what the Contact says, over datagrams: a router is between and forgets.
    pub behind_nat: bool,
    /// When it is to be asked whether it is there.
    pub ask_at: Instant,
    /// What was learned of the phone, for as long as it refreshes.
    pub ways: Arc<Ways>,
}

/// What is known of a phone besides its registration.
#[derive(Debug, Default)]
pub(in crate::sip) struct Ways {
    /// It said that it knows `Event: talk`.
    pub talks: AtomicBool,
    /// It refused to be made to answer by it.
    pub refused_talk: AtomicBool,
    /// It rang on when it was called with the headers for answering by itself: it is answered by hand.
    pub by_hand: AtomicBool,
    /// How often it did not answer OPTIONS.
    unanswered: AtomicU8,
}

impl Ways {
    /// It answered.
    pub fn answered(&self) {
        self.unanswered.store(0, Ordering::Relaxed);
    }

    /// It did not answer; how often now.
    pub fn missed(&self) -> u8 {
        self.unanswered.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }
}

impl Binding {
    pub fn new(
        serial: u64,
        ways: Arc<Ways>,
        contact: Contact,
        (call_id, cseq): (&str, u32),
        (origin, path): (Origin, &[String]),
        now: Instant,
    ) -> Self {
        ways.answered();
        if contact.talks {
            ways.talks.store(true, Ordering::Relaxed);
        }
        Self {
            serial,
            contact: contact.uri,
            flow: origin.flow,
            sender: origin.sender,
            shared: !origin.is_direct(),
            path: path.to_vec(),
            call_id: call_id.to_owned(),
            cseq,
            instance: contact.instance,
            expires: now + contact.expires,
            behind_nat: contact.elsewhere && !origin.flow.is_stream(),
            ask_at: now + Duration::from_secs(1),
            ways,
        }
    }

    /// Whether requests go to an edge, which passes them on.
    pub fn is_forwarded(&self) -> bool {
        self.sender != self.flow || !self.path.is_empty()
    }
}

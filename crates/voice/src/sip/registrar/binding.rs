//! One binding: where a phone is.

use super::{life::BindingLife, register_request::Contact};
use crate::sip::{flow::Flow, origin::RequestOrigin};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};
use tokio::time::Instant;

/// Where a phone is: its contact, and the flow that its REGISTER came over. Requests go to the flow, whatever the
/// contact's host says (spec: voice-sip#3).
#[derive(Clone, Debug)]
pub(in crate::sip) struct Binding {
    /// Its name; names of bindings are not used twice.
    pub serial: u64,
    /// The URI of the Contact, as it came.
    pub contact: String,
    /// The flow of the REGISTER.
    pub flow: Flow,
    /// The sender: behind an edge, the one that the edge names; else the other end of the flow.
    pub sender: Flow,
    /// Whether others may come over the flow, too: the REGISTER did not come straight from the phone.
    pub shared: bool,
    /// The entries of its Path, which requests to the phone have as Route (RFC 3327 §5.3). Only an edge's is kept.
    pub path: Vec<String>,
    /// The `Call-ID` and `CSeq` of that REGISTER.
    pub call_id: String,
    pub cseq: u32,
    /// `+sip.instance` (RFC 5626 §4.1).
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626 §4.2).
    pub reg_id: Option<u32>,
    /// Whether the source differs from the Contact, over datagrams: a router is between and forgets.
    pub behind_nat: bool,
    /// How sure it is that the phone is there, and until when.
    pub life: BindingLife,
    /// What was learned about the phone, for as long as it refreshes.
    pub ways: Arc<Ways>,
    /// When its row was last updated.
    pub noted: Instant,
}

/// What is known of a phone apart from its registration.
#[derive(Debug, Default)]
pub(in crate::sip) struct Ways {
    /// It said that it knows `Event: talk`.
    pub talks: AtomicBool,
    /// It refused to be made to answer by it.
    pub refused_talk: AtomicBool,
    /// It rang on when it was called with the headers for answering by itself: it is answered by hand.
    pub by_hand: AtomicBool,
}

impl Binding {
    /// A phone registered: again under the name `serial`, or in place of `before`. One behind a router is asked
    /// `every` so often whether it is there.
    pub fn new(
        (serial, before): (u64, Option<Self>),
        contact: Contact,
        (call_id, cseq): (&str, u32),
        (origin, path): (RequestOrigin, &[String]),
        every: Duration,
        now: Instant,
    ) -> Self {
        let behind_nat = contact.elsewhere && !origin.flow.is_stream();
        let life = before.as_ref().map(|before| &before.life);
        let life = BindingLife::registered(now + contact.expires, behind_nat.then_some(every), life, now);
        let (serial, ways, noted) = before.map_or_else(
            || (serial, Arc::default(), now),
            |before| (before.serial, before.ways, before.noted),
        );
        if contact.talks {
            ways.talks.store(true, std::sync::atomic::Ordering::Relaxed);
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
            reg_id: contact.reg_id,
            behind_nat,
            life,
            ways,
            noted,
        }
    }

    /// Whether a contact is about it: one with its URI, or of its instance. A phone that was started again comes with
    /// another contact and the same instance (RFC 5626 §6).
    pub fn is_meant_by(&self, contact: &Contact) -> bool {
        contact.uri == self.contact || (contact.instance.is_some() && contact.instance == self.instance)
    }

    /// Whether requests go to an edge, which passes them on.
    pub fn is_forwarded(&self) -> bool {
        self.sender != self.flow || !self.path.is_empty()
    }

    /// Whether another binding says the same of the phone, apart from how long it holds.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |binding: &Self| {
            (binding.serial, binding.flow, binding.sender, binding.behind_nat, binding.reg_id)
        };
        of(self) == of(other)
            && self.contact == other.contact
            && self.call_id == other.call_id
            && self.instance == other.instance
            && self.path == other.path
    }
}

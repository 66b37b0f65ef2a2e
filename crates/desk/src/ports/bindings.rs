//! Where phones are, kept for the next process: rows that are not history.

use super::StoreFault;
use domain::{Millis, call::Dn};
use futures::future::BoxFuture;

/// A binding: where a phone of a number is (RFC 3261 §10.3). Requests to the phone go to `received`, over
/// `transport`, with `contact` as the Request-URI and by way of `path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingRow {
    /// The number.
    pub dn: Dn,
    /// The URI of the Contact, as it came. A number has one binding of a URI.
    pub contact: String,
    /// `+sip.instance` (RFC 5626 §4.1).
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626 §4.2).
    pub reg_id: Option<u32>,
    /// Entries of `Path` (RFC 3327) as they came, the one nearest to us first.
    pub path: Vec<String>,
    /// What the REGISTER came over: `udp`, `tcp`, `tls`, `ws`.
    pub transport: String,
    /// Where the REGISTER came from: address and port.
    pub received: String,
    /// Who sent it, as `transport:address:port`: the source that an edge names, else the other end of the connection.
    pub sender: String,
    /// When it ends, in awake time ([`crate::Desk::awake`]).
    pub expires: Millis,
    /// `Call-ID` of the newest REGISTER.
    pub call_id: String,
    /// Its `CSeq`.
    pub cseq: u32,
    /// The phone announced `Event: talk`.
    pub talks: bool,
    /// The phone refused to be made to answer by `Event: talk`.
    pub refused_talk: bool,
    /// The phone rings on when it is called with the headers for answering by itself.
    pub by_hand: bool,
}

/// Keeps bindings from one process to the next: the desk in the journal's database, a test in memory.
pub trait Bindings: Send + Sync + 'static {
    /// Now in awake time, in which bindings end: it leaves out what passed while no phone could be heard.
    fn awake(&self) -> Millis;

    /// Every binding that is kept, those of one number together, in the order in which they were given.
    fn kept(&self) -> BoxFuture<'_, Result<Vec<BindingRow>, StoreFault>>;

    /// From now on these are the bindings of these numbers, and there are no others of them; an empty list takes them
    /// out. All of it or nothing, durable when it answers.
    fn keep(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> BoxFuture<'_, Result<(), StoreFault>>;
}

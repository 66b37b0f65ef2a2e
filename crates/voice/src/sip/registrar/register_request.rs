//! The content of a REGISTER, and of its answer.

use crate::sip::{flow::Flow, origin::RequestOrigin};
use rsipstack::sip::Uri;
use std::{net::SocketAddr, time::Duration};

/// The content of a REGISTER.
#[derive(Clone, Debug)]
pub(in crate::sip) struct RegisterRequest {
    /// `Contact: *`: removes all bindings.
    pub all: bool,
    pub contacts: Vec<Contact>,
    pub call_id: String,
    pub cseq: u32,
    pub origin: RequestOrigin,
    /// The entries of Path, in order.
    pub path: Vec<String>,
}

/// One contact of it.
#[derive(Clone, Debug)]
pub(in crate::sip) struct Contact {
    pub uri: String,
    pub instance: Option<String>,
    pub reg_id: Option<u32>,
    /// 0 removes it.
    pub expires: Duration,
    /// Whether its host is not where the message came from.
    pub elsewhere: bool,
    /// Whether the phone announced `Event: talk`.
    pub talks: bool,
}

/// Whether the host of a contact is not where the message came from.
pub(super) fn is_elsewhere(contact: &Uri, sender: Flow) -> bool {
    SocketAddr::try_from(contact.host_with_port.clone()).ok() != Some(sender.peer)
}

/// Why a registration changes nothing.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sip) enum RegisterRefusal {
    /// Shorter than we take: 423.
    TooBrief,
    /// An old message came again: 500 (RFC 3261 §10.3 step 7).
    OutOfOrder,
    /// It makes no sense: 400.
    Malformed,
}

/// A contact as the answer to REGISTER lists it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sip) struct Listed {
    pub contact: String,
    pub remaining: Duration,
}

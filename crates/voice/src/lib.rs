//! Calls: a SIP registrar, a back-to-back user agent with anchored media, behind the port `Switch`.

mod listener;
mod lock;
pub mod media;
mod settings;
mod sip;

pub use listener::Listener;
pub use settings::{
    Algorithm, Carrier, Challenge, Limits, Listen, Network, PhoneAccount, Profile, Settings, Timers,
    TlsIdentity, Transport,
};
pub use sip::{SdpSummary, SipTrace, SipTraceQuery, StartError, TracedLeg, TracedMessage, Voice};

/// What the log should hold of the SIP library by default. Below `warn` it writes whole messages, with
/// credentials and what callers say of themselves; and messages that anybody may send us are no reason for a warning.
pub const LOG_FILTER: &str =
    "rsipstack=warn,rsipstack::transaction::endpoint=error,rsipstack::transport=error";

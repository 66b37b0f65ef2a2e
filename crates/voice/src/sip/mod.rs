//! Signalling: transports, registrar, dialogs. No type of the SIP library leaves this module.
//!
//! ```text
//!  socket ─▶ gate ─▶ library ─▶ request ─┬─ REGISTER ─▶ registrar ─▶ Listener::in_service
//!                                        ├─ INVITE ─▶ admit ─▶ call ─▶ a leg ─▶ Listener::arrived
//!                                        └─ of a dialog ─▶ the library's dialog ─▶ its leg
//!  perform ─▶ a leg ─▶ dialog, stream ─▶ Listener::heard
//! ```
//!
//! A leg is one task that owns its dialog, its stream and all news of it. Nothing else writes to them, so everything
//! that happens to a leg happens in one order. It never waits for the network: slow work is a task of its own, whose
//! outcome comes back as one more event.

mod address;
mod admit;
mod call;
mod causes;
mod core;
mod digest;
mod escape;
mod flow;
mod headers;
mod info;
mod leg;
mod limits;
mod origin;
mod phone_legs;
mod reasons;
mod refer_to;
mod registrar;
mod reply;
mod request;
mod transport;
mod voice;

pub use transport::{SdpSummary, SipTrace, SipTraceQuery, StartError, TracedLeg, TracedMessage};
pub use voice::Voice;

use crate::lock::held;

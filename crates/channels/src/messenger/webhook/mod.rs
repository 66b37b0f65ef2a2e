//! Deliveries of the webhook (spec: channel-connectors#2.3, #2.4).
//!
//! A delivery holds entries, an entry holds events, and each may hold several. [`decode`] turns it into a flat list of
//! units, in the order in which they came. A unit that cannot be read says why and affects no other: its text is kept,
//! so that it can be set aside and read again later. Fields that are not known are passed over; a kind that is not
//! known is named.

mod attachment;
mod envelope;
mod event;
mod halves;
mod identity;
mod message;
mod poison;
mod shape;
mod signal;
mod unit;

pub use attachment::{Attachment, AttachmentKind, Location};
pub use envelope::{MAX_BODY_BYTES, decode};
pub use event::{Happening, WebhookEvent};
pub use identity::UnitIdentity;
pub use message::{Echo, ReceivedMessage};
pub use signal::{Control, Optin, PolicyNotice, Postback, Reaction, Referral, ThreadControl};
pub use unit::Unit;

//! The server side of the Bayeux protocol (CometD) as a sans-I/O state machine.
//!
//! Nothing here opens a socket, reads a clock, draws a random number or waits. The host hands in parsed
//! messages, the time and fresh randomness; the [`Hub`] answers with replies, and with [`Hold`]s for the
//! connects that wait. So every rule can be tested by a call, and any server can be built around it.
//!
//! # The ack number is a mailbox position
//!
//! Every principal (user) has a *mailbox* kept by the host: notes at growing `u64` positions, gaps
//! allowed. The number a client with the ack extension echoes in each connect is the position up to which
//! it has everything. The process that serves the next connect, be it this one, another node or the one after a
//! restart, delivers the notes after that number: a lost answer, a cut connection or a dead node loses
//! nothing and doubles nothing. The hub holds no notes and no queues, only positions.
//!
//! * `start`: where the session began. A client that has received nothing yet sends 0 or -1.
//! * `cursor`: how far notes were sent. All that is known of a client without the extension, which
//!   therefore gets each note at most once and cannot survive its process.
//! * `acked`: how far the client has confirmed. [`Hub::low_water`] is the lowest of a principal's
//!   sessions: below it the mailbox can be trimmed.
//!
//! # What is in no mailbox
//!
//! States that are only worth telling while they last need no position and no disk. [`Hub::broadcast`] and
//! [`Hub::tell`] give a [`Volatile`] message to the sessions that subscribe to its channel: a held connect
//! is woken, for others the latest of each subject waits for the next connect. Each session gets it at
//! most once, and no acknowledgement number moves for it: a lost reply loses it, also with the ack
//! extension. A session hears what comes after its handshake or adoption, never what was before.
//!
//! # How a host drives it
//!
//! One `Hub` in one mutex, held for the calls below and never while waiting or writing.
//!
//! 1. [`parse`] the body; each [`Malformed`] names its HTTP answer and WebSocket close code.
//! 2. With several nodes: for each of [`named_sessions`] the hub does not [know](Hub::knows), look for its
//!    [`SessionRecord`] and [`Hub::adopt`] it; adopt again when another node has changed the record, the newer
//!    revision counts. A host with one node adopts all records when it starts, and at no other time.
//! 3. [`Hub::receive`] the batch with its [`RequestContext`]. A [`BatchRefused`] is HTTP 500.
//! 4. Under the same lock: [`Hub::take_released`], and wake the tasks waiting on those holds; register
//!    the new hold to be woken so; [`Hub::take_changes`], to be durable before any answer leaves.
//! 5. Write the [`MessageAnswer`]s in order. On a WebSocket each reply goes at once; in an HTTP response all of
//!    them wait for the [`Hold`], if there is one. A handshake's [`Reply::set_browser`] is a cookie to set.
//! 6. For a [`Hold`]: register for the principal's new mail *first*, then read the notes after
//!    [`Hold::after`], keep those [`Subscriptions::pick`] gives a channel for (ask [`Hub::listening`] again
//!    before each reading), and remember how far was looked.
//!    * Some are left, or [`Hub::is_due`]: under one lock [`Hub::take_volatile`], and [`Hub::complete`] it
//!      with the position looked at. [`Completed`] says what to write; [`Response`] assembles the bytes.
//!    * Neither: wait for mail, for [`Hold::until`] or to be woken, and read again from where was looked.
//!    * The hold [`pushes`](Hold::pushes) (WebSocket without acks) and is not due: `take_volatile` and
//!      [`Hub::pushed`], then send the events as their own frame and keep waiting.
//!    * The connection is gone: [`Hub::abandon`] it. Do so when the waiting task is dropped, too.
//! 7. Every second or so: [`Hub::sweep`], then `take_changes`. Every few seconds: write [`Hub::take_acks`]
//!    and trim mailboxes to their low water. A session whose mailbox grew too long is told to begin again
//!    by [`Hub::remove`] with [`Reconnect::Handshake`].
//! 8. To stop: [`Hub::drain`], wake what was released, let the answers out.
//!
//! ```
//! use std::sync::Arc;
//! use bayeux::*;
//!
//! let mut hub = Hub::new(Config::default());
//! let mut send = |hub: &mut Hub, body: &str| {
//!     let caller = RequestContext {
//!         principal: Arc::from("agent1"),
//!         login: None,
//!         browser: Some("cookie"),
//!         vouched: false,
//!         transport: Transport::LongPolling,
//!         now: 1_000,
//!         start: 40,
//!         head: 40,
//!         fresh: Fresh { session: 0xfeed, browser: 0xbeef }, // random in earnest
//!         admission: Admission::Granted,
//!         may_subscribe: &|_| true,
//!     };
//!     hub.receive(parse(body.as_bytes()).unwrap(), &caller).unwrap().remove(0)
//! };
//!
//! let MessageAnswer::Reply(reply) = send(&mut hub, r#"{"channel":"/meta/handshake","ext":{"ack":true}}"#) else {
//!     unreachable!()
//! };
//! let id = reply.opened().unwrap().clone();
//! send(&mut hub, &format!(r#"{{"channel":"/meta/subscribe","clientId":"{id}","subscription":"/news"}}"#));
//! let connect = format!(r#"{{"channel":"/meta/connect","clientId":"{id}","ext":{{"ack":0}}}}"#);
//! let MessageAnswer::Hold(hold) = send(&mut hub, &connect) else { unreachable!() };
//! assert_eq!((hold.after(), hold.until()), (40, 1_000)); // a first connect is answered at once
//!
//! let mut response = Response::new();
//! let listens = hub.listening(&hold).unwrap();
//! if let Some(channel) = listens.pick(&["/news"]) {
//!     response.event(channel, br#"{"headline":"rain"}"#); // the note at position 43
//! }
//! if let Completed::Deliver(reply) = hub.complete(hold, 43, 1_001) {
//!     response.reply(&reply);
//! }
//! assert_eq!(
//!     String::from_utf8(response.finish()).unwrap(),
//!     r#"[{"channel":"/news","data":{"headline":"rain"}},{"channel":"/meta/connect","successful":true,"ext":{"ack":43}}]"#
//! );
//! ```
//!
//! # What it does not do
//!
//! Clients only listen: a publish is refused. Charsets, body sizes, cookies' syntax, JSONP, CORS and TLS
//! are the host's. There are no lazy channels and no queue limits, because there are no queues.
//!
//! `spec: bayeux-conformance#57` in this documentation is item 57 of the checklist in
//! `docs/spec/bayeux-conformance.md`.
#![forbid(unsafe_code)]

mod caller;
mod channel;
mod config;
mod farewell;
mod hold;
mod hub;
mod message;
mod parse;
mod presence;
mod reconnect;
mod reply;
mod response;
mod session;
mod subscriptions;
pub mod text;
mod volatile;

pub use caller::{Admission, Fresh, RequestContext, Transport};
pub use config::Config;
pub use farewell::without_login;
pub use hold::{Completed, Hold, Released};
pub use hub::{BatchRefused, Hub, MessageAnswer, Sizes, Totals};
pub use message::{Ack, AskedAdvice, Ext, RequestMessage, Subscription, TimeSync, named_sessions};
pub use parse::{MAX_BATCH, Malformed, parse};
pub use presence::Presence;
pub use reconnect::Reconnect;
pub use reply::{Advice, Reply};
pub use response::Response;
pub use session::{Acked, ClientId, SessionChange, SessionEndReason, SessionRecord};
pub use subscriptions::Subscriptions;
pub use volatile::Volatile;

//! The demo's own SMS provider and Messenger platform, and customers who write over them.
//!
//! The connectors of the server talk to these as they would to the real ones: over HTTP, with the same fields,
//! signatures and codes. The server mounts [`Platforms::router`] below [`MOUNT`] and runs [`Platforms::run`]
//! beside it, which delivers the webhooks; [`Platforms::customers`] fills both with people.
//!
//! ```text
//!             ┌── POST …/Messages.json, …/messages ──▶ router ─▶ arrivals ─▶ customers
//!  connectors │                                          │                      │
//!             └◀── run: sign, hold, double, repeat ◀── outbox ◀─────────────────┘ ◀── say
//! ```
//!
//! # Trying it out
//!
//! ```text
//! curl -X POST localhost:8080/simulators/say -H 'content-type: application/json' \
//!      -d '{"platform":"sms","from":"+15550299","text":"Where is my parcel?"}'
//! curl -X POST localhost:8080/simulators/say -H 'content-type: application/json' \
//!      -d '{"platform":"messenger","from":"5001","name":"Zoe Quinn","text":"Are you open today?"}'
//! curl 'localhost:8080/simulators/log?platform=sms'
//! ```
//!
//! `say` takes one saying or an array of up to 40. All of an array on Messenger come in one webhook. Members:
//!
//! | member | meaning |
//! | --- | --- |
//! | `platform`, `from` | `sms` with a number like `+15550299`, or `messenger` with a PSID of up to 32 digits |
//! | `text` | the words. A number's `STOP`, `START`, `HELP` mean the same to the provider as in real life |
//! | `media` | the address of an image that goes with them |
//! | `copies` | how often the webhook is delivered at the same moment, up to 16; else by chance |
//! | `signature` | `good`, `bad`, `missing` |
//! | `name` | Messenger: first and last name in the profile, which is refused for people without |
//! | `attachment`, `sticker` | Messenger: type of the `media` if not `image`; number of a sticker |
//! | `quick_reply`, `postback` | Messenger: payload; `text` is what was tapped |
//! | `read` | Messenger: `true` when everything was read, and nothing said |
//! | `by_page` | Messenger: `true` when the page's own inbox said `text` to `from` |
//! | `standby` | Messenger: `true` when another app owns the thread |
//! | `ago` | Messenger: how many seconds ago it was; the messaging window counts from then |
//!
//! `log` lists the newest 1000 calls of the server and tries of webhooks, of one `platform` or `person` or of all.
//!
//! # What goes wrong by chance
//!
//! A fifth of the webhooks come twice at the same moment, a twentieth is overtaken by later ones, and an echo often
//! comes before the answer to its send; see [`WebhookFaults`] and [`MessengerSettings::echo_first`]. A webhook that
//! fails is repeated with growing pauses or after what `Retry-After` says. The page's webhooks begin once the server
//! has answered their verification.
//!
//! # What goes wrong on request
//!
//! An SMS to a number with this end:
//!
//! | end | what happens |
//! | --- | --- |
//! | `0001` | refused, 21610: opted out |
//! | `0002` | accepted, then `sent`, then `undelivered` with 30003 |
//! | `0003` | accepted, then `failed` with 30007: filtered |
//! | `0004` | HTTP 500, not sent |
//! | `0005` | sent, but the connection is closed without an answer |
//! | `0006` | each text is refused once with 429 and 20429, then sent |
//! | `0007` | sent, and `delivered` is reported before `sent` |
//! | `0008` | refused, 21211: no such number |
//!
//! A message to a person whose PSID ends so, or with this word in the text:
//!
//! | word | end | what happens |
//! | --- | --- | --- |
//! | `#190` | `0190` | the token is dead |
//! | `#551`, `#1545041` | `0551`, `5041` | 551, or 200/1545041: the person cannot be reached |
//! | `#2018278`, `#2018300` | `8278`, `8300` | 10 with this subcode: window closed, thread owned by another app |
//! | `#2018001`, `#2018109` | `8001`, `8109` | 100 with this subcode: no such person, attachment too large |
//! | `#100`, `#200`, `#368`, `#2022` | `0100`, `0200`, `0368`, `2022` | this code |
//! | `#2`, `#613`, `#2018022` | `0002`, `0613`, `8022` | each text is refused once with 2, 613 or 4/2018022, then sent |
//! | `#1357046` | `7046` | 1/1357046: reported as failed, but sent |
//! | `#500` | `0500` | each text is answered 500 once and not sent, then sent |
//! | `#500sent` | `0501` | answered 500, but sent |
//! | `#hangup` | `0502` | sent, but the connection is closed without an answer |
//! | `#usage85`, `#usage100` | `0085`, `0099` | sent, and the usage headers show 85 or 100 percent |
//! | `#echo` | | sent, and the echo comes before the answer |

mod allowance;
mod hung_up;
mod log;
mod messenger;
mod newest_refusals;
mod people;
mod picture;
mod post;
mod read_log;
mod say;
mod settings;
mod signature;
mod sms;
mod state;
mod webhook;

pub use settings::{
    APP_ID, APP_SECRET, MESSENGER_PATH, MOUNT, Manners, MessengerSettings, PAGE, PAGE_TOKEN, Repeat,
    SMS_ACCOUNT_SID, SMS_AUTH_TOKEN, SMS_NUMBER, SMS_PATH, Settings, SmsSettings, Span, VERIFY_TOKEN,
    WebhookFaults,
};
pub use state::{NoClient, Platforms};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use std::sync::Arc;

/// The largest body that is read, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

impl Platforms {
    /// The addresses of both platforms, and `say` and `log`, without [`MOUNT`]. The SMS connector's base URL ends in
    /// `/simulators/sms`, the Messenger connector's in `/simulators/graph`.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/sms/2010-04-01/Accounts/{account}/Messages.json", post(sms::send))
            .route("/graph/{version}/{id}/messages", post(messenger::send))
            .route("/graph/{version}/{id}/{edge}", post(messenger::grant))
            .route("/graph/{version}/{id}", get(messenger::object))
            .route(picture::PATH, get(picture::picture))
            .route("/say", post(say::say))
            .route("/log", get(read_log::log))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self.clone())
    }
}

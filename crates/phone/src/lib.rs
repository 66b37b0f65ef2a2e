//! A small SIP phone without a person: it registers, calls, answers, says and hears.
//!
//! For the demo's simulated callers, for tests and for measurements. Many phones share one [`PhoneLine`] (one socket),
//! so that 500 of them cost little. Nothing here belongs to the server: it meets it over SIP and RTP alone, as any
//! other phone does.
//!
//! ```no_run
//! # async fn example() -> Result<(), phone::PhoneError> {
//! use phone::{Account, AnswerMode, Incoming, PhoneLine, Say};
//! let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), ([127, 0, 0, 1], 5060).into()).await?;
//! let desk = line.phone(Account::new("5001").password("secret"));
//! desk.on_incoming(Incoming { answer: AnswerMode::Manual, say: Say::Tone(440), ..Incoming::default() });
//! desk.register(std::time::Duration::from_secs(300)).await?;
//! let call = desk.call("9000", Say::Tone(660), &[("X-Order-Number", "4711")]).await?;
//! call.answered().await?;
//! assert!(call.hears(440, std::time::Duration::from_secs(2)).await);
//! call.hang_up().await;
//! # Ok(()) }
//! ```

mod account;
mod answer;
mod call;
mod dispatch;
mod error;
mod line;
mod line_shared;
mod lock;
mod media;
mod phone;
mod registration;
mod say;
mod spelling;
mod target;
mod weak_map;

pub use account::Account;
pub use answer::{AnswerMode, Incoming};
pub use call::{Call, CallEnd, CallState};
pub use error::PhoneError;
pub use line::{Load, PhoneLine};
pub use media::HeardAudio;
pub use phone::Phone;
pub use say::{Say, Then};

//! The customer chat of the Web Services API v2: `/api/v2/chats`, for whoever knows the id of a chat
//! (spec: digital-channels#6.3).
//!
//! ```text
//! widget ─ JSON ─▶ before (a customer's?) ─▶ centre ─▶ body, pass (whose chat?) ─▶ Desk::perform ─▶ wire ─▶ widget
//!                     └─ no ─▶ the agents' API                                        └─ cursor ◀─ transcript
//! ```
//!
//! Widgets of this protocol poll. A refusal has an HTTP status as well as a `statusCode`
//! (spec: digital-channels#1.3). A chat that is not there is 400, as widgets know it.

mod address;
mod before;
mod body;
mod centre;
pub(super) mod cursor;
mod messages;
mod operate;
mod pass;
mod read;
mod request;
mod router;
mod trouble;
mod wire;

pub(super) use before::before;

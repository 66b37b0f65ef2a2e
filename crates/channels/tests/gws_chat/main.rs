//! The customer chat of the Web Services API over HTTP: what a customer's widget sees, on a desk with a real journal.

#[expect(dead_code, reason = "the contact centre of the other protocol, with its widget")]
#[path = "../chat/house.rs"]
mod house;
#[path = "../chat/journal.rs"]
mod journal;

mod access;
mod bodies;
mod cursor;
mod dispatch;
mod ending;
mod endpoint;
mod faults;
mod limits;
mod repeated;
mod silence;
mod talk;
mod widget;

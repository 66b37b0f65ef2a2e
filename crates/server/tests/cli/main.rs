//! The real binary, command by command, each in a directory of its own.

#![expect(clippy::unwrap_used, reason = "a house that cannot be set up is a failed test")]

mod house;

mod beside;
mod check;
mod commands;
mod customer;
mod damage;
mod demo;
mod earlier;
mod following;
mod messenger;
mod phones;
mod provisioning;
mod settings;
mod sms;
mod strangers;
mod trace;

//! The real binary, command by command, each in a directory of its own; with the feature `peers` the foreign clients, too,
//! and the README as it is typed into a shell.

#![expect(clippy::unwrap_used, reason = "a directory that cannot be set up is a failed test")]

mod process;

mod beside;
mod check;
mod commands;
mod customer;
mod damage;
mod demo;
mod earlier;
mod following;
mod handed_over;
mod messenger;
#[cfg(feature = "peers")]
mod peers;
mod phones;
mod provisioning;
#[cfg(feature = "peers")]
mod readme;
mod settings;
mod sip_trace;
mod sms;
mod strangers;
mod trace;

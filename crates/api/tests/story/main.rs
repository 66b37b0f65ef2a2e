//! What the API answers and tells, rule by rule, as people at a small centre meet it.

#[path = "../harness/mod.rs"]
mod harness;

mod calls;
mod carried;
mod chat;
mod contacts;
mod devices;
mod diagnostics;
mod documents;
mod envelope;
mod features;
mod groups;
mod internal;
mod links;
mod logins;
mod me;
mod origins;
mod repeated;
mod services;
mod settings;
mod users;

//! SMS accounts on a desk with a real journal, against a provider on a port of its own.

#[path = "../chat/journal.rs"]
mod journal;

mod centre;
mod consent;
mod house;
mod invariants;
mod kept;
mod life;
mod limits;
mod provider;
mod secrets;
mod standing;
mod webhooks;
mod whatsapp;

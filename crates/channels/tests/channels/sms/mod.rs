//! SMS accounts on a desk with a real journal, against a provider on a port of its own.

mod consent;
mod hours;
mod invariants;
mod kept;
mod life;
mod limits;
mod provider;
mod secrets;
mod server;
mod standing;
mod webhooks;
mod whatsapp;

//! The simulators of the demo against a server that checks their webhooks with its own implementation of the rules.

mod messenger;
mod people;
mod server;
mod sms;
mod webhooks;

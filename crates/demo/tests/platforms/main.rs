//! The simulators of the demo against a server that checks their webhooks with its own implementation of the rules.

mod house;
mod messenger;
mod people;
mod sms;
mod webhooks;

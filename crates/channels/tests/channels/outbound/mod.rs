//! What the server asks of others, against peers on real sockets that behave as one must expect of them.

mod bounds;
mod peer;
mod reach;
mod secured;
mod sms;

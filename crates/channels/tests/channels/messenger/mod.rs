//! Pages on Messenger on a desk with a real journal, against a platform on a port of its own.

mod copies;
mod delivery;
mod graph;
mod invariants;
mod kept;
mod lanes;
mod parts;
mod privacy;
mod receipts;
mod secrets;
mod server;
mod signs;
mod standby;
mod standing;
mod troubles;
mod verification;
mod window;
mod words;

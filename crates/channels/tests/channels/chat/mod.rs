//! Web chat over HTTP: what a customer's widget sees, on a desk with a real journal.

mod access;
mod alphabets;
mod bodies;
mod door;
mod ending;
mod faults;
mod limits;
mod repeated;
pub mod server;
mod shapes;
mod silence;
mod transcript;

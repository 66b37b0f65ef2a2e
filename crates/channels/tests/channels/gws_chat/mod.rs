//! The customer chat of the Web Services API over HTTP: what a customer's widget sees, on a desk with a real journal.

mod access;
mod bodies;
mod cursor;
mod dispatch;
mod door;
mod ending;
mod endpoint;
mod faults;
mod limits;
mod repeated;
mod silence;
mod talk;
mod widget;

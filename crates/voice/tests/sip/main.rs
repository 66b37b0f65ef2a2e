//! The switch over real sockets on the loop-back interface. Scripted peers (`testkit::sip`) write SIP by hand,
//! so that they share no mistake with the library.

mod broken;
mod calls;
mod edges;
mod failures;
mod holding;
mod kept;
mod panics;
mod races;
mod refer;
mod registrar;
mod replaces;
mod shared;
mod slow;
mod spans;
mod strangers;
mod streams;
mod switch;
mod together;
mod traced;
mod written;

//! The switch over real sockets on the loop-back interface. Scripted peers write SIP by hand, so that they share no
//! mistake with the library.

mod calls;
mod hall;
mod message;
mod peer;
mod registrar;
mod strangers;

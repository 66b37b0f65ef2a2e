//! Phones against each other, against a tiny registrar and against scripted peers, over real sockets.
#![expect(missing_docs, reason = "tests are named after behaviour")]

mod answering;
mod calling;
mod changing;
mod hearing;
mod pair;
mod registering;
mod registrar;
mod script;

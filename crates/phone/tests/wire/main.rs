//! Phones against each other, against a tiny registrar and against scripted peers, over real sockets.

mod answering;
mod calling;
mod challenged;
mod changing;
mod hearing;
mod pair;
mod registering;
mod registrar;
mod script;
mod streaming;

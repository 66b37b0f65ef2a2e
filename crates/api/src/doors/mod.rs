//! Who sees what, held against every way out of a conversation: what is told to agents, what they can ask for, what
//! supervisors see of those they lead, what customers read, and what connectors are given to carry.

mod history;
mod people;
mod properties;

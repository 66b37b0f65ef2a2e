//! What connectors carry: every message ends in one settled state, and nothing is sent twice blindly.

mod courses;
mod deaths;
mod line;
mod outcomes;
mod provider;
mod turns;

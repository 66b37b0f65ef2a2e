//! Chats as their agents meet them (digital-channels §2).

mod bounds;
mod seed_001;
mod sequences;

//! Chats as their agents meet them (spec: digital-channels#2).

mod bounds;
mod colleagues;
mod seed_001;
mod sequences;
mod supervisors;

//! The world, in all its courses.

mod calls;
mod clients;
mod conversations;
mod course;
mod frames;
mod laws;
mod outbox;
mod pauses;
mod people;
mod permanent;

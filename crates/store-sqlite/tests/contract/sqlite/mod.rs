//! What only this store has: files, and the operator's tools for them.

mod calls;
mod copies;
mod crash;
mod erasure;
mod files;
mod forgetting;
mod formats;
mod left;
mod links;
mod migrating;
mod opening;
mod operator;
mod positions;
mod rebuilding;
mod unreadable;

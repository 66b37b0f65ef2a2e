//! The reporting feed: the journal as CloudEvents, by pages, held until something happens, or as a live stream
//! (spec: decisions#7, admin-and-reporting#10).
//!
//! A reader keeps one cursor, the `sequence` of the last event it has dealt with, and asks for what is behind it.
//! Every event comes at least once and in journal order; a repeated one has the same `id`. Nothing said in a
//! conversation is ever in it.

mod cloud_event;
mod data;
mod events;
mod live;
mod request;
mod rows;

pub use cloud_event::{cloud_event, envelope_schema};
pub use data::data_schemas;

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses of the feed and of interval rows.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(events::get)).merge(rows::router())
}

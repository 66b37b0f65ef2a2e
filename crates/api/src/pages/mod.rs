//! Pages for people: what runs here, and the reference of the API. Everything they need comes from this process;
//! the content security policy sees to it that nothing else is ever loaded.

mod page;
mod reference;
mod start;

use crate::state::Api;
use axum::Router;
use std::sync::Arc;

/// Every page.
pub fn router(api: &Arc<Api>) -> Router {
    start::router(api).merge(reference::router(api))
}

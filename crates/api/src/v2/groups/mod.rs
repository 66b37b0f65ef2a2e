//! `/groups`: the business unit, and the tree of disposition codes (spec: admin-and-reporting#2.8, #6.3).

mod code;
mod codes;
mod group;
mod list;
mod tree;

pub use code::read as read_code;
pub use codes::list as list_codes;
pub use group::read;

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/groups`, and `/me/groups`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::list, list::add))
        .routes(routes!(list::list_own))
        .routes(routes!(group::read, group::change, group::remove))
        .routes(routes!(codes::list, codes::add))
        .routes(routes!(code::read, code::rename, code::remove))
}

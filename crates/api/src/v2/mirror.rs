//! The other spelling of addresses: whatever `uri` or `path` is given out answers with `/me` before it and without
//! (spec: decisions#3), since clients add or remove it for every address they are given. Conversations, devices,
//! skills and settings have both spellings of their own.

use super::{contacts, features, groups, me, queues, services, users};
use crate::state::Api;
use axum::{Router, routing::get};
use std::sync::Arc;

/// The other spellings.
pub fn router() -> Router<Arc<Api>> {
    Router::new()
        .route("/channels/{channel}", get(me::read_channel))
        .route("/me/contacts/{id}", get(contacts::read))
        .route("/me/features/{id}", get(features::read))
        .route("/me/groups/{id}", get(groups::read))
        .route("/me/groups/{id}/dispositions", get(groups::list_codes))
        .route("/me/groups/{id}/dispositions/{codeId}", get(groups::read_code))
        .route("/me/queues/{name}", get(queues::read))
        .route("/me/services/{id}", get(services::read))
        .route("/me/system/features/{id}", get(features::read_known))
        .route("/me/users/{id}", get(users::read))
        .route("/me/users/{id}/devices", get(users::devices_of))
        .route("/me/users/{id}/skills", get(users::skills_of))
        .route("/me/users/{id}/skills/{skillId}", get(users::skill_of))
}

//! Business attributes: the disposition book in the desktop's own form (spec: admin-and-reporting#2.5).

use crate::{auth::Caller, state::Api};
use axum::extract::State;
use gws::{Answer, Outcome, Query, business_attributes};
use serde_json::json;
use std::sync::Arc;

/// `GET /internal-api/contact-center?subresources=businessAttributes`.
pub async fn of_centre(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    let mut resources = json!({});
    if query.subresources().has("businessAttributes") {
        resources["businessAttributes"] = business_attributes(&api.desk.book().await?);
    }
    Ok(Answer::with("resources", resources))
}

/// `GET /internal-api/business-attributes`. Clients look for the list in either of two places.
pub async fn list(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    let attributes = business_attributes(&api.desk.book().await?);
    let resources = json!({"businessAttributes": attributes});
    Ok(Answer::with("businessAttributes", attributes).and("resources", resources))
}

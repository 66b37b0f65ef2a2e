//! Business attributes: the disposition book in the desktop's own form (spec: admin-and-reporting#2.5).

use crate::{auth::Caller, state::Api};
use axum::extract::State;
use gws::{BusinessAttributesAnswer, CentreAnswer, CentreResources, Outcome, Query, business_attributes};
use std::sync::Arc;

/// `GET /internal-api/contact-center?subresources=businessAttributes`.
pub async fn of_centre(State(api): State<Arc<Api>>, _: Caller, query: Query) -> Outcome {
    let mut resources = CentreResources::default();
    if query.subresources().has("businessAttributes") {
        resources.business_attributes = Some(business_attributes(&api.desk.book().await?));
    }
    Ok(CentreAnswer::of(resources))
}

/// `GET /internal-api/business-attributes`. Clients look for the list in either of two places.
pub async fn list(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    let attributes = business_attributes(&api.desk.book().await?);
    let resources = CentreResources { business_attributes: Some(attributes.clone()) };
    Ok(BusinessAttributesAnswer::of(attributes, resources))
}

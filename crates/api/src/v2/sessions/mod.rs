//! Conversations of an agent: one family of addresses for every session medium of the table.

mod begin;
mod list;
mod measure;
mod messages;
mod operate;
mod part;
mod read;

pub use list::resources;

use crate::state::Api;
use axum::Extension;
use domain::medium::Connector;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The addresses of every medium and every alias, with and without `/me`: each `uri` and `path` that is given
/// out must answer (spec: decisions#3).
pub fn router(api: &Arc<Api>) -> OpenApiRouter<Arc<Api>> {
    let mut all = OpenApiRouter::new();
    for medium in api.desk.media().rows() {
        let names = std::iter::once(&medium.collection).chain(medium.collection_aliases);
        for name in names {
            let me = format!("/me/{name}");
            let mut row = OpenApiRouter::new()
                .route(&me, axum::routing::get(list::get))
                .route(&format!("{me}/{{id}}"), axum::routing::get(read::get).post(operate::post))
                .route(&format!("{me}/{{id}}/messages"), axum::routing::get(messages::get))
                .route(&format!("/{name}/{{id}}"), axum::routing::get(read::get))
                .route(&format!("/{name}/{{id}}/messages"), axum::routing::get(messages::get));
            if medium.connector != Connector::WebChat {
                row = row
                    .route(&me, axum::routing::post(begin::post))
                    .route(&format!("{me}/{{id}}/measure"), axum::routing::post(measure::post));
            }
            all = all.merge(row.layer(Extension(Arc::new(medium.clone()))));
        }
    }
    all
}

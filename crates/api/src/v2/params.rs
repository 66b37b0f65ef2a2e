//! Parameters and refusals that many addresses share, for the API document.

use super::openapi::{CONFLICT, NOT_FOUND, refused};
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{RefOr, Response},
};

/// Parameters of a collection (spec: core-and-voice#1.6).
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `Query` reads")]
pub struct Listing {
    /// `*` or a comma list of attributes: answers resources instead of addresses.
    fields: Option<String>,
    /// `*`, `**` or a comma list: embeds sub-resources.
    subresources: Option<String>,
    /// The attribute to sort by.
    sort_by: Option<String>,
    /// `Ascending` or `Descending`.
    order: Option<String>,
    /// The most resources to answer; the answer then has `offset`, `limit` and `totalCount` as well.
    limit: Option<u32>,
    /// How many resources to leave out.
    offset: Option<u32>,
}

/// The parameter of a single resource that has sub-resources.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `Query` reads")]
pub struct Embedding {
    /// `*` or a comma list: embeds sub-resources.
    subresources: Option<String>,
}

/// How a request that only reads is refused, besides how every request is ([`super::openapi`]).
pub enum Denied {}

impl IntoResponses for Denied {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refused([NOT_FOUND])
    }
}

/// How a request that changes something is refused, besides how every request is.
pub enum Refused {}

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refused([NOT_FOUND, CONFLICT])
    }
}

/// An operation with its parameters.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `Body` reads")]
pub struct Operation {
    /// The operation.
    operation_name: String,
}

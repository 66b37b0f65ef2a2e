//! Parameters and refusals that many addresses share, for the API document.

use utoipa::{IntoParams, IntoResponses, ToSchema};

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

/// How a request that only reads is refused (spec: core-and-voice#1.5).
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes; `Problem` answers")]
pub enum Denied {
    /// `statusCode` 20: no session, or wrong credentials. `statusCode` 5: the user lacks the role.
    #[response(status = 403)]
    Role,
    /// `statusCode` 6: there is nothing at this address, or the centre lacks its feature.
    #[response(status = 404)]
    Absent,
}

/// How a request that changes something is refused (spec: core-and-voice#1.5).
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes; `Problem` answers")]
pub enum Refused {
    /// `statusCode` 1: a parameter is missing. 2: a parameter or the operation is not valid, or the centre lacks
    /// the feature. 11: it cannot be changed.
    #[response(status = 400)]
    Invalid,
    /// `statusCode` 20: no session, or wrong credentials. `statusCode` 5: the user lacks the role.
    #[response(status = 403)]
    Role,
    /// `statusCode` 6: there is no such thing.
    #[response(status = 404)]
    Absent,
    /// `statusCode` 18: there is one already. `statusCode` 19: it is in use.
    #[response(status = 409)]
    Conflict,
}

/// An operation with its parameters.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `Body` reads")]
pub struct Operation {
    /// The operation.
    operation_name: String,
}

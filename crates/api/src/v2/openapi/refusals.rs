//! What the addresses share in the document: the parameters of reading, and how requests are refused, once for all
//! operations (spec: core-and-voice#1.4, #1.5, #1.6).

use serde_json::json;
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses,
    openapi::{
        Components, ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, path::Operation,
        schema::Type, security::SecurityRequirement,
    },
};

/// A refusal: its HTTP status, its name among the components, what it means, and an example of one as `statusCode` and
/// `statusMessage`.
type Row = (&'static str, &'static str, &'static str, (u8, &'static str));

/// There is no such thing.
const NOT_FOUND: &str = "404";
/// It is there already, or in use.
const CONFLICT: &str = "409";

/// Every other refusal.
const ROWS: [Row; 11] = [
    (
        "400",
        "BadRequest",
        "`statusCode` 1: a parameter is missing. 2: a parameter, the body, the address or the operation is not valid, or \
         not valid now, or the centre lacks its feature. 10: a number is out of its range. 11: it cannot be changed.",
        (1, "'operationName' is missing"),
    ),
    (
        "403",
        "Forbidden",
        "`statusCode` 20: there is no session, or the credentials are wrong; never 401, so that no browser asks for a \
         password. 5: the user lacks the role. 3: it is forbidden, because of the origin, the CSRF token, or what a \
         platform allows.",
        (20, "Access denied"),
    ),
    (
        "404",
        "NotFound",
        "`statusCode` 6: there is no such thing at this address, not for the caller, or the centre lacks its feature.",
        (6, "There is no User '7f'"),
    ),
    (
        "408",
        "RequestTimeout",
        "`statusCode` 2: the body did not come in time.",
        (2, "The body did not come in time"),
    ),
    (
        "409",
        "Conflict",
        "`statusCode` 18: there is one already. 19: it is in use. 9: the first request with this `Idempotency-Key` is \
         still being served.",
        (18, "'Billing' exists already"),
    ),
    (
        "413",
        "ContentTooLarge",
        "`statusCode` 2: the body is too large.",
        (2, "The body is larger than 1048576 bytes"),
    ),
    (
        "414",
        "AddressTooLong",
        "`statusCode` 2: the address is too long.",
        (2, "The address is longer than 8192 bytes"),
    ),
    (
        "415",
        "UnknownCharset",
        "`statusCode` 2: the body is in an alphabet that this server does not know.",
        (2, "The charset 'klingon' is not known"),
    ),
    (
        "422",
        "OtherRequest",
        "`statusCode` 2: this `Idempotency-Key` was used for another request.",
        (2, "This Idempotency-Key was used for another request"),
    ),
    (
        "500",
        "ServerError",
        "`statusCode` 4: the server failed, or the phone that was to do something is not registered.",
        (4, "Device '5001' is not registered."),
    ),
    (
        "503",
        "Unavailable",
        "`statusCode` 4: nothing can be stored now, or a queue is full: try again. The outcome may be unknown; then the \
         message says so.",
        (4, "The server cannot store anything now; try again"),
    ),
];

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

/// How a request that only reads is refused, besides how every request is ([`complete`]).
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

/// Puts the refusals among the components.
pub fn describe(components: &mut Components) {
    let code = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(20))
        .description(Some("Why, as a number"));
    let message = ObjectBuilder::new().schema_type(Type::String).description(Some("Why, in a sentence"));
    let refusal = ObjectBuilder::new()
        .description(Some("A refusal. Nothing has changed."))
        .property("statusCode", code)
        .property("statusMessage", message)
        .required("statusCode")
        .required("statusMessage");
    components.schemas.insert("Refusal".into(), refusal.into());
    for (_, name, about, (code, message)) in ROWS {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("Refusal")))
            .example(Some(json!({"statusCode": code, "statusMessage": message})))
            .build();
        let response = ResponseBuilder::new().description(about).content("application/json", content).build();
        components.responses.insert(name.to_owned(), response.into());
    }
}

/// The refusals with some statuses, as an operation refers to them.
fn refused<'s>(statuses: impl IntoIterator<Item = &'s str>) -> BTreeMap<String, RefOr<Response>> {
    let named =
        |status: &str| ROWS.iter().find(|row| row.0 == status).map(|row| (status.to_owned(), reference(row)));
    statuses.into_iter().filter_map(named).collect()
}

fn reference(row: &Row) -> RefOr<Response> {
    RefOr::Ref(Ref::from_response_name(row.1))
}

/// Adds to an operation the refusals that follow from what it is: every address behind the login has some in common, a
/// body can be wrong in itself, and a request that may come twice can meet its first. What the operation says itself
/// stays.
pub fn complete(path: &str, operation: &mut Operation, takes_key: bool) {
    let is_public = operation
        .security
        .as_ref()
        .is_some_and(|list| list.iter().all(|one| *one == SecurityRequirement::default()));
    let logs = ["/api/v2/login", "/api/v2/logout"].contains(&path);
    let is_guarded = !is_public && (path.starts_with("/api/v2") || path.starts_with("/internal-api"));
    let mut statuses = Vec::new();
    if is_guarded {
        statuses.extend(["400", "403", "414", "500", "503"]);
    }
    if logs {
        statuses.extend(["400", "403", "500"]);
    }
    if (is_guarded || logs) && operation.request_body.is_some() {
        statuses.extend(["408", "413", "415"]);
    }
    if is_guarded && takes_key {
        statuses.extend(["409", "422"]);
    }
    for (status, response) in refused(statuses) {
        operation.responses.responses.entry(status).or_insert(response);
    }
    if path.starts_with("/api/v2") && !path.starts_with("/api/v2/notifications") {
        operation.responses.responses.iter_mut().for_each(|(status, response)| give_body(status, response));
    }
}

/// A refusal that an operation only describes has the body of every refusal.
fn give_body(status: &str, response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response
        && status.starts_with(['4', '5'])
        && response.content.is_empty()
    {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Refusal"))).build();
        response.content.insert("application/json".to_owned(), content);
    }
}

//! Addresses that are served without the documented router: the bundled reads of one desktop, and the
//! addresses for operators. They speak protocols of their own, or are served by another part of the program; a reader
//! of the document looks for them here all the same.

use crate::v2::openapi::{Denied, Refused};
use gws::{DesktopRequest, LoginRequest};
use utoipa::OpenApi;

/// Addresses from the root.
#[derive(OpenApi)]
#[openapi(paths(
    document,
    log_in,
    log_out,
    own_settings,
    centre,
    business_attributes,
    operations,
    statistics,
    statistic,
    health,
    ready,
    metrics
))]
pub(super) struct Described;

/// This document.
#[utoipa::path(
    get, path = "/api/v2/openapi.json", tag = "diagnostics", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = std::collections::BTreeMap<String, serde_json::Value>, content_type = "application/json"))
)]
#[expect(dead_code, reason = "it describes")]
fn document() {}

/// Logs in, for browsers.
///
/// Sets the cookie `JSESSIONID`, which then stands for the user with every request. Programs may send Basic credentials
/// with every request instead, and are given the same cookie. Pages of other origins must be on the list of the
/// settings.
#[utoipa::path(
    post, path = "/api/v2/login", tag = "me", security(()), request_body = LoginRequest,
    responses((status = 200, description = "Logged in; the cookie is set", body = gws::Done))
)]
#[expect(dead_code, reason = "it describes")]
fn log_in() {}

/// Ends the login of the cookie, and everything that goes with it.
///
/// Notification sessions, held polls, sockets and streams of this login end at once; the contact-centre session does
/// not. Without a live login it is a quiet success.
#[utoipa::path(
    post, path = "/api/v2/logout", tag = "me", security(()),
    responses((status = 200, description = "Logged out; the cookie is taken away", body = gws::Done))
)]
#[expect(dead_code, reason = "it describes")]
fn log_out() {}

/// The latest value of each statistic of an agent, a queue or a code.
///
/// Of today so far, in the time zone of the server. Agents ask of themselves and of the queues they serve, supervisors of
/// whom they lead and of every queue and code; to others there is nothing at the address, and agents are not told of the
/// codes of a queue.
#[utoipa::path(
    get, path = "/api/v1/stats/{objectId}", tag = "reporting",
    params(("objectId" = String, Path, description = "The id of a user, the name of a queue, or the name of a code")),
    responses((status = 200, description = "The values", body = gws::StatisticsAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn statistics() {}

/// The latest value of a statistic, or its values by quarters of an hour.
///
/// With `from`, `to` or `numValues` the last so many quarters of an hour that are over, each with what was counted in it and
/// its end. A statistic of how things stand has its latest value alone.
#[utoipa::path(
    get, path = "/api/v1/stats/{objectId}/{statistic}", tag = "reporting",
    params(
        ("objectId" = String, Path, description = "The id of a user, the name of a queue, or the name of a code"),
        ("statistic" = String, Path, description = "The name of the statistic"),
        ("numValues" = Option<u32>, Query, minimum = 1, description = "At most so many values, 1 when left out, 3,000 at most"),
        ("from" = Option<i64>, Query, description = "Values of quarters of an hour that end after this moment, in milliseconds since 1970"),
        ("to" = Option<i64>, Query, description = "Values of quarters of an hour that end by this moment; now when left out"),
    ),
    responses((status = 200, description = "The values", body = gws::StatisticsAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn statistic() {}

/// The list of states, and the caller's options by section.
#[utoipa::path(
    get, path = "/internal-api/me/settings", tag = "internal",
    responses((status = 200, description = "`resources` of `agentStates` and `user`", body = gws::OwnSettingsAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn own_settings() {}

/// The centre, with its business attributes on demand.
#[utoipa::path(
    get, path = "/internal-api/contact-center", tag = "internal",
    params(("subresources" = Option<String>, Query, description = "`businessAttributes`")),
    responses((status = 200, description = "`resources`", body = gws::CentreAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn centre() {}

/// Disposition codes in the form of business attributes.
#[utoipa::path(
    get, path = "/internal-api/business-attributes", tag = "internal",
    responses((status = 200, description = "`businessAttributes`", body = gws::BusinessAttributesAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn business_attributes() {}

/// User events of one vendor's desktop: `SendUserEvent`.
#[utoipa::path(
    post, path = "/internal-api/operations", tag = "internal", request_body = DesktopRequest,
    responses((status = 200, description = "Accepted", body = gws::Done), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn operations() {}

/// Whether the process lives.
#[utoipa::path(
    get, path = "/health", tag = "operation", security(()),
    responses((status = 200, description = "It does", body = String, content_type = "text/plain"))
)]
#[expect(dead_code, reason = "it describes")]
fn health() {}

/// Whether it takes work.
#[utoipa::path(
    get, path = "/ready", tag = "operation", security(()),
    responses((status = 200, description = "It does", body = String, content_type = "text/plain"), (status = 503, description = "It is stopping, or nothing can be stored", body = String, content_type = "text/plain"))
)]
#[expect(dead_code, reason = "it describes")]
fn ready() {}

/// Figures, for Prometheus.
#[utoipa::path(
    get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "Figures", body = String, content_type = "text/plain"))
)]
#[expect(dead_code, reason = "it describes")]
fn metrics() {}

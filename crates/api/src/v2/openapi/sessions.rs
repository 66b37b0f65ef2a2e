//! The addresses of conversations, documented once for all media. They are served for each medium of the media
//! table ([`crate::v2::sessions`]), so no handler carries their documentation.

use crate::v2::params::{Denied, Listing, Refused};
use gws::{SessionMeasureRequest, SessionRequest, SessionsRequest};
use utoipa::OpenApi;

/// What is served below `/api/v2`.
#[derive(OpenApi)]
#[openapi(
    paths(list, begin, read, operate, messages, measure, read_without_me, messages_without_me),
    components(schemas(gws::CallBrief, gws::SessionBrief, gws::SessionResource<'static>))
)]
pub(super) struct Described;

/// The caller's live conversations of a medium.
///
/// A client takes a conversation that is missing here for revoked.
#[utoipa::path(
    get, path = "/me/{collection}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), Listing),
    responses((status = 200, description = "`uris`, or with `fields` the conversations"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn list() {}

/// Begins a conversation, on a medium whose connector can write to a customer first.
///
/// It is the caller's at once, if they are logged in on the channel and have a free slot. Refused with 409 while a
/// conversation with this address is open, and with 403 for a customer who opted out.
#[utoipa::path(
    post, path = "/me/{collection}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection")),
    request_body = SessionsRequest,
    responses((status = 200, description = "begun, with `referenceId`, `id`, `uri` and `path`", body = gws::BegunAnswer<'static>), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn begin() {}

/// What a text would cost on its way: its alphabet, its length and its parts.
///
/// Nothing is sent. `tooLong` and `windowOpen` tell whether it could be.
#[utoipa::path(
    post, path = "/me/{collection}/{id}/measure", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    request_body = SessionMeasureRequest,
    responses((status = 200, description = "The `measure`", body = gws::MeasureAnswer), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn measure() {}

/// One conversation of the caller.
///
/// After its completion it is still there with `dispositionUntil` as long as it takes a disposition.
#[utoipa::path(
    get, path = "/me/{collection}/{id}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    responses((status = 200, description = "The conversation"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn read() {}

/// Operates a conversation.
///
/// Accepted means committed: what follows is told by notification, with the same `referenceId`. `SetDisposition`
/// answers `{"statusCode":0}` and nothing else. It is taken after completion too, for an hour or while the conversation
/// is among the agent's last sixteen of the medium; then nothing is notified, and reporting hears of it as
/// `EventUserEvent`.
#[utoipa::path(
    post, path = "/me/{collection}/{id}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    request_body = SessionRequest,
    responses((status = 200, description = "accepted, with `referenceId`", body = gws::Accepted), Refused)
)]
#[expect(dead_code, reason = "it describes")]
fn operate() {}

/// What was said, as far as the caller may see it.
///
/// Also of an earlier conversation with the same customer address as one in which the caller takes part now.
#[utoipa::path(
    get, path = "/me/{collection}/{id}/messages", tag = "interactions",
    params(
        ("collection" = String, Path, description = "The medium's collection"),
        ("id" = String, Path, description = "The interaction id"),
        ("startIndex" = Option<u32>, Query, description = "The first index to answer, from 1"),
        ("count" = Option<u32>, Query, description = "At most so many"),
    ),
    responses((status = 200, description = "The `messages`; `nextIndex`, with which to go on, when more follow than fit into 1 MiB", body = gws::MessagesAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn messages() {}

/// The same conversation, at the address that its `uri` gives.
#[utoipa::path(
    get, path = "/{collection}/{id}", tag = "interactions",
    params(("collection" = String, Path, description = "The medium's collection"), ("id" = String, Path, description = "The interaction id")),
    responses((status = 200, description = "The conversation"), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn read_without_me() {}

/// The same log, below the address that the conversation's `uri` gives.
#[utoipa::path(
    get, path = "/{collection}/{id}/messages", tag = "interactions",
    params(
        ("collection" = String, Path, description = "The medium's collection"),
        ("id" = String, Path, description = "The interaction id"),
        ("startIndex" = Option<u32>, Query, description = "The first index to answer, from 1"),
        ("count" = Option<u32>, Query, description = "At most so many"),
    ),
    responses((status = 200, description = "The `messages`; `nextIndex`, with which to go on, when more follow than fit into 1 MiB", body = gws::MessagesAnswer), Denied)
)]
#[expect(dead_code, reason = "it describes")]
fn messages_without_me() {}

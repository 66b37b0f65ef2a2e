//! The addresses of conversations, documented once for all media. They are served for each medium of the media
//! table ([`crate::v2::sessions`]), so no handler carries their documentation.

use super::words::one_of;
use crate::v2::params::{Denied, Listing, Refused};
use gws::SESSION_OPERATIONS;
use serde_json::{Map, Value};
use utoipa::{OpenApi, ToSchema};

/// What is served below `/api/v2`.
#[derive(OpenApi)]
#[openapi(
    paths(list, begin, read, operate, messages, measure, read_without_me, messages_without_me),
    components(schemas(
        SessionOperation,
        SessionBeginning,
        Text,
        gws::CallBrief,
        gws::SessionBrief,
        gws::SessionResource<'static>
    ))
)]
pub(super) struct Described;

/// An operation on a conversation, with the parameters it takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `wire` reads")]
pub(super) struct SessionOperation {
    /// The operation. `capabilities` of the conversation lists those that are open now.
    #[schema(schema_with = operation_names)]
    operation_name: String,
    /// `Accept`: the name the customer should see.
    nickname: Option<String>,
    /// `Accept`, `Complete`: whether to write the agent down as the one who last served this customer.
    #[schema(rename = "saveLAR")]
    save_lar: Option<bool>,
    /// `SendMessage`: the words. `Leave`, `Complete`, `Transfer`: a last message to the customer.
    text: Option<String>,
    /// The sender's own word for the kind of message; only beside `text`.
    message_type: Option<String>,
    /// `Normal` or `System`; only beside `text`, and not passed on.
    treat_as: Option<String>,
    /// `SendUrl`: the link.
    url: Option<String>,
    /// `SendCustomNotice`: the notice. `SendNicknameUpdatedNotice`: the new name.
    notice_text: Option<String>,
    /// `Transfer`: the address of a user or of a queue; it wins over the two below.
    target_uri: Option<String>,
    /// `Transfer`: the path of a user or of a queue.
    target_path: Option<String>,
    /// `Transfer`, `Complete`, `PlaceInQueue`: the name of a queue.
    queue_name: Option<String>,
    /// `SetDisposition`: the value; empty clears.
    disposition: Option<String>,
    /// `SetDisposition`: the key of the user data; the server's own when left out.
    disposition_key: Option<String>,
    /// `AttachUserData`, `UpdateUserData`: pairs to write; the last value of a key wins.
    user_data: Option<Map<String, Value>>,
    /// `DeleteUserData`: keys to take away.
    keys: Option<Vec<String>>,
    /// `SetInFocus`: whether the agent looks at it; true when left out.
    in_focus: Option<bool>,
    /// `SetComment`: the note.
    comment: Option<String>,
    /// `ResendMessage`: the index of a message that did not arrive, or may not have arrived.
    index: Option<u32>,
}

/// A conversation that an agent begins.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes; `v2::sessions` reads")]
pub(super) struct SessionBeginning {
    /// `Create`.
    operation_name: String,
    /// The customer's address.
    to: String,
    /// Our address; it may be left out when there is one.
    from: Option<String>,
    /// The first message.
    text: Option<String>,
    /// The name the customer should see; the agent's own when left out.
    nickname: Option<String>,
    /// Pairs to attach.
    user_data: Option<Map<String, Value>>,
}

/// A text.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes; `v2::sessions` reads")]
pub(super) struct Text {
    /// The words.
    text: String,
}

fn operation_names() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    one_of(SESSION_OPERATIONS)
}

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
    request_body(content = SessionBeginning, example = json!({"operationName": "Create", "to": "+15550142", "text": "Your parcel is here"})),
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
    request_body(content = Text, example = json!({"text": "Good day"})),
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
    request_body(content = SessionOperation, examples(
        ("accept" = (value = json!({"operationName": "Accept", "nickname": "Tom"}))),
        ("say" = (value = json!({"operationName": "SendMessage", "text": "One moment please"}))),
        ("dispose" = (value = json!({"operationName": "SetDisposition", "disposition": "IssueResolved"}))),
        ("hand over" = (value = json!({"operationName": "Transfer", "queueName": "Support"}))),
        ("complete" = (value = json!({"operationName": "Complete"}))),
    )),
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

//! The customer's side of a chat, which `channels` serves in both of its protocols.

use crate::v2::params::Operation;
use utoipa::{IntoResponses, OpenApi};

/// Addresses from the root.
#[derive(OpenApi)]
#[openapi(paths(request, command, open, read, operate, messages, poll))]
pub(super) struct Described;

/// How a customer is refused (spec: digital-channels#6.3).
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes; web chat answers")]
enum NotDone {
    /// `statusCode` 1: a parameter or the header is missing. 2: a parameter is not valid, or the chat is over. 6: there
    /// is no such chat.
    #[response(status = 400)]
    Invalid,
    /// `statusCode` 3: the header names another contact centre.
    #[response(status = 403)]
    Elsewhere,
    /// `statusCode` 2: there is no such operation.
    #[response(status = 405)]
    Unknown,
    /// `statusCode` 4: too many wait, or nothing can be stored; try again.
    #[response(status = 503)]
    Later,
}

/// A customer asks for a chat.
///
/// Chat API v2 of the mobile services: a form, an answer of HTTP 200 with a `statusCode` of its own (0 done, 1 try
/// again, 2 refused for good). Keep `chatId`, `userId`, `secureKey` and `alias` for the commands.
#[utoipa::path(
    post, path = "/genesys/2/chat/{service}", tag = "customers", security(()),
    params(("service" = String, Path, description = "The service the customer comes in through")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "`nickname` or `firstName` and `lastName`, `subject`, `emailAddress`, `userData[key]`"),
    responses((status = 200, description = "the chat", content_type = "application/json"), (status = 404, description = "no such service", content_type = "application/json"))
)]
#[expect(dead_code, reason = "it describes")]
fn request() {}

/// A customer goes on with their chat: `send`, `refresh`, `startTyping`, `stopTyping`, `pushUrl`, `updateNickname`,
/// `customNotice`, `updateData`, `readReceipt`, `disconnect`.
#[utoipa::path(
    post, path = "/genesys/2/chat/{service}/{chatId}/{command}", tag = "customers", security(()),
    params(
        ("service" = String, Path, description = "The service the customer came in through"),
        ("chatId" = String, Path, description = "The chat"),
        ("command" = String, Path, description = "What the customer does")
    ),
    request_body(content = String, content_type = "application/x-www-form-urlencoded",
        description = "`userId`, `secureKey`, `alias`, and what the command takes; `transcriptPosition` asks for what is new"),
    responses((status = 200, description = "the chat", content_type = "application/json"), (status = 404, description = "no such command", content_type = "application/json"))
)]
#[expect(dead_code, reason = "it describes")]
fn command() {}

/// A customer requests a chat by `RequestChat`.
///
/// The customer chat: without a login, told from agents' requests by the header. Whoever has the `id` of the answer
/// has the chat, so keep it secret.
#[utoipa::path(
    post, path = "/api/v2/chats", tag = "customers", security(()), request_body = Operation,
    params(("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")),
    responses((status = 200, description = "`id` and `path`"), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn open() {}

/// The chat of a customer, or, without the header, a conversation of an agent.
#[utoipa::path(
    get, path = "/api/v2/chats/{id}", tag = "customers", security(()),
    params(("id" = String, Path, description = "The chat, as it was given to the customer"), ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")),
    responses((status = 200, description = "`chat`"), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn read() {}

/// A customer goes on with their chat: `SendMessage`, `SendStartTypingNotification`, `SendStopTypingNotification`,
/// `Complete`; a request without an operation reads it.
#[utoipa::path(
    post, path = "/api/v2/chats/{id}", tag = "customers", security(()), request_body = Operation,
    params(("id" = String, Path, description = "The chat, as it was given to the customer"), ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")),
    responses((status = 200, description = "Done"), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn operate() {}

/// What a customer has not received yet, or, without the header, the log of an agent's conversation.
#[utoipa::path(
    get, path = "/api/v2/chats/{id}/messages", tag = "customers", security(()),
    params(("id" = String, Path, description = "The chat, as it was given to the customer"), ("index" = Option<u32>, Query, description = "The first index wanted; what was not received yet when absent"), ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")),
    responses((status = 200, description = "`messages`"), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn messages() {}

/// What a customer has not received yet.
#[utoipa::path(
    post, path = "/api/v2/chats/{id}/messages", tag = "customers", security(()),
    params(("id" = String, Path, description = "The chat, as it was given to the customer"), ("index" = Option<u32>, Query, description = "The first index wanted; what was not received yet when absent"), ("ContactCenterId" = String, Header, description = "The id of the contact centre; makes the request a customer's")),
    responses((status = 200, description = "`messages`"), NotDone)
)]
#[expect(dead_code, reason = "it describes")]
fn poll() {}

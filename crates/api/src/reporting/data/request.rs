//! What agents in calls ask queues for.

use super::{
    row::{Actor, CallConversation, json, time},
    words,
};
use domain::call::Fact;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// An agent who asks somebody beside the call waits in a queue for whoever takes it. It is told again when it goes on to
/// another queue, since nobody of the first took it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Requested<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    #[serde(flatten)]
    by: Actor<'a>,
    /// Its number in the call, from 1.
    request: u32,
    /// The UUID of the line in which the agent waits.
    call_uuid: String,
    /// For what.
    #[serde(with = "words::Help")]
    help: domain::request::Help,
    /// The queue that is asked.
    asks: &'a str,
    /// Higher goes first.
    priority: i32,
    /// When it lapses.
    #[schemars(extend("format" = "date-time"))]
    deadline: String,
}

/// An agent who asked a queue waits no longer, and nobody has taken it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestEnded<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Who asked.
    #[serde(flatten)]
    by: Actor<'a>,
    /// Its number in the call.
    request: u32,
    /// The UUID of the line in which the agent waited.
    call_uuid: String,
    /// For what.
    #[serde(with = "words::Help")]
    help: domain::request::Help,
    /// The queue that had it last.
    asks: &'a str,
    /// Who ended it.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
    /// Why the queue gave nobody; absent when the agent did not wait for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<OverflowWord>,
}

/// The word for why a queue gave nobody.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
struct OverflowWord(#[serde(with = "words::Overflowing")] domain::call::Overflowing);

/// The data of a fact of a request; `call_uuid` is that of its line. `None` of any other.
pub fn of_call(of: CallConversation<'_>, call_uuid: String, fact: &Fact) -> Option<Value> {
    match fact {
        Fact::Requested {
            request,
            line: _,
            help,
            asks,
            priority,
            deadline,
            agent,
            user_name,
            reference: _,
        } => json(Requested {
            of,
            by: Actor::named(agent, user_name),
            request: *request,
            call_uuid,
            help: *help,
            asks: asks.as_str(),
            priority: *priority,
            deadline: time(*deadline),
        }),
        Fact::RequestEnded { request, line: _, help, asks, agent, user_name, closer, why } => {
            json(RequestEnded {
                of,
                by: Actor::named(agent, user_name),
                request: *request,
                call_uuid,
                help: *help,
                asks: asks.as_str(),
                closer: *closer,
                why: why.map(OverflowWord),
            })
        }
        _ => None,
    }
}

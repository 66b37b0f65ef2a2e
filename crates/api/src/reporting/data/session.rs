//! The way of a conversation: from the customer's arrival over queues and agents to its end.

use super::{
    disposition, message,
    row::{Actor, Conversation, Led, Names, Row, json, schema, time},
    words,
};
use domain::{
    Millis, UserId,
    session::{Fact, Invitation, SessionEvent},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[
    ("session.created", schema::<Created<'_>>),
    ("session.queued", schema::<Queued<'_>>),
    ("session.preferred", schema::<Preferred<'_>>),
    ("session.offered", schema::<Offered<'_>>),
    ("session.offer-ended", schema::<OfferEnded<'_>>),
    ("session.requested", schema::<Requested<'_>>),
    ("session.request-ended", schema::<RequestEnded<'_>>),
    ("session.visibility", schema::<VisibilityChanged<'_>>),
    ("session.took-over", schema::<TookOver<'_>>),
    ("session.accepted", schema::<Accepted<'_>>),
    ("session.join-failed", schema::<JoinFailed<'_>>),
    ("session.talk-ended", schema::<TalkEnded<'_>>),
    ("session.party-closed", schema::<PartyClosed<'_>>),
    ("session.taken-away", schema::<TakenAway<'_>>),
    ("session.ended", schema::<Ended<'_>>),
    ("session.erased", schema::<Erased<'_>>),
];

/// A customer came.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// The service the customer came through.
    service: &'a str,
    /// The customer's name.
    nickname: &'a str,
    /// What the customer's application sent along.
    user_data: &'a Map<String, Value>,
    /// The conversation before it with the same customer address; null when there is none, and on media without.
    previous: Option<&'a str>,
    /// Who began it.
    direction: Direction,
    /// The user name of the agent who began it; null when the customer did.
    begun_by: Option<String>,
}

/// Who began a conversation.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Direction {
    /// The customer.
    Inbound,
    /// An agent.
    Outbound,
}

/// It takes a place in a queue.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Queued<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// Who put it there.
    #[serde(flatten)]
    by: Actor<'a>,
    /// Higher goes first.
    priority: i32,
    /// Its place is counted from this moment.
    #[schemars(extend("format" = "date-time"))]
    since: String,
}

/// It is kept for the agent who served its customer last.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Preferred<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    agent: Actor<'a>,
    /// Until when nobody else is offered it.
    #[schemars(extend("format" = "date-time"))]
    until: String,
}

/// It is offered to an agent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Offered<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    to: Actor<'a>,
    /// Why this agent.
    invitation: Reason,
    /// The user name of the colleague who hands it over or asks for help; null when none does.
    from: Option<String>,
    /// The user name of the agent whom a supervisor follows; null for who is no supervisor.
    target: Option<String>,
    /// How the supervisor follows them: `listen-in`, `coach` or `barge-in`; null for who is no supervisor.
    monitoring: Option<Followed>,
    /// The supervisor who named the agent.
    #[serde(flatten)]
    led: Led<'a>,
    /// When the offer lapses; null when it does not.
    #[schemars(extend("format" = "date-time"))]
    deadline: Option<String>,
}

/// Why an agent was invited.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Reason {
    /// The queue offers it.
    Queue,
    /// A colleague hands it over.
    Transfer,
    /// The agent began it.
    Own,
    /// A colleague asks for advice, of which the customer sees nothing.
    Consult,
    /// A colleague invites them to talk with the customer as well.
    Invite,
    /// They are a supervisor and follow somebody.
    Watch,
}

/// How a supervisor follows somebody.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
struct Followed(#[serde(with = "words::Monitoring")] domain::watch::Monitoring);

/// An agent asks a queue for help. The conversation waits there for that, whatever else it does.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Requested<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    by: Actor<'a>,
    /// Its number in the conversation, from 1.
    request: u32,
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

/// A request for help came to nothing.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RequestEnded<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// Who asked.
    #[serde(flatten)]
    by: Actor<'a>,
    /// Its number in the conversation.
    request: u32,
    /// Who ended it: nobody answered, or whose part ended.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
}

/// An agent is seen by others than before: somebody who was only asked talks with the customer from now on, or a
/// supervisor follows otherwise.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct VisibilityChanged<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    who: Actor<'a>,
    /// Who sees them now.
    #[serde(with = "words::Visibility")]
    visibility: domain::message::Visibility,
    /// The user name of the agent whom a supervisor follows; null for who is no supervisor.
    target: Option<String>,
    /// How the supervisor follows them now; null for who is no supervisor.
    monitoring: Option<Followed>,
}

/// An agent who came to help answers for the conversation from now on, and talks with the customer.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TookOver<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    who: Actor<'a>,
    /// The user name of the agent who left it to them.
    from: Option<String>,
    /// That agent's id.
    from_id: &'a str,
}

/// The agent refused the offer, or let it lapse, or it was withdrawn.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OfferEnded<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    by: Actor<'a>,
    /// `Completed` when the agent refused, `Revoked` otherwise.
    #[serde(with = "words::PartyState")]
    state: domain::session::AgentPartyState,
    /// Who ended the offer.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
    /// Whether the conversation had a disposition then.
    dispositioned: bool,
}

/// The agent took it and joined the talk.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Accepted<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    by: Actor<'a>,
    /// The name the customer sees.
    nickname: &'a str,
}

/// The agent took it, but the talk was over.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct JoinFailed<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    by: Actor<'a>,
}

/// The customer's side of the talk ended. Agents may still work on it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TalkEnded<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// By whom.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
}

/// An agent's part moved on: to work after the talk, or to its end.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PartyClosed<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    who: Actor<'a>,
    /// `LeftChat`, `Completed` or `Revoked`.
    #[serde(with = "words::PartyState")]
    state: domain::session::AgentPartyState,
    /// Who closed it.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
    /// Whether the conversation had a disposition then.
    dispositioned: bool,
    /// The user name of the colleague it went to; null when it was not handed over.
    to: Option<String>,
    /// That colleague's id.
    to_id: Option<&'a str>,
}

/// It is taken from an agent, whose part ends with the events that follow.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct TakenAway<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    from: Actor<'a>,
    /// The user name of the supervisor who takes it; null when the agent's client fell silent.
    supervisor: Option<String>,
    /// The supervisor's id.
    supervisor_id: Option<&'a str>,
}

/// Nobody has anything to do with it any more.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Ended<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// Who ended the talk.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
    /// Whether the conversation had a disposition.
    dispositioned: bool,
}

/// Personal values of the conversation were erased, in its earlier events too.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Erased<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
}

/// The data of a fact of a conversation.
pub(super) fn data(id: &str, at: Millis, event: &SessionEvent, names: Names<'_>) -> Option<Value> {
    let of = Conversation { interaction_id: id, media: event.medium.as_str(), queue: event.queue.as_str() };
    match &event.fact {
        // The digest of the customer's key opens nothing, but no report needs it either.
        Fact::Created { service, participant: _, nickname, key_digest: _, user_data, post } => {
            let begun_by = post.as_ref().and_then(|post| post.begun_by.as_ref());
            json(Created {
                of,
                service: service.as_str(),
                nickname,
                user_data: user_data.pairs(),
                previous: post.as_ref().and_then(|post| Some(post.previous.as_ref()?.as_str())),
                direction: if begun_by.is_some() { Direction::Outbound } else { Direction::Inbound },
                begun_by: begun_by.and_then(names),
            })
        }
        Fact::Queued { priority, since, by, barred_until: _ } => json(Queued {
            of,
            by: Actor::maybe(by.as_ref(), names),
            priority: *priority,
            since: time(*since),
        }),
        Fact::Preferred { agent, user_name, until } => {
            json(Preferred { of, agent: Actor::named(agent, user_name), until: time(*until) })
        }
        Fact::Offered { agent, user_name, participant: _, invitation, deadline, by } => {
            let reason = match invitation {
                Invitation::Queue => Reason::Queue,
                Invitation::Transfer { .. } => Reason::Transfer,
                Invitation::Own => Reason::Own,
                Invitation::Consult(_) => Reason::Consult,
                Invitation::Invite(_) => Reason::Invite,
                Invitation::Watch(_) => Reason::Watch,
            };
            let follows = match invitation {
                Invitation::Watch(following) => Some(following),
                _ => None,
            };
            json(Offered {
                of,
                to: Actor::named(agent, user_name),
                invitation: reason,
                from: invitation.inviter().and_then(|(from, _)| names(from)),
                target: follows.and_then(|follows| names(&follows.target)),
                monitoring: follows.map(|follows| Followed(follows.monitoring)),
                led: Led::by(by.as_ref(), names),
                deadline: deadline.map(time),
            })
        }
        Fact::Requested { request, help, asks, priority, agent, user_name, reference: _, deadline } => {
            json(Requested {
                of,
                by: Actor::named(agent, user_name),
                request: *request,
                help: *help,
                asks: asks.as_str(),
                priority: *priority,
                deadline: time(*deadline),
            })
        }
        Fact::RequestEnded { request, agent, user_name, closer } => {
            json(RequestEnded { of, by: Actor::named(agent, user_name), request: *request, closer: *closer })
        }
        Fact::VisibilityChanged { agent, user_name, visibility, follows } => json(VisibilityChanged {
            of,
            who: Actor::named(agent, user_name),
            visibility: *visibility,
            target: follows.as_ref().and_then(|follows| names(&follows.target)),
            monitoring: follows.as_ref().map(|follows| Followed(follows.monitoring)),
        }),
        Fact::TookOver { agent, user_name, from } => json(TookOver {
            of,
            who: Actor::named(agent, user_name),
            from: names(from),
            from_id: from.as_str(),
        }),
        Fact::OfferEnded { agent, state, closer, barred_until: _, dispositioned } => json(OfferEnded {
            of,
            by: Actor::of(agent, names),
            state: *state,
            closer: *closer,
            dispositioned: *dispositioned,
        }),
        Fact::Accepted { agent, nickname } => json(Accepted { of, by: Actor::of(agent, names), nickname }),
        Fact::JoinFailed { agent, nickname: _ } => json(JoinFailed { of, by: Actor::of(agent, names) }),
        Fact::TalkEnded { closer } => json(TalkEnded { of, closer: *closer }),
        Fact::PartyClosed { agent, user_name, state, closer, dispositioned, to } => json(PartyClosed {
            of,
            who: Actor::named(agent, user_name),
            state: *state,
            closer: *closer,
            dispositioned: *dispositioned,
            to: to.as_ref().and_then(names),
            to_id: to.as_ref().map(UserId::as_str),
        }),
        Fact::TakenAway { agent, by, barred_until: _ } => json(TakenAway {
            of,
            from: Actor::of(agent, names),
            supervisor: by.as_ref().and_then(names),
            supervisor_id: by.as_ref().map(UserId::as_str),
        }),
        Fact::Ended { closer, dispositioned } => {
            json(Ended { of, closer: *closer, dispositioned: *dispositioned })
        }
        Fact::Erased => json(Erased { of }),
        Fact::Disposition { .. } => disposition::data(of, at, &event.fact),
        Fact::Delivery { .. }
        | Fact::Resent { .. }
        | Fact::Amended { .. }
        | Fact::FoundClosed { .. }
        | Fact::SlotsLeft
        | Fact::WindowClosing { .. }
        | Fact::Said { .. }
        | Fact::Typed { .. }
        | Fact::Renamed { .. }
        | Fact::DataChanged { .. }
        | Fact::Commented { .. } => message::data(of, &event.fact, names),
    }
}

//! A call's way: from its beginning over queues, phones and agents to its end (spec: admin-and-reporting#10).

use super::{
    absorbed::Absorbed,
    disposition, request,
    row::{CallConversation, Led, Names, Row, json, schema, time},
    words,
};
use domain::{
    InteractionId, Millis, UserId,
    call::{CallEvent, Fact, Who, line_uuid},
    medium,
    watch::PartyWatch,
};
use gws::CallRequest;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[
    ("call.began", schema::<Began<'_>>),
    ("call.joined", schema::<Joined<'_>>),
    ("call.monitoring", schema::<Watching<'_>>),
    ("call.silenced", schema::<Silenced<'_>>),
    ("call.line-began", schema::<LineBegan<'_>>),
    ("call.moved", schema::<Moved<'_>>),
    ("call.requested", schema::<request::Requested<'_>>),
    ("call.request-ended", schema::<request::RequestEnded<'_>>),
    ("call.queued", schema::<Queued<'_>>),
    ("call.overflowed", schema::<Overflowed<'_>>),
    ("call.established", schema::<Established<'_>>),
    ("call.held", schema::<Held<'_>>),
    ("call.muted", schema::<Muted<'_>>),
    ("call.refused", schema::<Refused<'_>>),
    ("call.released", schema::<Released<'_>>),
    ("call.user-data", schema::<DataChanged<'_>>),
    ("call.user-event", schema::<UserEvent<'_>>),
    ("call.ended", schema::<Ended<'_>>),
    ("call.absorbed", schema::<Absorbed<'_>>),
    ("call.absorbed-into", schema::<AbsorbedInto<'_>>),
    ("call.erased", schema::<Erased<'_>>),
];

/// Somebody calls.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Began<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its connection id.
    conn_id: &'a str,
    /// Where it comes from and goes to.
    #[serde(with = "words::CallKind")]
    call_type: domain::call::CallKind,
    /// The caller's number; empty when it is withheld.
    ani: &'a str,
    /// The caller's name, as the network tells it; may be empty.
    caller_name: &'a str,
    /// The number that was dialled.
    dnis: &'a str,
    /// A remote location that came with it.
    location: Option<&'a str>,
    /// What was attached from the beginning.
    user_data: &'a Map<String, Value>,
}

/// A party came in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Joined<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
    /// The user's name; null when it is no user.
    agent: Option<&'a str>,
    /// The user's id; null when it is no user.
    agent_id: Option<&'a str>,
    /// What it is.
    party: PartyKind,
    /// Its number; empty when it is withheld.
    this_dn: &'a str,
    /// How it came in.
    #[serde(with = "words::Origin")]
    origin: domain::call::PartyOrigin,
    /// Where it begins.
    #[serde(with = "words::CallState")]
    state: domain::call::PartyState,
    /// When it is given up if nobody answers; null when it is not.
    #[schemars(extend("format" = "date-time"))]
    deadline: Option<String>,
    /// The UUID of the line that it came into, where that is not the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// The leg that carries it, where that is another party's: an agent who asks somebody has one phone; or where their
    /// phone made another leg by its own keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<u16>,
    /// The leg of the party that hands somebody over to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_over_by: Option<u16>,
    /// The number of the request of which a queue offers it that line.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<u32>,
    /// The supervisor who named the agent, to whom a queue offers it.
    #[serde(flatten)]
    led: Led<'a>,
    /// Whom its user follows, who comes in for that.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    monitoring: Option<Followed>,
}

/// Whom a supervisor follows in a call, and how.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Followed {
    /// The leg of the party that they follow.
    monitored_leg: u16,
    /// How.
    #[serde(with = "words::Monitoring")]
    monitoring: domain::watch::Monitoring,
    /// How long they stay.
    #[serde(with = "words::WatchScope")]
    monitoring_scope: domain::watch::WatchScope,
    /// Whether they take part like anybody else.
    stepped_in: bool,
    /// Whether that party is not shown that somebody listens.
    hidden: bool,
}

/// A supervisor follows otherwise, or somebody else.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Watching<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Their leg.
    leg: u16,
    #[serde(flatten)]
    monitoring: Followed,
}

/// A supervisor keeps what a party says from the others, or lets them hear it again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Silenced<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The leg of the party.
    leg: u16,
    /// Whether it is kept.
    on: bool,
    /// The supervisor's name; null when it was because they left, or when they are no longer provisioned.
    supervisor: Option<String>,
    /// The supervisor's id; null when it was because they left.
    supervisor_id: Option<&'a str>,
}

/// An agent asks somebody beside the call.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LineBegan<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The call UUID of the line.
    call_uuid: &'a str,
    /// Its connection id.
    conn_id: &'a str,
    /// The leg of the party that asks.
    by: u16,
    /// The number that is dialled.
    dnis: &'a str,
    /// What for.
    #[serde(with = "words::Purpose")]
    purpose: domain::call::Purpose,
}

/// A party goes on in another line, or in the place of the party that handed somebody over to it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Moved<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
    /// The UUID of the line in which it is from now on.
    call_uuid: String,
    /// How it counts as having come in from now on.
    #[serde(with = "words::Origin")]
    origin: domain::call::PartyOrigin,
    /// The leg that carries it from now on, where that changes: a phone that made a second one goes on with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<u16>,
}

/// What a party is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum PartyKind {
    /// Somebody outside.
    Outside,
    /// A phone of ours that is nobody's.
    Phone,
    /// A user at their phone.
    User,
}

/// It takes a place in a queue.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Queued<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Higher goes first.
    priority: i32,
    /// Its place is counted from this moment.
    #[schemars(extend("format" = "date-time"))]
    since: String,
    /// When its waiting overflows; null when it does not.
    #[schemars(extend("format" = "date-time"))]
    overflow_at: Option<String>,
    /// The supervisor who put it there.
    #[serde(flatten)]
    led: Led<'a>,
}

/// Its waiting led nowhere.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Overflowed<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The reason.
    #[serde(with = "words::Overflowing")]
    why: domain::call::Overflowing,
    /// The announcement it hears before it is released; null when it goes elsewhere, or is released at once.
    announcement: Option<&'a str>,
}

/// A party talks now, or again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Established<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
}

/// A party holds the others.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Held<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
}

/// What a party says is kept from the others, or is heard again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Muted<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
    /// Kept, or heard.
    on: bool,
}

/// A phone refused what was asked of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Refused<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
    /// The operation that came to nothing.
    operation: &'static str,
    /// The SIP status code.
    code: u16,
}

/// A party's part ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Released<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Its leg.
    leg: u16,
    /// The user's name; null when it is no user.
    agent: Option<&'a str>,
    /// The user's id; null when it is no user.
    agent_id: Option<&'a str>,
    /// Its number; empty when it is withheld.
    this_dn: &'a str,
    /// Who ended it.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
    /// The reason.
    #[serde(with = "words::Cause")]
    cause: domain::call::Cause,
    /// The SIP status code; null when there was none.
    code: Option<u16>,
    /// Whether it had talked.
    talked: bool,
    /// Whether the call had a disposition then.
    dispositioned: bool,
}

/// User data changed, disposition keys excepted.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DataChanged<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The user's name; null when it was no user, or when they are no longer provisioned.
    agent: Option<String>,
    /// The user's id; null when it was no user.
    agent_id: Option<&'a str>,
    /// Pairs added or replaced.
    set: &'a Map<String, Value>,
    /// Keys taken away.
    removed: &'a [String],
    /// By which operation.
    #[serde(with = "words::Via")]
    via: domain::session::Via,
}

/// A user sent an event from their phone while they had a part in it, or after that. The user data of the call are not
/// touched; a disposition in it is told as one, too.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct UserEvent<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The name by which contact centres know such an event.
    #[schemars(with = "&str", extend("const" = "EventUserEvent"))]
    event: &'static str,
    /// Their leg.
    leg: u16,
    /// The user's name.
    agent: &'a str,
    /// The user's id.
    agent_id: &'a str,
    /// Their number.
    this_dn: &'a str,
    /// The UUID of their call.
    call_uuid: &'a str,
    /// The connection id of their call.
    conn_id: &'a str,
    /// What was sent.
    user_data: &'a Map<String, Value>,
}

/// Nobody is in it any more.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Ended<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// Who ended it.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
    /// Whether it had a disposition.
    dispositioned: bool,
    /// Whether the caller gave up waiting in a queue.
    abandoned: bool,
}

/// It goes on as part of an older interaction, and this is the last of it: there is no `call.ended`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AbsorbedInto<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
    /// The id of the older one.
    into: &'a str,
    /// Who did it.
    #[serde(with = "words::EndedBy")]
    closer: domain::session::EndedBy,
}

/// Personal values of the call were erased, in its earlier events too.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Erased<'a> {
    #[serde(flatten)]
    of: CallConversation<'a>,
}

/// The data of a fact of a call; `None` for what only passes between the server and a phone.
pub(super) fn data(id: &str, at: Millis, event: &CallEvent, names: Names<'_>) -> Option<Value> {
    let queue = event.queue.as_ref().map(domain::QueueName::as_str);
    let of = CallConversation { interaction_id: id, media: medium::VOICE, queue };
    let line_of = |line| event.line_uuid.as_ref().map_or_else(|| uuid(id, line), ToString::to_string);
    match &event.fact {
        Fact::Began { conn_id, kind, from, dialled, location, aim: _, user_data, owner: _ } => json(Began {
            of,
            conn_id: conn_id.as_str(),
            call_type: *kind,
            ani: &from.number,
            caller_name: &from.name,
            dnis: dialled.as_str(),
            location: location.as_deref(),
            user_data: user_data.pairs(),
        }),
        Fact::Joined {
            leg,
            line,
            who,
            dn,
            origin,
            state,
            answers: _,
            deadline,
            carrier,
            handover,
            watch,
            request,
            by,
        } => {
            let (party, agent, agent_id) = match who {
                Who::Outside => (PartyKind::Outside, None, None),
                Who::Phone => (PartyKind::Phone, None, None),
                Who::User { id, name } => (PartyKind::User, Some(name.as_str()), Some(id.as_str())),
            };
            let deadline = deadline.map(time);
            let (leg, origin, state, this_dn) = (*leg, *origin, *state, dn.as_str());
            let line = (*line > 0).then(|| line_of(*line));
            let (carrier, handed_over_by) = (*carrier, handover.map(|handover| handover.from));
            json(Joined {
                of,
                leg,
                agent,
                agent_id,
                party,
                this_dn,
                origin,
                state,
                deadline,
                line,
                carrier,
                handed_over_by,
                request: *request,
                led: Led::by(by.as_ref(), names),
                monitoring: watch.map(Into::into),
            })
        }
        Fact::Watching { leg, watch } => json(Watching { of, leg: *leg, monitoring: (*watch).into() }),
        Fact::Silenced { leg, on, supervisor } => json(Silenced {
            of,
            leg: *leg,
            on: *on,
            supervisor: supervisor.as_ref().and_then(names),
            supervisor_id: supervisor.as_ref().map(UserId::as_str),
        }),
        Fact::LineBegan { line: _, uuid, conn_id, by, dialled, purpose, answered_only: _ } => {
            json(LineBegan {
                of,
                call_uuid: uuid.as_str(),
                conn_id: conn_id.as_str(),
                by: *by,
                dnis: dialled.as_str(),
                purpose: *purpose,
            })
        }
        Fact::Moved { leg, line, origin, handover: _, carrier } => {
            let (leg, call_uuid) = (*leg, line_of(*line));
            json(Moved { of, leg, call_uuid, origin: *origin, carrier: *carrier })
        }
        Fact::Requested { line, .. } | Fact::RequestEnded { line, .. } => {
            request::of_call(of, line_of(*line), &event.fact)
        }
        Fact::Queued { priority, since, overflow_at, party: _, after: _, by } => json(Queued {
            of,
            priority: *priority,
            since: time(*since),
            overflow_at: overflow_at.map(time),
            led: Led::by(by.as_ref(), names),
        }),
        Fact::Overflowed { why, announcement } => {
            json(Overflowed { of, why: *why, announcement: announcement.as_deref() })
        }
        Fact::Established { leg } => json(Established { of, leg: *leg }),
        Fact::Held { leg, parked: _ } => json(Held { of, leg: *leg }),
        Fact::Muted { leg, on } => json(Muted { of, leg: *leg, on: *on }),
        Fact::Refused { leg, operation, code } => json(Refused {
            of,
            leg: *leg,
            operation: CallRequest::name_of(operation.operation()),
            code: *code,
        }),
        Fact::Released {
            leg,
            agent,
            user_name,
            dn,
            closer,
            cause,
            code,
            talked,
            dispositioned,
            barred_until: _,
        } => json(Released {
            of,
            leg: *leg,
            agent: user_name.as_deref(),
            agent_id: agent.as_ref().map(UserId::as_str),
            this_dn: dn.as_str(),
            closer: *closer,
            cause: *cause,
            code: *code,
            talked: *talked,
            dispositioned: *dispositioned,
        }),
        Fact::DataChanged { line: _, set, removed, agent, via } => json(DataChanged {
            of,
            agent: agent.as_ref().and_then(names),
            agent_id: agent.as_ref().map(UserId::as_str),
            set: set.pairs(),
            removed,
            via: *via,
        }),
        Fact::Disposition { .. } => disposition::of_call(of, at, &event.fact),
        Fact::Ended { closer, dispositioned, abandoned } => {
            json(Ended { of, closer: *closer, dispositioned: *dispositioned, abandoned: *abandoned })
        }
        Fact::UserEvent { leg, agent, user_name, this_dn, call_uuid, conn_id, user_data } => {
            json(UserEvent {
                of,
                event: "EventUserEvent",
                leg: *leg,
                agent: user_name,
                agent_id: agent.as_str(),
                this_dn: this_dn.as_str(),
                call_uuid: call_uuid.as_str(),
                conn_id: conn_id.as_str(),
                user_data: user_data.pairs(),
            })
        }
        Fact::Absorbed { call, first, user_data } => json(Absorbed::of(of, call, *first, user_data)),
        Fact::AbsorbedInto { into, closer } => {
            json(AbsorbedInto { of, into: into.as_str(), closer: *closer })
        }
        Fact::Erased => json(Erased { of }),
        Fact::LegUp { .. } | Fact::AnswerAsked { .. } | Fact::HoldAsked { .. } => None,
    }
}

impl From<PartyWatch> for Followed {
    fn from(watch: PartyWatch) -> Self {
        let PartyWatch { target, monitoring, scope, stepped_in, hidden } = watch;
        Self { monitored_leg: target, monitoring, monitoring_scope: scope, stepped_in, hidden }
    }
}

/// The call UUID of a line.
fn uuid(id: &str, line: u16) -> String {
    let id = InteractionId::from(id);
    line_uuid(&id, line).unwrap_or(id).as_str().to_owned()
}

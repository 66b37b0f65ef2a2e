//! What can happen to a call.

use super::{
    destination::Overflowing,
    leg::{CallerId, Cause},
    operation::CallOperation,
    party::{Handover, PartyOrigin, PartyState, Purpose, Who},
    snapshot::{Call, CallKind, PendingDestination},
};
use crate::{
    ConnId, InteractionId, Millis, NodeId, QueueName, UserData, UserId,
    ids::Dn,
    interaction::{EndedBy, Via},
    request::Help,
    userdata::blank_value,
    watch::PartyWatch,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One event of a call; the queue stands in each, so that a reader of the feed needs no state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallEvent {
    /// The queue it was last put into, after this event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueName>,
    /// The call UUID of the line that the fact names, where that does not follow from its number: the line came with
    /// another interaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_uuid: Option<InteractionId>,
    /// What happened.
    pub fact: Fact,
    /// How long the state lasted that this event ended, in milliseconds; `None` where it ends none, where that is not
    /// known, and in events of format 1 ([`crate::format`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// Somebody calls.
    Began {
        /// Its connection id.
        conn_id: ConnId,
        /// Where it comes from and goes to.
        kind: CallKind,
        /// Who calls.
        from: CallerId,
        /// The number that was dialled.
        dialled: Dn,
        /// A remote location that came with it.
        location: Option<String>,
        /// Where it goes once the phone of the agent who dialled is up.
        aim: Option<PendingDestination>,
        /// What was attached from the beginning.
        user_data: UserData,
        /// The node that carries it; `None` in events before format 3 ([`crate::format`]).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<NodeId>,
    },
    /// A party came in.
    Joined {
        /// Its leg.
        leg: u16,
        /// Its line.
        line: u16,
        /// Who it is.
        who: Who,
        /// Its number.
        dn: Dn,
        /// How it came in.
        origin: PartyOrigin,
        /// Where it begins.
        state: PartyState,
        /// Whether its phone can be made to answer.
        answers: bool,
        /// When it is given up if nobody answers.
        deadline: Option<Millis>,
        /// The leg that carries it, where that is another party's, or one that its phone made beside the one it had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<u16>,
        /// From whom it takes somebody over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handover: Option<Handover>,
        /// Whom its user follows, if they come in for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        watch: Option<PartyWatch>,
        /// The request of which a queue offers it that line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request: Option<u32>,
        /// The supervisor who named this agent, to whom a queue offers it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// An agent who asks somebody beside the call waits in a queue for whoever takes it. Told again when it goes on to
    /// another queue, since nobody took it in the first: it keeps its number and its place in time.
    Requested {
        /// Its number in the call, from 1.
        request: u32,
        /// The line in which the agent waits.
        line: u16,
        /// For what.
        help: Help,
        /// The queue that is asked.
        asks: QueueName,
        /// Higher goes first.
        priority: i32,
        /// When it lapses.
        deadline: Millis,
        /// Who asks.
        agent: UserId,
        /// Their user name.
        user_name: String,
        /// The number of their command.
        reference: u64,
    },
    /// An agent who asked a queue waits no longer, and nobody has taken it.
    RequestEnded {
        /// Its number.
        request: u32,
        /// The line in which the agent waited.
        line: u16,
        /// For what.
        help: Help,
        /// The queue that had it last.
        asks: QueueName,
        /// Who asked.
        agent: UserId,
        /// Their user name.
        user_name: String,
        /// Who ended it.
        closer: EndedBy,
        /// Why the queue gave nobody; `None` when the agent did not wait for that.
        why: Option<Overflowing>,
    },
    /// A supervisor follows otherwise, or somebody else.
    Watching {
        /// Their leg.
        leg: u16,
        /// Whom, and how.
        watch: PartyWatch,
    },
    /// A supervisor keeps what a party says from the others, or lets them hear it again.
    Silenced {
        /// The leg of the party.
        leg: u16,
        /// Kept, or heard.
        on: bool,
        /// The supervisor; `None` when it was because they left.
        supervisor: Option<UserId>,
    },
    /// An agent asks somebody beside the call: a line of its own begins.
    LineBegan {
        /// The line.
        line: u16,
        /// Its call UUID.
        uuid: InteractionId,
        /// Its connection id.
        conn_id: ConnId,
        /// The party that asks.
        by: u16,
        /// The number that is dialled.
        dialled: Dn,
        /// What for.
        purpose: Purpose,
        /// Whether it hands the call over only once it was answered.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        answered_only: bool,
    },
    /// A party goes on in another line, or in the place of the party that handed somebody over to it.
    Moved {
        /// Its leg.
        leg: u16,
        /// Its line from now on.
        line: u16,
        /// How it counts as having come in from now on.
        origin: PartyOrigin,
        /// From whom it takes somebody over, if it does.
        handover: Option<Handover>,
        /// The leg that carries it from now on, where that changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carrier: Option<u16>,
    },
    /// It takes a place in a queue.
    Queued {
        /// Higher goes first.
        priority: i32,
        /// Its place is counted from here.
        since: Millis,
        /// When its waiting overflows.
        overflow_at: Option<Millis>,
        /// The party that waits; `None` where it is the one that called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<u16>,
        /// The newest party when it was handed to the queue: who served it before counts for another; 0 where it came in
        /// there.
        #[serde(default, skip_serializing_if = "is_zero")]
        after: u16,
        /// Who leads the queue and put it there, if somebody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// Its waiting led nowhere: it is turned away with an announcement, or goes to another queue.
    Overflowed {
        /// Why.
        why: Overflowing,
        /// The announcement; `None` when it goes to another queue, or is released at once.
        announcement: Option<String>,
    },
    /// A party's own leg is up: its phone was answered.
    LegUp {
        /// Its leg.
        leg: u16,
    },
    /// A party talks now, or again.
    Established {
        /// Its leg.
        leg: u16,
    },
    /// A party's phone was asked to answer: it is given the time that takes.
    AnswerAsked {
        /// Its leg.
        leg: u16,
        /// When it is given up if it does not.
        deadline: Millis,
    },
    /// A party's phone was asked to hold, or to go on.
    HoldAsked {
        /// Its leg.
        leg: u16,
        /// To hold, or to go on.
        on: bool,
    },
    /// A party holds the others.
    Held {
        /// Its leg.
        leg: u16,
        /// In the room alone, without its phone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parked: bool,
    },
    /// What a party says is kept from the others, or is heard again.
    Muted {
        /// Its leg.
        leg: u16,
        /// Kept, or heard.
        on: bool,
    },
    /// A phone refused what was asked of it.
    Refused {
        /// Its leg.
        leg: u16,
        /// The operation that came to nothing.
        operation: RefusedOperation,
        /// The SIP status code.
        code: u16,
    },
    /// A party's part ended.
    Released {
        /// Its leg.
        leg: u16,
        /// The user, if it was one.
        agent: Option<UserId>,
        /// The user's name, if it was one.
        user_name: Option<String>,
        /// Its number.
        dn: Dn,
        /// Who ended it.
        closer: EndedBy,
        /// Why.
        cause: Cause,
        /// The SIP status code, where there was one.
        code: Option<u16>,
        /// Whether it had talked.
        talked: bool,
        /// Whether the call had a disposition then.
        dispositioned: bool,
        /// The user is not offered it again before this moment.
        barred_until: Option<Millis>,
    },
    /// User data changed, disposition keys excepted.
    DataChanged {
        /// The line whose data it is.
        line: u16,
        /// Pairs added or replaced.
        set: UserData,
        /// Keys taken away.
        removed: Vec<String>,
        /// The user, if one did it.
        agent: Option<UserId>,
        /// By which operation.
        via: Via,
    },
    /// A disposition was set, changed or cleared (spec: decisions#6).
    Disposition {
        /// Its leg.
        leg: u16,
        /// The user.
        agent: UserId,
        /// The user's name.
        user_name: String,
        /// The UUID of the user's line.
        call_uuid: InteractionId,
        /// The connection id of the user's line.
        conn_id: ConnId,
        /// The user's number.
        this_dn: Dn,
        /// Under which key.
        key: String,
        /// The value; null when the pair was taken away.
        value: Value,
        /// The value before; null when there was none.
        previous: Value,
        /// By which operation.
        via: Via,
        /// Set after the user's part ended: user data is not touched, only reporting hears of it.
        late: bool,
        /// Whether the book knows the value.
        known: bool,
        /// Whether the user was in the call to follow somebody else.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        supervisor: bool,
    },
    /// A user sent an event from their phone while they had a part in it, or after that.
    UserEvent {
        /// Their leg.
        leg: u16,
        /// The user.
        agent: UserId,
        /// The user's name.
        user_name: String,
        /// Their number.
        this_dn: Dn,
        /// The UUID of their call.
        call_uuid: InteractionId,
        /// The connection id of their call.
        conn_id: ConnId,
        /// What was sent. The user data of the call are not touched.
        user_data: UserData,
    },
    /// Nobody is in it any more.
    Ended {
        /// Who ended it.
        closer: EndedBy,
        /// Whether it had a disposition.
        dispositioned: bool,
        /// Whether the caller gave up waiting in a queue.
        abandoned: bool,
    },
    /// An agent joined one of its calls with a call of another interaction, which is part of this one from now on. Its
    /// parties and lines come after those that are here: the number of each grows by how many there are.
    Absorbed {
        /// The other, as it was.
        call: Box<Call>,
        /// The number of its first party here.
        first: u16,
        /// Pairs of the other's user data that this one did not have.
        user_data: UserData,
    },
    /// The same, told of the other: it goes on in an older interaction, and this is the last of it.
    AbsorbedInto {
        /// The older one.
        into: InteractionId,
        /// Who did it.
        closer: EndedBy,
    },
    /// Personal values were erased.
    Erased,
}

/// What a phone can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusedOperation {
    /// To answer.
    Answer,
    /// To hold.
    Hold,
    /// To go on.
    Retrieve,
}

impl RefusedOperation {
    /// The operation.
    pub const fn operation(self) -> CallOperation {
        match self {
            Self::Answer => CallOperation::Answer,
            Self::Hold => CallOperation::Hold,
            Self::Retrieve => CallOperation::Retrieve,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the serialization calls it")]
const fn is_zero(number: &u16) -> bool {
    *number == 0
}

impl Fact {
    /// Whether it is the first that can happen to a call, and only the first.
    pub const fn begins(&self) -> bool {
        matches!(self, Self::Began { .. })
    }

    /// The word under which the reporting feed tells of it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Began { .. } => "call.began",
            Self::Joined { .. } => "call.joined",
            Self::Watching { .. } => "call.monitoring",
            Self::Silenced { .. } => "call.silenced",
            Self::LineBegan { .. } => "call.line-began",
            Self::Moved { .. } => "call.moved",
            Self::Requested { .. } => "call.requested",
            Self::RequestEnded { .. } => "call.request-ended",
            Self::Queued { .. } => "call.queued",
            Self::Overflowed { .. } => "call.overflowed",
            Self::LegUp { .. } => "call.leg-up",
            Self::Established { .. } => "call.established",
            Self::AnswerAsked { .. } => "call.answer-asked",
            Self::HoldAsked { .. } => "call.hold-asked",
            Self::Held { .. } => "call.held",
            Self::Muted { .. } => "call.muted",
            Self::Refused { .. } => "call.refused",
            Self::Released { .. } => "call.released",
            Self::DataChanged { .. } => "call.user-data",
            Self::Disposition { .. } => "disposition",
            Self::UserEvent { .. } => "call.user-event",
            Self::Ended { .. } => "call.ended",
            Self::Absorbed { .. } => "call.absorbed",
            Self::AbsorbedInto { .. } => "call.absorbed-into",
            Self::Erased => "call.erased",
        }
    }

    /// Takes personal values out and leaves what the numbers need. Exhaustive on purpose: a new fact must say here
    /// what of it is personal. Numbers of our own phones are not, those from outside are.
    pub fn redact(&mut self) {
        match self {
            Self::Began { kind, from, dialled, location, aim, user_data, .. } => {
                *from = CallerId::default();
                if *kind == CallKind::Outbound {
                    *dialled = Dn::from("");
                }
                *location = None;
                // The phone it leads to may be forwarded outside.
                *aim = None;
                *user_data = user_data.blanked();
            }
            Self::Joined { who: Who::Outside, dn, .. } | Self::Released { agent: None, dn, .. } => {
                *dn = Dn::from("");
            }
            // A number outside is somebody's; which it is cannot be told from here.
            Self::LineBegan { dialled, .. } => *dialled = Dn::from(""),
            Self::DataChanged { set, .. } => *set = set.blanked(),
            Self::Absorbed { call, first: _, user_data } => {
                call.blank();
                *user_data = user_data.blanked();
            }
            Self::UserEvent { user_data, .. } => *user_data = user_data.blanked(),
            Self::Disposition { value, previous, known, .. } => {
                if !*known {
                    blank_value(value);
                }
                blank_value(previous);
            }
            Self::Joined { .. }
            | Self::Watching { .. }
            | Self::Silenced { .. }
            | Self::Moved { .. }
            | Self::Requested { .. }
            | Self::RequestEnded { .. }
            | Self::Queued { .. }
            | Self::Overflowed { .. }
            | Self::LegUp { .. }
            | Self::Established { .. }
            | Self::AnswerAsked { .. }
            | Self::HoldAsked { .. }
            | Self::Held { .. }
            | Self::Muted { .. }
            | Self::Refused { .. }
            | Self::Released { .. }
            | Self::Ended { .. }
            | Self::AbsorbedInto { .. }
            | Self::Erased => {}
        }
    }
}

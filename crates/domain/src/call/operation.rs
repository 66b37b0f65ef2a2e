//! What an agent can do with a call: at all, now, and as an act with all that it takes. [`crate::decide`] refuses exactly
//! what is not open here.

use super::{
    destination::Destination,
    party::{Party, PartyOrigin, PartyState, Purpose, Who},
    snapshot::Call,
};
use crate::{ConnId, InteractionId, UserData, ids::Dn, watch::Monitoring};

/// An operation of an agent on a call, in the field's plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallOperation {
    /// Make the phone answer.
    Answer,
    /// Refuse the call.
    Reject,
    /// Leave the call.
    Hangup,
    /// End it for everyone.
    ClearCall,
    /// Put the others on hold.
    Hold,
    /// Come back to them.
    Retrieve,
    /// Send tones.
    SendDtmf,
    /// Ask somebody to whom the call may be handed.
    InitiateTransfer,
    /// Hand the call to whom was asked.
    CompleteTransfer,
    /// Hand the call to somebody without asking.
    SingleStepTransfer,
    /// Ask somebody who may come in.
    InitiateConference,
    /// Take whom was asked into the call.
    CompleteConference,
    /// Call somebody into the call.
    SingleStepConference,
    /// Go on with the other of two calls.
    SwapCalls,
    /// Take somebody out of a conference.
    RemoveParticipantFromConference,
    /// Keep what the agent says from the others.
    MuteCall,
    /// Let them hear it again.
    UnmuteCall,
    /// Step in where the supervisor only followed.
    SwitchToBargeIn,
    /// Only listen from now on.
    SwitchToListenIn,
    /// Talk to the agent alone from now on.
    SwitchToCoach,
    /// Keep what the agent says whom the supervisor follows from the others.
    MuteMonitoredUser,
    /// Let them hear that agent again.
    UnmuteMonitoredUser,
    /// Add pairs.
    AttachUserData,
    /// Replace pairs.
    UpdateUserData,
    /// Take all pairs away.
    DeleteUserData,
    /// Take one pair away.
    DeleteUserDataPair,
}

impl CallOperation {
    /// Every operation, in the order in which answers list them.
    pub const ALL: [Self; 26] = [
        Self::Answer,
        Self::Reject,
        Self::Hangup,
        Self::ClearCall,
        Self::Hold,
        Self::Retrieve,
        Self::SendDtmf,
        Self::InitiateTransfer,
        Self::CompleteTransfer,
        Self::SingleStepTransfer,
        Self::InitiateConference,
        Self::CompleteConference,
        Self::SingleStepConference,
        Self::SwapCalls,
        Self::RemoveParticipantFromConference,
        Self::MuteCall,
        Self::UnmuteCall,
        Self::SwitchToBargeIn,
        Self::SwitchToListenIn,
        Self::SwitchToCoach,
        Self::MuteMonitoredUser,
        Self::UnmuteMonitoredUser,
        Self::AttachUserData,
        Self::UpdateUserData,
        Self::DeleteUserData,
        Self::DeleteUserDataPair,
    ];
}

/// The operations open to a party, in the order of [`CallOperation::ALL`] (spec: core-and-voice#5.4). Empty for one that
/// was released.
pub fn capabilities(call: &Call, party: &Party) -> Vec<CallOperation> {
    CallOperation::ALL.into_iter().filter(|operation| is_open(call, party, *operation)).collect()
}

/// Whether one operation is open to a party.
pub fn is_open(call: &Call, party: &Party, operation: CallOperation) -> bool {
    match operation {
        _ if !party.is_live() => false,
        CallOperation::AttachUserData
        | CallOperation::UpdateUserData
        | CallOperation::DeleteUserData
        | CallOperation::DeleteUserDataPair => true,
        _ if party.watch.is_some() => is_open_to_supervisor(call, party, operation),
        CallOperation::Answer => party.state == PartyState::Ringing && party.answers,
        CallOperation::Reject => party.state == PartyState::Ringing,
        CallOperation::Hangup => party.state != PartyState::Ringing,
        CallOperation::ClearCall => matches!(party.state, PartyState::Ringing | PartyState::Established),
        // Until the phone has confirmed, the call can be neither held nor retrieved.
        CallOperation::Hold => party.state == PartyState::Established && party.holding.is_none(),
        // While they talk with somebody else, the two are swapped.
        CallOperation::Retrieve => {
            let is_free = call.beside(party).all(|other| other.state == PartyState::Held);
            party.state == PartyState::Held && party.holding.is_none() && is_free
        }
        CallOperation::SendDtmf => matches!(party.state, PartyState::Dialing | PartyState::Established),
        CallOperation::InitiateTransfer
        | CallOperation::InitiateConference
        | CallOperation::SingleStepTransfer
        | CallOperation::SingleStepConference => party.user().is_some() && can_call_in(call, party),
        CallOperation::CompleteTransfer => {
            consultation(call, party).is_some_and(|both| both.can_hand_over(call))
        }
        CallOperation::CompleteConference => {
            consultation(call, party).is_some_and(|both| both.can_join(call))
        }
        CallOperation::SwapCalls => consultation(call, party).is_some_and(|both| both.can_swap()),
        CallOperation::RemoveParticipantFromConference => owns_conference(call, party),
        CallOperation::MuteCall => party.state == PartyState::Established && !party.muted,
        CallOperation::UnmuteCall => party.has_answered() && party.muted,
        CallOperation::SwitchToBargeIn
        | CallOperation::SwitchToListenIn
        | CallOperation::SwitchToCoach
        | CallOperation::MuteMonitoredUser
        | CallOperation::UnmuteMonitoredUser => false,
    }
}

/// Whether one operation is open to who is in a call because they follow somebody (spec: core-and-voice#5.4).
fn is_open_to_supervisor(call: &Call, party: &Party, operation: CallOperation) -> bool {
    let target = party.watch.and_then(|watch| call.on(watch.target)).filter(|target| target.is_live());
    let keeps_silent = |on| target.is_some_and(|target| target.has_answered() && target.silenced == on);
    match operation {
        CallOperation::Answer => party.state == PartyState::Ringing && party.answers,
        CallOperation::Reject => party.state == PartyState::Ringing,
        CallOperation::Hangup => party.state != PartyState::Ringing,
        _ if !party.has_answered() => false,
        CallOperation::SendDtmf => party.state == PartyState::Established && !party.only_watches(),
        CallOperation::RemoveParticipantFromConference => {
            call.others(party).filter(|other| other.has_answered()).count() > 2
        }
        CallOperation::MuteMonitoredUser => keeps_silent(false),
        CallOperation::UnmuteMonitoredUser => keeps_silent(true),
        _ => switches_to(operation).is_some_and(|to| {
            let from = party.watch.map(|watch| watch.monitoring);
            // Whoever has stepped in may not leave somebody alone by stepping out.
            let is_free =
                party.only_watches() || call.others(party).filter(|other| other.has_answered()).count() > 1;
            from != Some(to) && target.is_some() && is_free
        }),
    }
}

/// How a supervisor follows after an operation that says so.
const fn switches_to(operation: CallOperation) -> Option<Monitoring> {
    match operation {
        CallOperation::SwitchToBargeIn => Some(Monitoring::BargeIn),
        CallOperation::SwitchToListenIn => Some(Monitoring::ListenIn),
        CallOperation::SwitchToCoach => Some(Monitoring::Coach),
        _ => None,
    }
}

/// Whether a party can call somebody else into its call: it talks with somebody, and asks nobody already.
fn can_call_in(call: &Call, party: &Party) -> bool {
    let is_steady = party.has_answered() && party.holding.is_none();
    let talks = call.others(party).any(Party::has_answered);
    let calls_already = call.live_in(party.line).any(|other| other.state == PartyState::Ringing);
    let asks = party.origin == PartyOrigin::Consult || call.beside(party).next().is_some();
    is_steady && talks && !calls_already && !asks && !call.is_waiting() && !call.turned_away
}

/// Whether the phone of a party may hand its call over by its own key: as its user could over the API. A phone of ours
/// that is nobody's may as well, somebody outside and a supervisor who follows never.
pub fn may_refer(call: &Call, party: &Party) -> bool {
    party.who != Who::Outside && party.watch.is_none() && can_call_in(call, party)
}

/// Whether the call of a party may be joined with another of the same agent, or phone: as they could hand it over. It is
/// two operations in one, and open when it is for both (spec: core-and-voice#5.7).
pub fn may_join(call: &Call, party: &Party) -> bool {
    party.is_live() && may_refer(call, party)
}

/// Whether a call that the phone of a party makes asks somebody beside the party's call: it holds that call. One that
/// only waits in a line of the server, since its phone talks in another, does not.
pub fn may_ask_by_phone(call: &Call, party: &Party) -> bool {
    party.state == PartyState::Held && !party.parked && may_refer(call, party)
}

/// The two parts of an agent who asks somebody beside a call.
#[derive(Clone, Copy, Debug)]
pub struct Consultation<'c> {
    /// Their part in the call itself.
    pub main: &'c Party,
    /// Their part in the consultation.
    pub consult: &'c Party,
}

/// The consultation that a live part belongs to, whichever of the two it is.
pub fn consultation<'c>(call: &'c Call, party: &Party) -> Option<Consultation<'c>> {
    let asks = |who: &Party| who.origin == PartyOrigin::Consult;
    let consult = call
        .live()
        .find(|who| asks(who) && (who.leg == party.leg || call.line(who).by == Some(party.leg)))?;
    let main = call.live().find(|other| Some(other.leg) == call.line(consult).by)?;
    Some(Consultation { main, consult })
}

impl Consultation<'_> {
    /// Whether the agent's phone has a leg for each of the two, as it does when it asked by its own keys. Which of them
    /// it goes on with is then its own matter.
    pub fn has_two_legs(&self) -> bool {
        self.main.carried_by() != self.consult.carried_by()
    }

    fn is_steady(&self) -> bool {
        self.main.has_answered() && self.main.holding.is_none() && self.consult.holding.is_none()
    }

    fn can_hand_over(&self, call: &Call) -> bool {
        let talks = call.others(self.main).any(Party::has_answered);
        let may_ring = !call.line(self.consult).answered_only || self.consult.has_answered();
        // Who waits in a queue leaves their place to the customer.
        let is_asked = match call.request_in(self.consult.line) {
            Some(_) => customer_for_queue(call, self.main).is_ok(),
            None => call.others(self.consult).next().is_some(),
        };
        self.is_steady() && talks && may_ring && is_asked
    }

    fn can_join(&self, call: &Call) -> bool {
        self.can_hand_over(call)
            && self.consult.has_answered()
            && call.others(self.consult).all(Party::has_answered)
    }

    fn can_swap(&self) -> bool {
        let is_one = |state| (self.main.state == state) != (self.consult.state == state);
        let is_ours = self.is_steady() && !self.has_two_legs();
        is_ours && self.consult.has_answered() && is_one(PartyState::Held)
    }
}

/// Whom an agent may hand to a queue: the one with whom they talk; or why they may not.
pub(crate) fn customer_for_queue<'c>(call: &'c Call, party: &'c Party) -> Result<&'c Party, &'static str> {
    let mut others = call.others(party);
    let (Some(customer), None) = (others.next(), others.next()) else {
        return Err("A conference cannot be handed to a queue");
    };
    if party.line != 0 || is_colleague(customer) {
        return Err("A colleague who was asked cannot be handed to a queue");
    }
    Ok(customer)
}

/// Whether a party is one of us whom another agent called in, or who serves the call.
fn is_colleague(party: &Party) -> bool {
    let is_called_in = party.handover.is_some() || party.shown_as.is_some();
    is_called_in || matches!(party.origin, PartyOrigin::Queue | PartyOrigin::Consult)
}

/// Whether a party may take others out of a conference: the one of our users who has been in it longest.
fn owns_conference(call: &Call, party: &Party) -> bool {
    let answered = || call.live_in(party.line).filter(|other| other.has_answered());
    let first = answered().find(|other| other.user().is_some() && other.watch.is_none());
    answered().count() > 2 && first.is_some_and(|first| first.leg == party.leg)
}

/// Whom an agent calls in beside a call (spec: core-and-voice#5.7).
#[derive(Clone, Debug, PartialEq)]
pub struct CallIn {
    /// The number, as it was dialled.
    pub dialled: Dn,
    /// Where it leads.
    pub to: Destination,
    /// The connection id of the line that a consultation is: 16 hex digits.
    pub conn_id: ConnId,
    /// What is attached to the call.
    pub user_data: UserData,
}

/// What an agent does with a call (spec: core-and-voice#5.7, #6).
#[derive(Clone, Debug, PartialEq)]
pub enum CallAct {
    /// Makes the agent's phone answer.
    Answer,
    /// Refuses it.
    Reject,
    /// Leaves it.
    Hangup,
    /// Ends it for everyone.
    Clear,
    /// Puts the others on hold.
    Hold,
    /// Comes back to them.
    Retrieve,
    /// Sends tones: 0-9, `*`, `#`, A-D, a comma is half a second.
    SendDtmf(String),
    /// Asks somebody, in a line of its own.
    Initiate(Purpose, Box<CallIn>),
    /// Hands the call to whom was asked, or takes them in.
    Complete {
        /// Which of the two.
        purpose: Purpose,
        /// The UUID of the consultation, where the request names it.
        consult: Option<InteractionId>,
    },
    /// Hands the call to somebody, or calls them in, without asking.
    SingleStep(Purpose, Box<CallIn>),
    /// Goes on with the other call, whose UUID this is.
    Swap(InteractionId),
    /// Takes the party with this number out of the conference.
    Remove(Dn),
    /// Keeps what the agent says from the others, or lets them hear it again.
    Mute(bool),
    /// Follows otherwise.
    Monitor(Monitoring),
    /// Keeps what the agent says whom the supervisor follows from the others, or lets them hear it again.
    Silence(bool),
    /// Adds pairs. The same as replacing them (spec: decisions#8), but reported under its own name.
    AttachUserData(UserData),
    /// Adds and replaces pairs.
    UpdateUserData(UserData),
    /// Takes all pairs away.
    DeleteUserData,
    /// Takes one pair away; a pair that is not there is no error.
    DeleteUserDataPair(String),
    /// Sets the disposition, live or after release.
    SetDisposition {
        /// The value; empty clears.
        value: String,
        /// The key; the centre's when not given.
        key: Option<String>,
    },
}

impl CallAct {
    /// The operation that it belongs to; `None` for the disposition, which is taken whatever else is open.
    pub const fn operation(&self) -> Option<CallOperation> {
        Some(match self {
            Self::Answer => CallOperation::Answer,
            Self::Reject => CallOperation::Reject,
            Self::Hangup => CallOperation::Hangup,
            Self::Clear => CallOperation::ClearCall,
            Self::Hold => CallOperation::Hold,
            Self::Retrieve => CallOperation::Retrieve,
            Self::SendDtmf(_) => CallOperation::SendDtmf,
            Self::Initiate(Purpose::Transfer, _) => CallOperation::InitiateTransfer,
            Self::Initiate(Purpose::Conference, _) => CallOperation::InitiateConference,
            Self::Complete { purpose: Purpose::Transfer, .. } => CallOperation::CompleteTransfer,
            Self::Complete { purpose: Purpose::Conference, .. } => CallOperation::CompleteConference,
            Self::SingleStep(Purpose::Transfer, _) => CallOperation::SingleStepTransfer,
            Self::SingleStep(Purpose::Conference, _) => CallOperation::SingleStepConference,
            Self::Swap(_) => CallOperation::SwapCalls,
            Self::Remove(_) => CallOperation::RemoveParticipantFromConference,
            Self::Mute(true) => CallOperation::MuteCall,
            Self::Mute(false) => CallOperation::UnmuteCall,
            Self::Monitor(Monitoring::BargeIn) => CallOperation::SwitchToBargeIn,
            Self::Monitor(Monitoring::ListenIn) => CallOperation::SwitchToListenIn,
            Self::Monitor(Monitoring::Coach) => CallOperation::SwitchToCoach,
            Self::Silence(true) => CallOperation::MuteMonitoredUser,
            Self::Silence(false) => CallOperation::UnmuteMonitoredUser,
            Self::AttachUserData(_) => CallOperation::AttachUserData,
            Self::UpdateUserData(_) => CallOperation::UpdateUserData,
            Self::DeleteUserData => CallOperation::DeleteUserData,
            Self::DeleteUserDataPair(_) => CallOperation::DeleteUserDataPair,
            Self::SetDisposition { .. } => return None,
        })
    }

    /// The act in a word, for logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer => "call.answer",
            Self::Reject => "call.reject",
            Self::Hangup => "call.hang-up",
            Self::Clear => "call.clear",
            Self::Hold => "call.hold",
            Self::Retrieve => "call.retrieve",
            Self::SendDtmf(_) => "call.send-dtmf",
            Self::Initiate(..) => "call.initiate",
            Self::Complete { .. } => "call.complete",
            Self::SingleStep(..) => "call.single-step",
            Self::Swap(_) => "call.swap",
            Self::Remove(_) => "call.remove",
            Self::Mute(_) => "call.mute",
            Self::Monitor(_) => "call.monitor",
            Self::Silence(_) => "call.silence",
            Self::AttachUserData(_)
            | Self::UpdateUserData(_)
            | Self::DeleteUserData
            | Self::DeleteUserDataPair(_) => "call.user-data",
            Self::SetDisposition { .. } => "call.set-disposition",
        }
    }
}

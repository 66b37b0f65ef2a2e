//! The state of a leg.

use super::{
    branch::Branches,
    leg_event_sender::LegEventSender,
    session_timer::SessionTimer,
    transfers::{NewsSent, Transfers},
};
use crate::{
    media::{self, MediaStream},
    sip::{
        core::{Core, LegInput},
        flow::Flow,
        headers,
        limits::UnauthenticatedCall,
        origin::RequestOrigin,
        registrar::Binding,
    },
};
use domain::call::{Cause, Dn, HeardBy, LegId, Playback, RoomId};
use rsipstack::{
    dialog::{
        dialog::{DialogStateReceiver, DialogStateSender},
        invite_dialog::InviteDialog,
    },
    sip::{HasHeaders, Response},
};
use std::{collections::VecDeque, sync::Arc};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
    time::Instant,
};
use tracing::Span;

/// A leg.
pub(in crate::sip) struct Leg {
    pub(super) core: Arc<Core>,
    pub(super) id: LegId,
    pub(super) acts: UnboundedReceiver<LegInput>,
    pub(super) events: DialogStateReceiver,
    /// The channel for events of calls that we make; one for all of them.
    pub(super) events_of_calls: Option<DialogStateSender>,
    pub(super) stream: MediaStream,
    pub(super) media: UnboundedReceiver<media::StreamEvent>,
    pub(super) started: UnboundedSender<LegWorkOutcome>,
    pub(super) outcomes: UnboundedReceiver<LegWorkOutcome>,
    pub(super) teller: LegEventSender,
    pub(super) side: LegSide,
    /// Whether the other end answered, or acknowledged our answer.
    pub(super) up: bool,
    /// Set once nothing is told any more.
    pub(super) over: Option<LegEnding>,
    /// The place for it once it is answered.
    pub(super) place: Option<AudioRoute>,
    pub(super) muted: bool,
    pub(super) able: PeerSupport,
    pub(super) changes: Changes,
    pub(super) keys: Keys,
    pub(super) transfers: Transfers,
    pub(super) session: SessionTimer,
    pub(super) phone_holds: bool,
    /// The flow of its dialog.
    pub(super) flow: Flow,
    /// Set when the stream is closed: until when the phone may come back over another.
    pub(super) lost_at: Option<Instant>,
    /// The phone, where it is one of ours.
    pub(super) phone: Option<LegPhone>,
}

/// One of the phones of a number.
pub(super) struct LegPhone {
    pub(super) dn: Dn,
    /// Its own name, if it has one.
    pub(super) instance: Option<String>,
    /// The bindings of the number that belong to other phones.
    pub(super) others: Vec<u64>,
}

/// The end that began the call.
pub(super) enum LegSide {
    In(Incoming),
    Out(Box<Branches>),
}

/// The place of a leg.
pub(super) enum AudioRoute {
    Room(RoomId, HeardBy),
    Playback(Playback),
}

/// What the other end says it can take.
#[derive(Clone, Copy, Default)]
pub(super) struct PeerSupport {
    pub(super) info: bool,
    pub(super) update: bool,
}

/// The outcome of work that a leg started.
pub(super) enum LegWorkOutcome {
    /// Of a NOTIFY that should make the phone answer: its branch, and the code of the answer.
    Talked(String, u16),
    /// Of a re-INVITE.
    Changed(Box<DialogResult>),
    /// Of a refresh by UPDATE.
    Refreshed(Box<DialogResult>),
    /// Of keys sent with INFO: the rest when one was refused.
    Keyed(String),
    /// Of a NOTIFY that tells the phone of its transfer.
    Notified(NewsSent),
}

/// The answer to a request of a dialog; `None` when the dialog is gone.
pub(super) type DialogResult = rsipstack::Result<Option<Response>>;

/// The span of all log lines of a leg. The number of a phone of ours is no secret; a caller outside has none there.
pub(in crate::sip) fn span(id: &LegId, way: &'static str, phone: Option<&Dn>) -> Span {
    let phone = phone.map(Dn::as_str);
    tracing::info_span!("leg", interaction = id.call.as_str(), leg = id.number, way, phone)
}

impl PeerSupport {
    pub(super) fn read(message: &impl HasHeaders) -> Self {
        let takes = |method| headers::has_token(message, "Allow", method);
        Self { info: takes("INFO"), update: takes("UPDATE") }
    }
}

impl LegPhone {
    /// The phone of a binding, which is one of all those of its number; without a binding, one that is not registered.
    pub(super) fn of(dn: Dn, all: &[Binding], own: Option<&Binding>) -> Self {
        let other = |binding: &&Binding| own.is_none_or(|own| own.serial != binding.serial);
        let others = all.iter().filter(other).map(|binding| binding.serial).collect();
        Self { dn, instance: own.and_then(|own| own.instance.clone()), others }
    }

    /// Whether a binding is this phone's. A phone without a name is recognised by not being any of those that were
    /// there.
    pub(super) fn has(&self, binding: &Binding) -> bool {
        match &self.instance {
            Some(_) => binding.instance == self.instance,
            None => !self.others.contains(&binding.serial),
        }
    }
}

/// A call that came in, before it is answered.
pub(in crate::sip) struct Incoming {
    pub dialog: InviteDialog,
    /// Our answer to its offer; `None` when it made none, and gets one.
    pub answer: Option<String>,
    /// The session timer that was agreed on.
    pub session: SessionTimer,
    pub answered: bool,
    pub origin: RequestOrigin,
    /// The place of the call among those that came without a password.
    pub guest: Option<UnauthenticatedCall>,
}

/// What must still be done when a leg is over.
pub(super) enum LegEnding {
    /// Nothing: the other end knows.
    Done,
    /// The other end must be told why.
    Part(Cause),
}

/// Keys that go with INFO, one after the other.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) waiting: String,
    pub(super) sending: bool,
}

/// A change that is under way.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PendingChange {
    #[default]
    Nothing,
    /// A change of ours.
    Ours,
    /// A change of the other end was answered and not acknowledged.
    Theirs,
}

/// Changes of a session that we ask for.
#[derive(Default)]
pub(super) struct Changes {
    /// Changes that were asked for and not begun: to hold or not.
    pub(super) waiting: VecDeque<bool>,
    /// The requests that the running change stands for: the last counts, all are told its outcome.
    pub(super) asked: Vec<bool>,
    pub(super) under: PendingChange,
    pub(super) tries: u8,
    /// When it is tried again.
    pub retry_at: Option<Instant>,
    /// When those who asked are told that the phone does not answer.
    pub told_at: Option<Instant>,
    /// Whether they were told so: if the phone does it after all, it is asked to go back.
    pub(super) late: bool,
    /// Whether we asked the phone to hold, and it does.
    pub held: bool,
    /// Whether a refresh waits for its turn.
    pub(super) refresh: bool,
    /// Their change had no offer and got ours: the `CSeq` of the ACK that brings the answer (spec: voice-sip#10.7).
    pub answer_in: Option<u32>,
}

impl Changes {
    /// Whether a change of ours is under way: the other end's gets 491.
    pub fn running(&self) -> bool {
        self.under == PendingChange::Ours
    }
}

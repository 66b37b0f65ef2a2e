//! What a call asks of a switch and what a switch tells of it: legs, rooms, effects, signals (spec: voice-sip#1, #9).
//!
//! A leg is one connection between the switch and one phone. A room is the legs that hear each other. The call
//! machine knows only legs and rooms; dialogs, codecs and ports are the switch's.

use crate::{InteractionId, ids::Dn};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A leg: the call that it was made for, and which of its legs it is, from 1. Whoever makes the leg chooses it, so that
/// nothing can be heard of it before its name is known. The switch knows it by this name for as long as it is there, also
/// when another interaction has absorbed the call ([`super::Call::leg_number`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LegId {
    /// The call.
    pub call: InteractionId,
    /// Which of its legs.
    pub number: u16,
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.call, self.number)
    }
}

impl FromStr for LegId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (call, number) = text.rsplit_once('.').ok_or(())?;
        Ok(Self { call: call.into(), number: number.parse().map_err(|_| ())? })
    }
}

/// A room: a call, and which of its lines. A call has one line; a consultation adds another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoomId {
    /// The call.
    pub call: InteractionId,
    /// Which of its lines, from 0.
    pub line: u16,
}

/// Who in a room hears what a leg says. What it hears follows from what the others say, so that a room's hearing is that of
/// its legs, in whatever order they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum HeardBy {
    /// Every other leg.
    #[default]
    Everyone,
    /// This leg alone.
    One(LegId),
    /// No leg.
    Nobody,
}

/// What somebody in no room hears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Playback {
    /// Nothing.
    Silence,
    /// That it rings at the other end.
    Ringback,
    /// That the other end is busy.
    Busy,
    /// The tone or the music of the centre, which tells the party to wait.
    Hold,
    /// A recorded prompt once, by its name, and then what [`Playback::Hold`] is; the switch tells
    /// [`LegEvent::Played`] at its end. An unknown name is silence that ends at once.
    Prompt(String),
}

/// Why a leg or a party's part ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Somebody hung up: the ordinary end.
    Normal,
    /// The caller hung up before it was answered.
    Cancelled,
    /// The other end is busy.
    Busy,
    /// The other end refused.
    Refused,
    /// Nobody answered in time.
    NoAnswer,
    /// There is no such number.
    NoSuchNumber,
    /// The number cannot be reached: no phone is registered, or it does not respond.
    Unreachable,
    /// The ends have no codec in common.
    Incompatible,
    /// A connection was lost: the phone is gone, or nothing is heard from it.
    Lost,
    /// The server was started again, or the switch failed.
    Failed,
    /// The service is closed or full.
    Closed,
    /// The phone sends its calls elsewhere (3xx of SIP).
    Diverted,
    /// The phone takes no calls now, as it says itself: it is not to be disturbed (480 of SIP).
    Unavailable,
}

impl Cause {
    /// The word for people and for reporting.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Cancelled => "cancelled",
            Self::Busy => "busy",
            Self::Refused => "refused",
            Self::NoAnswer => "no-answer",
            Self::NoSuchNumber => "no-such-number",
            Self::Unreachable => "unreachable",
            Self::Incompatible => "incompatible",
            Self::Lost => "lost",
            Self::Failed => "failed",
            Self::Closed => "closed",
            Self::Diverted => "diverted",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Who calls, as the other end is shown it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerId {
    /// The number; empty when it is withheld.
    pub number: String,
    /// The name; may be empty.
    pub name: String,
}

/// A leg that the switch should make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Originate {
    /// To which number. All phones registered under it ring.
    pub to: Dn,
    /// Who calls.
    pub from: CallerId,
    /// Whether the phone should answer by itself: the agent asked for this call.
    pub auto_answer: bool,
}

/// What a call asks of the switch, about one leg. It is not kept: a switch that starts again gets no commands, since
/// the calls of a dead process are released (spec: decisions#1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchCommand {
    /// The leg concerned.
    pub leg: LegId,
    /// What is asked.
    pub act: LegCommand,
}

/// Whom a phone hands its call to by its own key (REFER of SIP, RFC 3515).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Referral {
    /// To whoever this number leads to, without asking.
    Number(Dn),
    /// To whom it talks with on another leg of its own (Replaces of RFC 3891).
    Leg(LegId),
}

/// What the switch should do with a leg. Those of one leg are done in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegCommand {
    /// Make it. [`LegEvent::Ringing`], [`LegEvent::Up`], [`LegEvent::Gone`] follow.
    Originate(Box<Originate>),
    /// Tell the caller, whose leg came in, that it rings (180).
    Ring,
    /// Take the call of a leg that came in (200), or make the phone of a leg of ours answer (spec: voice-sip#5.2).
    /// [`LegEvent::Up`] follows, or [`LegEvent::NotAnswered`].
    Answer,
    /// End it, in whatever state it is. [`LegEvent::Gone`] follows.
    Release(Cause),
    /// It hears the others of this room who may be heard by it, and is heard by these; it leaves the room it was in.
    Join(RoomId, HeardBy),
    /// It leaves the room it is in, and hears this.
    Part(Playback),
    /// Ask the phone to hold, or to go on; the room is not touched. [`LegEvent::HoldDone`] follows.
    HoldPhone(bool),
    /// What it says is not passed on, or is again.
    Mute(bool),
    /// Tell the phone what became of the [`LegEvent::Refers`] it asked for: `None` that it is done, else why not.
    Referred(Option<Cause>),
    /// Send these tones (0-9, `*`, `#`, A-D; a comma is half a second) out on the leg.
    Dtmf(String),
}

/// What a switch tells of a leg. Signals of one leg come in order; [`LegEvent::Gone`] is the last, and comes once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegEvent {
    /// It rings at the other end (18x).
    Ringing,
    /// It is answered: media flow. Of a leg that came in: our answer was acknowledged.
    Up,
    /// The phone could not be made to answer; the number is the SIP status code. It may still be answered by hand.
    NotAnswered(u16),
    /// The phone confirmed or refused what [`LegCommand::HoldPhone`] asked of it.
    HoldDone {
        /// To hold, or to go on.
        on: bool,
        /// The SIP status code of its refusal; `None` when it confirmed.
        refused: Option<u16>,
    },
    /// The hold key of the phone was pressed.
    PhoneHold(bool),
    /// A tone came in: 0-9, `*`, `#`, A-D. The parties that hear the leg have heard it, or must not.
    Digit(char),
    /// A tone that the switch cannot pass on by itself: it came in the signalling, the other end takes no telephone events,
    /// or several legs are mixed. It must be sent to the party that hears the leg, if that is one alone.
    Key(char),
    /// The prompt it heard is over.
    Played,
    /// The phone does not take the call and names another number for it (300 to 302 of SIP). [`LegEvent::Gone`] follows.
    Diverts {
        /// The number.
        to: Dn,
        /// The SIP status code.
        code: u16,
    },
    /// The phone hands its call over by its own key. [`LegCommand::Referred`] or [`LegCommand::Release`] follows.
    Refers(Referral),
    /// It is gone.
    Gone {
        /// Why.
        cause: Cause,
        /// The SIP status code, where there was one.
        code: Option<u16>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leg_reads_back_as_it_was_written() {
        let leg = LegId { call: "01RCC3N118B1V0SL807GK2LAES000006".into(), number: 2 };
        assert_eq!(leg.to_string().parse(), Ok(leg));
        assert_eq!("nothing".parse::<LegId>(), Err(()));
    }
}

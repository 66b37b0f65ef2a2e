//! What is told of somebody's part in a conversation or in a call, in plain words.

use super::shown::shown;
use desk::Desk;
use domain::{
    UserId,
    call::{Call, Party},
    session::{AgentParty, AgentPartyState, Invitation},
    watch::Monitoring,
};

/// A part that is told of, each once while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// It waits for them to take it.
    Offered,
    /// They were asked, and the customer does not see them.
    Advises,
    /// They talk with the customer beside whoever asked them.
    Joined,
    /// They have taken it over.
    TookOver,
    /// They follow, and say nothing.
    Listens,
    /// They follow, and speak with the agents.
    Coaches,
    /// They follow, and talk with the customer.
    StepsIn,
}

impl Part {
    /// The part of an agent in a conversation; `None` for one who simply serves it, or works on it after the talk.
    pub(super) fn of(party: &AgentParty) -> Option<Self> {
        match party.state {
            AgentPartyState::Invited => return Some(Self::Offered),
            AgentPartyState::Chatting => {}
            _ => return None,
        }
        if party.took_over {
            return Some(Self::TookOver);
        }
        match (&party.follows, &party.invitation) {
            (Some(following), _) => Some(match following.monitoring {
                Monitoring::ListenIn => Self::Listens,
                Monitoring::Coach => Self::Coaches,
                Monitoring::BargeIn => Self::StepsIn,
            }),
            (None, Invitation::Transfer { .. }) => Some(Self::TookOver),
            (None, Invitation::Consult(_) | Invitation::Invite(_)) => {
                Some(if party.talks() { Self::Joined } else { Self::Advises })
            }
            (None, Invitation::Queue | Invitation::Own | Invitation::Watch(_)) => None,
        }
    }

    /// The sentence about it. `name` has the part, `beside` is whom they help or follow, `who` the customer.
    pub(super) fn sentence(self, name: &str, beside: &str, who: &str) -> String {
        match self {
            Self::Offered => format!("{name} is offered {who}"),
            Self::Advises => format!("{name} advises {beside} about {who}, who sees nothing of it"),
            Self::Joined => format!("{name} talks with {who} beside {beside}"),
            Self::TookOver => format!("{name} takes over {who}"),
            Self::Listens => format!("{name} follows {beside} with {who}, seen by neither"),
            Self::Coaches => format!("{name} coaches {beside} with {who}, who sees nothing of it"),
            Self::StepsIn => format!("{name} steps in between {beside} and {who}"),
        }
    }
}

/// The sentence about a conversation that waits for somebody, by who brought it to them.
pub(super) fn offered(desk: &Desk, party: &AgentParty, name: &str, who: &str) -> String {
    match &party.invitation {
        Invitation::Queue | Invitation::Own => Part::Offered.sentence(name, "", who),
        Invitation::Transfer { from, .. } => format!("{name} is handed {who} by {}", named(desk, from)),
        Invitation::Consult(asked) => format!("{name} is asked by {} about {who}", named(desk, &asked.from)),
        Invitation::Invite(asked) => {
            format!("{name} is invited by {} to talk with {who}", named(desk, &asked.from))
        }
        Invitation::Watch(following) => {
            format!("{name} can follow {} with {who}", named(desk, &following.target))
        }
    }
}

/// The sentence about a phone that rings.
pub(super) fn rings(call: &Call, party: &Party, name: &str, who: &str) -> String {
    let other = |leg: Option<u16>| {
        let other = leg.and_then(|leg| call.on(leg));
        shown(other.and_then(Party::user_name).unwrap_or_default())
    };
    match (&party.watch, call.line(party).by) {
        (Some(watch), _) => {
            let beside = other(Some(watch.target));
            let follows = match watch.monitoring {
                Monitoring::ListenIn => "listen to",
                Monitoring::Coach => "coach",
                Monitoring::BargeIn => "step in beside",
            };
            format!("{name}'s phone rings, to {follows} {beside} with {who}")
        }
        (None, by @ Some(_)) => format!("{name} is called by {} about {who}", other(by)),
        (None, None) => Part::Offered.sentence(name, "", who),
    }
}

/// Whom an agent helps or follows.
pub(super) fn beside(desk: &Desk, party: &AgentParty) -> String {
    let asked = party.invitation.asked_by().map(|asked| &asked.from);
    let other = party.follows.as_ref().map(|following| &following.target).or(asked);
    other.map_or_else(String::new, |other| named(desk, other))
}

fn named(desk: &Desk, user: &UserId) -> String {
    shown(&desk.directory().user(user).map(|user| user.user_name.clone()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        message::{ParticipantId, Visibility},
        session::{AskedBy, Following},
    };

    fn party(state: AgentPartyState, invitation: Invitation) -> AgentParty {
        let follows = match &invitation {
            Invitation::Watch(following) => Some(following.clone()),
            _ => None,
        };
        AgentParty {
            user: UserId::new("1".to_owned()),
            user_name: "agent1@demo".into(),
            participant: ParticipantId::new("2".to_owned()),
            number: 2,
            nickname: "Ada".into(),
            state,
            visibility: invitation.visibility(),
            invitation,
            invited_at: 0,
            deadline: None,
            joined_at: Some(0),
            closed_at: None,
            follows,
            took_over: false,
            late: std::collections::BTreeMap::new(),
        }
    }

    fn asked() -> AskedBy {
        AskedBy { from: UserId::new("3".to_owned()), reference: 1, request: None }
    }

    fn watch(monitoring: Monitoring) -> Invitation {
        Invitation::Watch(Following { target: UserId::new("3".to_owned()), monitoring })
    }

    #[test]
    fn whoever_helps_or_follows_is_told_of_and_whoever_simply_serves_is_not() {
        use AgentPartyState::{Chatting, LeftChat};
        let cases = [
            (Invitation::Queue, None),
            (Invitation::Consult(asked()), Some(Part::Advises)),
            (Invitation::Invite(asked()), Some(Part::Joined)),
            (Invitation::Transfer { from: asked().from, reference: 1 }, Some(Part::TookOver)),
            (watch(Monitoring::ListenIn), Some(Part::Listens)),
            (watch(Monitoring::Coach), Some(Part::Coaches)),
            (watch(Monitoring::BargeIn), Some(Part::StepsIn)),
        ];
        for (invitation, part) in cases {
            assert_eq!(Part::of(&party(Chatting, invitation.clone())), part, "{invitation:?}");
            assert_eq!(Part::of(&party(LeftChat, invitation)), None);
        }
        assert_eq!(Part::of(&party(AgentPartyState::Invited, Invitation::Queue)), Some(Part::Offered));
        let shown =
            AgentParty { visibility: Visibility::All, ..party(Chatting, Invitation::Consult(asked())) };
        assert_eq!(Part::of(&shown), Some(Part::Joined));
        assert_eq!(Part::of(&AgentParty { took_over: true, ..shown }), Some(Part::TookOver));
    }

    #[test]
    fn a_sentence_says_who_does_what_with_whom() {
        let says = |part: Part| part.sentence("agent2@demo", "agent1@demo", "Ines (chat)");
        assert_eq!(
            says(Part::Advises),
            "agent2@demo advises agent1@demo about Ines (chat), who sees nothing of it"
        );
        assert_eq!(
            says(Part::Coaches),
            "agent2@demo coaches agent1@demo with Ines (chat), who sees nothing of it"
        );
        assert_eq!(says(Part::Offered), "agent2@demo is offered Ines (chat)");
    }
}

//! How long the state lasted that an event ends, in milliseconds by the clock of the journal, which never goes back.
//! So a reader of the feed needs no earlier event for a duration.

use crate::{
    Event, Millis, State,
    agent::{self, Agent},
    call::{self, Call, PartyState},
    session::{self, Session},
};

/// Writes into an event how long the state lasted that it ends. `before` is the snapshot it is folded into.
pub(super) fn note(before: Option<&State>, event: &mut Event, now: Millis) {
    match (before, event) {
        (Some(State::Session(before)), Event::Session(event)) => {
            event.elapsed_ms = session(before, &event.fact, now);
        }
        (Some(State::Call(before)), Event::Call(event)) => event.elapsed_ms = call(before, &event.fact, now),
        (Some(State::Agent(before)), Event::Agent(event)) => {
            event.elapsed_ms = agent(before, &event.fact, now);
        }
        _ => {}
    }
}

/// How long a conversation waited when it is offered, an offer stood, an agent's part went on, or all of it.
fn session(before: &Session, fact: &session::Fact, now: Millis) -> Option<u64> {
    use session::{Fact, Invitation};
    let since = match fact {
        Fact::Offered { invitation: Invitation::Queue, .. } if before.waiting => before.place.since,
        Fact::Accepted { agent, .. } | Fact::JoinFailed { agent, .. } | Fact::OfferEnded { agent, .. } => {
            before.live_party(agent)?.invited_at
        }
        Fact::PartyClosed { agent, .. } => {
            let party = before.live_party(agent)?;
            party.joined_at.unwrap_or(party.invited_at)
        }
        Fact::RequestEnded { request, .. } => before.request(*request)?.place.since,
        Fact::TalkEnded { .. } | Fact::Ended { .. } => before.created_at,
        _ => return None,
    };
    Some(lasted(since, now))
}

/// How long a call, or who asks somebody beside it, waited when a queue offers it, a phone rang, a party talked or held the others, or all of it.
fn call(before: &Call, fact: &call::Fact, now: Millis) -> Option<u64> {
    use call::{Fact, PartyOrigin};
    let since = match fact {
        Fact::Joined { request: Some(request), .. } | Fact::RequestEnded { request, .. } => {
            before.request(*request)?.place.since
        }
        Fact::Joined { origin: PartyOrigin::Queue, .. } | Fact::Overflowed { .. } => {
            before.queued.as_ref().filter(|queued| queued.waiting)?.place.since
        }
        Fact::Established { leg } => match before.on(*leg)? {
            party if party.state == PartyState::Held => party.held_at?,
            party if party.state == PartyState::Established => return None,
            party => party.began_at,
        },
        Fact::Released { leg, .. } => {
            let party = before.on(*leg)?;
            party.established_at.unwrap_or(party.began_at)
        }
        Fact::Ended { .. } | Fact::AbsorbedInto { .. } => before.created_at,
        _ => return None,
    };
    Some(lasted(since, now))
}

/// How long the channels that change were in the state before (where they differ, the longest), or a login or the
/// work at a phone that is not the agent's own lasted.
fn agent(before: &Agent, fact: &agent::Fact, now: Millis) -> Option<u64> {
    use agent::Fact;
    let since = match fact {
        Fact::StateChanged { channels, .. } => {
            channels.iter().filter_map(|name| Some(before.channel(name)?.since)).min()?
        }
        Fact::DispositionSettled { medium, interaction, .. } => {
            before.owed().iter().find(|owed| owed.is(medium, interaction))?.since
        }
        Fact::ChannelsLeft { channels } => {
            channels.iter().filter_map(|name| Some(before.channel(name)?.since)).min()?
        }
        Fact::ConnectionBack => before.absence()?.since,
        Fact::LoggedOut => before.login.as_ref()?.at,
        Fact::LeftDesk { .. } => before.desk()?.since,
        _ => return None,
    };
    Some(lasted(since, now))
}

/// Moments of other clocks, a platform's for instance, may lie ahead.
fn lasted(since: Millis, now: Millis) -> u64 {
    u64::try_from(now.saturating_sub(since)).unwrap_or(0)
}

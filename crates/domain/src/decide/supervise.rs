//! Supervisors follow the conversations of those they lead (spec: digital-channels#2.8): one is offered to them when that
//! agent takes it, or at once when they ask for it. Whether they may is judged each time.

use super::{DecideError, Draft, lead, offer, part, withdraw};
use crate::{
    InteractionId, MediumName, Refusal, UserId,
    agent::Fact as AgentFact,
    command::{Supervise, SuperviseAct},
    message::Content,
    session::{AgentParty, AgentPartyState, EndedBy, Fact, Following, Invitation, Session},
    watch::{AgentWatch, FEATURE, Monitoring, WatchMode},
};

/// How many agents and media a supervisor follows at the same time, and how many supervisors one agent.
const MOST: usize = 100;

pub(super) fn act(draft: &mut Draft<'_>, asked: &Supervise) -> Result<(), DecideError> {
    let Supervise { supervisor, target, medium, act } = asked;
    if !may_follow(draft, supervisor, target)? {
        return Err(Refusal::NotFound(format!("User '{target}'")).into());
    }
    match act {
        SuperviseAct::Arm { monitoring, mode } => {
            let watch = AgentWatch {
                target: target.clone(),
                medium: medium.clone(),
                monitoring: *monitoring,
                mode: *mode,
            };
            arm(draft, supervisor, watch)
        }
        SuperviseAct::Cancel => match armed(draft, supervisor, target, medium)? {
            Some(_) => end(draft, supervisor, target, medium),
            None => Err(Refusal::Invalid(format!("User '{target}' is not monitored on {medium}")).into()),
        },
        SuperviseAct::Intrude { session, monitoring } => {
            intrude(draft, supervisor, target, medium, session, *monitoring)
        }
    }
}

/// Whether a user may follow another now.
fn may_follow(draft: &mut Draft<'_>, leader: &UserId, user: &UserId) -> Result<bool, DecideError> {
    Ok(draft.centre()?.has(&[FEATURE]) && lead::leads(draft, leader, user)?)
}

/// Begins to follow the conversations of an agent, in the place of what was asked before.
fn arm(draft: &mut Draft<'_>, supervisor: &UserId, watch: AgentWatch) -> Result<(), DecideError> {
    is_at_work(draft, supervisor, &watch.medium)?;
    let before = armed(draft, supervisor, &watch.target, &watch.medium)?;
    if before.as_ref() == Some(&watch) {
        return Ok(());
    }
    let own = draft.agent(supervisor)?.map_or(0, |agent| agent.watches.len());
    let theirs = draft.agent(&watch.target)?.map_or(0, |agent| agent.watched_by.len());
    if before.is_none() && own.max(theirs) >= MOST {
        return Err(
            Refusal::Invalid(format!("At most {MOST} are monitored, or monitor, at the same time")).into()
        );
    }
    let (target, medium) = (watch.target.clone(), watch.medium.clone());
    draft.tell_agent(supervisor, AgentFact::WatchBegan { watch })?;
    if before.is_some() {
        return Ok(());
    }
    draft.tell_agent(&target, AgentFact::WatchedBy { supervisor: supervisor.clone(), medium, on: true })
}

/// Refuses a supervisor who is not logged in on the channel that they want to follow others on.
fn is_at_work(draft: &mut Draft<'_>, supervisor: &UserId, medium: &MediumName) -> Result<(), DecideError> {
    match draft.agent(supervisor)?.filter(|agent| agent.channel(medium).is_some()) {
        Some(_) => Ok(()),
        None => Err(Refusal::NotLoggedIn.into()),
    }
}

/// What a supervisor follows of an agent, if they do.
fn armed(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: &UserId,
    medium: &MediumName,
) -> Result<Option<AgentWatch>, DecideError> {
    let agent = draft.agent(supervisor)?;
    Ok(agent.and_then(|agent| agent.watches.iter().find(|watch| watch.is_of(target, medium)).cloned()))
}

fn end(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: &UserId,
    medium: &MediumName,
) -> Result<(), DecideError> {
    let (of, on) = (target.clone(), medium.clone());
    draft.tell_agent(supervisor, AgentFact::WatchEnded { target: of, medium: on })?;
    let (supervisor, medium) = (supervisor.clone(), medium.clone());
    draft.tell_agent(target, AgentFact::WatchedBy { supervisor, medium, on: false })
}

/// A supervisor who logs out, or leaves one channel, follows nobody there any more.
pub(super) fn logged_out(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    channel: Option<&MediumName>,
) -> Result<(), DecideError> {
    let watches = draft.agent(supervisor)?.map(|agent| agent.watches.clone()).unwrap_or_default();
    for watch in watches.into_iter().filter(|watch| channel.is_none_or(|channel| watch.medium == *channel)) {
        end(draft, supervisor, &watch.target, &watch.medium)?;
    }
    Ok(())
}

/// What a supervisor may has changed: they are offered no more of whom they may not follow.
pub(super) fn judge(draft: &mut Draft<'_>, supervisor: &UserId) -> Result<(), DecideError> {
    let watches = draft.agent(supervisor)?.map(|agent| agent.watches.clone()).unwrap_or_default();
    for watch in watches {
        if !may_follow(draft, supervisor, &watch.target)? {
            end(draft, supervisor, &watch.target, &watch.medium)?;
        }
    }
    Ok(())
}

/// An agent talks with a customer from now on: the conversation is offered to whoever follows theirs.
pub(super) fn follow(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), DecideError> {
    let session = draft.session(id)?;
    let talks = session.live_party(agent).is_some_and(|party| party.talks() && party.follows.is_none());
    let watched_by = draft.agent(agent)?.map(|agent| agent.watched_by.clone()).unwrap_or_default();
    for watched in watched_by.into_iter().filter(|watched| talks && watched.medium == session.medium) {
        let supervisor = &watched.supervisor;
        let Some(watch) = armed(draft, supervisor, agent, &session.medium)? else { continue };
        if !may_follow(draft, supervisor, agent)? {
            end(draft, supervisor, agent, &session.medium)?;
            continue;
        }
        // A supervisor whose client is silent is offered nothing more, like everybody.
        let is_free = session.live_party(supervisor).is_none()
            && session.takes_more_parts()
            && draft
                .agent(supervisor)?
                .is_some_and(|found| found.channel(&session.medium).is_some() && found.absence().is_none());
        if !is_free {
            continue;
        }
        deliver(
            draft,
            &session,
            supervisor,
            Following { target: agent.clone(), monitoring: watch.monitoring },
        )?;
        if watch.mode == WatchMode::Next {
            end(draft, supervisor, agent, &session.medium)?;
        }
    }
    Ok(())
}

/// Offers a conversation to a supervisor. It asks for no free slot and does not lapse: they are there for it.
fn deliver(
    draft: &mut Draft<'_>,
    session: &Session,
    supervisor: &UserId,
    following: Following,
) -> Result<(), DecideError> {
    part::seat(draft, session, supervisor, Invitation::Watch(following), None)
}

/// A supervisor joins a conversation that is there.
fn intrude(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: &UserId,
    medium: &MediumName,
    id: &InteractionId,
    monitoring: Option<Monitoring>,
) -> Result<(), DecideError> {
    let armed = armed(draft, supervisor, target, medium)?.map(|watch| watch.monitoring);
    let monitoring = monitoring.or(armed).ok_or(Refusal::Missing("supervisorVisibilityMode"))?;
    let not_found = || Refusal::NotFound(format!("Interaction '{id}'"));
    let session = draft.session(id)?;
    let is_theirs = session.medium == *medium && session.live_party(target).is_some_and(AgentParty::talks);
    if !is_theirs {
        return Err(not_found().into());
    }
    is_at_work(draft, supervisor, medium)?;
    if session.live_party(supervisor).is_some() {
        return Err(offer::not(medium, "takes part already"));
    }
    if !session.customer.present {
        return Err(offer::not(medium, "the customer has left"));
    }
    offer::permit_more(&session)?;
    deliver(draft, &session, supervisor, Following { target: target.clone(), monitoring })
}

/// Whether a supervisor may be in a conversation: somebody whom they lead talks in it, or they talk with the customer, who
/// has nobody else or was left to them; or they still work on it after such a talk.
pub(super) fn may_stay(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
) -> Result<bool, DecideError> {
    let others = || session.talking().filter(|other| other.user != party.user);
    let is_theirs = party.took_over || others().next().is_none();
    if party.state == AgentPartyState::LeftChat || party.talks() && is_theirs {
        return Ok(true);
    }
    for other in others() {
        if may_follow(draft, &party.user, &other.user)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A supervisor follows otherwise. Whoever does not see them any more is told that they left, and what the supervisor
/// asked for ends: nobody is offered something by somebody they do not see.
pub(super) fn switch(
    draft: &mut Draft<'_>,
    session: &Session,
    party: &AgentParty,
    monitoring: Monitoring,
) -> Result<(), DecideError> {
    let Some(following) = &party.follows else { return Ok(()) };
    if monitoring.visibility() > party.visibility {
        withdraw::all(draft, &session.id, Some(&party.user), EndedBy::Agent)?;
        draft.say(&session.id, party.author(), Content::Left)?;
    }
    let changed = Fact::VisibilityChanged {
        agent: party.user.clone(),
        user_name: party.user_name.clone(),
        visibility: monitoring.visibility(),
        follows: Some(Following { monitoring, ..following.clone() }),
    };
    draft.tell(&session.id, changed)?;
    part::rejoin(draft, &session.id, &party.user)
}

//! Notifications of agents at work and of their phones (spec: digital-channels#5.5, core-and-voice#4.2, #4.3).

use super::renderer::{Notes, after, user_of};
use desk::{
    HeldCall, call_of,
    ports::{NewNote, TxView},
};
use domain::{
    DecideError, Decision, EntityChange, Event, Key, State, UserData, UserId,
    agent::{Agent, AgentEvent, Fact},
    call::{Dn, interactions_of},
    device::{Device, DeviceEvent},
    medium::{VOICE, voice},
    user::{self, User},
};
use gws::{
    DEVICES_TOPIC, Phone, UserActivity, activity,
    notification::{
        CHANNELS_TOPIC, ChannelStateChangeMessageV2, DeviceStateChangeMessage, DeviceUserEventMessage, text,
    },
    supervises,
};

/// The note of channel states that a fact of an agent means, if any; a later one of the same commit replaces it. Every
/// one lists all channels: one client rebuilds its whole map from it, another takes each entry.
pub(super) fn render(
    view: &mut dyn TxView,
    decision: &Decision,
    agent: &Agent,
    event: &AgentEvent,
    notes: &mut Vec<NewNote>,
) -> Result<(), DecideError> {
    match &event.fact {
        // Changes that concern only the phone are told as changes of the phone.
        Fact::StateChanged { channels, .. }
        | Fact::DoNotDisturb { channels, .. }
        | Fact::ChannelsLeft { channels }
            if channels.iter().all(|channel| channel.as_str() == VOICE) =>
        {
            return Ok(());
        }
        Fact::LoggedIn { .. }
        | Fact::LoggedOut
        | Fact::ChannelsLeft { .. }
        | Fact::Seated { .. }
        | Fact::LeftDesk { .. }
        | Fact::StateChanged { .. }
        | Fact::DoNotDisturb { .. } => {}
        // Only the phone is concerned, or nothing that a channel shows.
        Fact::StateChosen { .. }
        | Fact::DispositionOwed { .. }
        | Fact::DispositionSettled { .. }
        | Fact::ConnectionLost { .. }
        | Fact::ConnectionBack
        | Fact::AbsenceUntil { .. }
        | Fact::SlotTaken { .. }
        | Fact::SlotIdle { .. }
        | Fact::SlotFreed { .. }
        | Fact::WatchBegan { .. }
        | Fact::WatchEnded { .. }
        | Fact::WatchedBy { .. }
        | Fact::Focused { .. } => return Ok(()),
    }
    let Some(user) = user_of(view, decision, &agent.id)? else { return Ok(()) };
    let by = name_of(view, decision, event.by.as_ref())?;
    let message = ChannelStateChangeMessageV2::new(&user, agent, activity_of(view, decision, agent)?, by);
    notes.retain(|note| note.agent != agent.id || &*note.channel != CHANNELS_TOPIC);
    notes.push(NewNote {
        agent: agent.id.clone(),
        channel: CHANNELS_TOPIC.into(),
        body: text(&message).into(),
        about: Key::Agent(agent.id.clone()),
    });
    Ok(())
}

/// The user name of a supervisor who did something.
pub(super) fn name_of(
    view: &mut dyn TxView,
    decision: &Decision,
    by: Option<&UserId>,
) -> Result<Option<String>, DecideError> {
    let Some(by) = by else { return Ok(None) };
    Ok(user_of(view, decision, by)?.map(|user| user.user_name.clone()))
}

/// What an agent's phone does as a decision leaves it.
fn activity_of(
    view: &mut dyn TxView,
    decision: &Decision,
    agent: &Agent,
) -> Result<UserActivity, DecideError> {
    let mut calls = Vec::new();
    for uuid in agent.slots.get(&voice()).into_iter().flatten() {
        for id in interactions_of(uuid) {
            let mut state = after(view, decision, &Key::Call(id))?;
            while let Some(heir) =
                state.as_deref().and_then(call_of).and_then(|call| call.absorbed_into.clone())
            {
                state = after(view, decision, &Key::Call(heir))?;
            }
            if let Some(state) = state {
                calls.push(HeldCall { uuid: uuid.clone(), state });
                break;
            }
        }
    }
    Ok(activity(calls.iter().filter_map(|held| held.part(&agent.id))))
}

/// What a commit means for phones: whether they can be reached, what they do with calls, and the state in which their
/// users work on the voice channel (spec: core-and-voice#4.2, #4.3).
pub(super) struct DeviceNotes<'a> {
    pub notes: &'a Notes,
    pub decision: &'a Decision,
    pub change: &'a EntityChange,
}

impl DeviceNotes<'_> {
    /// The note that a fact of an agent means for their phone, if any.
    pub fn agent(
        &self,
        view: &mut dyn TxView,
        agent: &Agent,
        event: &AgentEvent,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        let concerns = match &event.fact {
            Fact::LoggedIn { channels, .. }
            | Fact::StateChanged { channels, .. }
            | Fact::DoNotDisturb { channels, .. }
            | Fact::ChannelsLeft { channels } => channels.iter().any(|channel| channel.as_str() == VOICE),
            Fact::LoggedOut => match self.change.before.as_deref() {
                Some(State::Agent(before)) => before.channel(&voice()).is_some(),
                _ => false,
            },
            // Whoever asked for a state is shown the one that they are held in.
            Fact::Seated { .. } | Fact::LeftDesk { .. } | Fact::StateChosen { .. } => true,
            Fact::DispositionOwed { .. }
            | Fact::DispositionSettled { .. }
            | Fact::ConnectionLost { .. }
            | Fact::ConnectionBack
            | Fact::AbsenceUntil { .. }
            | Fact::SlotTaken { .. }
            | Fact::SlotIdle { .. }
            | Fact::SlotFreed { .. }
            | Fact::WatchBegan { .. }
            | Fact::WatchEnded { .. }
            | Fact::WatchedBy { .. }
            | Fact::Focused { .. } => false,
        };
        if concerns { self.tell(view, &agent.id, out) } else { Ok(()) }
    }

    /// The note that an event of a phone means for its user, if any.
    pub fn device(
        &self,
        view: &mut dyn TxView,
        device: &Device,
        event: &DeviceEvent,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        match (event, device.user()) {
            // Agents are told what becomes of the phone that they come to or leave; here, of their own.
            (DeviceEvent::Occupied { .. }, _) => match &device.owner {
                Some(owner)
                    if self.works_at(view, owner)?.is_some_and(|phone| phone.phone_number == device.dn) =>
                {
                    self.tell(view, owner, out)
                }
                _ => Ok(()),
            },
            (
                DeviceEvent::Service { .. }
                | DeviceEvent::DoNotDisturb { .. }
                | DeviceEvent::Watches { .. }
                | DeviceEvent::Forwarded { .. },
                Some(owner),
            ) => self.tell(view, owner, out),
            (DeviceEvent::UserEvent { agent, user_data, .. }, _) => {
                self.user_event(view, agent, None, user_data, out)
            }
            // Who is followed is told by their call, if at all.
            (DeviceEvent::Assigned { .. } | DeviceEvent::WatchedBy { .. }, _) | (_, None) => Ok(()),
        }
    }

    /// Tells a user what was sent from their phone, and for which call: its UUID and connection id.
    pub fn user_event(
        &self,
        view: &mut dyn TxView,
        id: &UserId,
        call: Option<(&str, &str)>,
        user_data: &UserData,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        let Some(device) = self.works_at(view, id)? else { return Ok(()) };
        let message = DeviceUserEventMessage::new(&self.notes.links, &device, call, user_data);
        out.push(NewNote {
            agent: id.clone(),
            channel: DEVICES_TOPIC.into(),
            body: text(&message).into(),
            about: self.change.key.clone(),
        });
        Ok(())
    }

    /// The phone at which a user works.
    fn works_at(&self, view: &mut dyn TxView, id: &UserId) -> Result<Option<user::Device>, DecideError> {
        let Some(user) = user_of(view, self.decision, id)? else { return Ok(None) };
        let agent = after(view, self.decision, &Key::Agent(id.clone()))?;
        Ok(match agent.as_deref() {
            Some(State::Agent(agent)) => agent.device(&user).cloned(),
            _ => user.device.clone(),
        })
    }

    /// Tells a user how the phone at which they work stands, and of the one that they left with this commit; a later note
    /// of the same commit replaces an earlier one.
    fn tell(&self, view: &mut dyn TxView, id: &UserId, out: &mut Vec<NewNote>) -> Result<(), DecideError> {
        let Some(user) = user_of(view, self.decision, id)? else { return Ok(()) };
        let now = self.works_at(view, id)?;
        let left = self.was_at(&user).filter(|left| Some(left) != now.as_ref());
        let stands = match &now {
            Some(device) => self.stands(view, &device.phone_number, id)?,
            None => None,
        };
        let agent = after(view, self.decision, &Key::Agent(id.clone()))?;
        let voice = match agent.as_deref() {
            Some(State::Agent(agent)) => agent.channel(&voice()),
            _ => None,
        };
        let centre = after(view, self.decision, &Key::Centre)?;
        let supervises = match centre.as_deref() {
            Some(State::Centre(centre)) => supervises(centre, &user),
            _ => false,
        };
        let known = now.as_ref().map(|device| (device, stands, voice));
        let known = known.into_iter().chain(left.as_ref().map(|device| (device, None, None)));
        let known: Vec<_> = known
            .map(|(device, stands, voice)| {
                (device, stands.unwrap_or_else(|| Device::new(device.phone_number.clone())), voice)
            })
            .collect();
        let phones: Vec<Phone<'_>> = known
            .iter()
            .map(|(device, stands, voice)| Phone { device, stands, voice: *voice, supervises })
            .collect();
        if phones.is_empty() {
            return Ok(());
        }
        let by = self.supervisor(id).cloned();
        let by = name_of(view, self.decision, by.as_ref())?;
        let message = DeviceStateChangeMessage::new(&self.notes.links, &phones, by);
        out.retain(|note| note.agent != *id || &*note.channel != DEVICES_TOPIC);
        out.push(NewNote {
            agent: id.clone(),
            channel: DEVICES_TOPIC.into(),
            body: text(&message).into(),
            about: self.change.key.clone(),
        });
        Ok(())
    }

    /// The supervisor who changes the working state of a user with this commit.
    fn supervisor(&self, id: &UserId) -> Option<&UserId> {
        let change = self.decision.changes.iter().find(|change| change.key == Key::Agent(id.clone()))?;
        change.events.iter().find_map(|event| match event {
            Event::Agent(event) => event.by.as_ref(),
            _ => None,
        })
    }

    /// The phone at which a user worked before this commit, if it brings them to another.
    fn was_at(&self, user: &User) -> Option<user::Device> {
        let change = self.decision.changes.iter().find(|change| change.key == Key::Agent(user.id.clone()))?;
        match change.before.as_deref() {
            Some(State::Agent(before)) => before.device(user).cloned(),
            _ => user.device.clone(),
        }
    }

    /// How a phone stands for a user; `None` as nothing is known of it, or while another works at it.
    fn stands(&self, view: &mut dyn TxView, dn: &Dn, id: &UserId) -> Result<Option<Device>, DecideError> {
        let stands = after(view, self.decision, &Key::Device(dn.clone()))?;
        Ok(match stands.as_deref() {
            Some(State::Device(stands)) if !stands.is_taken_from(id) => Some(stands.clone()),
            _ => None,
        })
    }
}

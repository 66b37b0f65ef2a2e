//! Notifications of phones: whether they can be reached, what they do with calls, and the state in which their users
//! work on the voice channel (spec: core-and-voice#4.2, #4.3).

use super::{
    renderer::Notes,
    seen::{after, user_of},
};
use desk::ports::{NewNote, TxView};
use domain::{
    DecideError, Decision, EntityChange, Key, State, UserId,
    agent::{Agent, Fact},
    device::{Device, DeviceEvent},
    medium::{VOICE, voice},
};
use gws::{
    DEVICES_TOPIC, Phone,
    notification::{DeviceStateChangeMessage, text},
};

/// One commit's view of phones.
pub(super) struct Scene<'a> {
    pub notes: &'a Notes,
    pub decision: &'a Decision,
    pub change: &'a EntityChange,
}

impl Scene<'_> {
    /// The note that a fact of an agent means for their phone, if any.
    pub fn agent(
        &self,
        sight: &mut dyn TxView,
        agent: &Agent,
        fact: &Fact,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        let concerns = match fact {
            Fact::LoggedIn { channels, .. }
            | Fact::StateChanged { channels, .. }
            | Fact::DoNotDisturb { channels, .. } => channels.iter().any(|channel| channel.as_str() == VOICE),
            Fact::LoggedOut => match self.change.before.as_deref() {
                Some(State::Agent(before)) => before.channel(&voice()).is_some(),
                _ => false,
            },
            Fact::SlotTaken { .. } | Fact::SlotFreed { .. } | Fact::Focused { .. } => false,
        };
        if concerns { self.tell(sight, &agent.id, out) } else { Ok(()) }
    }

    /// The note that an event of a phone means for its user, if any.
    pub fn device(
        &self,
        sight: &mut dyn TxView,
        device: &Device,
        event: &DeviceEvent,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        match (event, &device.owner) {
            (
                DeviceEvent::Service { .. }
                | DeviceEvent::DoNotDisturb { .. }
                | DeviceEvent::Forwarded { .. },
                Some(owner),
            ) => self.tell(sight, owner, out),
            (DeviceEvent::Assigned { .. }, _) | (_, None) => Ok(()),
        }
    }

    /// Tells a user how their phone stands; a later note of the same commit replaces an earlier one.
    fn tell(&self, sight: &mut dyn TxView, id: &UserId, out: &mut Vec<NewNote>) -> Result<(), DecideError> {
        let Some(user) = user_of(sight, self.decision, id)? else { return Ok(()) };
        let Some(device) = &user.device else { return Ok(()) };
        let stands = after(sight, self.decision, &Key::Device(device.phone_number.clone()))?;
        let fresh = Device::new(device.phone_number.clone());
        let stands = match stands.as_deref() {
            Some(State::Device(stands)) => stands,
            _ => &fresh,
        };
        let agent = after(sight, self.decision, &Key::Agent(id.clone()))?;
        let voice = match agent.as_deref() {
            Some(State::Agent(agent)) => agent.channel(&voice()),
            _ => None,
        };
        let message = DeviceStateChangeMessage::new(&self.notes.links, &Phone { device, stands, voice });
        out.retain(|note| note.agent != *id || &*note.channel != DEVICES_TOPIC);
        out.push(NewNote {
            agent: id.clone(),
            channel: DEVICES_TOPIC.into(),
            body: text(&message).into(),
            about: self.change.key.clone(),
        });
        Ok(())
    }
}

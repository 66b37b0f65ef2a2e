//! Folding events into an agent at work.

use super::{
    after_call::OwedDisposition,
    event::{AgentEvent, Fact},
    snapshot::{Absence, Agent, ChannelState, HotDesk, Login, RECENT},
};
use crate::{Millis, medium, watch::WatchedBy};
use std::collections::BTreeMap;

impl Agent {
    /// Folds one event that happened at `at` into the agent.
    pub fn apply(&mut self, at: Millis, event: &AgentEvent) {
        self.user_name.clone_from(&event.user_name);
        match &event.fact {
            Fact::LoggedIn { place, channels } => {
                if self.login.is_none() {
                    self.idle_since = at;
                }
                let login = self.login.get_or_insert_with(|| Login {
                    at,
                    place: None,
                    channels: BTreeMap::new(),
                    wrap_up: None,
                    desk: None,
                    after_call: None,
                    owed: Vec::new(),
                    absence: None,
                });
                if place.is_some() {
                    login.place.clone_from(place);
                }
                for channel in channels {
                    login.channels.entry(channel.clone()).or_insert(ChannelState {
                        state: None,
                        since: at,
                        do_not_disturb: false,
                    });
                }
            }
            Fact::LoggedOut => {
                self.login = None;
                self.focus = None;
            }
            Fact::ChannelsLeft { channels } => {
                if let Some(login) = &mut self.login {
                    login.channels.retain(|name, _| !channels.contains(name));
                    login.owed.retain(|owed| !channels.contains(&owed.medium));
                    if channels.contains(&medium::voice()) {
                        login.wrap_up = None;
                        login.after_call = None;
                    }
                }
            }
            Fact::ConnectionLost { since, until } => {
                if let Some(login) = &mut self.login {
                    login.absence = Some(Absence { since: *since, from: at, until: *until });
                }
            }
            Fact::ConnectionBack => {
                if let Some(login) = &mut self.login {
                    login.absence = None;
                }
            }
            Fact::AbsenceUntil { until } => {
                if let Some(absence) = self.login.as_mut().and_then(|login| login.absence.as_mut()) {
                    absence.from = at;
                    absence.until = *until;
                }
            }
            Fact::Seated { place, device } => {
                if let Some(login) = &mut self.login {
                    login.place.clone_from(place);
                    login.desk = Some(HotDesk { device: device.clone(), since: at });
                }
            }
            Fact::LeftDesk { place, .. } => {
                if let Some(login) = &mut self.login {
                    login.place.clone_from(place);
                    login.desk = None;
                }
            }
            Fact::StateChanged { channels, state, until, after_call, .. } => {
                if let Some(login) = self.login.as_mut().filter(|_| channels.contains(&medium::voice())) {
                    login.wrap_up = *until;
                    login.after_call.clone_from(after_call);
                }
                for channel in channels {
                    if let Some(found) = self.channel_mut(channel) {
                        found.state = Some(state.clone());
                        found.since = at;
                    }
                }
            }
            Fact::StateChosen { state } => {
                if let Some(after) = self.login.as_mut().and_then(|login| login.after_call.as_mut()) {
                    after.then = Some(state.clone());
                    after.ends = None;
                }
            }
            Fact::DispositionOwed { medium, interaction, until } => {
                if let Some(login) = &mut self.login {
                    login.owed.retain(|owed| !owed.is(medium, interaction));
                    let (medium, interaction) = (medium.clone(), interaction.clone());
                    login.owed.push(OwedDisposition { medium, interaction, since: at, until: *until });
                }
            }
            Fact::DispositionSettled { medium, interaction, .. } => {
                if let Some(login) = &mut self.login {
                    login.owed.retain(|owed| !owed.is(medium, interaction));
                }
            }
            Fact::DoNotDisturb { channels, on } => {
                for channel in channels {
                    if let Some(found) = self.channel_mut(channel) {
                        found.do_not_disturb = *on;
                    }
                }
            }
            Fact::SlotTaken { medium, session } => {
                self.slots.entry(medium.clone()).or_default().push(session.clone());
                self.idle_since = at;
            }
            Fact::SlotIdle { session, on } => {
                if *on {
                    self.idle.insert(session.clone());
                } else {
                    self.idle.remove(session);
                }
                self.idle_since = at;
            }
            Fact::SlotFreed { medium, session, completed } => {
                if let Some(slots) = self.slots.get_mut(medium) {
                    slots.retain(|held| held != session);
                }
                self.idle.remove(session);
                if self.focus.as_ref() == Some(session) {
                    self.focus = None;
                }
                if *completed {
                    let recent = self.recent.entry(medium.clone()).or_default();
                    recent.retain(|held| held != session);
                    recent.push_back(session.clone());
                    while recent.len() > RECENT {
                        recent.pop_front();
                    }
                }
                self.idle_since = at;
            }
            Fact::WatchBegan { watch } => {
                self.watches.retain(|held| !held.is_of(&watch.target, &watch.medium));
                self.watches.push(watch.clone());
            }
            Fact::WatchEnded { target, medium } => self.watches.retain(|held| !held.is_of(target, medium)),
            Fact::WatchedBy { supervisor, medium, on } => {
                let (supervisor, medium) = (supervisor.clone(), medium.clone());
                let watched = WatchedBy { supervisor, medium };
                self.watched_by.retain(|held| *held != watched);
                if *on {
                    self.watched_by.push(watched);
                }
            }
            Fact::Focused { session } => self.focus.clone_from(session),
        }
    }

    fn channel_mut(&mut self, medium: &crate::MediumName) -> Option<&mut ChannelState> {
        self.login.as_mut()?.channels.get_mut(medium)
    }
}

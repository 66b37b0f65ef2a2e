//! Rendering: the notifications that a commit means, for each agent concerned (digital-channels §1.4, §2.7).

mod agents;
mod calls;
mod devices;
mod sessions;

use crate::wire::{Links, Shown};
use desk::ports::{Cause, NewNote, Render, Sight};
use domain::{Decision, Event, Key, Millis, No, State, medium::Media};
use std::sync::Arc;

/// Renders commits for the notifications endpoint.
#[derive(Clone, Debug)]
pub struct Notes {
    media: Media,
    links: Links,
    shown: Shown,
}

impl Notes {
    /// A renderer for these media, with addresses built from these links.
    pub fn new(media: Media, links: Links) -> Self {
        Self { media, links, shown: Shown::default() }
    }

    /// The same with what clients differ about in another form.
    #[must_use]
    pub fn showing(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }
}

impl Render for Notes {
    fn notes(
        &self,
        sight: &mut dyn Sight,
        decision: &Decision,
        cause: Option<&Cause>,
        at: Millis,
    ) -> Result<Vec<NewNote>, No> {
        let mut notes = Vec::new();
        let mut calls = Vec::new();
        for (index, event) in &decision.order {
            let Some(change) = decision.changes.get(*index) else { continue };
            match (&*change.after, change.events.get(*event)) {
                (State::Session(session), Some(Event::Session(event))) => {
                    sessions::Scene { notes: self, session, decision, cause }.render(
                        sight,
                        &event.fact,
                        &mut notes,
                    )?;
                }
                (State::Agent(agent), Some(Event::Agent(event))) => {
                    agents::render(sight, decision, agent, &event.fact, &mut notes)?;
                    let scene = devices::Scene { notes: self, decision, change };
                    scene.agent(sight, agent, &event.fact, &mut notes)?;
                }
                (State::Device(device), Some(Event::Device(event))) => {
                    let scene = devices::Scene { notes: self, decision, change };
                    scene.device(sight, device, event, &mut notes)?;
                }
                // What a commit means for a call is told once.
                (State::Call(call), Some(Event::Call(_))) if !calls.contains(index) => {
                    calls.push(*index);
                    calls::Scene { notes: self, decision, change, call, at }.render(sight, &mut notes)?;
                }
                _ => {}
            }
        }
        Ok(notes)
    }
}

/// A snapshot as a decision leaves it.
fn after(sight: &mut dyn Sight, decision: &Decision, key: &Key) -> Result<Option<Arc<State>>, No> {
    match decision.changes.iter().find(|change| change.key == *key) {
        Some(change) => Ok(Some(change.after.clone())),
        None => sight.state(key),
    }
}

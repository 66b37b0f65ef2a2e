//! Rendering: the notifications that a commit means, for each agent concerned (digital-channels §1.4, §2.7).

mod agents;
mod sessions;

use crate::wire::Links;
use desk::ports::{Cause, NewNote, Render, Sight};
use domain::{Decision, Event, Millis, No, State, medium::Media};

/// Renders commits for the notifications endpoint.
#[derive(Clone, Debug)]
pub struct Notes {
    media: Media,
    links: Links,
}

impl Notes {
    /// A renderer for these media, with addresses built from these links.
    pub fn new(media: Media, links: Links) -> Self {
        Self { media, links }
    }
}

impl Render for Notes {
    fn notes(
        &self,
        sight: &mut dyn Sight,
        decision: &Decision,
        cause: Option<&Cause>,
        _: Millis,
    ) -> Result<Vec<NewNote>, No> {
        let mut notes = Vec::new();
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
                    agents::render(agent, &event.fact, &mut notes);
                }
                _ => {}
            }
        }
        Ok(notes)
    }
}

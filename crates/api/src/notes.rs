//! Rendering: the notifications that a commit means, for each agent concerned (spec: digital-channels#1.4, #2.7).

mod agents;
mod calls;
mod renderer;
mod sessions;

pub use renderer::Notes;

use desk::ports::{CommandOrigin, NewNote, Render, TxView};
use domain::{DecideError, Decision, EntityChange, Event, Millis, State};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Render for Notes {
    fn notes(
        &self,
        view: &mut dyn TxView,
        decision: &Decision,
        cause: Option<&CommandOrigin>,
        at: Millis,
    ) -> Result<Vec<NewNote>, DecideError> {
        let mut notes = Vec::new();
        let mut calls = Vec::new();
        for (index, event) in &decision.order {
            let Some(change) = decision.changes.get(*index) else { continue };
            let Some(event) = change.events.get(*event) else { continue };
            // All that a commit means for a call is told once.
            if matches!(event, Event::Call(_)) {
                if calls.contains(index) {
                    continue;
                }
                calls.push(*index);
            }
            let told = notes.len();
            let commit = Commit { notes: self, decision, cause, at };
            let rendering = AssertUnwindSafe(|| commit.render(view, change, event, &mut notes));
            if let Ok(rendered) = catch_unwind(rendering) {
                rendered?;
            } else {
                // The change is true whether or not it can be told, and the other notes of the commit must still be
                // sent.
                notes.truncate(told);
                metrics::counter!("jackfield_notes_failed_total", "kind" => event.kind()).increment(1);
                tracing::error!(entity = %change.key, kind = event.kind(), "a notification could not be rendered");
            }
        }
        Ok(notes)
    }
}

/// One commit, to be told.
struct Commit<'a> {
    notes: &'a Notes,
    decision: &'a Decision,
    cause: Option<&'a CommandOrigin>,
    at: Millis,
}

impl Commit<'_> {
    /// What one event of it means.
    fn render(
        &self,
        view: &mut dyn TxView,
        change: &EntityChange,
        event: &Event,
        out: &mut Vec<NewNote>,
    ) -> Result<(), DecideError> {
        let Self { notes, decision, cause, at } = *self;
        match (&*change.after, event) {
            (State::Session(session), Event::Session(event)) => {
                // No client can know the address of a medium that the settings do not have any more.
                let Some(medium) = notes.media.named(&session.medium) else { return Ok(()) };
                sessions::SessionNotes { notes, medium, session, decision, cause }.render(
                    view,
                    &event.fact,
                    out,
                )
            }
            (State::Agent(agent), Event::Agent(event)) => {
                agents::render(view, decision, agent, event, out)?;
                agents::DeviceNotes { notes, decision, change }.agent(view, agent, event, out)
            }
            (State::Device(device), Event::Device(event)) => {
                agents::DeviceNotes { notes, decision, change }.device(view, device, event, out)
            }
            (State::Call(call), Event::Call(_)) => {
                calls::CallNotes { notes, decision, change, call, at }.render(view, out)
            }
            _ => Ok(()),
        }
    }
}

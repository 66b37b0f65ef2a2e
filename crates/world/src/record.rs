//! What the journal has acknowledged: written down when it answers, by somebody who is not the journal.

use desk::ports::CommitPlan;
use domain::{Event, InteractionId, Key, Message, Millis, UserId};
use std::sync::Mutex;

/// Everything acknowledged since the world began, over all its nodes, in the order of the answers.
#[derive(Debug, Default)]
pub struct Record {
    /// Events in the order in which they happened.
    pub events: Vec<(Key, Millis, Event)>,
    /// Messages of conversations.
    pub messages: Vec<(InteractionId, Message)>,
    /// Notes: whose, the topic, the body.
    pub notes: Vec<(UserId, String, String)>,
    /// Commits that failed and so must have left no trace.
    pub failed: u32,
}

impl Record {
    /// Takes up what one acknowledged commit wrote.
    pub(crate) fn take(&mut self, plan: &CommitPlan) {
        for (change, event) in &plan.decision.order {
            if let Some(change) = plan.decision.changes.get(*change)
                && let Some(event) = change.events.get(*event)
            {
                self.events.push((change.key.clone(), plan.at, event.clone()));
            }
        }
        self.messages.extend(plan.decision.messages.iter().cloned());
        let notes = plan.notes.iter();
        self.notes
            .extend(notes.map(|note| (note.agent.clone(), note.channel.to_string(), note.body.to_string())));
    }
}

/// The plan a transaction made last: its work may run more than once.
pub(crate) type Last = Mutex<Option<Copy>>;

/// What a plan says, since the plan itself goes to the journal.
pub(crate) struct Copy(pub CommitPlan);

impl Copy {
    /// A copy of a plan.
    pub fn of(plan: &CommitPlan) -> Self {
        Self(CommitPlan {
            at: plan.at,
            decision: plan.decision.clone(),
            notes: plan.notes.clone(),
            cause: plan.cause.clone(),
            result: plan.result.clone(),
        })
    }
}

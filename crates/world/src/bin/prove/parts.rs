//! The parts of agents in chats, and their ends, as the reporting feed tells of them: nobody is forgotten.

use super::{
    ledger::{Ledger, What},
    table::{Table, TableRow},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where an agent is in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Offered,
    Joined,
}

/// The chats of a feed that is read from its beginning.
#[derive(Default)]
pub struct ReportedParts {
    /// How often each chat ended.
    chats: BTreeMap<String, u32>,
    /// The parts that are not over, by chat and agent.
    open: BTreeMap<(String, String), Stage>,
    steps: TableRow,
    /// Of those who were asked: what the ledger calls it. Who was there already is not offered it again.
    asked: BTreeSet<String>,
    completed: BTreeSet<String>,
}

impl ReportedParts {
    /// Takes one event.
    pub fn take(&mut self, kind: &str, data: &Value) {
        let Some(kind) = kind.strip_prefix("jackfield.session.") else { return };
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let (chat, agent) = (text("interactionId"), text("agent"));
        match kind {
            "created" => {
                self.chats.entry(chat).or_default();
            }
            "ended" => *self.chats.entry(chat).or_default() += 1,
            "offered" => {
                let (invitation, from) = (text("invitation"), text("from"));
                if matches!(&*invitation, "consult" | "transfer") {
                    self.asked.insert(format!("{chat}/{from}/{invitation}/{agent}"));
                }
                self.step(chat, agent, kind, None, Some(Stage::Offered));
            }
            "requested" => {
                self.asked.insert(format!("{chat}/{agent}/{}/queue", text("help")));
            }
            "offer-ended" => self.step(chat, agent, kind, Some(Stage::Offered), None),
            "accepted" | "join-failed" => {
                self.step(chat, agent, kind, Some(Stage::Offered), Some(Stage::Joined));
            }
            "party-closed" => {
                if let Some(to) = data["to"].as_str() {
                    self.asked.insert(format!("{chat}/{agent}/transfer/{to}"));
                }
                if text("state") == "Completed" {
                    self.completed.insert(format!("{chat}/{agent}"));
                }
                let after = (text("state") == "LeftChat").then_some(Stage::Joined);
                self.step(chat, agent, kind, Some(Stage::Joined), after);
            }
            _ => {}
        }
    }

    /// A part goes on as it must, or not.
    fn step(&mut self, chat: String, agent: String, kind: &str, before: Option<Stage>, after: Option<Stage>) {
        let place = (chat, agent);
        let was = self.open.remove(&place);
        let (chat, agent) = &place;
        self.steps.expect(&format!("{chat}: {kind} of {agent} behind {was:?}"), u32::from(was == before));
        if let Some(after) = after {
            self.open.insert(place, after);
        }
    }

    /// Writes what was asked for into the ledger, and adds the rows: each step of a part follows the one before, each part
    /// has come to its end, and so has each chat.
    pub fn judge(mut self, ledger: &Ledger, table: &mut Table) {
        for ((chat, agent), stage) in &self.open {
            self.steps.forbid(&format!("{chat}: {agent} is {stage:?} at the end"), 1);
        }
        let mut ends = TableRow::default();
        for (chat, times) in &self.chats {
            ends.expect(&format!("{chat} ended"), *times);
        }
        for (what, names) in [(What::Colleague, self.asked), (What::Completion, self.completed)] {
            // A part ends for many reasons, and a queue is asked by nobody else: what nobody asked for is no ghost here.
            for name in names.iter().filter(|name| ledger.outcome(what, name).is_some()) {
                ledger.found(what, name);
            }
        }
        table.add("steps of agents' parts in chats, in order", self.steps);
        table.add("chats that came to an end", ends);
    }
}

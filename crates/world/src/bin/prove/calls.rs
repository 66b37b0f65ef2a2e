//! What became of calls, as the reporting feed, the agents' applications and the agents themselves tell it.

use super::{
    agent_listener::HeardNotifications,
    ledger::{Ledger, What},
    table::{Table, TableRow},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The calls of a feed that is read from its beginning.
#[derive(Default)]
pub struct ReportedCalls {
    /// How often each call began and ended.
    calls: BTreeMap<String, (u32, u32)>,
    /// The line of each party that is not in the first of its call, by call and leg.
    lines: BTreeMap<(String, u64), String>,
    /// How often parties left a consultation for the call it was about, by its UUID and leg.
    completed: BTreeMap<(String, u64), u32>,
}

impl ReportedCalls {
    /// Takes one event; what was asked for under a name is written into the ledger.
    pub fn take(&mut self, kind: &str, data: &Value, ledger: &Ledger) {
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let (call, leg) = (text("interactionId"), data["leg"].as_u64().unwrap_or(0));
        match kind {
            "jackfield.call.began" => self.calls.entry(call).or_default().0 += 1,
            "jackfield.call.ended" => self.calls.entry(call).or_default().1 += 1,
            "jackfield.call.joined" => {
                if let Some(line) = data["line"].as_str() {
                    self.lines.insert((call, leg), line.to_owned());
                }
            }
            "jackfield.call.moved" => {
                let before = self.lines.insert((call, leg), text("callUuid"));
                if let Some(before) = before.filter(|before| *before != text("callUuid")) {
                    *self.completed.entry((before, leg)).or_default() += 1;
                }
            }
            "jackfield.call.user-data" => {
                if let Some(name) = data["set"]["Asked"].as_str() {
                    ledger.found(What::Asked, name);
                }
            }
            _ => {}
        }
    }

    /// Judges what the feed told from its beginning to its end.
    pub fn judge(self, ledger: &Ledger, table: &mut Table) {
        let mut ended = TableRow::default();
        for (call, (began, end)) in &self.calls {
            ended.expect(&format!("the end of {call}, which began {began} times"), *end);
        }
        table.remark(format!("{} calls in the feed", self.calls.len()));
        table.add("calls that ended", ended);
        let mut most: BTreeMap<String, u32> = BTreeMap::new();
        // A conference in a consultation goes over as a whole.
        for ((uuid, _), times) in self.completed {
            let most = most.entry(uuid).or_default();
            *most = times.max(*most);
        }
        for (uuid, times) in most {
            (0..times).for_each(|_| ledger.found(What::Completed, &uuid));
        }
    }
}

/// Judges what each application heard of calls: every call that it heard of is over at last, and no call is over twice
/// without having begun again.
pub fn judge(stories: &[HeardNotifications], table: &mut Table) {
    let mut row = TableRow::default();
    for story in stories {
        let mut calls: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for data in &story.heard {
            if let (Some(id), Some("StatusChange"), Some(state)) = (
                data["call"]["id"].as_str(),
                data["notificationType"].as_str(),
                data["call"]["state"].as_str(),
            ) {
                calls.entry(id).or_default().push(state);
            }
        }
        for (id, states) in calls {
            let twice = states.windows(2).any(|pair| pair == ["Released", "Released"]);
            let over = states.last() == Some(&"Released");
            let name = format!("{} by {:?}, {id} {states:?}", story.agent, story.transport);
            row.expect(&name, if twice { 2 } else { u32::from(over) });
        }
    }
    table.add("ends of calls heard, of each ear", row);
}

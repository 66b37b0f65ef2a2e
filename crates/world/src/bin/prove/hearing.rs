//! What applications heard, against what was acknowledged: without gap, without duplicate, in order.

use super::{
    agent_listener::HeardNotifications,
    ledger::{Ledger, What},
    table::{Table, TableRow},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// One part of an agent in a chat, from its offer to its end, as one listener heard of it. Who is asked back has another,
/// and is given the whole log again.
#[derive(Default)]
struct Part<'s> {
    /// The places of the entries heard, in the order heard.
    entries: Vec<u64>,
    /// How often each text was heard.
    texts: BTreeMap<&'s str, u32>,
    /// How often each state was entered.
    states: BTreeMap<&'s str, u32>,
    /// Place of the agent's own last entry: they left.
    left: Option<u64>,
    /// How many notifications came behind the end.
    late: u32,
}

impl Part<'_> {
    fn times(&self, state: &str) -> u32 {
        self.states.get(state).copied().unwrap_or(0)
    }

    fn ends(&self) -> u32 {
        self.times("Completed") + self.times("Revoked")
    }
}

/// Judges every listener.
pub fn judge(stories: &[HeardNotifications], ledger: &Ledger, table: &mut Table) {
    let (mut own, mut entries, mut states, mut order) =
        (TableRow::default(), TableRow::default(), TableRow::default(), TableRow::default());
    let mut spoken = ledger.acknowledged(What::AgentMessage);
    spoken.extend(ledger.acknowledged(What::ToAgents));
    let mut again = 0;
    for story in stories {
        let who = format!("{} by {:?}", story.agent, story.transport);
        references(story, &who, &mut order);
        let chats = parts(story);
        own_messages(story, &who, &chats, &spoken, ledger, &mut own);
        for (id, parts) in &chats {
            again += parts.len() - 1;
            for (number, part) in (1..).zip(parts) {
                let name = format!("{who}, {id}, part {number}");
                log(&name, part, &mut entries);
                states.expect(&format!("{name} Invited"), part.times("Invited"));
                states.expect(&format!("{name} ends"), part.ends());
                states.forbid(&format!("{name} goes on behind its end"), part.late);
                // Who refused, or came too late into a chat, never talked in it.
                let talked = format!("{name} Chatting");
                if part.entries.is_empty() {
                    states.allow(&talked, part.times("Chatting"));
                } else {
                    states.expect(&talked, part.times("Chatting"));
                }
            }
        }
    }
    table.add("own messages heard, of each ear", own);
    table.add("entries of chats heard, of each ear", entries);
    table.add("states of chats heard, of each ear", states);
    table.add("notifications in order, of each ear", order);
    let anew: u32 = stories.iter().map(|story| story.anew).sum();
    table.remark(format!("{} ears; told to begin again: {anew} times; asked back: {again}", stories.len()));
}

/// Every message of the agent's that was acknowledged, the agent's own application heard of once; whoever is asked back reads
/// it again.
fn own_messages(
    story: &HeardNotifications,
    who: &str,
    chats: &BTreeMap<&str, Vec<Part<'_>>>,
    spoken: &[String],
    ledger: &Ledger,
    row: &mut TableRow,
) {
    let mut heard: BTreeMap<&str, u32> = BTreeMap::new();
    for (text, count) in chats.values().flatten().flat_map(|part| &part.texts) {
        let most = heard.entry(text).or_default();
        *most = (*most).max(*count);
    }
    let name = story.agent.trim_end_matches(demo::centre::DOMAIN);
    let is_own = |text: &&String| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(['m', 'w']));
    for text in spoken.iter().filter(is_own) {
        row.expect(&format!("{who}: {text}"), heard.get(text.as_str()).copied().unwrap_or(0));
    }
    for (name, count) in heard {
        let refused = ledger.outcome(What::CustomerMessage, name) == Some(super::ledger::Outcome::Refused);
        if refused {
            row.forbid(&format!("{who}: {name}"), count);
        }
    }
}

/// `referenceId` grows with an agent's commands, so what they caused is heard in that order; but what became of somebody
/// they asked comes when it is known.
fn references(story: &HeardNotifications, who: &str, row: &mut TableRow) {
    let mut last = 0;
    let at_once = |data: &&Value| data["notificationType"] != "Error" && data["chat"]["state"] != "Completed";
    for reference in story.heard.iter().filter(at_once).filter_map(|data| data["referenceId"].as_u64()) {
        row.expect(&format!("{who}: {reference} after {last}"), u32::from(reference >= last));
        last = reference;
    }
}

fn parts(story: &HeardNotifications) -> BTreeMap<&str, Vec<Part<'_>>> {
    let mut chats: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
    for data in &story.heard {
        let path = data["chatPath"].as_str().and_then(|path| path.strip_prefix("/chats/"));
        let Some(id) = path.or_else(|| data["chat"]["id"].as_str()) else { continue };
        let parts = chats.entry(id).or_default();
        let state = (data["notificationType"] == "StatusChange").then(|| data["chat"]["state"].as_str());
        let state = state.flatten();
        if state == Some("Invited") || parts.is_empty() {
            parts.push(Part::default());
        }
        let Some(part) = parts.last_mut() else { continue };
        part.late += u32::from(part.ends() > 0);
        if let Some(state) = state {
            *part.states.entry(state).or_default() += 1;
        }
        for message in data["messages"].as_array().into_iter().flatten() {
            let index = message["index"].as_u64().unwrap_or(0);
            part.entries.push(index);
            if message["type"] == "ParticipantLeft" && message["from"]["nickname"] == story.agent.as_str() {
                part.left = Some(index);
            }
            if let (Some("Text"), Some(text)) = (message["type"].as_str(), message["text"].as_str()) {
                *part.texts.entry(text).or_default() += 1;
            }
        }
    }
    chats
}

/// The log of a chat is heard from its first entry on, each once and in order; to the agent's own leaving, if they
/// talked to the end of their part.
fn log(name: &str, part: &Part<'_>, row: &mut TableRow) {
    let mut count: BTreeMap<u64, u32> = BTreeMap::new();
    for index in &part.entries {
        *count.entry(*index).or_default() += 1;
    }
    let last = part.entries.iter().max().copied().unwrap_or(0);
    for index in 1..=last {
        row.expect(&format!("{name}#{index}"), count.get(&index).copied().unwrap_or(0));
    }
    let ordered = part.entries.is_sorted();
    row.forbid(&format!("{name} out of order: {:?}", part.entries), u32::from(!ordered));
    if part.ends() > 0 && part.times("Chatting") > 0 && part.times("LeftChat") == 0 {
        row.expect(&format!("{name}: the agent's own leaving"), u32::from(part.left == Some(last)));
    }
}

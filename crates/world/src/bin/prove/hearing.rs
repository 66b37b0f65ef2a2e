//! What applications heard, against what was acknowledged: without gap, without duplicate, in order.

use super::{
    agent_listener::HeardNotifications,
    ledger::{Ledger, What},
    table::{Table, TableRow},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// One chat, as one listener heard of it.
#[derive(Default)]
struct Chat<'s> {
    /// The places of the entries heard, in the order heard.
    entries: Vec<u64>,
    /// How often each state was entered.
    states: BTreeMap<&'s str, u32>,
    /// Place of the agent's own last entry: they left.
    left: Option<u64>,
}

/// Judges every listener.
pub fn judge(stories: &[HeardNotifications], ledger: &Ledger, table: &mut Table) {
    let (mut own, mut entries, mut states, mut order) =
        (TableRow::default(), TableRow::default(), TableRow::default(), TableRow::default());
    let spoken = ledger.acknowledged(What::AgentMessage);
    let completed = ledger.acknowledged(What::Completion);
    for story in stories {
        let who = format!("{} by {:?}", story.agent, story.transport);
        own_messages(story, &who, &spoken, ledger, &mut own);
        references(story, &who, &mut order);
        for (id, chat) in chats(story) {
            let done = completed.binary_search(&format!("{id}/{}", story.agent)).is_ok();
            log(&format!("{who}, {id}"), &chat, done, &mut entries);
            for state in ["Invited", "Chatting", "Completed"] {
                let heard = chat.states.get(state).copied().unwrap_or(0);
                let name = format!("{who}, {id} {state}");
                // Who came too late into a chat never talked in it.
                let must = done && (state != "Chatting" || !chat.states.contains_key("JoinFailed"));
                if must { states.expect(&name, heard) } else { states.allow(&name, heard) }
            }
        }
    }
    table.add("own messages heard, of each ear", own);
    table.add("entries of chats heard, of each ear", entries);
    table.add("states of chats heard, of each ear", states);
    table.add("notifications in order, of each ear", order);
    let anew: u32 = stories.iter().map(|story| story.anew).sum();
    table.remark(format!("{} ears; told to begin again: {anew} times", stories.len()));
}

/// Every message of the agent's that was acknowledged, the agent's own application heard of once.
fn own_messages(
    story: &HeardNotifications,
    who: &str,
    spoken: &[String],
    ledger: &Ledger,
    row: &mut TableRow,
) {
    let mut heard: BTreeMap<&str, u32> = BTreeMap::new();
    for message in story.heard.iter().filter_map(|data| data["messages"].as_array()).flatten() {
        if let (Some("Text"), Some(text)) = (message["type"].as_str(), message["text"].as_str()) {
            *heard.entry(text).or_default() += 1;
        }
    }
    let prefix = format!("{}m", story.agent.trim_end_matches(demo::centre::DOMAIN));
    for name in spoken.iter().filter(|name| name.starts_with(&prefix)) {
        row.expect(&format!("{who}: {name}"), heard.get(name.as_str()).copied().unwrap_or(0));
    }
    for (name, count) in heard {
        let refused = ledger.outcome(What::CustomerMessage, name) == Some(super::ledger::Outcome::Refused);
        if refused {
            row.forbid(&format!("{who}: {name}"), count);
        }
    }
}

/// `referenceId` grows with an agent's commands, so what they caused is heard in that order.
fn references(story: &HeardNotifications, who: &str, row: &mut TableRow) {
    let mut last = 0;
    for reference in story.heard.iter().filter_map(|data| data["referenceId"].as_u64()) {
        row.expect(&format!("{who}: {reference} after {last}"), u32::from(reference >= last));
        last = reference;
    }
}

fn chats(story: &HeardNotifications) -> BTreeMap<&str, Chat<'_>> {
    let mut chats: BTreeMap<&str, Chat<'_>> = BTreeMap::new();
    for data in &story.heard {
        if let (Some(id), Some("StatusChange")) =
            (data["chat"]["id"].as_str(), data["notificationType"].as_str())
        {
            let state = data["chat"]["state"].as_str().unwrap_or("none");
            *chats.entry(id).or_default().states.entry(state).or_default() += 1;
        }
        let Some(id) = data["chatPath"].as_str().and_then(|path| path.strip_prefix("/chats/")) else {
            continue;
        };
        let chat = chats.entry(id).or_default();
        for message in data["messages"].as_array().into_iter().flatten() {
            let index = message["index"].as_u64().unwrap_or(0);
            chat.entries.push(index);
            if left(message, &story.agent) {
                chat.left = Some(index);
            }
        }
    }
    chats
}

fn left(message: &Value, agent: &str) -> bool {
    message["type"] == "ParticipantLeft" && message["from"]["nickname"] == agent
}

/// The log of a chat is heard from its first entry on, each once and in order; to the agent's own leaving, if they
/// completed it while they talked.
fn log(name: &str, chat: &Chat<'_>, done: bool, row: &mut TableRow) {
    let mut count: BTreeMap<u64, u32> = BTreeMap::new();
    for index in &chat.entries {
        *count.entry(*index).or_default() += 1;
    }
    let last = chat.entries.iter().max().copied().unwrap_or(0);
    for index in 1..=last {
        row.expect(&format!("{name}#{index}"), count.get(&index).copied().unwrap_or(0));
    }
    let ordered = chat.entries.is_sorted();
    row.forbid(&format!("{name} out of order: {:?}", chat.entries), u32::from(!ordered));
    if done && chat.states.contains_key("Chatting") && !chat.states.contains_key("LeftChat") {
        row.expect(&format!("{name}: the agent's own leaving"), u32::from(chat.left == Some(last)));
    }
}

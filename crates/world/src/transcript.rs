//! The world's course as text: what lies in each mailbox, and what reporting was told.

use desk::{
    Desk,
    ports::{EventRow, FeedQuery, Note, StoreFault},
};
use domain::Event;
use serde_json::Value;
use std::{
    fmt::{self, Write},
    sync::Arc,
};
use testkit::MORNING;

/// Every mailbox, agent by agent, note by note in the order of positions.
pub async fn mailboxes(desk: &Desk) -> Result<String, StoreFault> {
    let mut text = String::new();
    for user in desk.directory().all() {
        let notes = desk.store().notes(&user.id, 0, u32::MAX, usize::MAX).await?;
        if !notes.is_empty() {
            writing(writeln!(text, "{}", user.user_name));
        }
        for note in notes {
            writing(writeln!(text, "  {:>4} {} {}", note.pos, note.channel, summary(&note)));
        }
    }
    Ok(text)
}

/// Everything reporting is told, in order.
pub async fn feed(desk: &Desk) -> Result<String, StoreFault> {
    let mut text = String::new();
    for row in events(desk, false).await? {
        let seconds = row.at - MORNING;
        let (whole, rest) = (seconds / 1_000, seconds % 1_000);
        writing(writeln!(
            text,
            "{whole:>4}.{rest:03} {} {}{}",
            row.key,
            row.event.kind(),
            detail(&row.event)
        ));
    }
    Ok(text)
}

/// Every event of the journal, or those that are reported.
pub async fn events(desk: &Desk, unreported: bool) -> Result<Vec<EventRow>, StoreFault> {
    let mut rows: Vec<EventRow> = Vec::new();
    loop {
        let after = rows.last().map_or(0, |row| row.seq);
        let query = FeedQuery { after, limit: 500, unreported, ..FeedQuery::default() };
        let page = desk.events(query).await?;
        if page.rows.is_empty() {
            return Ok(rows);
        }
        rows.extend(page.rows);
    }
}

/// What of an event its kind does not tell.
fn detail(event: &Event) -> String {
    use domain::session::Fact;
    let Event::Session(event) = event else { return String::new() };
    match &event.fact {
        Fact::Offered { user_name, .. } => format!(" {user_name}"),
        Fact::Said { index, kind, .. } => format!(" #{index} {kind}"),
        Fact::OfferEnded { state, closer, .. } => format!(" {} by {closer:?}", state.as_str()),
        Fact::PartyClosed { user_name, state, closer, dispositioned, .. } => {
            let with = if *dispositioned { "" } else { ", no disposition" };
            format!(" {user_name} {} by {closer:?}{with}", state.as_str())
        }
        Fact::Disposition { value, .. } => format!(" {value}"),
        Fact::TalkEnded { closer } | Fact::Ended { closer, .. } => format!(" by {closer:?}"),
        _ => String::new(),
    }
}

/// The parts of a note that tell it from others.
fn summary(note: &Arc<Note>) -> String {
    let data: Value = serde_json::from_str(&note.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut parts = vec![text(&data["notificationType"])];
    if let Some(reference) = data["referenceId"].as_u64() {
        parts.push(format!("({reference})"));
    }
    parts.extend([text(&data["chat"]["id"]), text(&data["chat"]["state"]), text(&data["chatPath"])]);
    for message in data["messages"].as_array().into_iter().flatten() {
        parts.push(format!("#{} {}", message["index"], text(&message["type"])));
        parts.push(text(&message["text"]).chars().take(24).collect());
    }
    for channel in data["channels"].as_array().into_iter().flatten() {
        parts.push(format!("{}={}", text(&channel["channel"]), text(&channel["userState"]["state"])));
    }
    for device in data["devices"].as_array().into_iter().flatten() {
        parts.push(format!("{}={}", text(&device["phoneNumber"]), text(&device["userState"]["state"])));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// Writing into a `String` cannot fail.
fn writing(written: fmt::Result) {
    debug_assert!(written.is_ok(), "a String takes everything");
}

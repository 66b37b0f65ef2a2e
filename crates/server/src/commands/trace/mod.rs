//! `jackfield trace`: the course of one conversation or call, out of the journal.

#![expect(
    clippy::format_push_string,
    reason = "lines for people are not many, and `write!` has errors that cannot be"
)]

mod call;
mod session;
mod words;

use super::{
    board::{ROUTED, board},
    events,
    reader::reader,
};
use crate::{cli::Trace, config};
use anyhow::{Result, bail};
use desk::{
    ports::EventRow,
    routing::{AgentObstacle, ItemKey, explain},
};
use domain::{
    Event, InteractionId, Key, State, call::interactions_of, message::Content, notice::Notice, thread,
};
use serde_json::{Value, json};
use std::io::{self, ErrorKind, Write};
use store_sqlite::SqliteReader;
pub use words::moment;
use words::{Names, Sentence};

/// How many events are read at once.
const PAGE: u32 = 10_000;
/// Prints what happened to one conversation or call, in the order of the journal, and what stands between it and an
/// agent if it waits. Only reads the journal, beside whatever server runs.
pub fn run(args: &Trace, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let reader = reader(&config.data)?;
    let course = Course::read(&reader, &args.interaction)?;
    let names = Names(events::users(&reader)?);
    let mut lines = Vec::new();
    let after = course.tell(&reader, &names, args.texts, &mut lines)?;
    let standings = course.standings(&reader)?;
    let printed = if args.json {
        let centre = events::centre(&reader)?;
        print_json(
            &lines,
            &after,
            standings.as_deref(),
            |row| {
                let named = |id: &domain::UserId| names.0.get(id).cloned();
                let event = api::cloud_event(centre.as_deref(), row, &named)?;
                event.get("data").cloned()
            },
            out,
        )
    } else {
        print(&course, &lines, &after, standings.as_deref(), out)
    };
    match printed {
        // The reader has had enough.
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => Ok(printed?),
    }
}

/// A conversation or a call, with all that happened to it.
struct Course {
    key: Key,
    state: Option<std::sync::Arc<State>>,
    rows: Vec<EventRow>,
}

/// An event, with its sentence.
struct TraceLine {
    row: EventRow,
    told: Sentence,
    /// The words of a message, where they may be shown.
    text: Option<String>,
}

impl Course {
    fn read(reader: &SqliteReader, id: &str) -> Result<Self> {
        let id = InteractionId::from(id);
        // A line of a call that is not the first has a UUID of its own.
        let calls = interactions_of(&id).map(Key::Call);
        for key in std::iter::once(Key::Session(id.clone())).chain(calls) {
            let mut rows = history(reader, &key)?;
            if rows.is_empty() {
                continue;
            }
            rows.extend(of_its_thread(reader, &id, &rows)?);
            rows.sort_by_key(|row| row.seq);
            return Ok(Self { state: reader.state(&key)?, key, rows });
        }
        bail!(
            "the journal has no conversation and no call '{id}'. One that ended longer ago than journal.keep_days \
             is no longer in it; `jackfield events` shows the ids of all"
        )
    }

    /// Prints every event, and then what is still open.
    fn tell(
        &self,
        reader: &SqliteReader,
        names: &Names,
        texts: bool,
        lines: &mut Vec<TraceLine>,
    ) -> Result<Vec<(u32, domain::session::Delivery)>> {
        let mut session = session::SessionCourse::new(names, texts);
        let mut call = call::CallCourse::new(names, texts);
        for row in &self.rows {
            let mut row = row.clone();
            if !texts {
                row.event.redact();
            }
            let told = match &row.event {
                Event::Session(event) => session.tell(event),
                Event::Call(event) => call.tell(event),
                Event::Thread(event) => of_thread(event),
                // Nothing else is among the rows of a conversation.
                _ => continue,
            };
            let text = match (&self.key, told.entry) {
                (Key::Session(id), Some(entry)) if texts => text(reader, id, entry)?,
                _ => None,
            };
            lines.push(TraceLine { row, told, text });
        }
        Ok(session.on_their_way().collect())
    }

    /// What stands against an offer to each agent; `None` when it does not wait.
    fn standings(&self, reader: &SqliteReader) -> Result<Option<Vec<AgentObstacle>>> {
        if !self.waits() {
            return Ok(None);
        }
        let (board, now) = board(reader, &ROUTED)?;
        let key = ItemKey::of(self.key.id());
        Ok(board.item(&key).map(|_| explain(&board, &key, now).unwrap_or_default()))
    }

    fn waits(&self) -> bool {
        match self.state.as_deref() {
            Some(State::Session(session)) => session.waiting,
            Some(State::Call(call)) => call.is_waiting(),
            _ => false,
        }
    }

    /// A line about what it is and where it stands.
    fn title(&self) -> String {
        let (what, is_open) = match self.state.as_deref() {
            Some(State::Session(session)) => (
                format!("Conversation {} ({}), queue {}", session.id, session.medium, session.queue),
                session.is_open(),
            ),
            Some(State::Call(call)) => {
                let queue = call
                    .queued
                    .as_ref()
                    .map_or_else(String::new, |queued| format!(", queue {}", queued.queue));
                (format!("Call {}{queue}", call.id), call.is_open())
            }
            _ => (self.key.to_string(), false),
        };
        let now = match (self.waits(), is_open) {
            (true, _) => "it waits for an agent",
            (false, true) => "it goes on",
            (false, false) => "it is over",
        };
        format!("{what}: {now}.")
    }
}

fn history(reader: &SqliteReader, key: &Key) -> Result<Vec<EventRow>> {
    let mut rows: Vec<EventRow> = Vec::new();
    loop {
        let after = rows.last().map_or(0, |row| row.version);
        let page = reader.history(key, after, PAGE)?;
        if page.is_empty() {
            return Ok(rows);
        }
        rows.extend(page);
    }
}

/// What happened meanwhile between the customer's address and ours.
fn of_its_thread(reader: &SqliteReader, id: &InteractionId, rows: &[EventRow]) -> Result<Vec<EventRow>> {
    let thread = rows.iter().find_map(|row| match &row.event {
        Event::Session(domain::session::SessionEvent {
            fact: domain::session::Fact::Created { post: Some(post), .. },
            ..
        }) => Some(post.address.thread.clone()),
        _ => None,
    });
    let (Some(thread), Some(first), Some(last)) = (thread, rows.first(), rows.last()) else {
        return Ok(Vec::new());
    };
    // The commit of its last event may have written an event of the thread behind it.
    let (first, last) = (first.seq, rows.iter().any(|row| ends(&row.event)).then_some(last.at));
    let mut all = history(reader, &Key::Thread(thread))?;
    all.retain(|row| match &row.event {
        Event::Thread(thread::ThreadEvent { fact: thread::Fact::Began { session }, .. }) => session == id,
        _ => row.seq >= first && last.is_none_or(|last| row.at <= last),
    });
    Ok(all)
}

const fn ends(event: &Event) -> bool {
    matches!(
        event,
        Event::Session(domain::session::SessionEvent { fact: domain::session::Fact::Ended { .. }, .. })
    )
}

fn of_thread(event: &thread::ThreadEvent) -> Sentence {
    match &event.fact {
        thread::Fact::Began { .. } => {
            Sentence::by_server("it is the latest conversation with this address from now on")
        }
        thread::Fact::Consent { consent, source } => {
            let wants = match consent {
                thread::Consent::In => "the customer wants to hear from us",
                thread::Consent::Out => "the customer does not want to hear from us",
            };
            match source {
                thread::ConsentSource::Keyword => {
                    Sentence::by("customer", format!("{wants}, by a word they sent"))
                }
                thread::ConsentSource::Provider => {
                    Sentence::by("provider", format!("{wants}, as the provider tells"))
                }
            }
        }
    }
}

/// The words of an entry of the log.
fn text(reader: &SqliteReader, id: &InteractionId, entry: u32) -> Result<Option<String>> {
    let message = reader.messages(id, entry, 1)?.pop().filter(|message| message.index == entry);
    Ok(message.and_then(|message| match message.content {
        Content::Text { text, .. }
        | Content::CustomNotice { text }
        | Content::Notice(Notice { text, .. }) => Some(text),
        Content::Url { url } => Some(url),
        Content::Renamed { nickname } => Some(nickname),
        Content::TypingStarted { text } => text,
        Content::Joined | Content::Rejoined | Content::Left | Content::TypingStopped => None,
    }))
}

type OnTheirWay = [(u32, domain::session::Delivery)];

fn print(
    course: &Course,
    lines: &[TraceLine],
    on_their_way: &OnTheirWay,
    standings: Option<&[AgentObstacle]>,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{}", course.title())?;
    for TraceLine { row, told, text } in lines {
        let actor = told.actor.as_deref().unwrap_or("server");
        let feed = if row.event.is_reported() { "" } else { " (not in the feed)" };
        writeln!(out, "{}  #{:<6} {actor:<14} {}{feed}", moment(row.at), row.seq, told.words)?;
        if let Some(text) = text {
            // Escaped, so that nothing a customer wrote can control the terminal.
            writeln!(out, "      {text:?}")?;
        }
    }
    let reported = lines.iter().filter(|line| line.row.event.is_reported()).count();
    writeln!(out, "{reported} of {} events are in the reporting feed, under these numbers.", lines.len())?;
    for (entry, state) in on_their_way {
        writeln!(out, "Entry {entry} {}.", session::delivery(*state))?;
    }
    let Some(standings) = standings else { return Ok(()) };
    writeln!(out, "It waits now. Why each agent is not offered it:")?;
    if standings.is_empty() {
        writeln!(out, "  nobody is logged in, or there is no such queue")?;
    }
    for AgentObstacle { user_name, obstacle, .. } in standings {
        match obstacle {
            Some(obstacle) => writeln!(out, "  {user_name}: {obstacle}")?,
            None => writeln!(out, "  {user_name}: nothing stands against it; the offer is about to be made")?,
        }
    }
    Ok(())
}

fn print_json(
    lines: &[TraceLine],
    on_their_way: &OnTheirWay,
    standings: Option<&[AgentObstacle]>,
    data: impl Fn(&EventRow) -> Option<Value>,
    out: &mut impl Write,
) -> io::Result<()> {
    for line in lines {
        let TraceLine { row, told, text } = line;
        let object = json!({
            "sequence": row.seq,
            "time": moment(row.at),
            "entity": row.key.to_string(),
            "version": row.version,
            "kind": row.event.kind(),
            "actor": told.actor.as_deref().unwrap_or("server"),
            "words": told.words,
            "text": text,
            "inFeed": row.event.is_reported(),
            "data": data(row),
        });
        writeln!(out, "{object}")?;
    }
    for (entry, state) in on_their_way {
        writeln!(out, "{}", json!({"open": "delivery", "entry": entry, "state": state.as_str()}))?;
    }
    for AgentObstacle { user_name, obstacle, .. } in standings.unwrap_or_default() {
        let obstacle = obstacle.as_ref().map(ToString::to_string);
        writeln!(out, "{}", json!({"open": "offer", "agent": user_name, "obstacle": obstacle}))?;
    }
    Ok(())
}

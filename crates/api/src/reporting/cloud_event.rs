//! The envelope: CloudEvents 1.0 in its JSON form.

use super::data::{self, PREFIX};
use crate::{reporting::data::time, state::Api};
use desk::ports::EventRow;
use domain::{Key, UserId};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;

/// One event of the reporting feed, as CloudEvents 1.0. Its `data` has the schema named like its `type`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "jackfield.event")]
pub(super) struct CloudEvent {
    /// The version of CloudEvents.
    #[schemars(extend("const" = "1.0"))]
    specversion: &'static str,
    /// Names this event forever: the same in a repeated delivery, and in one out of a restored backup.
    id: String,
    /// The contact centre, by its id.
    source: String,
    /// `jackfield.` and the kind of event.
    r#type: String,
    /// What it happened to: the kind of thing, a slash and its id.
    subject: String,
    /// When it happened.
    #[schemars(extend("format" = "date-time"))]
    time: String,
    /// The media type of `data`.
    #[schemars(extend("const" = "application/json"))]
    datacontenttype: &'static str,
    /// The cursor behind this event: twenty decimal digits, so that it sorts as text. It grows, with gaps.
    #[schemars(regex(pattern = r"^\d{20}$"))]
    pub sequence: String,
    /// What happened.
    data: Value,
}

impl CloudEvent {
    /// An event of the journal; `None` for one that the feed does not tell of.
    pub fn of(source: &str, row: &EventRow, names: &dyn Fn(&UserId) -> Option<String>) -> Option<Self> {
        Some(Self {
            specversion: "1.0",
            // The moment is part of it: after a restore the same version of a thing may be another event.
            id: format!("{}:{}:{}", row.key, row.version, row.at),
            source: source.to_owned(),
            r#type: format!("{PREFIX}{}", row.event.kind()),
            subject: subject(&row.key),
            time: time(row.at),
            datacontenttype: "application/json",
            sequence: format!("{:020}", row.seq),
            data: data::of(row, names)?,
        })
    }
}

/// The events of a page, with the names that the users have now.
pub(super) fn cloud_events(api: &Api, rows: &[EventRow]) -> Vec<CloudEvent> {
    let source = source(api);
    let names = |id: &UserId| -> Option<String> { Some(api.desk.directory().user(id)?.user_name.clone()) };
    rows.iter().filter_map(|row| CloudEvent::of(&source, row, &names)).collect()
}

/// The JSON Schema of the envelope.
pub fn envelope_schema() -> Schema {
    data::generator().into_root_schema_for::<CloudEvent>()
}

/// An event as the feed tells it, for a program that reads the journal beside the server; `None` for one that the
/// feed does not tell of. `centre` is the id of the contact centre, `names` the names that the users have now.
pub fn cloud_event(
    centre: Option<&str>,
    row: &EventRow,
    names: &dyn Fn(&UserId) -> Option<String>,
) -> Option<Value> {
    serde_json::to_value(CloudEvent::of(&source_of(centre), row, names)?).ok()
}

fn source(api: &Api) -> String {
    source_of(api.desk.centre().map(|centre| centre.id.clone()).as_deref())
}

/// The `source`: the centre tells the events; the address under which it is reached may change.
fn source_of(centre: Option<&str>) -> String {
    format!("urn:uuid:{}", centre.unwrap_or("00000000-0000-0000-0000-000000000000"))
}

fn subject(key: &Key) -> String {
    match key {
        Key::Session(_)
        | Key::Agent(_)
        | Key::User(_)
        | Key::Queue(_)
        | Key::Thread(_)
        | Key::Call(_)
        | Key::Device(_) => {
            format!("{}/{}", key.kind().as_str(), key.id())
        }
        Key::Book | Key::Centre => key.kind().as_str().to_owned(),
    }
}

//! What the platform tells of the page and its people, and what it grants.

use super::{access::value_of, send_request, trouble::MessengerError, usage::with_usage};
use crate::platforms::{
    Platforms,
    log::{LogEntry, Platform, TrafficKind},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What is told without `fields`.
const FIELDS: &str = "first_name,last_name,name";
/// What an app may ask for (spec: channel-connectors#2.1, #2.9).
const GRANTED: [&str; 6] = [
    "subscribed_apps",
    "take_thread_control",
    "pass_thread_control",
    "request_thread_control",
    "release_thread_control",
    "extend_thread_control",
];

/// `GET /simulators/graph/{version}/{id}?fields=first_name,last_name`: a person, or with `me` the page. A person who
/// has not given their name is refused as if they were not there: that is all one learns without the permission.
pub(in crate::platforms) async fn object(
    State(platforms): State<Arc<Platforms>>,
    Path((version, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let told = platforms.admit(&version, &headers, query.as_deref(), None).and_then(|()| {
        let fields = value_of(query.as_deref(), "fields").unwrap_or_else(|| FIELDS.into());
        platforms.tell(&id, &fields).ok_or(MessengerError::NO_OBJECT)
    });
    platforms.answer("profile", &id, told)
}

/// `POST /simulators/graph/{version}/{page}/{edge}`: a subscription, or a change of thread control. Both are granted
/// and change nothing: the page's webhooks come anyway, and no other app is there.
pub(in crate::platforms) async fn grant(
    State(platforms): State<Arc<Platforms>>,
    Path((version, id, edge)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let proof = body["appsecret_proof"].as_str();
    let told = platforms.admit(&version, &headers, query.as_deref(), proof).and_then(|()| {
        let is_page = id == "me" || id == platforms.settings.messenger.page;
        let is_granted = is_page && GRANTED.contains(&&*edge);
        is_granted.then(|| json!({ "success": true })).ok_or(MessengerError::NO_OBJECT)
    });
    platforms.answer(&edge, send_request::recipient(&body).unwrap_or_default(), told)
}

impl Platforms {
    fn tell(&self, id: &str, fields: &str) -> Option<Value> {
        let page = &self.settings.messenger.page;
        if id == "me" || id == page {
            return Some(json!({ "id": page, "name": "Demo page" }));
        }
        let (first, last) = self.page.name(id)?;
        let mut told = Map::from_iter([("id".to_owned(), id.into())]);
        for field in fields.split(',') {
            let value = match field {
                "first_name" => first.clone(),
                "last_name" => last.clone(),
                "name" => format!("{first} {last}").trim().to_owned(),
                _ => continue,
            };
            told.insert(field.to_owned(), value.into());
        }
        Some(told.into())
    }

    fn answer(&self, kind: &str, person: &str, told: Result<Value, MessengerError>) -> Response {
        let now = self.clock.now();
        let used = self.page.allowance.take(now);
        let told = if used > 100 { Err(MessengerError::RATE) } else { told };
        self.log.note(LogEntry {
            at: now,
            platform: Platform::Messenger,
            way: TrafficKind::Call,
            kind: kind.into(),
            person: person.into(),
            id: String::new(),
            text: String::new(),
            status: told.as_ref().map_or_else(|trouble| trouble.status.as_u16(), |_| 200),
            code: told.as_ref().err().map_or(0, |trouble| trouble.code),
            attempt: 1,
        });
        let response = match told {
            Ok(told) => Json(told).into_response(),
            Err(trouble) => trouble.answer(&self.ids.guid()),
        };
        with_usage(response, &self.settings.messenger.page, used)
    }
}

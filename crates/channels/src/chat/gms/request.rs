//! Request chat: `POST /genesys/2/chat/{service}` (digital-channels §6.1).

use super::{
    door::{Outcome, Wanted},
    form::{self, Form},
    trouble::Trouble,
    wire::{Answer, Caller},
};
use crate::chat::{Chat, door::digest, limits::Origin};
use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use desk::Refused;
use domain::{Refusal, UserData, command::Open};
use serde_json::Value;
use std::sync::Arc;

/// The fields of a request that stand in the user data of routed chats under names of their own
/// (digital-channels §1.7).
const BUSINESS: [(&str, &str); 4] = [
    ("firstName", "FirstName"),
    ("lastName", "LastName"),
    ("subject", "Subject"),
    ("emailAddress", "EmailAddress"),
];

/// Lets a customer in. Answers the values that open the chat for him, and the transcript so far.
pub(super) async fn request(
    State(chat): State<Arc<Chat>>,
    Path(service): Path<String>,
    origin: Origin,
    request: Request,
) -> Response {
    metrics::counter!("jackfield_chat_requests_total", "command" => "request").increment(1);
    chat.enter(&service, origin, request).await.into_response()
}

impl Chat {
    async fn enter(&self, service: &str, origin: Origin, request: Request) -> Result<Answer, Trouble> {
        if !self.serves(service) {
            return Err(Trouble::UnknownService);
        }
        let form = form::read(request).await?;
        let nickname = nickname(&form)?;
        let ids = self.desk.ids();
        let (session, participant, secure_key) = (ids.session(), ids.participant(), ids.secret());
        let open = Open {
            session: session.clone(),
            service: service.to_owned(),
            participant: participant.clone(),
            nickname,
            key_digest: digest(&secure_key),
            user_data: user_data(&form),
        };
        self.may_open(origin, &open).map_err(Trouble::TooMany)?;
        self.desk.open_session(open).await.map_err(|refused| match refused {
            // The service or its queue was taken away this moment.
            Refused::Rule(Refusal::NotFound(_)) => Trouble::UnknownService,
            other => other.into(),
        })?;
        self.seen(&session);
        let caller = Caller { chat_id: session.to_string(), user_id: participant.to_string(), secure_key };
        self.answer(service, &session, caller, Wanted::From(1), Outcome::Done).await
    }
}

/// The name agents see: the nickname, or the name of which at least the first is known.
fn nickname(form: &Form) -> Result<String, Trouble> {
    let given = |name| form.get(name).map(str::trim).filter(|value| !value.is_empty());
    if let Some(nickname) = given("nickname") {
        return Ok(nickname.to_owned());
    }
    let first = given("firstName").ok_or(Trouble::Missing("nickname"))?;
    Ok(given("lastName").map_or_else(|| first.to_owned(), |last| format!("{first} {last}")))
}

/// The pairs as given, and the fields that have a name of their own there; such a field wins over a pair.
fn user_data(form: &Form) -> UserData {
    let mut data = form.user_data();
    for (field, key) in BUSINESS {
        if let Some(value) = form.get(field) {
            data.set(key, Value::from(value));
        }
    }
    data
}

//! Request chat: `POST /genesys/2/chat/{service}` (spec: digital-channels#6.1).

use super::{
    access::{CommandOutcome, TranscriptRange},
    form::{self, Form},
    trouble::Trouble,
    wire::{ChatAnswer, ChatCustomer},
};
use crate::chat::{
    Chat,
    limits::ClientNetwork,
    repeat::{self, KeptRequest, RepeatState},
    talk::digest,
};
use axum::{
    Json,
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use desk::{Refused, idempotency::Repeatable};
use domain::{InteractionId, Refusal, UserData, command::Open};
use http::{HeaderValue, header::CACHE_CONTROL};
use serde_json::Value;
use std::sync::Arc;

/// The fields of a request that stand in the user data of routed chats under names of their own
/// (spec: digital-channels#1.7).
const BUSINESS: [(&str, &str); 4] = [
    ("firstName", "FirstName"),
    ("lastName", "LastName"),
    ("subject", "Subject"),
    ("emailAddress", "EmailAddress"),
];

/// Lets a customer in. Answers the values that open the chat for them, and the transcript so far.
pub(super) async fn request(
    State(chat): State<Arc<Chat>>,
    service: Result<Path<String>, PathRejection>,
    origin: ClientNetwork,
    request: Request,
) -> Response {
    let Ok(Path(service)) = service else { return Trouble::UnknownService.into_response() };
    metrics::counter!("jackfield_chat_requests_total", "command" => "request").increment(1);
    edge::span::operation("request");
    chat.enter(&service, origin, request).await.into_response()
}

/// Tells how a service stands before a chat is begun: `GET` at the same address.
pub(super) async fn door(
    State(chat): State<Arc<Chat>>,
    service: Result<Path<String>, PathRejection>,
) -> Response {
    metrics::counter!("jackfield_chat_requests_total", "command" => "door").increment(1);
    edge::span::operation("door");
    let service = service.ok().map(|Path(service)| service).filter(|service| chat.serves(service));
    match service.and_then(|service| chat.door(&service.as_str().into())) {
        Some(door) => ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(door)).into_response(),
        None => Trouble::UnknownService.into_response(),
    }
}

impl Chat {
    async fn enter(
        &self,
        service: &str,
        origin: ClientNetwork,
        request: Request,
    ) -> Result<ChatAnswer, Trouble> {
        if !self.serves(service) {
            return Err(Trouble::UnknownService);
        }
        let key = repeat::key(request.headers()).map_err(Trouble::BadKey)?;
        let form = form::read(request).await?;
        let nickname = nickname(&form)?;
        let asks = || std::iter::once(service.as_bytes()).chain(form.asks());
        let asked = key.map(|key| repeat::opening(origin, key, asks()));
        // Held until the answer is known.
        let _running = match &asked {
            None => None,
            Some(asked) => match self.turn(asked).await? {
                RepeatState::First(running) => Some(running),
                RepeatState::Again(saved) => {
                    return self.entered(service, asked, KeptRequest::of(&saved)).await;
                }
                RepeatState::Refused(why) => return Err(Trouble::Repeated(why)),
            },
        };
        let ids = self.desk.ids();
        let (session, participant, random) = (ids.session(), ids.participant(), ids.secret());
        let secure_key = asked.as_ref().map_or_else(|| random.clone(), |asked| drawn(asked, &random));
        let open = Open {
            session: session.clone(),
            service: service.into(),
            participant: participant.clone(),
            nickname,
            key_digest: digest(&secure_key),
            user_data: user_data(&form),
        };
        self.may_open(origin, &open).map_err(Trouble::TooMany)?;
        edge::span::interaction(session.as_str());
        let refused = |refused| match refused {
            // The service or its queue was taken away at this moment.
            Refused::Rule(Refusal::NotFound(_)) => Trouble::UnknownService,
            other => other.into(),
        };
        if let Some(asked) = asked {
            let (chat, user) = (session.to_string(), participant.to_string());
            let kept = KeptRequest { chat, user, random, from: Some(1), ..KeptRequest::default() };
            let kept = self.open_once(open, asked.clone(), kept).await.map_err(refused)?;
            return self.entered(service, &asked, kept).await;
        }
        self.desk.open_session(open).await.map_err(refused)?;
        self.seen(&session);
        let caller =
            ChatCustomer { chat_id: session.to_string(), user_id: participant.to_string(), secure_key };
        self.answer(service, &session, caller, TranscriptRange::From(1), CommandOutcome::Done).await
    }

    /// Answers the customer who opened a chat with a request that may come again.
    async fn entered(
        &self,
        service: &str,
        asked: &Repeatable,
        kept: KeptRequest,
    ) -> Result<ChatAnswer, Trouble> {
        let session = InteractionId::from(kept.chat.as_str());
        edge::span::interaction(session.as_str());
        self.seen(&session);
        let secure_key = drawn(asked, &kept.random);
        let caller = ChatCustomer { chat_id: kept.chat.clone(), user_id: kept.user.clone(), secure_key };
        self.answer(service, &session, caller, TranscriptRange::From(1), CommandOutcome::Kept(kept)).await
    }
}

/// The key of a chat that was opened by a request that may come again: 32 hex digits, like other keys.
fn drawn(asked: &Repeatable, random: &str) -> String {
    asked.draw(random).iter().take(16).fold(String::new(), |key, byte| key + &format!("{byte:02x}"))
}

/// The name agents see: the nickname, or first and last name, of which at least the first is known.
fn nickname(form: &Form) -> Result<String, Trouble> {
    let given = |name| form.get(name).map(str::trim).filter(|value| !value.is_empty());
    if let Some(nickname) = given("nickname") {
        return Ok(nickname.to_owned());
    }
    let first = given("firstName").ok_or(Trouble::Missing("nickname"))?;
    Ok(given("lastName").map_or_else(|| first.to_owned(), |last| format!("{first} {last}")))
}

/// The pairs as given, and the fields with a name of their own in the user data; such a field wins over a pair.
fn user_data(form: &Form) -> UserData {
    let mut data = form.user_data();
    for (field, key) in BUSINESS {
        if let Some(value) = form.get(field) {
            data.set(key, Value::from(value));
        }
    }
    data
}

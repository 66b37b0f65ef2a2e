//! Request chat: `POST /api/v2/chats` (spec: digital-channels#6.3).

use super::{
    address::{ROOT, count},
    body::Body,
    pass::Pass,
    trouble::Trouble,
    wire::Answer,
};
use crate::chat::{
    Chat,
    limits::ClientNetwork,
    repeat::{self, KeptRequest, RepeatState},
    talk::digest,
};
use axum::extract::{RawQuery, State};
use desk::{Refused, idempotency::Repeatable};
use domain::{Refusal, ServiceName, UserData, command::Open};
use gws::customer::{CustomerOperation, CustomerRequestChatRequest, CustomerRequestedAnswer, REQUEST_CHAT};
use http::HeaderMap;
use std::sync::Arc;

/// The key of the subject in the user data of routed chats (spec: digital-channels#1.7).
const SUBJECT: &str = "Subject";

/// Lets a customer in. Answers the id of their chat, which is their pass.
pub(super) async fn post(
    State(chat): State<Arc<Chat>>,
    origin: ClientNetwork,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Answer, Trouble> {
    let named = body.read::<CustomerOperation>()?.operation_name;
    if named.ok_or(Trouble::Missing("operationName"))? != REQUEST_CHAT {
        return Err(Trouble::UnknownOperation);
    }
    count(REQUEST_CHAT);
    let key = repeat::key(&headers).map_err(Trouble::BadKey)?;
    let asked =
        key.map(|key| repeat::opening(origin, key, [REQUEST_CHAT.as_bytes(), body.to_json().as_bytes()]));
    chat.welcome(body.read()?, origin, asked).await
}

/// Tells how a service stands before a chat is begun: `GET /api/v2/chats`, with `endpoint` as in a request.
pub(super) async fn door(
    State(chat): State<Arc<Chat>>,
    RawQuery(query): RawQuery,
) -> Result<Answer, Trouble> {
    count("GetService");
    let query = query.unwrap_or_default();
    let endpoint = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "endpoint").last();
    let endpoint = endpoint.map(|(_, value)| value).filter(|value| !value.is_empty());
    let service = chat.service(endpoint.as_deref())?;
    Ok(Answer::of(&chat.door(&service).ok_or_else(unknown_endpoint)?))
}

impl Chat {
    async fn welcome(
        &self,
        request: CustomerRequestChatRequest,
        origin: ClientNetwork,
        asked: Option<Repeatable>,
    ) -> Result<Answer, Trouble> {
        let nickname = request.nickname.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let nickname = nickname.ok_or(Trouble::Missing("nickname"))?.to_owned();
        let service = self.service(request.endpoint.as_deref())?;
        // Held until the answer is known.
        let _running = match &asked {
            None => None,
            Some(asked) => match self.turn(asked).await? {
                RepeatState::First(running) => Some(running),
                RepeatState::Again(saved) => return Ok(self.welcomed(asked, &KeptRequest::of(&saved))),
                RepeatState::Refused(why) => return Err(Trouble::Repeated(why)),
            },
        };
        let random = self.desk.ids().secret();
        let pass = match &asked {
            None => Pass::fresh(self.desk.ids()),
            Some(asked) => drawn(asked, &random),
        };
        let open = Open {
            session: pass.session(),
            service,
            participant: self.desk.ids().participant(),
            nickname,
            key_digest: digest(pass.key()),
            user_data: user_data(request),
        };
        self.may_open(origin, &open).map_err(Trouble::TooMany)?;
        edge::span::interaction(open.session.as_str());
        let refused = |refused| match refused {
            // The service or its queue was taken away at this moment.
            Refused::Rule(Refusal::NotFound(_)) => unknown_endpoint(),
            other => other.into(),
        };
        if let Some(asked) = asked {
            let kept = KeptRequest { random, ..KeptRequest::default() };
            let kept = self.open_once(open, asked.clone(), kept).await.map_err(refused)?;
            return Ok(self.welcomed(&asked, &kept));
        }
        self.desk.open_session(open).await.map_err(refused)?;
        self.seen(&pass.session());
        Ok(opened(&pass))
    }

    /// Answers the customer who opened a chat with a request that may come again.
    fn welcomed(&self, asked: &Repeatable, kept: &KeptRequest) -> Answer {
        let pass = drawn(asked, &kept.random);
        self.seen(&pass.session());
        opened(&pass)
    }

    /// The service that an endpoint names, by its own name or by its queue's. A customer who names none comes in
    /// through the only one there is.
    fn service(&self, endpoint: Option<&str>) -> Result<ServiceName, Trouble> {
        let centre = self.desk.centre().ok_or_else(unknown_endpoint)?;
        let mut open = centre.services.iter().filter(|(_, service)| self.is_open(&centre, service));
        let found = match endpoint {
            Some(named) => open
                .clone()
                .find(|(name, _)| name.as_str() == named)
                .or_else(|| open.find(|(_, service)| service.queue.as_str() == named)),
            None => match (open.next(), open.next()) {
                (Some(_), Some(_)) => return Err(Trouble::Missing("endpoint")),
                (only, _) => only,
            },
        };
        found.map(|(name, _)| name.clone()).ok_or_else(unknown_endpoint)
    }
}

/// The pass of a chat that was opened by a request that may come again.
fn drawn(asked: &Repeatable, random: &str) -> Pass {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(asked.draw(random)).for_each(|(byte, drawn)| *byte = drawn);
    Pass::drawn(bytes)
}

/// The pairs as given, and the subject, which wins over a pair.
fn user_data(request: CustomerRequestChatRequest) -> UserData {
    let mut data = UserData::new(request.user_data);
    if let Some(subject) = request.subject {
        data.set(SUBJECT, subject.into());
    }
    data
}

fn opened(pass: &Pass) -> Answer {
    Answer::of(&CustomerRequestedAnswer::of(ROOT, pass.key()))
}

fn unknown_endpoint() -> Trouble {
    Trouble::Bad("No chat can be requested at this endpoint".into())
}

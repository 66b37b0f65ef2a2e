//! `POST /me/{collection}/{id}/measure`: what a text would cost before it is sent (spec: channel-connectors#1C).

use super::part::{find, gone};
use crate::{auth::Caller, body::Posted, state::Api};
use axum::{
    Extension,
    extract::{Path, State},
};
use desk::session_of;
use domain::{
    Refusal,
    medium::Medium,
    thread::{Window, Writer},
};
use gws::{Measure, MeasureAnswer, Outcome, SessionMeasureRequest};
use std::sync::Arc;

/// The alphabet of `text`, its length in units of it, the number of parts it is carried in, and whether it could be
/// sent now. `maxLength` is how long a text of that alphabet may be, in the same units. Nothing is sent. On a medium
/// that does not count, the length is in characters and there is one part.
pub async fn post(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    Posted(body): Posted,
) -> Outcome {
    let SessionMeasureRequest { text } = body.read()?;
    let state = find(&api, &caller, &medium, &id).await?;
    let session = session_of(&state).ok_or_else(|| gone(&id))?;
    session.live_party(&caller.user.id).ok_or_else(|| gone(&id))?;
    let chars = text.chars().count();
    let counted = api.desk.channel(session.service.as_str()).and_then(|channel| channel.measure(&text));
    let most = session.post.as_ref().and_then(|post| post.terms.max_chars);
    let window = session.post.as_ref().map(|post| post.window(Writer::Person, api.desk.now()));
    // The rules by which a message is refused: the terms of the conversation, and what its connector carries.
    let fits = api.desk.channel(session.service.as_str()).map_or(Ok(()), |channel| channel.fits(&text));
    let too_long = most.is_some_and(|most| chars > most as usize)
        || matches!(fits, Err(Refusal::MessageTooLong { .. } | Refusal::TooManyParts { .. }));
    Ok(MeasureAnswer::of(Measure {
        alphabet: counted.as_ref().map_or("Unicode", |measure| measure.alphabet).to_owned(),
        length: counted.as_ref().map_or(chars, |measure| measure.length),
        parts: counted.as_ref().map_or(1, |measure| measure.parts),
        left: counted.as_ref().map(|measure| measure.left),
        max_parts: counted.as_ref().map(|measure| measure.most_parts),
        max_length: counted.as_ref().map(|measure| measure.most_length),
        characters: chars,
        max_characters: most,
        too_long,
        window_open: window.is_none_or(|window| window != Window::Closed),
    }))
}

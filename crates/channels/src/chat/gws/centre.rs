//! Which contact centre is meant: every request names it (spec: digital-channels#6.3).

use super::{address::CONTACT_CENTER_ID, trouble::Trouble};
use crate::chat::Chat;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Lets requests through that name this centre. A GUID means the same in either case.
pub(super) async fn right(State(chat): State<Arc<Chat>>, request: Request, next: Next) -> Response {
    let Some(named) = request.headers().get(CONTACT_CENTER_ID) else {
        return Trouble::NoCentre.into_response();
    };
    let right =
        chat.desk.centre().is_some_and(|centre| named.as_bytes().eq_ignore_ascii_case(centre.id.as_bytes()));
    if right { next.run(request).await } else { Trouble::OtherCentre.into_response() }
}

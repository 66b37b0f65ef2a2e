//! `GET /api/v2/chats/{id}/messages`: the transcript, or what of it is new (spec: digital-channels#6.3).

use super::{address::count, pass::Pass, trouble::Trouble, wire::Answer};
use crate::chat::{Chat, transcript};
use axum::extract::{RawQuery, State};
use desk::session_of;
use gws::customer::{CustomerMessage, CustomerMessagesAnswer};
use std::sync::Arc;

/// Answers the messages from `index` on (inclusive, from 1), and without it those that were not given yet. Messages
/// that were given count as received, wherever they began; what does not fit into one answer is given with the next.
pub(super) async fn get(
    State(chat): State<Arc<Chat>>,
    pass: Result<Pass, Trouble>,
    RawQuery(query): RawQuery,
) -> Result<Answer, Trouble> {
    count("GetMessages");
    let index = index(query.as_deref().unwrap_or_default())?;
    chat.tell(&pass?, index).await
}

/// The last `index` of a query; an empty one counts as left out. The log begins at 1, and 0 asks for all of it.
fn index(query: &str) -> Result<Option<u32>, Trouble> {
    let given = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "index").last();
    let given = given.map(|(_, value)| value).filter(|value| !value.is_empty());
    let read = |text: &str| text.parse().map_err(|_| Trouble::Bad("'index' is no position".into()));
    Ok(given.map(|text| read(&text)).transpose()?.map(|index: u32| index.max(1)))
}

impl Chat {
    async fn tell(&self, pass: &Pass, index: Option<u32>) -> Result<Answer, Trouble> {
        self.admit(pass, |_| ()).await?;
        let id = pass.session();
        let cursor = self.cursors.of(&id, self.desk.now());
        let mut next = cursor.lock().await;
        // The end is looked up after all that was read before, so that it never lies behind the place.
        let state = self.desk.session(&id).await?;
        let session = state.as_deref().and_then(session_of).ok_or(Trouble::UnknownChat)?;
        let from = index.unwrap_or(*next);
        let page = transcript::read(&self.desk, session, from, CustomerMessage::of).await?;
        *next = page.next;
        Ok(Answer::of(&CustomerMessagesAnswer::of(page.shown)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_a_number_from_1_on() {
        assert!(matches!(index(""), Ok(None)));
        assert!(matches!(index("index="), Ok(None)));
        assert!(matches!(index("other=7"), Ok(None)));
        assert!(matches!(index("index=0"), Ok(Some(1))));
        assert!(matches!(index("_=1770109862000&index=7"), Ok(Some(7))));
        for bad in ["-1", "two", "1.5", "4294967296", "%FF"] {
            assert!(matches!(index(&format!("index={bad}")), Err(Trouble::Bad(_))), "{bad}");
        }
    }
}

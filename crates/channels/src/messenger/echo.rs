//! Sends that wait for their echoes: where an answer is lost, the echo tells that the platform has the message
//! (spec: channel-connectors#2.4, #2.8).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;

/// The sends that are under way, by our word for what they send.
#[derive(Debug, Default)]
pub(super) struct Echoes(Mutex<HashMap<String, oneshot::Sender<String>>>);

/// The echo that a send may come to need.
#[derive(Debug)]
pub(super) struct Awaited<'a> {
    echoes: &'a Echoes,
    word: String,
    copy: oneshot::Receiver<String>,
}

impl Echoes {
    /// Listens for the echo of what is about to be sent under a word of ours.
    pub fn listen(&self, word: &str) -> Awaited<'_> {
        let (tell, copy) = oneshot::channel();
        self.all().insert(word.to_owned(), tell);
        Awaited { echoes: self, word: word.to_owned(), copy }
    }

    /// An echo came, with the platform's id of the message.
    pub fn heard(&self, word: &str, mid: &str) {
        if let Some(tell) = self.all().remove(word) {
            // Its send may have been answered meanwhile.
            let _ = tell.send(mid.to_owned());
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, oneshot::Sender<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Awaited<'_> {
    /// The platform's id of the message, once the echo has come; `None` if it does not come in time.
    pub async fn copy(mut self, within: Duration) -> Option<String> {
        tokio::time::timeout(within, &mut self.copy).await.ok()?.ok()
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.echoes.all().remove(&self.word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    #[tokio::test]
    async fn a_copy_that_came_before_it_was_asked_for_counts() {
        let echoes = Echoes::default();
        let (one, other) = (echoes.listen("s/1"), echoes.listen("s/2"));
        echoes.heard("s/1", "m_1");
        echoes.heard("s/3", "m_3");
        assert_eq!(one.copy(MOMENT).await.as_deref(), Some("m_1"));
        assert_eq!(other.copy(MOMENT).await, None);
        assert!(echoes.all().is_empty(), "nobody waits any more");
    }
}

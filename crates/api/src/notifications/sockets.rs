//! How many sockets a user may have open.

use domain::UserId;
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Notify;

/// The most sockets of one user. Each desktop, tab and tool has one.
const MAX_PER_USER: usize = 64;

/// The open sockets, by user, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Sockets(Mutex<HashMap<UserId, VecDeque<Arc<Place>>>>);

/// The place of one socket.
#[derive(Debug)]
pub(super) struct Place {
    user: UserId,
    settled: AtomicBool,
    claimed: Notify,
}

impl Sockets {
    /// A place for one more socket of a user. When all are taken, that of the oldest without a notification session;
    /// `None` when all have one.
    pub fn take(&self, user: &UserId) -> Option<Arc<Place>> {
        let mut all = self.lock();
        let places = all.entry(user.clone()).or_insert_with(|| VecDeque::with_capacity(1));
        if places.len() >= MAX_PER_USER {
            let idle = places.iter().position(|place| !place.settled.load(Ordering::Relaxed))?;
            if let Some(idle) = places.remove(idle) {
                idle.claimed.notify_one();
            }
        }
        let place =
            Arc::new(Place { user: user.clone(), settled: AtomicBool::new(false), claimed: Notify::new() });
        places.push_back(place.clone());
        Some(place)
    }

    /// Gives back the place of a socket that has ended.
    pub fn give_back(&self, place: &Arc<Place>) {
        let mut all = self.lock();
        if let Some(places) = all.get_mut(&place.user) {
            places.retain(|other| !Arc::ptr_eq(other, place));
            if places.is_empty() {
                all.remove(&place.user);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, VecDeque<Arc<Place>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether its socket serves a notification session.
    pub fn set_settled(&self, settled: bool) {
        self.settled.store(settled, Ordering::Relaxed);
    }

    /// Returns when another socket of the user was given this place.
    pub async fn claimed(&self) {
        self.claimed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn the_oldest_without_a_session_gives_way_and_then_nobody() {
        let (sockets, user) = (Sockets::default(), UserId::from("ann"));
        let places: Vec<_> = (0..MAX_PER_USER).map(|_| sockets.take(&user).expect("a place")).collect();
        places[0].set_settled(true);
        let more = sockets.take(&user).expect("that of the second");
        assert!(places[1].claimed().now_or_never().is_some() && places[0].claimed().now_or_never().is_none());
        for place in &places {
            place.set_settled(true);
        }
        more.set_settled(true);
        assert!(sockets.take(&user).is_none());
        assert!(sockets.take(&"bob".into()).is_some(), "others have places of their own");
        sockets.give_back(&more);
        assert!(sockets.take(&user).is_some());
    }
}

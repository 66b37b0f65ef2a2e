//! The connection of a request.

use super::{Crowd, Network};
use crate::crowd::Member;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// The connection that a request came over, as an extension of every request. Until somebody is known on it, it is one
/// of a crowd of strangers' connections and may be closed to make room.
#[derive(Clone, Debug)]
pub struct Connection(Arc<ConnectionState>);

#[derive(Debug)]
struct ConnectionState {
    is_known: AtomicBool,
    stranger: Mutex<Option<Member>>,
}

impl Connection {
    /// A connection on which nobody is known yet.
    pub fn enter(crowd: &Crowd, network: Option<Network>) -> Self {
        let stranger = Mutex::new(Some(crowd.enter(network, 1)));
        Self(Arc::new(ConnectionState { is_known: AtomicBool::new(false), stranger }))
    }

    /// Somebody has proven who they are: a user by a password or a login, a platform by a signature. From now on the
    /// connection stays as long as its client keeps it busy.
    pub fn known(&self) {
        if !self.0.is_known.swap(true, Ordering::Relaxed) {
            self.stranger().take();
        }
    }

    /// Whether somebody is known on it.
    pub fn is_known(&self) -> bool {
        self.0.is_known.load(Ordering::Relaxed)
    }

    /// Something happened on it: among strangers it counts as the newest.
    pub fn stir(&self) {
        if !self.is_known()
            && let Some(member) = self.stranger().as_mut()
        {
            member.renew();
        }
    }

    /// Waits until the connection must be closed to make room; forever once somebody is known on it. Only one may
    /// wait for it.
    pub async fn cut(&self) {
        let cut = self.stranger().as_ref().map(Member::cut);
        match cut {
            Some(cut) => cut.await,
            None => std::future::pending().await,
        }
    }

    fn stranger(&self) -> MutexGuard<'_, Option<Member>> {
        self.0.stranger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bounds;
    use futures::FutureExt;

    #[test]
    fn a_connection_on_which_somebody_is_known_leaves_the_crowd() {
        let crowd = Crowd::new(Bounds { total: 2, per_network: 2 });
        let connection = Connection::enter(&crowd, None);
        let mut cut = Box::pin(connection.cut());
        assert!(cut.as_mut().now_or_never().is_none());
        connection.known();
        assert_eq!(crowd.weight(), 0);
        let _others: Vec<_> = (0..3).map(|_| Connection::enter(&crowd, None)).collect();
        assert!(cut.as_mut().now_or_never().is_none() && connection.is_known());
    }

    #[test]
    fn the_connection_that_was_still_for_longest_is_cut() {
        let crowd = Crowd::new(Bounds { total: 2, per_network: 2 });
        let [first, second] = [(); 2].map(|()| Connection::enter(&crowd, None));
        first.stir();
        let _third = Connection::enter(&crowd, None);
        assert!(first.cut().now_or_never().is_none());
        assert!(second.cut().now_or_never().is_some());
    }
}

//! Hands signals of the switch to the desk.

use super::headers::Headers;
use desk::{Desk, ports::Arrival};
use domain::{
    InteractionId,
    call::{Dn, LegEvent, LegId},
};
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::watch;

/// Tells the desk what the switch hears.
pub struct SwitchListener {
    desk: Arc<Desk>,
    headers: Headers,
    /// Whether the desk has the switch: earlier signals wait, since their effects would be lost.
    joined: watch::Receiver<bool>,
}

impl SwitchListener {
    /// A listener that begins to tell once `true` is sent.
    pub fn new(desk: Arc<Desk>, headers: Headers) -> (Self, watch::Sender<bool>) {
        let (tell, joined) = watch::channel(false);
        (Self { desk, headers, joined }, tell)
    }

    async fn joined(&self) {
        // The sender lives until it has sent; if it is gone, so is the server.
        let _ = self.joined.clone().wait_for(|joined| *joined).await;
    }
}

impl voice::Listener for SwitchListener {
    fn fresh_call(&self) -> InteractionId {
        self.desk.ids().call()
    }

    fn asks_beside(&self, held: &LegId, dialled: &Dn) -> BoxFuture<'_, Option<InteractionId>> {
        let (held, dialled) = (held.clone(), dialled.clone());
        Box::pin(async move {
            self.joined().await;
            match self.desk.asks_beside(&held, &dialled).await {
                Ok(asks) => asks,
                Err(why) => {
                    tracing::error!(%why, leg = %held, "a call beside another is taken for one of its own");
                    None
                }
            }
        })
    }

    fn takes_over(&self, replaced: &LegId) -> BoxFuture<'_, Option<InteractionId>> {
        let replaced = replaced.clone();
        Box::pin(async move {
            self.joined().await;
            match self.desk.takes_over(&replaced).await {
                Ok(call) => call,
                Err(why) => {
                    tracing::error!(%why, leg = %replaced, "a call is not taken over by another phone");
                    None
                }
            }
        })
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.joined().await;
            let leg = arrival.leg.clone();
            let user_data = self.headers.user_data(&arrival.headers);
            if let Err(why) = self.desk.arrive(arrival, user_data).await {
                tracing::error!(%why, %leg, "a call could not be taken in");
            }
        })
    }

    fn heard(&self, leg: LegId, heard: LegEvent) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.joined().await;
            if let Err(why) = self.desk.heard(leg.clone(), heard).await {
                tracing::error!(%why, %leg, "what was heard of a call could not be written down");
            }
        })
    }

    fn in_service(&self, dn: Dn, on: bool) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.joined().await;
            if let Err(why) = self.desk.in_service(dn.clone(), on).await {
                tracing::error!(%why, %dn, "the state of a phone could not be written down");
            }
        })
    }
}

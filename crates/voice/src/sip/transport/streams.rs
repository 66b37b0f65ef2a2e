//! Streams of strangers: how many there may be, and for how long. Each costs memory before anybody says who they are.

use crate::{
    settings::{Limits, Network},
    sip::{flow::Flow, held},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Streams over which nobody registered or called yet.
pub(in crate::sip) struct Streams {
    most: usize,
    most_of_one: usize,
    /// Networks whose streams are not counted: peers and edges.
    spared: Vec<Network>,
    strangers: Mutex<HashMap<Flow, Stranger>>,
}

struct Stranger {
    since: Instant,
    /// Closes the stream.
    token: CancellationToken,
}

impl Streams {
    /// The streams of strangers; those from the networks in `spared` are no strangers.
    pub fn new(limits: &Limits, spared: Vec<Network>) -> Arc<Self> {
        Arc::new(Self {
            most: limits.stranger_streams,
            most_of_one: limits.stranger_streams_per_address,
            spared,
            strangers: Mutex::default(),
        })
    }

    /// Whether one more stream from there may open.
    pub fn takes(&self, from: IpAddr) -> bool {
        if self.is_spared(from) {
            return true;
        }
        let strangers = held(&self.strangers);
        let takes = strangers.len() < self.most
            && strangers.keys().filter(|flow| flow.ip() == from).count() < self.most_of_one;
        if !takes {
            metrics::counter!("jackfield_sip_failures_total", "what" => "streams").increment(1);
        }
        takes
    }

    /// A stream was opened, which the token closes.
    pub fn opened(&self, flow: Flow, token: CancellationToken) {
        if !self.is_spared(flow.ip()) {
            held(&self.strangers).insert(flow, Stranger { since: Instant::now(), token });
        }
    }

    /// A stream is closed, or its other end is no stranger any more.
    pub fn forget(&self, flow: Flow) {
        held(&self.strangers).remove(&flow);
    }

    /// Closes streams that are a stranger's for so long. Never returns.
    pub async fn watch(self: Arc<Self>, patience: Duration) {
        loop {
            tokio::time::sleep(patience / 4).await;
            for stranger in held(&self.strangers).values() {
                if stranger.since.elapsed() >= patience {
                    stranger.token.cancel();
                }
            }
        }
    }

    fn is_spared(&self, ip: IpAddr) -> bool {
        self.spared.iter().any(|network| network.contains(ip))
    }
}

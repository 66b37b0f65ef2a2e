//! Streams of strangers: how many there may be, and for how long. Each costs memory before anybody says who he is.

use crate::{
    settings::{Limits, Network},
    sip::{flow::Flow, locked},
};
use rsipstack::transport::SipConnection;
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{task, time::Instant};

/// Streams over which nobody registered or called yet.
pub(in crate::sip) struct Streams {
    most: usize,
    most_of_one: usize,
    peers: Vec<Network>,
    strangers: Mutex<HashMap<Flow, Stranger>>,
    /// The tasks that read datagrams: the library asks for those as it does for streams.
    datagrams: Mutex<HashSet<task::Id>>,
}

struct Stranger {
    since: Instant,
    /// `None` when it was told to go.
    connection: Option<SipConnection>,
}

impl Streams {
    pub fn new(limits: &Limits, peers: Vec<Network>) -> Arc<Self> {
        Arc::new(Self {
            most: limits.stranger_streams,
            most_of_one: limits.stranger_streams_per_address,
            peers,
            strangers: Mutex::default(),
            datagrams: Mutex::default(),
        })
    }

    /// The task that calls this reads datagrams.
    pub fn this_reads_datagrams(&self) {
        if let Some(task) = task::try_id() {
            locked(&self.datagrams).insert(task);
        }
    }

    /// Whether one more from there is taken.
    pub fn takes(&self, from: IpAddr) -> bool {
        if task::try_id().is_some_and(|task| locked(&self.datagrams).contains(&task)) || self.is_peer(from) {
            return true;
        }
        let strangers = locked(&self.strangers);
        let takes = strangers.len() < self.most
            && strangers.keys().filter(|flow| flow.ip() == from).count() < self.most_of_one;
        if !takes {
            metrics::counter!("jackfield_sip_failures_total", "what" => "streams").increment(1);
        }
        takes
    }

    pub fn opened(&self, flow: Flow, connection: &SipConnection) {
        if !self.is_peer(flow.ip()) {
            let stranger = Stranger { since: Instant::now(), connection: Some(connection.clone()) };
            locked(&self.strangers).insert(flow, stranger);
        }
    }

    /// It is closed, or he is no stranger any more.
    pub fn forget(&self, flow: Flow) {
        locked(&self.strangers).remove(&flow);
    }

    /// Closes those that are strangers for so long, for ever.
    pub async fn watch(self: Arc<Self>, patience: Duration) {
        loop {
            tokio::time::sleep(patience / 4).await;
            let over: Vec<SipConnection> = locked(&self.strangers)
                .values_mut()
                .filter(|stranger| stranger.since.elapsed() >= patience)
                .filter_map(|stranger| stranger.connection.take())
                .collect();
            for connection in over {
                // Apart, since it waits for whoever writes to the stream.
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(Duration::from_secs(5), connection.close()).await;
                });
            }
        }
    }

    fn is_peer(&self, ip: IpAddr) -> bool {
        self.peers.iter().any(|network| network.contains(ip))
    }
}

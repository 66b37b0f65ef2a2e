//! All streams and rooms of this process.

use super::{
    MediaError, Settings, StreamEvent, held,
    inward::Inward,
    leg_media::{LegMedia, REPORTS},
    outward::Outward,
    ports::{self, Ports},
    receive,
    room::Room,
    sdp::SdpSession,
    shard::Shard,
    ticker,
    track::Track,
};
use domain::call::{HeardBy, LegId, Playback, RoomId};
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::available_parallelism,
};
use tokio::{net::UdpSocket, sync::mpsc::UnboundedSender, task::AbortHandle};

/// The most shards: a ticker each.
const SHARDS: usize = 8;

/// All streams and rooms of this process.
pub struct Engine {
    settings: Settings,
    shards: Vec<Arc<Shard<LegMedia>>>,
    tickers: Vec<AbortHandle>,
    rooms: Mutex<HashMap<RoomId, Arc<Room>>>,
    ports: Arc<Ports>,
}

impl Drop for Engine {
    fn drop(&mut self) {
        for ticker in &self.tickers {
            ticker.abort();
        }
    }
}

impl Engine {
    /// Starts the engine. Must be called within a tokio runtime; it ends when the last clone is dropped.
    pub fn new(settings: Settings) -> Arc<Self> {
        let count = available_parallelism().map_or(1, usize::from).min(SHARDS);
        let shards: Vec<_> = (0..count).map(|_| Arc::new(Shard::new())).collect();
        let tickers = shards
            .iter()
            .map(|shard| tokio::spawn(ticker::run(Arc::clone(shard), settings.silence)).abort_handle())
            .collect();
        let ports = Ports::new(&settings);
        Arc::new(Self { settings, shards, tickers, rooms: Mutex::default(), ports })
    }

    /// Opens the line of a leg, and begins its descriptions.
    pub(super) fn line(
        &self,
        leg: LegId,
        events: UnboundedSender<StreamEvent>,
    ) -> Result<(Arc<LegMedia>, SdpSession), MediaError> {
        let ports::Pair { rtp, rtcp, lease } = self.ports.bind(self.settings.bind)?;
        let port = rtp.local_addr()?.port();
        let shard = Arc::clone(self.shard(port).ok_or(MediaError::NoPort)?);
        let tick = shard.catch_up();
        let mapped = rtp.local_addr()?.is_ipv6();
        let [ssrc, numbers, stamp, high, low] = random()?;
        // The first number stays below half, so that the numbers do not wrap soon (RFC 3711 §3.3.1 has trouble with
        // that).
        let sequence = u16::try_from(numbers & 0x7FFF).unwrap_or_default();
        // Session ids of 63 bits, since some read them as signed.
        let id = (u64::from(high) << 32 | u64::from(low)) >> 1;
        let line = Arc::new(LegMedia {
            leg,
            socket: UdpSocket::from_std(rtp)?,
            rtcp,
            port,
            name: id,
            inward: Mutex::new(Inward::default()),
            outward: Mutex::new(Outward {
                mapped,
                ..Outward::new(Track::new(ssrc, sequence, stamp, tick), tick + REPORTS)
            }),
            events,
            prompts: self.settings.prompts.clone(),
            shard: Arc::clone(&shard),
            room: Mutex::default(),
            fed: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            task: Mutex::default(),
            lease,
        });
        *held(&line.task) = Some(tokio::spawn(receive::run(Arc::clone(&line))).abort_handle());
        shard.add(Arc::downgrade(&line));
        line.play(Playback::Silence);
        tracing::debug!(leg = %line.leg, port, "media port open");
        let session = SdpSession::new(id, ports::advertised(&self.settings, port, None));
        Ok((line, session))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn join(&self, id: RoomId, line: &Arc<LegMedia>, heard_by: HeardBy) -> Result<(), MediaError> {
        let mut rooms = held(&self.rooms);
        if line.closed.load(Relaxed) {
            return Err(MediaError::Closed);
        }
        let is_there = held(&line.room).as_ref() == Some(&id);
        if let Some(room) = rooms.get(&id).filter(|_| is_there) {
            room.enter(line, heard_by);
            return Ok(());
        }
        if rooms.get(&id).is_some_and(|room| room.is_full()) {
            return Err(MediaError::RoomFull);
        }
        leave(&mut rooms, line);
        let shard = Arc::clone(&line.shard);
        *held(&line.room) = Some(id.clone());
        rooms.entry(id).or_insert_with(|| Arc::new(Room::new(shard))).enter(line, heard_by);
        Ok(())
    }

    pub(super) fn part(&self, line: &Arc<LegMedia>, then: Playback) {
        leave(&mut held(&self.rooms), line);
        line.play(then);
    }

    pub(super) fn close(&self, line: &Arc<LegMedia>) {
        {
            let mut rooms = held(&self.rooms);
            if line.closed.swap(true, Relaxed) {
                return;
            }
            leave(&mut rooms, line);
        }
        line.stop();
        if let Some(task) = held(&line.task).take() {
            task.abort();
        }
        line.report(line.shard.tick(), true);
    }

    fn shard(&self, port: u16) -> Option<&Arc<Shard<LegMedia>>> {
        self.shards.get(usize::from(port / 2) % self.shards.len().max(1))
    }
}

fn leave(rooms: &mut HashMap<RoomId, Arc<Room>>, line: &Arc<LegMedia>) {
    if let Some(id) = held(&line.room).take()
        && rooms.get(&id).is_some_and(|room| room.leave(line))
    {
        rooms.remove(&id);
    }
}

fn random() -> Result<[u32; 5], MediaError> {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    let mut words = [0; 5];
    for (word, four) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = four.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    Ok(words)
}

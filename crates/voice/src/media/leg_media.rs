//! One leg's sockets and the packets that pass over them.

use super::{
    Codec, DtmfWay, FRAME, Prompts, Stats, StreamEvent,
    dtmf::{DtmfStep, tone},
    held,
    inward::{Inward, TICK},
    outward::{Outward, PACKET, fit},
    ports::PortLease,
    rtcp::{self, REPORT},
    rtp::{HEADER, Header},
    sdp::Agreed,
    shard::Shard,
    sound::Playing,
    track::SoundSource,
};
use domain::call::{LegId, Playback, RoomId};
use std::{
    net::{SocketAddr, UdpSocket as Plain},
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{net::UdpSocket, sync::mpsc::UnboundedSender, task::AbortHandle};

/// Ticks from one report to the next: 5 s.
pub(super) const REPORTS: u64 = 250;
/// How many reports are read each time a leg is looked after, every 200 ms.
const MOST_REPORTS: usize = 16;

/// One leg's sockets and the packets that pass over them.
pub(super) struct LegMedia {
    pub leg: LegId,
    pub socket: UdpSocket,
    /// Only the ticker reads and writes it, so it needs no place in the runtime.
    pub rtcp: Plain,
    pub port: u16,
    /// The name of the leg in reports.
    pub name: u64,
    pub inward: Mutex<Inward<Self>>,
    pub outward: Mutex<Outward>,
    pub events: UnboundedSender<StreamEvent>,
    pub prompts: Prompts,
    pub shard: Arc<Shard<Self>>,
    /// The room it is in; changed under the engine's lock of rooms.
    pub room: Mutex<Option<RoomId>>,
    /// Whether the ticker feeds it; changed under the lock of `outward`.
    pub fed: AtomicBool,
    pub closed: AtomicBool,
    pub task: Mutex<Option<AbortHandle>>,
    /// Dropped last, since the ports are free only when the sockets are gone.
    #[expect(dead_code, reason = "it gives the ports back as it is dropped")]
    pub lease: PortLease,
}

impl LegMedia {
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A description was agreed.
    pub fn agree(&self, agreed: &Agreed) {
        let mut inward = held(&self.inward);
        let tick = self.shard.tick();
        let moved = inward.latch.describe(agreed.target, agreed.reports, tick);
        inward.agreed = true;
        inward.events = [agreed.event_in, agreed.event_out];
        inward.quiet.idle = agreed.remote_holds || !agreed.direction.listens();
        inward.quiet.begin(tick);
        let mut outward = held(&self.outward);
        if moved {
            outward.target = agreed.target;
        }
        outward.codec = agreed.codec;
        outward.event = agreed.event_out;
        outward.sends = agreed.direction.sends();
    }

    /// Sends nothing until the call is answered (`on`), or sends from now on.
    pub fn wait(&self, on: bool) {
        held(&self.outward).waits = on;
    }

    pub fn hold(&self, on: bool) {
        let mut inward = held(&self.inward);
        inward.quiet.held = on;
        inward.quiet.begin(self.shard.tick());
    }

    /// Plays this from now on.
    pub fn play(self: &Arc<Self>, alone: Playback) {
        let book = &self.prompts;
        let playing = match alone {
            Playback::Silence => Playing::forever(book.silence().clone()),
            Playback::Ringback => Playing::forever(book.ringback().clone()),
            Playback::Busy => Playing::forever(book.busy().clone()),
            Playback::Hold => Playing::forever(book.hold().clone()),
            Playback::Prompt(name) => {
                if let Some(sound) = book.named(&name) {
                    Playing::once(sound.clone())
                } else {
                    self.tell(StreamEvent::Played);
                    Playing::forever(book.hold().clone())
                }
            }
        };
        let mut outward = held(&self.outward);
        outward.playing = Some(playing);
        outward.track.cut();
        self.feed(&outward);
    }

    /// Plays nothing any more: a room feeds it from now on.
    pub fn stop(&self) {
        let mut outward = held(&self.outward);
        outward.playing = None;
        outward.track.cut();
    }

    pub fn dtmf(self: &Arc<Self>, keys: &str) -> DtmfWay {
        let mut outward = held(&self.outward);
        if outward.event.is_none() {
            return DtmfWay::NotNegotiated;
        }
        outward.keys.add(keys, true);
        self.feed(&outward);
        DtmfWay::Sent
    }

    pub fn dtmf_in_band(self: &Arc<Self>, keys: &str) {
        let mut outward = held(&self.outward);
        outward.keys.add(keys, false);
        self.feed(&outward);
    }

    /// Makes the ticker feed it; `_` shows that the lock is held.
    fn feed(self: &Arc<Self>, _: &Outward) {
        if !self.closed.load(Relaxed) && !self.fed.swap(true, Relaxed) {
            self.shard.feed(Arc::clone(self));
        }
    }

    /// Does what is due in this tick; answers whether there will be more.
    pub fn tick(&self, tick: u64) -> bool {
        let mut outward = held(&self.outward);
        let out = &mut *outward;
        let mut packet = [0; PACKET];
        let step = out.keys.step();
        let target = out.open();
        let codec = out.codec;
        match (step, target) {
            (DtmfStep::Idle | DtmfStep::Comma, _) => self.audio(out, tick, &mut packet),
            (DtmfStep::Event { first, payload }, Some(to)) => {
                if let Some(number) = out.event {
                    let head = out.track.event(first, tick);
                    if let Some(body) = packet.get_mut(HEADER..HEADER + payload.len()) {
                        body.copy_from_slice(&payload);
                    }
                    out.send(&self.socket, to, head, number, &mut packet[..HEADER + 4]);
                }
            }
            (DtmfStep::Tone(code, piece), Some(to)) => {
                codec.encode(&tone(code, piece), &mut packet[HEADER..]);
                let head = out.track.own(SoundSource::Keys, tick);
                out.send(&self.socket, to, head, codec.payload(), &mut packet);
            }
            (DtmfStep::Silence, Some(to)) => {
                packet[HEADER..].fill(codec.silence());
                let head = out.track.own(SoundSource::Keys, tick);
                out.send(&self.socket, to, head, codec.payload(), &mut packet);
            }
            (DtmfStep::Pause, _) | (_, None) => {}
        }
        let goes_on = !self.closed.load(Relaxed) && (out.playing.is_some() || !out.keys.is_empty());
        if !goes_on {
            self.fed.store(false, Relaxed);
        }
        goes_on
    }

    /// The next piece of what is played. It goes on where nothing can be sent, so that a prompt ends in time.
    fn audio(&self, out: &mut Outward, tick: u64, packet: &mut [u8; PACKET]) {
        let codec = out.codec;
        let Some(playing) = &mut out.playing else { return };
        if playing.next(codec, &mut packet[HEADER..]) {
            out.playing = Some(Playing::forever(self.prompts.hold().clone()));
            self.tell(StreamEvent::Played);
        }
        if let Some(to) = out.open() {
            let head = out.track.own(SoundSource::Own, tick);
            out.send(&self.socket, to, head, codec.payload(), packet);
        }
    }

    /// Sends a packet of another leg on. The payload, behind at least a header's length of the buffer, is translated
    /// in place.
    pub fn pass(&self, from: (u16, Header), codec: Option<Codec>, buffer: &mut [u8], payload: Range<usize>) {
        let (port, header) = from;
        let mut outward = held(&self.outward);
        let out = &mut *outward;
        let Some(to) = out.open() else { return };
        if out.keys.mute_audio() {
            return;
        }
        let Some(number) = codec.map_or(out.event, |_| Some(out.codec.payload())) else { return };
        let Some(packet) = buffer.get_mut(payload.start - HEADER..payload.end) else { return };
        if let Some(codec) = codec {
            codec.translate(out.codec, &mut packet[HEADER..]);
        }
        let source = SoundSource::Leg(port, header.ssrc);
        let numbers = (header.sequence, header.timestamp);
        let head = out.track.pass(source, numbers, header.marker, self.shard.tick());
        out.send(&self.socket, to, head, number, packet);
    }

    /// Whether telephone events can be sent to it.
    pub fn takes_events(&self) -> bool {
        held(&self.outward).event.is_some()
    }

    /// Sends a piece of a mix.
    pub fn mixed(&self, samples: &[i16; FRAME]) {
        let mut outward = held(&self.outward);
        let out = &mut *outward;
        let Some(to) = out.open().filter(|_| !out.keys.mute_audio()) else { return };
        let mut packet = [0; PACKET];
        let codec = out.codec;
        codec.encode(samples, &mut packet[HEADER..]);
        let head = out.track.own(SoundSource::Mix, self.shard.tick());
        out.send(&self.socket, to, head, codec.payload(), &mut packet);
    }

    /// Does what is due from time to time: reports, silence.
    pub fn look_after(&self, tick: u64, silence: (Duration, Duration)) {
        self.read_reports(tick);
        let quiet = {
            let mut inward = held(&self.inward);
            if inward.agreed { inward.quiet.check(tick, silence) } else { None }
        };
        if let Some(passed) = quiet {
            tracing::info!(leg = %self.leg, ?passed, "nothing is heard");
            self.tell(StreamEvent::Silent(passed));
        }
        let due = {
            let outward = &mut held(&self.outward);
            let due = tick >= outward.report;
            if due {
                outward.report = tick + REPORTS;
            }
            due
        };
        if due {
            self.report(tick, false);
        }
    }

    /// Reads reports. Those of the other end are a sign of life of a phone that only listens (RFC 3550 §6.2), once they
    /// can be read as reports.
    fn read_reports(&self, tick: u64) {
        let mut report = [0; 512];
        for _ in 0..MOST_REPORTS {
            let Ok((length, from)) = self.rtcp.recv_from(&mut report) else { break };
            let from = SocketAddr::new(from.ip().to_canonical(), from.port());
            let mut inward = held(&self.inward);
            if inward.latch.reports(from)
                && let Some(packet) = report.get(..length).filter(|packet| rtcp::is_report(packet))
            {
                inward.quiet.begin(tick);
                let ours = held(&self.outward).track.ssrc();
                inward.reported = rtcp::reception(packet, ours).or(inward.reported);
            }
        }
    }

    /// Sends a report, with a goodbye at the end. An end that was sent nothing gets neither.
    pub fn report(&self, tick: u64, end: bool) {
        let to = held(&self.inward).latch.report_target();
        let outward = held(&self.outward);
        let Some(to) = to.filter(|_| outward.sent > 0) else { return };
        let clock = TICK * u32::try_from(tick).unwrap_or(u32::MAX);
        let mut out = [0; REPORT];
        let length = rtcp::write(outward.report(clock, tick, self.name), end, &mut out);
        // A lost report is made up for by the next.
        let _ = self.rtcp.send_to(&out[..length], fit(to, outward.mapped));
    }

    pub fn tell(&self, event: StreamEvent) {
        // Nobody listens any more when the leg is going.
        let _ = self.events.send(event);
    }

    pub fn stats(&self) -> Stats {
        let mut stats = {
            let inward = held(&self.inward);
            let count = &inward.count;
            Stats {
                received: count.received,
                refused: count.refused,
                lost: count.lost,
                jitter: count.jitter(),
                heard: count.heard,
                reported: inward.reported,
                ..Stats::default()
            }
        };
        let outward = held(&self.outward);
        (stats.sent, stats.unsent, stats.target) = (outward.sent, outward.unsent, outward.target);
        stats
    }
}

//! A phone of a few lines: one socket, a tone to speak with, an ear that tells tones apart.

use domain::call::{LegId, RoomId};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::UdpSocket,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::AbortHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use voice::media::{
    Codec, Direction, Engine, FRAME, MediaStream, Settings, StreamEvent,
    rtp::{self, HEADER, Header},
    sdp::SdpSession,
    tone::{Sine, share},
};

/// Nothing here takes longer, on a loaded machine either.
const PATIENCE: Duration = Duration::from_secs(10);
/// Half a second.
pub const EAR: usize = 4000;

/// A packet that was heard.
#[derive(Clone, Debug)]
pub struct Packet {
    pub header: Header,
    pub payload: Vec<u8>,
}

/// A phone, and our stream that it talks to.
pub struct Phone {
    pub socket: Arc<UdpSocket>,
    pub stream: MediaStream,
    pub session: SdpSession,
    pub codec: Codec,
    events: UnboundedReceiver<StreamEvent>,
    voice: Option<AbortHandle>,
    /// What the phone sends as.
    ssrc: u32,
}

/// An engine on the loop-back interface.
pub fn engine() -> Arc<Engine> {
    Engine::new(Settings::loopback())
}

/// A room of the one call of these tests.
pub fn room(line: u16) -> RoomId {
    RoomId { call: "call".into(), line }
}

impl Phone {
    /// A phone that was called: it answered our offer with one codec.
    pub async fn new(engine: &Arc<Engine>, codec: Codec) -> Self {
        let mut phone = Self::unanswered(engine, codec).await;
        phone.answer(Direction::SendRecv);
        phone
    }

    /// A phone that has not answered yet.
    pub async fn unanswered(engine: &Arc<Engine>, codec: Codec) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
        let address = socket.local_addr().expect("bound");
        let (tell, events) = unbounded_channel();
        let leg = LegId { call: "call".into(), number: address.port() };
        let stream = engine.open(leg, tell).expect("a stream");
        let mut session = SdpSession::new(1, address);
        session.only(codec);
        let ssrc = u32::from(address.port());
        Self { socket: Arc::new(socket), stream, session, codec, events, voice: None, ssrc }
    }

    /// Answers an offer of ours; whether the phone holds, as we understand it.
    pub fn answer(&mut self, wish: Direction) -> bool {
        let offer = self.stream.offer(Direction::SendRecv);
        // The phone speaks one codec: it sees no other.
        let other = if self.codec == Codec::Pcmu { " 8 101" } else { " 0 8 101" };
        let one = if self.codec == Codec::Pcmu { " 101" } else { " 8 101" };
        let (sdp, _) = self.session.answer(&offer.replace(other, one), wish).expect("an answer");
        self.stream.accept(&sdp).expect("accepted").remote_holds
    }

    /// Speaks a tone until it is told to be quiet.
    pub fn talk(&mut self, hertz: f32) {
        self.be_quiet();
        let (socket, to, codec, ssrc) =
            (Arc::clone(&self.socket), self.stream.local(), self.codec, self.ssrc);
        let task = tokio::spawn(async move {
            let mut sine = Sine::new(hertz, 6000.0);
            let mut tick = interval(Duration::from_millis(20));
            tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
            for number in 0_u16.. {
                tick.tick().await;
                let mut samples = [0; FRAME];
                sine.fill(&mut samples);
                let mut packet = [0; HEADER + FRAME];
                codec.encode(&samples, &mut packet[HEADER..]);
                let header = Header {
                    payload_type: codec.payload(),
                    marker: number == 0,
                    sequence: number,
                    timestamp: u32::from(number) * 160,
                    ssrc,
                };
                rtp::write(header, &mut packet);
                socket.send_to(&packet, to).await.expect("sent");
            }
        });
        self.voice = Some(task.abort_handle());
    }

    pub fn be_quiet(&mut self) {
        if let Some(voice) = self.voice.take() {
            voice.abort();
        }
        self.ssrc += 1;
    }

    /// Presses a key: an event of three packets.
    pub async fn press(&self, code: u8, timestamp: u32) {
        for (sequence, duration) in [(50_000, 160_u16), (50_001, 320), (50_002, 480)] {
            let mut packet = [0; HEADER + 4];
            let [high, low] = duration.to_be_bytes();
            let end = if duration == 480 { 0x80 } else { 0 };
            packet[HEADER..].copy_from_slice(&[code, end | 0x0A, high, low]);
            let marker = duration == 160;
            rtp::write(Header { payload_type: 101, marker, sequence, timestamp, ssrc: 999 }, &mut packet);
            self.socket.send_to(&packet, self.stream.local()).await.expect("sent");
        }
    }

    /// The next packet.
    pub async fn packet(&self) -> Packet {
        let mut buffer = [0; 1500];
        let (length, from) = timeout(PATIENCE, self.socket.recv_from(&mut buffer))
            .await
            .expect("a packet in time")
            .expect("received");
        assert_eq!(from, self.stream.local(), "from the port that the description names");
        let found = rtp::read(&buffer[..length]).expect("RTP");
        Packet { header: found.header, payload: buffer[found.payload].to_vec() }
    }

    /// Drops what came before now.
    pub fn forget(&self) {
        let mut buffer = [0; 1500];
        while self.socket.try_recv(&mut buffer).is_ok() {}
    }

    /// The audio of the next packets, half a second of it, behind 100 ms that may still be of what was before.
    pub async fn listen(&self) -> Vec<i16> {
        self.forget();
        let mut samples = Vec::new();
        while samples.len() < EAR + 5 * FRAME {
            let packet = self.packet().await;
            if packet.header.payload_type == 101 {
                continue;
            }
            assert_eq!(packet.header.payload_type, self.codec.payload(), "in the codec that was agreed");
            let mut decoded = vec![0; packet.payload.len()];
            self.codec.decode(&packet.payload, &mut decoded);
            samples.extend(decoded);
        }
        samples.split_off(5 * FRAME)
    }

    /// What is heard of these tones: each one's share of the energy, at least a tenth of it.
    pub async fn hears(&self, tones: &[f32]) -> Vec<f32> {
        let samples = self.listen().await;
        tones.iter().copied().filter(|hertz| share(&samples, *hertz) > 0.1).collect()
    }

    /// The next thing that the stream tells.
    pub async fn event(&mut self) -> StreamEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("an event in time").expect("an open stream")
    }

    /// What it has told and nobody asked for.
    pub fn told(&mut self) -> Option<StreamEvent> {
        self.events.try_recv().ok()
    }

    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("bound")
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.be_quiet();
    }
}

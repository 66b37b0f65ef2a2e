//! The socket of a call: one task sends every 20 ms and takes what comes in.

use super::{
    audio_receiver::AudioReceiver,
    audio_sender::{AudioSender, PacketContent},
    digits::{DigitStep, Digits, digit},
};
use crate::{Say, lock::lock};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    net::UdpSocket,
    sync::{Notify, watch},
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;
use voice::media::{Codec, FRAME, rtp};

const STEP: Duration = Duration::from_millis(20);
/// The biggest packet that is read; more is cut off.
const BIGGEST: usize = 1500;

/// What was agreed, as far as the socket is concerned.
#[derive(Clone, Copy)]
pub(super) struct Agreement {
    /// Where to send; `None` sends nothing.
    pub target: Option<SocketAddr>,
    pub codec: Codec,
    pub event_out: Option<u8>,
    pub event_in: Option<u8>,
}

pub(super) struct AudioStream {
    wire: Arc<StreamShared>,
    over: CancellationToken,
}

/// What the stream's task and the call share.
struct StreamShared {
    agreed: Mutex<Option<Agreement>>,
    digits: Mutex<Digits>,
    /// What to say from the next packet on.
    next: Mutex<Option<Say>>,
    receiver: Arc<AudioReceiver>,
    /// Whether the call is answered.
    speaks: watch::Sender<bool>,
    said_all: Notify,
    sent_digits: Notify,
}

impl AudioStream {
    /// A stream on a free port, and that port.
    pub async fn open(ip: IpAddr, say: Say, receiver: Arc<AudioReceiver>) -> io::Result<(Self, u16)> {
        let socket = UdpSocket::bind((ip, 0)).await?;
        let port = socket.local_addr()?.port();
        let wire = Arc::new(StreamShared {
            agreed: Mutex::default(),
            digits: Mutex::default(),
            next: Mutex::default(),
            receiver,
            speaks: watch::Sender::new(false),
            said_all: Notify::new(),
            sent_digits: Notify::new(),
        });
        let over = CancellationToken::new();
        let task = Task {
            socket,
            wire: wire.clone(),
            mouth: AudioSender::new(say),
            ssrc: fastrand::u32(..),
            sequence: fastrand::u16(..),
            stamp: fastrand::u32(..),
            marked: false,
            event: None,
        };
        tokio::spawn(over.clone().run_until_cancelled_owned(task.run()));
        Ok((Self { wire, over }, port))
    }

    pub fn agree(&self, agreement: Agreement) {
        *lock(&self.wire.agreed) = Some(agreement);
    }

    pub fn speak(&self) {
        self.wire.speaks.send_replace(true);
    }

    pub fn say(&self, say: Say) {
        *lock(&self.wire.next) = Some(say);
    }

    pub async fn has_said_all(&self) {
        self.wire.said_all.notified().await;
    }

    /// Sends digits; `false` when the call ends before the last is out.
    pub async fn send_digits(&self, digits: &str) -> bool {
        lock(&self.wire.digits).push(digits);
        loop {
            let sent = self.wire.sent_digits.notified();
            if lock(&self.wire.digits).is_empty() {
                return true;
            }
            tokio::select! {
                () = sent => {}
                () = self.over.cancelled() => return false,
            }
        }
    }

    pub fn close(&self) {
        self.over.cancel();
    }
}

impl Drop for AudioStream {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

struct Task {
    socket: UdpSocket,
    wire: Arc<StreamShared>,
    mouth: AudioSender,
    ssrc: u32,
    sequence: u16,
    stamp: u32,
    /// Whether the first packet was sent.
    marked: bool,
    /// The stamp of the event that came in last.
    event: Option<u32>,
}

impl Task {
    async fn run(mut self) {
        let mut buffer = [0; BIGGEST];
        let mut speaks = self.wire.speaks.subscribe();
        // Early media is heard before the answer; nothing is said then.
        while !*speaks.borrow_and_update() {
            tokio::select! {
                changed = speaks.changed() => if changed.is_err() { return },
                read = self.socket.recv_from(&mut buffer) => self.take(&read, &buffer),
            }
        }
        let mut steps = tokio::time::interval(STEP);
        steps.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            tokio::select! {
                biased;
                _ = steps.tick() => self.step().await,
                read = self.socket.recv_from(&mut buffer) => self.take(&read, &buffer),
            }
        }
    }

    async fn step(&mut self) {
        self.stamp = self.stamp.wrapping_add(160);
        let Some(agreed) = *lock(&self.wire.agreed) else { return };
        let Some(target) = agreed.target else { return };
        if let Some(number) = agreed.event_out {
            let (part, over) = {
                let mut digits = lock(&self.wire.digits);
                (digits.step(self.stamp), digits.is_empty())
            };
            if part != DigitStep::Sound {
                if let DigitStep::Event(part) = part {
                    self.send(target, number, part.stamp, part.first, &part.payload).await;
                }
                if over {
                    self.wire.sent_digits.notify_waiters();
                }
                return;
            }
        }
        if let Some(say) = lock(&self.wire.next).take() {
            self.mouth = AudioSender::new(say);
        }
        let mut codes = [agreed.codec.silence(); FRAME];
        let mut samples = [0; FRAME];
        match self.mouth.next(&mut samples) {
            PacketContent::Silence => {}
            PacketContent::Sound => {
                agreed.codec.encode(&samples, &mut codes);
            }
            PacketContent::Last => self.wire.said_all.notify_one(),
        }
        let first = !std::mem::replace(&mut self.marked, true);
        self.send(target, agreed.codec.payload(), self.stamp, first, &codes).await;
    }

    async fn send(
        &mut self,
        target: SocketAddr,
        payload_type: u8,
        timestamp: u32,
        marker: bool,
        content: &[u8],
    ) {
        self.sequence = self.sequence.wrapping_add(1);
        let mut packet = [0; rtp::HEADER + FRAME];
        let header =
            rtp::Header { payload_type, marker, sequence: self.sequence, timestamp, ssrc: self.ssrc };
        rtp::write(header, &mut packet);
        let length = rtp::HEADER + content.len().min(FRAME);
        if let Some(body) = packet.get_mut(rtp::HEADER..length) {
            body.copy_from_slice(content.get(..body.len()).unwrap_or_default());
        }
        // A peer that is gone is found out by signalling.
        let _ = self.socket.send_to(packet.get(..length).unwrap_or_default(), target).await;
    }

    fn take(&mut self, read: &io::Result<(usize, SocketAddr)>, buffer: &[u8]) {
        let Ok((length, _)) = read else { return };
        let packet = buffer.get(..*length).unwrap_or_default();
        let Some(received) = rtp::read(packet) else { return };
        let content = packet.get(received.payload).unwrap_or_default();
        let (number, stamp) = (received.header.payload_type, received.header.timestamp);
        if let Some(codec) = Codec::of_payload(number) {
            let mut samples = vec![0; content.len()];
            codec.decode(content, &mut samples);
            self.wire.receiver.sound(samples);
        } else if lock(&self.wire.agreed).is_some_and(|agreed| agreed.event_in == Some(number))
            && self.event.replace(stamp) != Some(stamp)
            && let Some(digit) = digit(content)
        {
            self.wire.receiver.digit(digit);
        }
    }
}

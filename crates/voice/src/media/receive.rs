//! The task of a socket: it takes the packets that come in and sends them on.

use super::{
    StreamEvent, held,
    inward::{PacketKind, Route, TICK},
    latch::{LatchDecision, Packet},
    leg_media::LegMedia,
    rtp,
};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::time::Instant;

/// The longest packet that is taken whole; audio of 20 ms has 172 bytes.
const LONGEST: usize = 1500;
/// Packets taken before others have their turn.
const TURN: usize = 32;

/// Runs until it is aborted, which can be at any time between two packets.
pub(super) async fn run(line: Arc<LegMedia>) {
    loop {
        if line.socket.readable().await.is_err() || turn(&line).is_err() {
            // The system refused the socket: this must not last, or the only sign of it would be silence.
            tokio::time::sleep(TICK).await;
        }
    }
}

/// Takes the packets that wait. The buffer is here and not in the task, so that a leg costs no memory for it.
fn turn(line: &LegMedia) -> io::Result<()> {
    let mut buffer = [0; LONGEST];
    for _ in 0..TURN {
        match line.socket.try_recv_from(&mut buffer) {
            Ok((length, from)) => {
                let from = SocketAddr::new(from.ip().to_canonical(), from.port());
                let Some(packet) = buffer.get_mut(..length) else { continue };
                if take(line, packet, from).is_none() {
                    held(&line.inward).count.refused += 1;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes one packet; `None` when it is refused.
fn take(line: &LegMedia, packet: &mut [u8], from: SocketAddr) -> Option<()> {
    let rtp::Received { header, payload } = rtp::read(packet)?;
    let mut inward = held(&line.inward);
    if !inward.agreed {
        inward.latch.early(from);
        return None;
    }
    let kind = inward.kind(header.payload_type)?;
    let tick = line.shard.tick();
    match inward.latch.hear(Packet { from, ssrc: header.ssrc, sequence: header.sequence }, tick) {
        LatchDecision::Taken => {}
        LatchDecision::Follow(target) => held(&line.outward).target = Some(target),
        LatchDecision::Refused => return None,
    }
    inward.count.packet(header, matches!(kind, PacketKind::Audio(_)), Instant::now());
    inward.quiet.begin(tick);
    let muted = inward.muted;
    match kind {
        PacketKind::Audio(codec) => match &mut inward.route {
            Route::Nowhere => {}
            Route::Relay(other) => {
                if muted && let Some(codes) = packet.get_mut(payload.clone()) {
                    codes.fill(codec.silence());
                }
                other.pass((line.port, header), Some(codec), packet, payload);
            }
            Route::Mix(queue) => {
                if !muted && let Some(codes) = packet.get(payload) {
                    queue.push(header.timestamp, codec, codes);
                }
            }
        },
        PacketKind::Comfort => {}
        PacketKind::Key => {
            let digit = packet
                .get(payload.clone())
                .and_then(|event| inward.digits.hear(header.ssrc, header.timestamp, event, tick));
            // Whether one alone hears the leg in a room that is mixed is for whoever knows them to say.
            let mut passed = muted || !matches!(inward.route, Route::Mix(_));
            if let Route::Relay(other) = &inward.route
                && !muted
            {
                passed = other.takes_events();
                if passed {
                    other.pass((line.port, header), None, packet, payload);
                }
            }
            if let Some(digit) = digit {
                line.tell(if passed { StreamEvent::Digit(digit) } else { StreamEvent::Unpassed(digit) });
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Engine, Settings};
    use domain::call::LegId;
    use tokio::sync::mpsc::unbounded_channel;

    #[tokio::test]
    async fn a_leg_costs_less_than_two_kilobytes_of_ours() {
        let engine = Engine::new(Settings::loopback());
        let stream =
            engine.open(LegId { call: "call".into(), number: 1 }, unbounded_channel().0).expect("a stream");
        let task = run(Arc::clone(stream.line()));
        assert!(size_of_val(&task) < 512, "the task: {} bytes", size_of_val(&task));
        assert!(size_of::<LegMedia>() < 1024, "the line: {} bytes", size_of::<LegMedia>());
    }
}

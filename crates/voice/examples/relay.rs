//! What relaying costs: so many calls of two parties, each sending 50 packets a second, for some seconds; with more parties,
//! what mixing costs.
//!
//! ```text
//! cargo run --release -p voice --example relay -- [CALLS] [SECONDS] [PARTIES]
//! {"calls":500,"parties":2,"packets_per_second":50000,"cpu_cores":0.42,"loss":0.0}
//! ```
//!
//! The phones run in a process of their own, so that the figure is that of the engine only. `packets_per_second` are
//! those that the phones sent; as many leave the engine. `loss` is the share of them that did not arrive.

use domain::call::{HeardBy, LegId, RoomId};
use std::{
    env, fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::mpsc::unbounded_channel;
use voice::media::{
    Codec, Direction, Engine, FRAME, MediaStream, Settings,
    rtp::{self, HEADER, Header},
    sdp::SdpSession,
};

/// What was measured.
struct Measured {
    sent: u64,
    arrived: u64,
    elapsed: Duration,
}

fn main() {
    let mut words = env::args().skip(1);
    let first = words.next();
    if first.as_deref() == Some("phones") {
        return phones();
    }
    let calls = first.and_then(|word| word.parse().ok()).unwrap_or(500);
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(10);
    let parties = words.next().and_then(|word| word.parse().ok()).unwrap_or(2);
    tokio::runtime::Runtime::new().expect("a runtime").block_on(measure(calls, seconds, parties));
}

/// Opens the calls, lets the phones talk, and prints the figures.
async fn measure(calls: u16, seconds: u64, parties: u16) {
    let program = env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .arg("phones")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the phones");
    let mut answers = BufReader::new(child.stdout.take().expect("piped"));
    let mut orders = child.stdin.take().expect("piped");
    writeln!(orders, "{} {seconds}", u32::from(calls) * u32::from(parties)).expect("written");
    let engine = Engine::new(Settings::loopback());
    let mut streams: Vec<MediaStream> = Vec::new();
    for call in 0..calls {
        for number in 1..=parties {
            let (events, _) = unbounded_channel();
            let leg = LegId { call: call.to_string().as_str().into(), number };
            let stream = engine.open(leg, events).expect("a stream");
            let mut line = String::new();
            answers.read_line(&mut line).expect("an address");
            agree(&stream, line.trim().parse().expect("an address"));
            stream
                .join(RoomId { call: call.to_string().as_str().into(), line: 0 }, HeardBy::Everyone)
                .expect("a room");
            writeln!(orders, "{}", stream.local()).expect("written");
            streams.push(stream);
        }
    }
    orders.flush().expect("flushed");
    // The phones begin when they know all addresses.
    let mut go = String::new();
    answers.read_line(&mut go).expect("they began");
    let (before, began) = (processor(), Instant::now());
    let mut rest = String::new();
    let rest = tokio::task::spawn_blocking(move || {
        answers.read_line(&mut rest).expect("figures");
        // They stopped sending at this moment.
        let stopped = (processor(), Instant::now());
        let mut figures = String::new();
        answers.read_to_string(&mut figures).expect("figures");
        (stopped, figures)
    });
    let ((after, stopped), figures) = rest.await.expect("figures");
    child.wait().expect("the phones ended");
    let cores = after.saturating_sub(before).as_secs_f64() / stopped.duration_since(began).as_secs_f64();
    let mut figures = figures.split_whitespace().map(|word| word.parse::<u64>().expect("a number"));
    let mut next = || figures.next().expect("a figure");
    let measured = Measured { sent: next(), arrived: next(), elapsed: Duration::from_millis(next()) };
    print(calls, parties, cores, &measured);
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn print(calls: u16, parties: u16, cores: f64, measured: &Measured) {
    let rate = measured.sent as f64 / measured.elapsed.as_secs_f64();
    let loss = 1.0 - measured.arrived as f64 / measured.sent as f64;
    println!(
        "{{\"calls\":{calls},\"parties\":{parties},\"packets_per_second\":{rate:.0},\"cpu_cores\":{cores:.3},\"loss\":{loss:.6}}}"
    );
}

fn agree(stream: &MediaStream, phone: SocketAddr) {
    let offer = stream.offer(Direction::SendRecv);
    let (answer, _) = SdpSession::new(1, phone).answer(&offer, Direction::SendRecv).expect("an answer");
    stream.accept(&answer).expect("accepted");
}

/// The processor time that this process has used (proc(5), in ticks of 10 ms).
fn processor() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 =
        behind.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The other process: a socket for each phone, all served by two threads.
fn phones() {
    let mut input = BufReader::new(std::io::stdin());
    let mut line = String::new();
    let mut next = || {
        line.clear();
        input.read_line(&mut line).expect("an order");
        line.trim().to_owned()
    };
    let order = next();
    let (count, seconds) = order.split_once(' ').expect("two numbers");
    let count = count.parse::<usize>().expect("a number");
    let seconds: u64 = seconds.parse().expect("a number");
    let sockets: Vec<UdpSocket> = (0..count)
        .map(|_| {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
            socket.set_nonblocking(true).expect("set");
            println!("{}", socket.local_addr().expect("bound"));
            socket
        })
        .collect();
    let targets: Vec<SocketAddr> = (0..count).map(|_| next().parse().expect("an address")).collect();
    let total = seconds * 50;
    // The silence that was sent before all rooms were joined is not counted.
    thread::sleep(Duration::from_millis(200));
    for socket in &sockets {
        drain(socket);
    }
    println!("go");
    let (sent, arrived, elapsed) = talk(&sockets, &targets, total);
    println!("{sent} {arrived} {}", elapsed.as_millis());
}

/// Sends for so many ticks, spread evenly over each, and counts what comes back.
fn talk(sockets: &[UdpSocket], targets: &[SocketAddr], ticks: u64) -> (u64, u64, Duration) {
    let began = Instant::now();
    let tick = Duration::from_millis(20);
    let mut packet = [0xFF; HEADER + FRAME];
    let (mut sent, mut arrived) = (0, 0);
    let step = (sockets.len() / 20).max(1);
    for number in 0..ticks {
        let sequence = u16::try_from(number & 0xFFFF).unwrap_or_default();
        let timestamp = u32::from(sequence) * 160;
        for (slice, (sockets, targets)) in sockets.chunks(step).zip(targets.chunks(step)).enumerate() {
            for (socket, target) in sockets.iter().zip(targets) {
                let header = Header {
                    payload_type: Codec::Pcmu.payload(),
                    marker: number == 0,
                    sequence,
                    timestamp,
                    ssrc: u32::from(target.port()),
                };
                rtp::write(header, &mut packet);
                if socket.send_to(&packet, target).is_ok() {
                    sent += 1;
                }
                arrived += drain(socket);
            }
            let millis = u64::try_from(slice + 1).unwrap_or_default();
            let due = tick * u32::try_from(number).unwrap_or(u32::MAX) + Duration::from_millis(millis);
            thread::sleep(due.saturating_sub(began.elapsed()));
        }
    }
    let elapsed = began.elapsed();
    println!("stop");
    thread::sleep(Duration::from_millis(300));
    arrived += sockets.iter().map(drain).sum::<u64>();
    (sent, arrived, elapsed)
}

/// Takes the packets that wait, and counts those of audio.
fn drain(socket: &UdpSocket) -> u64 {
    let mut buffer = [0; 1500];
    let mut count = 0;
    loop {
        match socket.recv(&mut buffer) {
            // Reports may go to a phone whose port is next to another's.
            Ok(length) => count += u64::from(length == HEADER + FRAME),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return count,
            Err(_) => {}
        }
    }
}

//! Simulated callers and the scripted agents' telephones, over real SIP against a phone that plays the server.

use demo::{ASKS_FOR_HEADER, Manners, ORDER_HEADER, callers};
use phone::{Account, AnswerMode, Call, Incoming, Phone, PhoneLine, Say};
use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use testkit::{TestIds, wait::eventually};

const SOON: Duration = Duration::from_secs(20);

fn hasty() -> Manners {
    Manners { at_once: 2, rest: 1..100, patience: 3_000..3_100, talk: 2_500..3_000 }
}

/// The routing point, and the line it is on.
async fn routing_point(answer: AnswerMode, say: Say) -> (Phone, PhoneLine) {
    let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    let line = PhoneLine::open(any, any).await.expect("a line");
    let point = line.phone(Account::new(demo::centre::ROUTING_POINT));
    point.on_incoming(Incoming { answer, say, hang_up_after: None });
    (point, line)
}

async fn next(point: &Phone) -> Call {
    tokio::time::timeout(SOON, point.next_call()).await.expect("somebody calls")
}

async fn ended(call: &Call) -> phone::CallEnd {
    tokio::time::timeout(SOON, call.ended()).await.expect("it ends")
}

#[tokio::test]
async fn a_caller_has_a_number_an_order_a_sentence_and_hangs_up_after_a_while() {
    let (point, line) = routing_point(AnswerMode::AtOnce, Say::Silence).await;
    let life = tokio::spawn(callers(line.addr(), hasty(), &TestIds::default()));
    let call = next(&point).await;
    assert!(call.peer().starts_with("+1555020"), "{}", call.peer());
    let order = call.header(ORDER_HEADER).expect("an order");
    assert!(order.chars().all(|digit| digit.is_ascii_digit()), "{order}");
    eventually("a sentence", async || call.heard().peak() >= 0.1).await;
    assert!(!ended(&call).await.by_us);
    life.abort();
}

#[tokio::test]
async fn some_callers_ask_for_somebody_else_and_others_do_not() {
    let (point, line) = routing_point(AnswerMode::Manual, Say::Silence).await;
    let life = tokio::spawn(callers(line.addr(), hasty(), &TestIds::default()));
    let mut asked_for = BTreeSet::new();
    for _ in 0..24 {
        let call = next(&point).await;
        asked_for.insert(call.header(ASKS_FOR_HEADER));
        call.refuse(486);
    }
    assert!(asked_for.contains(&None), "{asked_for:?}");
    assert!(asked_for.contains(&Some("Contracts".into())) && asked_for.len() == 3, "{asked_for:?}");
    life.abort();
}

#[tokio::test]
async fn a_caller_gives_up_when_nobody_answers_and_when_the_hold_tone_does_not_end() {
    let (point, line) = routing_point(AnswerMode::Never, Say::Silence).await;
    let life = tokio::spawn(callers(line.addr(), hasty(), &TestIds::default()));
    assert_eq!(ended(&next(&point).await).await.code, 487);
    life.abort();

    let hold = Say::Wav(voice::media::tone::hold().into(), phone::Then::Again);
    let (point, line) = routing_point(AnswerMode::AtOnce, hold).await;
    let life = tokio::spawn(callers(line.addr(), hasty(), &TestIds::default()));
    let call = next(&point).await;
    assert!(!ended(&call).await.by_us);
    assert!(call.heard().peak() < 0.1, "nobody talks to a tone");
    life.abort();
}

#[tokio::test]
async fn no_more_than_the_bound_call_at_once_from_different_numbers_and_all_hang_up_when_it_stops() {
    let (point, line) = routing_point(AnswerMode::AtOnce, Say::Silence).await;
    let life = tokio::spawn(callers(line.addr(), hasty(), &TestIds::default()));
    let calls = [next(&point).await, next(&point).await];
    let numbers: BTreeSet<String> = calls.iter().map(Call::peer).collect();
    assert_eq!(numbers.len(), 2);
    assert!(line.load().calls <= 2, "{:?}", line.load());
    let more = tokio::time::timeout(Duration::from_millis(500), point.next_call()).await;
    assert!(more.is_err(), "a third at once");
    life.abort();
    for call in &calls {
        assert!(!ended(call).await.by_us);
    }
}

#[tokio::test]
async fn the_telephones_of_agents_five_to_eight_register() {
    let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
    let phones = tokio::spawn(demo::staff_phones(socket.local_addr().expect("bound")));
    let mut registered = BTreeSet::new();
    let mut buffer = [0; 4096];
    while registered.len() < 4 {
        let read = tokio::time::timeout(SOON, socket.recv_from(&mut buffer)).await.expect("a REGISTER");
        let (length, from) = read.expect("read");
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let to = text.lines().find(|line| line.starts_with("To:")).expect("To");
        let (_, user) = to.split_once("sip:").expect("an address");
        registered.insert(user.split('@').next().expect("a user").to_owned());
        let copied = text.lines().filter(|line| {
            ["Via:", "From:", "To:", "Call-ID:", "CSeq:", "Contact:"]
                .iter()
                .any(|name| line.starts_with(name))
        });
        let answer = copied.fold("SIP/2.0 200 OK\r\n".to_owned(), |answer, line| answer + line + "\r\n");
        socket.send_to((answer + "Content-Length: 0\r\n\r\n").as_bytes(), from).await.expect("sent");
    }
    assert_eq!(registered.into_iter().collect::<Vec<_>>(), ["5005", "5006", "5007", "5008"]);
    phones.abort();
}

//! Keys: sent, heard, passed on.

use crate::{
    ALL, HIGH, LOW,
    phone::{Packet, Phone, engine, room},
};
use domain::call::HeardBy;
use voice::media::{
    Codec::{Pcma, Pcmu},
    Direction, DtmfWay, StreamEvent,
    tone::share,
};

#[tokio::test]
async fn keys_go_out_as_events_while_the_audio_is_quiet() {
    let engine = engine();
    let [mut agent, customer] = [Phone::new(&engine, Pcmu).await, Phone::new(&engine, Pcma).await];
    agent.talk(LOW);
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    assert_eq!(customer.hears(&ALL).await, [LOW]);
    assert_eq!(customer.stream.dtmf("5#"), DtmfWay::Sent);
    let mut packets = Vec::new();
    while packets.iter().filter(|packet: &&Packet| packet.header.payload_type == 101).count() < 14 {
        packets.push(customer.packet().await);
    }
    packets.push(customer.packet().await);
    let first = packets.iter().position(|packet| packet.header.payload_type == 101).expect("an event");
    let events = &packets[first..first + 14];
    assert!(events.iter().all(|packet| packet.header.payload_type == 101), "no audio in between");
    for (key, code) in events.chunks(7).zip([5, 11]) {
        let told: Vec<_> = key
            .iter()
            .map(|packet| {
                let [code, flags, high, low] = packet.payload[..] else { panic!("{packet:?}") };
                (packet.header.marker, code, flags, u16::from_be_bytes([high, low]))
            })
            .collect();
        let durations = [160, 320, 480, 640, 800, 800, 800];
        let expected: Vec<_> =
            (0..7).map(|at| (at == 0, code, if at < 4 { 10 } else { 0x8A }, durations[at])).collect();
        assert_eq!(told, expected);
        assert!(key.iter().all(|packet| packet.header.timestamp == key[0].header.timestamp));
    }
    assert_eq!(events[7].header.timestamp.wrapping_sub(events[0].header.timestamp), 1440, "100 ms and 80 ms");
    let numbers: Vec<u16> = packets[first..].iter().map(|packet| packet.header.sequence).collect();
    assert!(numbers.windows(2).all(|two| two[1] == two[0].wrapping_add(1)), "{numbers:?}");
    let after = packets.last().expect("audio");
    assert_eq!((after.header.payload_type, after.header.marker), (8, true));
    assert_eq!(customer.hears(&ALL).await, [LOW]);
}

#[tokio::test]
async fn who_takes_no_events_is_told_so_and_can_be_sent_tones() {
    let engine = engine();
    let mut phone = Phone::unanswered(&engine, Pcmu).await;
    let offer = phone.stream.offer(Direction::SendRecv).replace(" 0 8 101", " 0");
    let (answer, _) = phone.session.answer(&offer, Direction::SendRecv).expect("an answer");
    phone.stream.accept(&answer).expect("accepted");
    assert_eq!(phone.stream.dtmf("1"), DtmfWay::NotNegotiated);
    phone.stream.dtmf_in_band("1111");
    let heard = phone.listen().await;
    let sounds = |piece: &[i16]| share(piece, 697.0) > 0.3 && share(piece, 1209.0) > 0.3;
    assert!(heard.chunks(400).any(sounds));
}

#[tokio::test]
async fn keys_that_come_in_are_told_once_and_passed_on_with_the_others_number() {
    let engine = engine();
    let [mut agent, mut customer] = [Phone::new(&engine, Pcmu).await, Phone::unanswered(&engine, Pcmu).await];
    // The customer called us, and their number for events is 97.
    let offer = customer.session.offer(Direction::SendRecv).replace("101", "97");
    customer.stream.answer(&offer, Direction::SendRecv).expect("answered");
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.forget();
    agent.press(3, 4000).await;
    let mut passed = Vec::new();
    while passed.len() < 3 {
        let packet = customer.packet().await;
        if packet.header.payload_type == 97 {
            passed.push(packet);
        }
    }
    assert!(passed.iter().all(|packet| packet.payload[0] == 3));
    assert!(passed.iter().all(|packet| packet.header.timestamp == passed[0].header.timestamp));
    assert_eq!(passed[2].payload[1] & 0x80, 0x80);
    assert_eq!(agent.event().await, StreamEvent::Digit('3'));
    agent.press(3, 9000).await;
    assert_eq!(agent.event().await, StreamEvent::Digit('3'), "the same key again");
    assert_eq!(agent.told(), None);
}

#[tokio::test]
async fn a_key_that_the_other_end_takes_none_of_is_told_to_be_passed_on() {
    let engine = engine();
    let [mut agent, mut customer] = [Phone::new(&engine, Pcmu).await, Phone::unanswered(&engine, Pcmu).await];
    let offer = customer.stream.offer(Direction::SendRecv).replace(" 0 8 101", " 0");
    let (answer, _) = customer.session.answer(&offer, Direction::SendRecv).expect("an answer");
    customer.stream.accept(&answer).expect("accepted");
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    agent.press(4, 4000).await;
    assert_eq!(agent.event().await, StreamEvent::Unpassed('4'));
    assert_eq!(agent.told(), None);
}

#[tokio::test]
async fn keys_of_a_muted_leg_or_among_several_are_told_and_not_passed_on() {
    let engine = engine();
    let [mut agent, mut customer, third] =
        [Phone::new(&engine, Pcmu).await, Phone::new(&engine, Pcmu).await, Phone::new(&engine, Pcmu).await];
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    agent.stream.mute(true);
    customer.forget();
    agent.press(7, 4000).await;
    assert_eq!(agent.event().await, StreamEvent::Digit('7'));
    agent.stream.mute(false);
    third.stream.join(room(0), HeardBy::Everyone).expect("room");
    agent.press(8, 9000).await;
    assert_eq!(agent.event().await, StreamEvent::Unpassed('8'));
    customer.talk(HIGH);
    for _ in 0..25 {
        assert_eq!(third.packet().await.header.payload_type, 0);
        assert_eq!(customer.packet().await.header.payload_type, 0);
    }
}

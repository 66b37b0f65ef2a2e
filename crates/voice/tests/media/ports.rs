//! Where packets go to and come from: NAT, strangers, reports.

use crate::{
    ALL, HIGH, LOW,
    phone::{Phone, engine, room},
};
use domain::call::{HeardBy, Playback};
use std::{net::Ipv4Addr, time::Duration};
use tokio::{net::UdpSocket, time::timeout};
use voice::media::{Codec::Pcmu, Direction, Engine, Settings, StreamEvent, sdp::SdpSession, tone::is_hold};

/// An answer that names a private address, as a phone behind a NAT gives it.
fn behind_nat(phone: &Phone) {
    let offer = phone.stream.offer(Direction::SendRecv);
    let mut session = SdpSession::new(1, "127.9.9.9:4444".parse().expect("an address"));
    session.only(Pcmu);
    let (answer, _) = session.answer(&offer, Direction::SendRecv).expect("an answer");
    phone.stream.accept(&answer).expect("accepted");
}

#[tokio::test]
async fn a_phone_behind_a_nat_is_sent_to_where_its_packets_come_from() {
    let engine = engine();
    let mut phone = Phone::unanswered(&engine, Pcmu).await;
    phone.stream.signalled_from(Ipv4Addr::LOCALHOST.into());
    behind_nat(&phone);
    phone.stream.part(Playback::Hold);
    assert_eq!(phone.stream.stats().target, "127.9.9.9:4444".parse().ok());
    phone.talk(HIGH);
    assert!(is_hold(&phone.listen().await));
    assert_eq!(phone.stream.stats().target, Some(phone.address()));
    behind_nat(&phone);
    assert!(is_hold(&phone.listen().await), "a refresh of the session cuts nothing");
}

#[tokio::test]
async fn what_is_no_audio_of_ours_is_not_followed() {
    let engine = engine();
    let phone = Phone::unanswered(&engine, Pcmu).await;
    phone.stream.signalled_from(Ipv4Addr::LOCALHOST.into());
    behind_nat(&phone);
    let mut foreign = [0; 172];
    foreign[0] = 0x80;
    foreign[1] = 18;
    for packet in [&b"OPTIONS sip:x SIP/2.0"[..], &[0x80, 0], &foreign, &[]] {
        phone.socket.send_to(packet, phone.stream.local()).await.expect("sent");
    }
    timeout(Duration::from_secs(5), async {
        while phone.stream.stats().refused < 4 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("all are refused");
    assert_eq!(phone.stream.stats().target, "127.9.9.9:4444".parse().ok());
}

#[tokio::test]
async fn a_stranger_cannot_talk_into_a_call() {
    let engine = engine();
    let [mut agent, customer] = [Phone::new(&engine, Pcmu).await, Phone::new(&engine, Pcmu).await];
    agent.talk(LOW);
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    assert_eq!(customer.hears(&ALL).await, [LOW]);
    let mut stranger = Phone::new(&engine, Pcmu).await;
    stranger.stream = agent.stream.clone();
    stranger.talk(HIGH);
    assert_eq!(customer.hears(&ALL).await, [LOW]);
    assert!(agent.stream.stats().refused > 10);
    assert_eq!(agent.stream.stats().target, Some(agent.address()));
}

/// A stray packet of audio, its payload this byte.
fn stray(byte: u8) -> [u8; 172] {
    let mut packet = [byte; 172];
    packet[..12].copy_from_slice(&[0x80, 0, 9, 9, 0, 0, 0, 9, 5, 5, 5, 5]);
    packet
}

#[tokio::test]
async fn one_stray_packet_from_the_host_of_the_phone_takes_neither_its_sound_nor_ours() {
    let engine = engine();
    let [mut agent, mut customer] = [Phone::new(&engine, Pcmu).await, Phone::new(&engine, Pcmu).await];
    let other = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
    for phone in [&mut agent, &mut customer] {
        phone.stream.signalled_from(Ipv4Addr::LOCALHOST.into());
        phone.stream.join(room(0), HeardBy::Everyone).expect("room");
    }
    for round in 0..2 {
        other.send_to(&stray(0x44), customer.stream.local()).await.expect("sent");
        timeout(Duration::from_secs(5), async {
            while customer.stream.stats().refused <= round {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("it is refused");
        customer.talk(HIGH);
        agent.talk(LOW);
        assert_eq!(agent.hears(&ALL).await, [HIGH]);
        assert_eq!(customer.hears(&ALL).await, [LOW]);
        assert_eq!(customer.stream.stats().target, Some(customer.address()));
        customer.be_quiet();
        // A refresh that names the same address.
        customer.answer(Direction::SendRecv);
    }
    assert!(other.try_recv(&mut [0; 200]).is_err(), "nothing was sent there");
}

#[tokio::test]
async fn a_key_from_a_stray_source_is_no_key() {
    let engine = engine();
    let mut phone = Phone::new(&engine, Pcmu).await;
    let mut stranger = Phone::new(&engine, Pcmu).await;
    stranger.stream = phone.stream.clone();
    stranger.press(5, 800).await;
    phone.press(7, 800).await;
    assert_eq!(phone.event().await, StreamEvent::Digit('7'));
    assert_eq!(phone.told(), None);
}

#[tokio::test]
async fn reports_and_comfort_noise_are_life_of_who_only_listens() {
    let silence = (Duration::from_millis(300), Duration::from_secs(60));
    let engine = Engine::new(Settings { silence, ..Settings::loopback() });
    let reports = [0x80, 201, 0, 1, 0, 0, 0, 7];
    let comfort = [0x80, 13, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 0x40];
    for is_report in [true, false] {
        let mut phone = Phone::new(&engine, Pcmu).await;
        let to = phone.stream.local();
        let beside = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
        for _ in 0..20 {
            if is_report {
                beside.send_to(&reports, (to.ip(), to.port() + 1)).await.expect("sent");
            } else {
                phone.socket.send_to(&comfort, to).await.expect("sent");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(phone.told(), None, "for longer than the silence that is noted");
        assert_eq!(phone.event().await, StreamEvent::Silent(silence.0));
    }
}

#[tokio::test]
async fn reports_tell_what_was_sent_and_the_last_says_goodbye() {
    let engine = engine();
    // A phone on an even port whose next port is free for its reports.
    let (phone, reports) = loop {
        let phone = Phone::unanswered(&engine, Pcmu).await;
        let next = phone.address().port().saturating_add(1);
        if let Ok(reports) = UdpSocket::bind((Ipv4Addr::LOCALHOST, next)).await {
            break (phone, reports);
        }
    };
    let mut phone = phone;
    phone.answer(Direction::SendRecv);
    phone.stream.part(Playback::Hold);
    let mut buffer = [0; 100];
    let report = timeout(Duration::from_secs(10), reports.recv_from(&mut buffer)).await.expect("in time");
    let (length, from) = report.expect("received");
    assert_eq!(from.port(), phone.stream.local().port() + 1);
    assert_eq!((length, buffer[1], buffer[29]), (56, 200, 202), "a sender report, and who sends it");
    phone.stream.close();
    let (length, _) = timeout(Duration::from_secs(5), reports.recv_from(&mut buffer))
        .await
        .expect("in time")
        .expect("received");
    assert_eq!((length, buffer[57]), (64, 203), "a goodbye behind it");
}

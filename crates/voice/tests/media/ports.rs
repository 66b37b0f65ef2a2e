//! Where packets go to and come from: NAT, strangers, reports.

use crate::{
    ALL, HIGH, LOW,
    phone::{Phone, engine, room},
};
use domain::call::Alone;
use std::{net::Ipv4Addr, time::Duration};
use tokio::{net::UdpSocket, time::timeout};
use voice::media::{Codec::Pcmu, Direction, sdp::Session, tone::is_hold};

/// An answer that names a private address, as a phone behind a NAT gives it.
fn behind_nat(phone: &Phone) {
    let offer = phone.stream.offer(Direction::SendRecv);
    let mut session = Session::new(1, "127.9.9.9:4444".parse().expect("an address"));
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
    phone.stream.part(Alone::Hold);
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
    agent.stream.join(room(0)).expect("room");
    customer.stream.join(room(0)).expect("room");
    assert_eq!(customer.hears(&ALL).await, [LOW]);
    let mut stranger = Phone::new(&engine, Pcmu).await;
    stranger.stream = agent.stream.clone();
    stranger.talk(HIGH);
    assert_eq!(customer.hears(&ALL).await, [LOW]);
    assert!(agent.stream.stats().refused > 10);
    assert_eq!(agent.stream.stats().target, Some(agent.address()));
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
    phone.stream.part(Alone::Hold);
    let mut buffer = [0; 100];
    let report = timeout(Duration::from_secs(10), reports.recv_from(&mut buffer)).await.expect("in time");
    let (length, from) = report.expect("received");
    assert_eq!(from.port(), phone.stream.local().port() + 1);
    assert_eq!((length, buffer[1]), (28, 200), "a sender report");
    phone.stream.close();
    let (length, _) = timeout(Duration::from_secs(5), reports.recv_from(&mut buffer))
        .await
        .expect("in time")
        .expect("received");
    assert_eq!((length, buffer[29]), (36, 203), "a goodbye behind it");
}

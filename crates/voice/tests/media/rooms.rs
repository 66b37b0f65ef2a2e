//! Rooms of two, of three, of too many; mute; holding.

use crate::{
    ALL, HIGH, LOW, MIDDLE,
    phone::{Phone, engine, room},
};
use domain::call::{HeardBy, Playback};
use std::time::Duration;
use tokio::time::timeout;
use voice::media::{
    Codec::{Pcma, Pcmu},
    Direction, MediaError,
    tone::{is_hold, share},
};

#[tokio::test]
async fn two_hear_each_other_whatever_their_codecs() {
    for codecs in [[Pcmu, Pcmu], [Pcmu, Pcma], [Pcma, Pcma]] {
        let engine = engine();
        let [mut agent, mut customer] =
            [Phone::new(&engine, codecs[0]).await, Phone::new(&engine, codecs[1]).await];
        agent.talk(LOW);
        customer.talk(HIGH);
        agent.stream.join(room(0), HeardBy::Everyone).expect("room");
        customer.stream.join(room(0), HeardBy::Everyone).expect("room");
        // Codes taken for those of the other law would still carry the tone, but not purely.
        assert!(share(&agent.listen().await, HIGH) > 0.98, "{codecs:?}");
        assert!(share(&customer.listen().await, LOW) > 0.98, "{codecs:?}");
    }
}

#[tokio::test]
async fn a_leg_hears_one_continuous_stream_whatever_feeds_it() {
    let engine = engine();
    let [mut agent, mut customer, third] = phones(&engine).await;
    agent.stream.part(Playback::Hold);
    let first = agent.packet().await.header;
    customer.talk(HIGH);
    agent.talk(LOW);
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    let mut headers = vec![first];
    let mut marks = 0;
    for step in 0..150 {
        match step {
            50 => third.stream.join(room(0), HeardBy::Everyone).expect("room"),
            100 => agent.stream.part(Playback::Ringback),
            _ => {}
        }
        let header = agent.packet().await.header;
        let last = headers.last().expect("one");
        assert_eq!(header.ssrc, first.ssrc);
        assert_eq!(header.sequence, last.sequence.wrapping_add(1), "at packet {step}");
        let moved = header.timestamp.wrapping_sub(last.timestamp);
        assert!(moved % 160 == 0 && (160..8000).contains(&moved), "{moved} samples at packet {step}");
        marks += usize::from(header.marker);
        headers.push(header);
    }
    // Silence or relay, mix, ringback.
    assert!((3..=5).contains(&marks), "{marks} marks");
}

#[tokio::test]
async fn three_hear_the_others_and_not_themselves_and_two_that_remain_hear_each_other() {
    let engine = engine();
    let [mut agent, mut customer, mut third] = phones(&engine).await;
    agent.talk(LOW);
    customer.talk(MIDDLE);
    third.talk(HIGH);
    for phone in [&agent, &customer, &third] {
        phone.stream.join(room(0), HeardBy::Everyone).expect("room");
    }
    assert_eq!(agent.hears(&ALL).await, [MIDDLE, HIGH]);
    assert_eq!(customer.hears(&ALL).await, [LOW, HIGH]);
    assert_eq!(third.hears(&ALL).await, [LOW, MIDDLE]);
    agent.stream.close();
    assert_eq!(customer.hears(&ALL).await, [HIGH]);
    assert_eq!(third.hears(&ALL).await, [MIDDLE]);
    third.stream.close();
    assert!(customer.hears(&ALL).await.is_empty());
}

#[tokio::test]
async fn a_consultation_keeps_the_customer_on_hold_and_ends_with_him_and_the_third() {
    let engine = engine();
    let [mut agent, mut customer, mut third] = phones(&engine).await;
    agent.talk(LOW);
    customer.talk(MIDDLE);
    third.talk(HIGH);
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    assert_eq!(agent.hears(&ALL).await, [MIDDLE]);
    customer.stream.part(Playback::Hold);
    agent.stream.join(room(1), HeardBy::Everyone).expect("room");
    third.stream.join(room(1), HeardBy::Everyone).expect("room");
    assert_eq!(agent.hears(&ALL).await, [HIGH]);
    assert_eq!(third.hears(&ALL).await, [LOW]);
    assert!(is_hold(&customer.listen().await));
    agent.stream.part(Playback::Silence);
    customer.stream.join(room(1), HeardBy::Everyone).expect("room");
    assert_eq!(customer.hears(&ALL).await, [HIGH]);
    assert_eq!(third.hears(&ALL).await, [MIDDLE]);
    assert!(agent.hears(&ALL).await.is_empty());
}

#[tokio::test]
async fn a_muted_leg_hears_and_is_not_heard_by_two_or_by_three() {
    let engine = engine();
    let [mut agent, mut customer, mut third] = phones(&engine).await;
    agent.talk(LOW);
    customer.talk(MIDDLE);
    third.talk(HIGH);
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    agent.stream.mute(true);
    assert!(customer.hears(&ALL).await.is_empty());
    assert_eq!(agent.hears(&ALL).await, [MIDDLE]);
    third.stream.join(room(0), HeardBy::Everyone).expect("room");
    assert_eq!(customer.hears(&ALL).await, [HIGH]);
    agent.stream.mute(false);
    assert_eq!(customer.hears(&ALL).await, [LOW, HIGH]);
}

#[tokio::test]
async fn a_phone_that_holds_is_sent_nothing_until_it_goes_on() {
    let engine = engine();
    let [mut agent, mut customer, _] = phones(&engine).await;
    agent.talk(LOW);
    customer.talk(MIDDLE);
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    assert_eq!(agent.hears(&ALL).await, [MIDDLE]);
    assert!(agent.answer(Direction::Inactive), "we understand that it holds");
    let sent = agent.stream.stats().sent;
    assert_eq!(customer.hears(&ALL).await, [LOW], "half a second passes");
    assert_eq!(agent.stream.stats().sent, sent);
    assert!(!agent.answer(Direction::SendRecv));
    assert_eq!(agent.hears(&ALL).await, [MIDDLE]);
}

#[tokio::test]
async fn a_room_takes_sixteen() {
    let engine = engine();
    let mut phones = Vec::new();
    for _ in 0..17 {
        phones.push(Phone::new(&engine, Pcmu).await);
    }
    for phone in &phones[..16] {
        phone.stream.join(room(0), HeardBy::Everyone).expect("room");
    }
    phones[3].stream.join(room(0), HeardBy::Everyone).expect("it is in it already");
    phones[16].stream.join(room(1), HeardBy::Everyone).expect("room");
    assert!(matches!(phones[16].stream.join(room(0), HeardBy::Everyone), Err(MediaError::RoomFull)));
    phones[0].talk(HIGH);
    assert_eq!(phones[15].hears(&ALL).await, [HIGH]);
    phones[1].stream.close();
    phones[16].stream.join(room(0), HeardBy::Everyone).expect("one has gone");
    assert_eq!(phones[16].hears(&ALL).await, [HIGH]);
    assert!(matches!(phones[1].stream.join(room(0), HeardBy::Everyone), Err(MediaError::Closed)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_asked_at_once_nothing_blocks_and_whoever_meets_at_the_end_hears_each_other() {
    let engine = engine();
    let mut phones = Vec::new();
    for number in 0_u8..12 {
        let mut phone = Phone::new(&engine, if number % 2 == 0 { Pcmu } else { Pcma }).await;
        phone.talk([LOW, HIGH][usize::from(number % 2)]);
        phones.push(phone);
    }
    let tasks: Vec<_> = (0..4)
        .map(|seed| {
            let streams: Vec<_> = phones.iter().map(|phone| phone.stream.clone()).collect();
            tokio::task::spawn_blocking(move || {
                let mut chance = fastrand::Rng::with_seed(seed);
                for _ in 0..5000 {
                    let stream = &streams[chance.usize(..streams.len())];
                    match chance.u8(..) % 64 {
                        0 if chance.bool() => stream.dtmf_in_band("1"),
                        1..8 => stream.part(Playback::Hold),
                        8..16 => stream.part(Playback::Prompt("busy".to_owned())),
                        16..24 => stream.mute(chance.bool()),
                        24..32 => stream.held(chance.bool()),
                        _ => stream.join(room(chance.u16(..4)), HeardBy::Everyone).expect("room"),
                    }
                }
            })
        })
        .collect();
    let all = futures::future::join_all(tasks);
    let done = timeout(Duration::from_secs(30), all).await.expect("nothing blocks");
    assert!(done.iter().all(Result::is_ok));
    for phone in &phones[2..] {
        phone.stream.close();
    }
    for phone in &phones[..2] {
        phone.stream.mute(false);
        phone.stream.join(room(9), HeardBy::Everyone).expect("room");
    }
    for phone in &phones[..2] {
        // Keys that still wait are sent first: at most 64 of 180 ms.
        timeout(Duration::from_secs(20), async { while phone.hears(&ALL).await.is_empty() {} })
            .await
            .expect("the keys are over");
    }
    assert_eq!(phones[0].hears(&ALL).await, [HIGH]);
    assert_eq!(phones[1].hears(&ALL).await, [LOW]);
}

async fn phones(engine: &std::sync::Arc<voice::media::Engine>) -> [Phone; 3] {
    [Phone::new(engine, Pcmu).await, Phone::new(engine, Pcma).await, Phone::new(engine, Pcmu).await]
}

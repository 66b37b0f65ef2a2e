//! What a leg hears that is in no room, and what is told when nothing is heard from it.

use crate::{
    ALL, HIGH,
    phone::{EAR, Phone, engine, room},
};
use domain::call::{HeardBy, Playback};
use std::time::Duration;
use voice::media::{
    Codec::{Pcma, Pcmu},
    Direction, Engine, Settings, StreamEvent,
    tone::{CALL, is_hold, share},
};

#[tokio::test]
async fn tones_are_heard_as_they_are_called_for() {
    let engine = engine();
    let phone = Phone::new(&engine, Pcma).await;
    phone.stream.part(Playback::Hold);
    assert!(is_hold(&phone.listen().await));
    phone.stream.part(Playback::Ringback);
    assert!(share(&phone.listen().await, CALL) > 0.9);
    phone.stream.part(Playback::Silence);
    assert!(phone.listen().await.iter().all(|sample| sample.abs() <= 8));
    phone.stream.part(Playback::Busy);
    let busy: Vec<i16> = [phone.listen().await, phone.listen().await].concat();
    let sounding = busy.chunks(400).filter(|piece| share(piece, CALL) > 0.9).count();
    assert!((5..=15).contains(&sounding), "{sounding} of 20 pieces");
}

#[tokio::test]
async fn a_prompt_is_told_to_be_over_and_the_hold_tone_follows() {
    let engine = engine();
    let mut phone = Phone::new(&engine, Pcmu).await;
    phone.stream.part(Playback::Prompt("busy".to_owned()));
    let spoken = phone.listen().await;
    assert!(!is_hold(&spoken) && spoken.iter().any(|sample| sample.unsigned_abs() > 1000));
    assert_eq!(phone.told(), None);
    assert_eq!(phone.event().await, StreamEvent::Played);
    assert!(is_hold(&phone.listen().await));
    assert_eq!(phone.told(), None);
}

#[tokio::test]
async fn a_prompt_ends_in_time_though_nobody_can_be_sent_to() {
    let engine = engine();
    let mut phone = Phone::unanswered(&engine, Pcmu).await;
    phone.stream.part(Playback::Prompt("busy".to_owned()));
    assert_eq!(phone.event().await, StreamEvent::Played);
    assert_eq!(phone.stream.stats().sent, 0);
}

#[tokio::test]
async fn a_prompt_that_is_not_there_is_over_at_once() {
    let engine = engine();
    let mut phone = Phone::new(&engine, Pcmu).await;
    phone.stream.part(Playback::Prompt("nothing".to_owned()));
    assert_eq!(phone.event().await, StreamEvent::Played);
    assert!(is_hold(&phone.listen().await));
}

#[tokio::test]
async fn a_room_cuts_the_prompt() {
    let engine = engine();
    let [mut customer, mut agent] = [Phone::new(&engine, Pcmu).await, Phone::new(&engine, Pcmu).await];
    agent.talk(HIGH);
    customer.stream.part(Playback::Prompt("busy".to_owned()));
    customer.listen().await;
    agent.stream.join(room(0), HeardBy::Everyone).expect("room");
    customer.stream.join(room(0), HeardBy::Everyone).expect("room");
    let heard = customer.listen().await;
    assert_eq!(heard.len(), EAR);
    assert!(share(&heard, HIGH) > 0.95, "the agent alone, from the first tenth of a second on");
    // Longer than the prompt would have lasted.
    for _ in 0..5 {
        assert_eq!(customer.hears(&ALL).await, [HIGH]);
    }
    assert_eq!(customer.told(), None);
}

#[tokio::test]
async fn silence_is_told_at_both_thresholds_and_not_while_held_or_unanswered() {
    let (warn, dead) = (Duration::from_millis(600), Duration::from_millis(1500));
    let engine = Engine::new(Settings { silence: (warn, dead), ..Settings::loopback() });
    let mut ringing = Phone::unanswered(&engine, Pcmu).await;
    let mut held = Phone::new(&engine, Pcmu).await;
    held.stream.held(true);
    let mut holding = Phone::new(&engine, Pcmu).await;
    assert!(holding.answer(Direction::SendOnly));
    let mut talking = Phone::new(&engine, Pcmu).await;
    talking.talk(HIGH);
    let mut dumb = Phone::new(&engine, Pcmu).await;
    assert_eq!(dumb.event().await, StreamEvent::Silent(warn));
    assert_eq!(dumb.event().await, StreamEvent::Silent(dead));
    for phone in [&mut ringing, &mut held, &mut holding, &mut talking] {
        assert_eq!(phone.told(), None);
    }
    held.stream.held(false);
    talking.be_quiet();
    assert_eq!(held.event().await, StreamEvent::Silent(warn));
    assert_eq!(talking.event().await, StreamEvent::Silent(warn));
}

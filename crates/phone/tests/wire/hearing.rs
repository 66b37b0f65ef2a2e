use crate::pair::{Pair, SOON, soon};
use phone::{AnswerMode, HeardAudio, Say, Then};

#[tokio::test]
async fn two_phones_hear_each_other_and_not_themselves() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Tone(660)).await;
    let (call, other) = pair.talk(Say::Tone(440)).await;
    assert!(call.hears(660, SOON).await && other.hears(440, SOON).await);
    assert!(call.heard().strength(440) < HeardAudio::FAINT, "{}", call.heard().strength(440));
    assert!(other.heard().strength(660) < HeardAudio::FAINT, "{}", other.heard().strength(660));
    soon(call.hang_up()).await;
    let after = other.packets();
    assert!(other.stops_hearing(440, SOON).await);
    assert!(other.packets() <= after + 2, "nothing is sent after the end");
}

#[tokio::test]
async fn a_recording_is_heard_and_the_caller_hangs_up_at_its_end() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Silence).await;
    let square: Vec<i16> = (0..6400).map(|n| if n % 16 < 8 { 8000 } else { -8000 }).collect();
    let (call, other) = pair.talk(Say::Wav(square.into(), Then::HangUp)).await;
    assert!(other.hears(500, SOON).await);
    let ended = soon(call.ended()).await;
    assert_eq!((ended.code, ended.by_us), (200, true));
    assert!(other.packets() >= 40, "{} packets", other.packets());
}

#[tokio::test]
async fn a_phone_says_something_else_when_it_is_told() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Silence).await;
    let (call, other) = pair.talk(Say::Tone(440)).await;
    assert!(other.hears(440, SOON).await);
    call.say(Say::Tone(660));
    assert!(other.hears(660, SOON).await && other.stops_hearing(440, SOON).await);
    call.say(Say::Silence);
    assert!(other.stops_hearing(660, SOON).await);
    assert!(!other.heard().is_hold());
}

#[tokio::test]
async fn digits_arrive_once_each_and_in_order_by_event_and_by_info() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Silence).await;
    let (call, other) = pair.talk(Say::Tone(440)).await;
    soon(call.send_dtmf("1559*0#D")).await.expect("sent");
    assert!(other.receives("1559*0#D", SOON).await, "{}", other.digits());
    assert_eq!(other.digits(), "1559*0#D");
    assert!(call.send_dtmf("12x").await.is_err());

    let (call, other) = pair.talk(Say::Nothing).await;
    soon(call.send_dtmf("42")).await.expect("sent by INFO");
    assert_eq!(other.digits(), "42");
}

#[tokio::test]
async fn a_phone_without_voice_hears_nothing_and_sends_nothing() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Tone(660)).await;
    let (call, other) = pair.talk(Say::Nothing).await;
    assert!(!other.hears(440, std::time::Duration::from_millis(200)).await);
    assert_eq!((call.packets(), other.packets()), (0, 0));
}

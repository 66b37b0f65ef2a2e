use crate::pair::{Pair, SOON, soon};
use phone::{AnswerMode, PhoneError, Say};

#[tokio::test]
async fn hold_silences_and_unhold_brings_the_tone_back() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Tone(660)).await;
    let (call, other) = pair.talk(Say::Tone(440)).await;
    assert!(call.hears(660, SOON).await);
    soon(call.hold()).await.expect("held");
    assert!(other.is_held() && !call.is_held());
    assert!(call.stops_hearing(660, SOON).await);
    soon(call.unhold()).await.expect("taken back");
    assert!(!other.is_held());
    assert!(call.hears(660, SOON).await);

    soon(other.hold()).await.expect("the other way round");
    assert!(call.is_held());
    soon(call.hang_up()).await;
    pair.is_clean().await;
}

#[tokio::test]
async fn a_phone_refuses_changes_when_told_and_the_call_goes_on() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Tone(660)).await;
    let (call, other) = pair.talk(Say::Tone(440)).await;
    other.refuse_changes(Some(488));
    assert!(matches!(soon(call.hold()).await, Err(PhoneError::Refused(488))));
    assert!(!other.is_held());
    assert!(call.hears(660, SOON).await && other.hears(440, SOON).await);
    other.refuse_changes(None);
    soon(call.hold()).await.expect("held now");
    assert!(other.is_held());
    soon(other.hang_up()).await;
    assert_eq!(soon(call.ended()).await.code, 200);
}

#[tokio::test]
async fn two_holds_that_cross_both_come_through_in_the_end() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let (call, other) = pair.talk(Say::Nothing).await;
    let (ours, theirs) = tokio::join!(call.hold(), other.hold());
    ours.expect("held");
    theirs.expect("held there");
    soon(call.hang_up()).await;
}

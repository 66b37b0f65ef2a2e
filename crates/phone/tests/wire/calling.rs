use crate::pair::{Pair, line, soon};
use phone::{Account, AnswerMode, CallEnd, CallState, PhoneError, Say};

const BYE: u16 = 200;

#[tokio::test]
async fn who_hangs_up_is_told_apart_and_nothing_is_left() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let (call, other) = pair.talk(Say::Nothing).await;
    soon(call.hang_up()).await;
    assert_eq!(soon(call.ended()).await, CallEnd { code: BYE, by_us: true });
    assert_eq!(soon(other.ended()).await, CallEnd { code: BYE, by_us: false });

    let (call, other) = pair.talk(Say::Nothing).await;
    soon(other.hang_up()).await;
    assert_eq!(soon(call.ended()).await, CallEnd { code: BYE, by_us: false });
    assert_eq!(soon(other.ended()).await, CallEnd { code: BYE, by_us: true });
    pair.is_clean().await;
}

#[tokio::test]
async fn a_busy_phone_ends_the_call_with_486() {
    let pair = Pair::new(AnswerMode::Refuse(486), Say::Nothing).await;
    let call = pair.call(Say::Nothing).await;
    assert_eq!(soon(call.ended()).await, CallEnd { code: 486, by_us: false });
    assert!(matches!(soon(call.answered()).await, Err(PhoneError::Over(486))));
    pair.is_clean().await;
}

#[tokio::test]
async fn a_phone_that_is_not_there_is_404() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let nobody = pair.to_bob.replace("bob", "nobody");
    let call = pair.alice.call(&nobody, Say::Nothing, &[]).await.expect("an INVITE");
    assert_eq!(soon(call.ended()).await.code, 404);
}

#[tokio::test]
async fn a_call_given_up_while_it_rings_is_487_on_both_sides() {
    let pair = Pair::new(AnswerMode::Never, Say::Nothing).await;
    let call = pair.call(Say::Nothing).await;
    let other = soon(pair.bob.next_call()).await;
    soon(call.ringing()).await.expect("ringing");
    assert_eq!((call.state(), other.state()), (CallState::Ringing, CallState::Ringing));
    soon(call.hang_up()).await;
    assert_eq!(soon(call.ended()).await, CallEnd { code: 487, by_us: true });
    assert_eq!(soon(other.ended()).await, CallEnd { code: 487, by_us: false });
    pair.is_clean().await;
}

#[tokio::test]
async fn a_call_whose_last_clone_is_dropped_is_hung_up() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let (call, other) = pair.talk(Say::Nothing).await;
    let clone = call.clone();
    drop(call);
    assert_eq!(other.state(), CallState::Answered);
    drop(clone);
    assert_eq!(soon(other.ended()).await, CallEnd { code: BYE, by_us: false });
    pair.is_clean().await;
}

#[tokio::test]
async fn the_called_phone_sees_number_and_headers() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let caller = pair.lines[0].phone(Account::new("+15550201"));
    let call =
        caller.call(&pair.to_bob, Say::Nothing, &[("X-Order-Number", "4711")]).await.expect("an INVITE");
    let other = soon(pair.bob.next_call()).await;
    assert_eq!(other.peer(), "+15550201");
    assert_eq!(other.header("X-Order-Number").as_deref(), Some("4711"));
    assert_eq!(other.header("User-Agent").as_deref(), Some("Jackfield phone"));
    let call_id = other.header("Call-ID").expect("a Call-ID");
    assert!(call_id.ends_with("phone.jackfield.invalid"), "{call_id}");
    assert_eq!(call.peer(), "bob");
    soon(call.hang_up()).await;
}

#[tokio::test]
async fn fifty_phones_on_one_line_call_fifty_on_another_at_once() {
    let lines = [line().await, line().await];
    let called: Vec<_> = (0..50).map(|n| lines[1].phone(Account::new(format!("{}", 5000 + n)))).collect();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..called.len() {
        let caller = lines[0].phone(Account::new(format!("{}", 7000 + n)));
        let number = format!("{}@{}", 5000 + n, lines[1].addr());
        calls.spawn(async move {
            let call = caller.call(&number, Say::Nothing, &[]).await.expect("an INVITE");
            soon(call.answered()).await.expect("answered");
            soon(call.hang_up()).await;
            soon(call.ended()).await
        });
    }
    for ended in calls.join_all().await {
        assert_eq!(ended, CallEnd { code: BYE, by_us: true });
    }
    let clean = async {
        while lines.iter().any(|line| line.load().calls + line.load().dialogs > 0) {
            tokio::task::yield_now().await;
        }
    };
    soon(clean).await;
}

//! How an attempt can end.

use super::{
    line::{Line, said},
    provider::Answer,
};
use demo::centre::{MESSENGER_SERVICE, SMS_SERVICE};
use desk::{Refused, known_key};
use domain::{
    Command, Refusal,
    command::{Keyword, Provision, SessionAct, Unit},
    session::Delivery,
    task::Sign,
    thread::Window,
};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn what_is_sent_is_known_by_the_providers_name() {
    let mut line = Line::new(|_, _| Answer::sent()).await;
    let id = line.texted("+1").await;
    let (index, _) = line.says(&id, "Good day").await;
    line.pass(1).await;
    assert_eq!(line.state(&id, index).await, Delivery::Sent);
    assert_eq!(line.tasks().await, []);
    let [attempt] = &line.provider.attempts()[..] else { panic!("one attempt") };
    assert_eq!((&*attempt.theirs, &*attempt.words, attempt.window), ("+1", "Good day", Window::Reply));
    assert_eq!(attempt.id, format!("{id}/{index}"));

    let keys = vec![known_key(SMS_SERVICE, &format!("p-{id}/{index}"))];
    let reached = Unit::Reached { state: Delivery::Delivered, upto: None, keys };
    line.unit(SMS_SERVICE, "+1", reached).await.expect("taken in");
    assert_eq!(line.state(&id, index).await, Delivery::Delivered);
    assert_eq!(line.errors().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_fails_and_its_author_is_told_by_the_number_of_his_command() {
    let mut line = Line::new(|_, _| Answer::refused("The number is not in use")).await;
    let id = line.texted("+1").await;
    let (index, reference) = line.says(&id, "Good day").await;
    line.pass(1).await;
    let progress = line.progress(&id, index).await;
    assert_eq!((progress.state, progress.code.as_deref()), (Delivery::Failed, Some("30003")));
    let told = "The message was not sent: The number is not in use";
    assert_eq!(line.errors().await, [(reference, told.to_owned())]);
    line.pass(3_600).await;
    assert_eq!(line.provider.attempts().len(), 1, "what is refused is not tried again");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_is_tried_again_after_growing_pauses_and_given_up_after_a_quarter_of_an_hour() {
    let mut line = Line::new(|_, _| Answer::later(None)).await;
    let id = line.texted("+1").await;
    let (index, reference) = line.says(&id, "Good day").await;
    line.pass(10).await;
    assert_eq!(line.state(&id, index).await, Delivery::Queued);
    assert_eq!(line.tasks().await, [(format!("{id}/{index}"), false)]);
    line.pass(3_600).await;
    let tried = line.provider.tried();
    let pauses: Vec<u64> = tried.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert_eq!(pauses, [1, 5, 25, 60, 120, 120, 120, 120, 120, 120, 120]);
    assert_eq!(line.state(&id, index).await, Delivery::Failed);
    let told = "The message was not sent: The provider is busy";
    assert_eq!(line.errors().await, [(reference, told.to_owned())]);
    assert_eq!(line.tasks().await, []);
}

#[tokio::test(start_paused = true)]
async fn the_providers_own_pause_is_kept_within_bounds() {
    let mut line = Line::new(|_, before| match before {
        0 => Answer::later(Some(Duration::from_secs(90))),
        1 => Answer::later(Some(Duration::from_hours(5))),
        2 => Answer::later(Some(Duration::ZERO)),
        _ => Answer::sent(),
    })
    .await;
    let id = line.texted("+1").await;
    let (index, _) = line.says(&id, "Good day").await;
    line.pass(600).await;
    let tried = line.provider.tried();
    let pauses: Vec<u64> = tried.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert_eq!(pauses, [90, 300, 0]);
    assert_eq!(line.state(&id, index).await, Delivery::Sent);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_knows_is_sent_again_by_the_agent_alone() {
    let mut line = Line::new(|_, before| if before == 0 { Answer::unknown() } else { Answer::sent() }).await;
    let id = line.texted("+1").await;
    assert!(!line.may_resend(&id).await);
    let (index, reference) = line.says(&id, "Good day").await;
    line.pass(3_600).await;
    assert_eq!(line.state(&id, index).await, Delivery::Unknown);
    let told = "Nobody knows whether the message was sent: The answer was lost";
    assert_eq!(line.errors().await, [(reference, told.to_owned())]);
    assert_eq!(line.provider.attempts().len(), 1);
    assert!(line.may_resend(&id).await);

    line.resends(&id, index).await;
    line.pass(1).await;
    assert_eq!(line.state(&id, index).await, Delivery::Sent);
    assert_eq!(line.provider.attempts().len(), 2);
    assert!(!line.may_resend(&id).await);
}

#[tokio::test(start_paused = true)]
async fn a_connector_that_panics_may_have_sent_it_and_goes_on() {
    for panics in [Answer::Panics, Answer::PanicsAtOnce] {
        let mut line = Line::new(move |attempt, _| match &*attempt.words {
            "Good day" => panics.clone(),
            _ => Answer::sent(),
        })
        .await;
        let id = line.texted("+1").await;
        let (first, reference) = line.says(&id, "Good day").await;
        let (second, _) = line.says(&id, "How are you").await;
        line.pass(1).await;
        assert_eq!(line.state(&id, first).await, Delivery::Unknown);
        assert_eq!(line.errors().await.first().map(|error| error.0), Some(reference));
        assert_eq!(line.state(&id, second).await, Delivery::Sent);
        assert_eq!(line.tasks().await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_without_a_connector_says_so() {
    let mut line = Line::new(|_, _| Answer::sent()).await;
    let id = line.opens(MESSENGER_SERVICE, "psid").await;
    let (index, reference) = line.says(&id, "Good day").await;
    line.pass(1).await;
    assert_eq!(line.state(&id, index).await, Delivery::Failed);
    let told = format!("The message was not sent: The service '{MESSENGER_SERVICE}' has no connector");
    assert_eq!(line.errors().await, [(reference, told)]);
    assert!(line.provider.attempts().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_passing_sign_is_carried_and_one_that_fails_is_missed() {
    let mut line = Line::new(|_, _| Answer::sent()).await;
    let id = line.texted("+1").await;
    // That the customer's words were seen is the first sign of all, and too much for the connector of these tests.
    for on in [true, false] {
        line.act(&id, SessionAct::Type { on }).await;
        line.pass(1).await;
    }
    line.act(&id, SessionAct::SetInFocus(true)).await;
    line.act(&id, SessionAct::SetInFocus(true)).await;
    line.pass(1).await;
    assert_eq!(line.provider.signs(), [Sign::Seen, Sign::Typing, Sign::Stopped, Sign::Seen, Sign::Seen]);
}

#[tokio::test(start_paused = true)]
async fn a_word_of_consent_and_news_of_messages_are_heard_however_many_wait() {
    let mut line = Line::new(|_, _| Answer::sent()).await;
    let id = line.texted("+1").await;
    let (index, _) = line.says(&id, "Good day").await;
    line.pass(1).await;
    line.act(&id, SessionAct::Leave { last: None }).await;
    let desk = line.desk();
    let mut queue = desk.queue(&demo::centre::QUEUE.into()).expect("the queue");
    queue.max_waiting = 0;
    line.perform_until_durable(Command::Provision(Provision::PutQueue(Box::new(queue)))).await;

    let full = line.unit(SMS_SERVICE, "+2", said("Hello", None)).await;
    assert!(matches!(full, Err(Refused::Rule(Refusal::QueueFull(_)))), "{full:?}");
    let stop = said("STOP", Some(Keyword::OptOut));
    line.unit(SMS_SERVICE, "+2", stop).await.expect("heard");
    let keys = vec![known_key(SMS_SERVICE, &format!("p-{id}/{index}"))];
    let reached = Unit::Reached { state: Delivery::Delivered, upto: None, keys };
    line.unit(SMS_SERVICE, "+1", reached).await.expect("heard");
    assert_eq!(line.state(&id, index).await, Delivery::Delivered);
    line.pass(1).await;
    let answered = line.provider.attempts().into_iter().find(|attempt| attempt.theirs == "+2");
    assert_eq!(answered.map(|attempt| attempt.words).as_deref(), Some("You will hear no more from us."));
    assert_eq!(line.tasks().await, []);
}

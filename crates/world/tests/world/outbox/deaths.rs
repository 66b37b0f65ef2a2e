//! The process dies.

use super::{
    line::{Line, said},
    provider::Answer,
};
use demo::centre::SMS_SERVICE;
use domain::{command::Keyword, session::Delivery};

#[tokio::test(start_paused = true)]
async fn what_was_on_its_way_when_the_process_died_is_unknown_and_what_waited_is_sent_once() {
    let mut line = Line::new(|attempt, _| match &*attempt.words {
        "first" => Answer::Hangs,
        _ => Answer::sent(),
    })
    .await;
    let id = line.texted("+1").await;
    let (first, reference) = line.says(&id, "first").await;
    let (second, _) = line.says(&id, "second").await;
    line.pass(1).await;
    let (one, two) = (format!("{id}/{first}"), format!("{id}/{second}"));
    assert_eq!(line.tasks().await, [(one.clone(), true), (two.clone(), false)]);

    line.dies().await;
    line.pass(1).await;
    let progress = line.progress(&id, first).await;
    assert_eq!(progress.state, Delivery::Unknown);
    assert_eq!(progress.why.as_deref(), Some("The server stopped while the message was being sent"));
    assert_eq!(line.errors().await.first().map(|error| error.0), Some(reference));
    assert_eq!(line.state(&id, second).await, Delivery::Sent);
    assert_eq!(line.tasks().await, []);

    line.dies().await;
    line.pass(3_600).await;
    assert_eq!(line.provider.taken(), [(one.clone(), 1), (two.clone(), 1)].into());
    line.provider.now(|_, _| Answer::sent());
    line.resends(&id, first).await;
    line.pass(1).await;
    assert_eq!(line.state(&id, first).await, Delivery::Sent);
    assert_eq!(line.provider.taken(), [(one, 2), (two, 1)].into());
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_another_try_is_tried_by_the_next_process() {
    let mut line = Line::new(|_, before| if before < 2 { Answer::later(None) } else { Answer::sent() }).await;
    let id = line.texted("+1").await;
    let (index, _) = line.says(&id, "Good day").await;
    line.pass(3).await;
    assert_eq!(line.tasks().await, [(format!("{id}/{index}"), false)]);
    line.dies().await;
    line.pass(1).await;
    assert_eq!(line.state(&id, index).await, Delivery::Sent);
    assert_eq!(line.provider.attempts().len(), 3);
    assert_eq!(line.errors().await, []);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_word_of_consent_is_never_sent_twice() {
    let mut line = Line::new(|_, _| Answer::Hangs).await;
    line.unit(SMS_SERVICE, "+1", said("STOP", Some(Keyword::OptOut))).await.expect("heard");
    line.pass(1).await;
    assert_eq!(line.tasks().await.len(), 1);
    line.dies().await;
    line.pass(60).await;
    assert_eq!((line.provider.attempts().len(), line.tasks().await.len()), (1, 0));
}

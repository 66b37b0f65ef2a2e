//! Credentials, right and wrong (core-and-voice §2.1, DESIGN §4).

use crate::harness::App;
use http::header;

/// More wrong passwords than a name is allowed in a minute.
const GUESSES: usize = 15;

#[tokio::test]
async fn guesses_are_denied_and_keep_nobody_out_who_knows_the_password() {
    let app = App::start().await;
    let guesser = app.agent("agent1").guessing();
    let guesses = futures::future::join_all((0..GUESSES).map(|_| guesser.get("/me"))).await;
    for guess in guesses {
        assert_eq!(guess.refused(403, 20), "Access denied");
    }
    app.agent("agent1").get("/me").await.ok();
    app.agent("agent2").get("/me").await.ok();
}

#[tokio::test]
async fn a_client_that_keeps_no_cookies_does_not_heap_up_sessions() {
    let app = App::start().await;
    let first = app.agent("agent1").get("/me").await.headers[header::SET_COOKIE].clone();
    let second = app.agent("agent1").get("/me").await.headers[header::SET_COOKIE].clone();
    assert_eq!(first, second);
}

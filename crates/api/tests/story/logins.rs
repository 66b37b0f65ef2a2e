//! Logins: how they begin and when they end (spec: core-and-voice#2.1, #2.2, decisions#5).

use api::{Config, Cors};
use axum::{body::Body, response::Response};
use domain::{Command, command::Provision, user::User};
use futures::FutureExt;
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use testkit::{Poll, TestServer};
use tower::ServiceExt;

/// More wrong passwords than a name is allowed in a minute.
const GUESSES: usize = 15;

/// Nobody reads, or waits for, what somebody sends whom nobody knows.
#[tokio::test]
async fn who_is_not_known_is_refused_before_their_body_comes() {
    let app = TestServer::start().await;
    for path in ["/api/v2/me", "/api/v2/notifications", "/api/v2/nosuch", "/api/v2/groups", "/internal-api/x"]
    {
        for method in [Method::POST, Method::PUT] {
            let nothing = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            let request = Request::builder().method(method).uri(path).body(Body::from_stream(nothing));
            let answer = app.router.clone().oneshot(request.expect("a request"));
            let answer = answer.now_or_never().expect("an answer at once").expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        }
    }
}

#[tokio::test]
async fn guesses_are_denied_and_keep_nobody_out_who_knows_the_password() {
    let app = TestServer::start().await;
    let guesser = app.agent("agent1").guessing();
    let guesses = futures::future::join_all((0..GUESSES).map(|_| guesser.get("/me"))).await;
    for guess in guesses {
        assert_eq!(guess.refused(403, 20), "Access denied");
    }
    // The same guess is looked at no more often than looks are under way at once, so the owner is not one too many.
    app.agent("agent1").get("/me").await.ok();
    app.agent("agent2").get("/me").await.ok();
}

#[tokio::test]
async fn whoever_knows_the_password_comes_in_at_the_second_try_while_others_guess() {
    let app = TestServer::start().await;
    for number in 0..GUESSES {
        let answer = log_in(&app, "agent1@demo", &format!("guess {number}")).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(log_in(&app, "agent1@demo", "demo").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(log_in(&app, "agent1@demo", "demo").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_keeps_no_cookies_does_not_heap_up_sessions() {
    let app = TestServer::start().await;
    let first = app.agent("agent1").get("/me").await.headers[header::SET_COOKIE].clone();
    let second = app.agent("agent1").get("/me").await.headers[header::SET_COOKIE].clone();
    assert_eq!(first, second);
}

async fn ask(
    app: &TestServer,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Response {
    let mut request = Request::builder().method(method).uri(format!("/api/v2{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    app.router.clone().oneshot(request.body(body).expect("a request")).await.expect("an answer")
}

async fn log_in(app: &TestServer, user_name: &str, password: &str) -> Response {
    let body = json!({"userName": user_name, "password": password});
    ask(app, Method::POST, "/login", &[], &body).await
}

/// The name and value of the cookie that an answer sets.
fn cookie(answer: &Response) -> String {
    let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text");
    cookie.split(';').next().expect("a pair").to_owned()
}

async fn cookie_of(app: &TestServer, name: &str) -> String {
    let answer = log_in(app, &format!("{name}@demo"), "demo").await;
    assert_eq!(answer.status(), StatusCode::OK);
    cookie(&answer)
}

/// Whether a cookie still stands for somebody.
async fn works(app: &TestServer, cookie: &str) -> bool {
    ask(app, Method::GET, "/me", &[("cookie", cookie)], &Value::Null).await.status() == StatusCode::OK
}

async fn json_of(answer: Response) -> Value {
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn a_browser_logs_in_and_out() {
    let app = TestServer::start().await;
    let answer = log_in(&app, "agent1@demo", "demo").await;
    let set = answer.headers()[header::SET_COOKIE].to_str().expect("text").to_owned();
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let cookie = cookie(&answer);
    assert_eq!(json_of(answer).await, json!({"statusCode": 0}));
    assert!(works(&app, &cookie).await);
    for _ in 0..2 {
        // The second time there is nothing to end.
        let answer = ask(&app, Method::POST, "/logout", &[("cookie", &cookie)], &Value::Null).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers()[header::SET_COOKIE].to_str().expect("text").contains("Max-Age=0"));
        assert!(!works(&app, &cookie).await);
    }
}

#[tokio::test]
async fn a_login_that_is_wrong_in_any_way_is_refused() {
    let app = TestServer::start().await;
    for (body, code) in [
        (json!({"userName": "agent1@demo", "password": "wrong"}), 20),
        (json!({"userName": "agent1@demo", "password": ""}), 20),
        (json!({"userName": "nobody", "password": "demo"}), 20),
        (json!({"userName": "agent1@demo"}), 1),
        (json!({"userName": 7, "password": "demo"}), 2),
        (json!([]), 2),
    ] {
        let answer = ask(&app, Method::POST, "/login", &[], &body).await;
        assert!(!answer.headers().contains_key(header::SET_COOKIE), "{body}");
        assert_eq!(json_of(answer).await["statusCode"], code, "{body}");
    }
    let long = json!({"userName": "agent1@demo", "password": "x".repeat(5_000)});
    let answer = ask(&app, Method::POST, "/login", &[], &long).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_page_of_another_origin_neither_logs_in_nor_changes_anything() {
    let app = TestServer::start().await;
    let cookie = cookie_of(&app, "agent1").await;
    let basic = "Basic YWdlbnQxQGRlbW86ZGVtbw==";
    let body = json!({"userName": "agent1@demo", "password": "demo", "operationName": "Ready"});
    for stranger in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
    {
        for who in [("cookie", cookie.as_str()), ("authorization", basic)] {
            for path in ["/login", "/logout", "/me", "/notifications", "/me/chats/1"] {
                let answer = ask(&app, Method::POST, path, &[stranger, who], &body).await;
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{stranger:?} {who:?} {path}");
                assert!(!answer.headers().contains_key("access-control-allow-origin"));
            }
        }
    }
    assert!(works(&app, &cookie).await);
    for ours in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
        let answer = ask(&app, Method::POST, "/login", &[("origin", ours)], &body).await;
        assert_eq!(answer.status(), StatusCode::OK, "{ours}");
    }
}

#[tokio::test]
async fn pages_of_listed_origins_get_a_cookie_that_browsers_send_across_sites() {
    const DESKTOP: &str = "https://desktop.example";
    let cors = Cors { origins: vec![DESKTOP.into()] };
    let app =
        TestServer::behaving(Config { cors, secure_cookies: true, csrf: true, ..Config::default() }).await;
    let body = json!({"userName": "agent1@demo", "password": "demo"});
    let answer = ask(&app, Method::POST, "/login", &[("origin", DESKTOP)], &body).await;
    let headers = answer.headers();
    assert_eq!(headers["access-control-allow-origin"], DESKTOP);
    assert_eq!(headers["access-control-allow-credentials"], "true");
    let set = headers[header::SET_COOKIE].to_str().expect("text");
    assert!(set.ends_with("; SameSite=None; Secure"), "{set}");
    let (cookie, token) = (cookie(&answer), headers["x-csrf-token"].to_str().expect("text").to_owned());
    let without = [("cookie", cookie.as_str()), ("origin", DESKTOP)];
    let answer = ask(&app, Method::POST, "/logout", &without, &Value::Null).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN, "the token is missing");
    let poll = json!([{"channel": "/meta/handshake", "version": "1.0"}]);
    let answer = ask(&app, Method::POST, "/notifications", &without, &poll).await;
    assert_eq!(answer.status(), StatusCode::OK, "not all clients put the token there");
    let with = [("cookie", cookie.as_str()), ("origin", DESKTOP), ("x-csrf-token", &token)];
    let answer = ask(&app, Method::POST, "/logout", &with, &Value::Null).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

fn changed(app: &TestServer, name: &str, change: impl FnOnce(&mut User)) -> Provision {
    let mut user = (*app.desk.directory().user(&app.id(name)).expect("a user")).clone();
    change(&mut user);
    Provision::PutUser(Box::new(user))
}

#[tokio::test]
async fn logins_end_at_once_with_the_password_the_enablement_and_the_user() {
    let app = TestServer::start().await;
    let hash = api::hash_password("another").expect("a hash");
    let new = changed(&app, "agent1", |user| user.password_hash = hash);
    let disabled = changed(&app, "agent2", |user| user.enabled = false);
    for (name, change) in
        [("agent1", new), ("agent2", disabled), ("agent3", Provision::RemoveUser(app.id("agent3")))]
    {
        let back = changed(&app, name, |_| ());
        let cookie = cookie_of(&app, name).await;
        assert!(works(&app, &cookie).await, "{name}");
        app.desk.perform(Command::Provision(change)).await.expect("provisioned");
        assert!(!works(&app, &cookie).await, "{name}");
        app.desk.perform(Command::Provision(back)).await.expect("provisioned");
        assert!(!works(&app, &cookie).await, "{name} as before, but the login has ended");
        assert!(works(&app, &cookie_of(&app, name).await).await, "{name}");
    }
}

#[tokio::test]
async fn what_happened_to_a_user_while_no_server_ran_ends_the_logins_too() {
    let app = TestServer::start().await;
    let mut cookies = Vec::new();
    for name in ["agent1", "agent2", "agent3", "supervisor"] {
        cookies.push(cookie_of(&app, name).await);
    }
    let hash = api::hash_password("another").expect("a hash");
    let changes = [
        changed(&app, "agent1", |user| user.password_hash = hash),
        changed(&app, "agent2", |user| user.enabled = false),
        changed(&app, "agent2", |_| ()),
        Provision::RemoveUser(app.id("agent3")),
        changed(&app, "agent3", |_| ()),
        changed(&app, "supervisor", |user| user.first_name = "Sam".into()),
    ];
    let app = app.restarted(changes).await;
    for (cookie, lives) in cookies.iter().zip([false, false, false, true]) {
        assert_eq!(works(&app, cookie).await, lives, "{cookie}");
    }
}

#[tokio::test]
async fn the_journal_knows_no_cookie() {
    let app = TestServer::start().await;
    let cookie = cookie_of(&app, "agent1").await;
    let value = cookie.split_once('=').expect("a pair").1;
    let rows = app.desk.store().rows(desk::ports::SessionTable::HttpSession).await.expect("rows");
    assert_eq!(rows.len(), 1);
    let (key, row) = &rows[0];
    assert!(key.len() == 64 && key.bytes().all(|byte| b"0123456789abcdef".contains(&byte)), "{key}");
    assert!(!row.contains(value) && !row.contains("\"id\"") && !row.contains("argon2"), "{row}");
}

#[tokio::test]
async fn a_held_poll_ends_with_the_password() {
    let app = TestServer::start().await;
    app.goes_on();
    let tom = app.agent("agent1");
    let ear = Poll::open(&tom, "/**").await;
    let connect = json!({"channel": "/meta/connect", "clientId": ear.id(), "ext": {"ack": ear.ack}});
    let hash = api::hash_password("another").expect("a hash");
    let change = Command::Provision(changed(&app, "agent1", |user| user.password_hash = hash));
    let change = async {
        tokio::task::yield_now().await;
        app.desk.perform(change).await.expect("provisioned")
    };
    let (reply, _) = tokio::join!(tom.post("/notifications", connect), change);
    assert_eq!(reply.json[0]["advice"], json!({"reconnect": "none"}), "{}", reply.text);
}

#[tokio::test]
async fn a_client_that_takes_its_leave_after_its_login_is_answered_quietly() {
    let app = TestServer::start().await;
    let cookie = cookie_of(&app, "agent1").await;
    let who = [("cookie", cookie.as_str())];
    let shake = json!({"channel": "/meta/handshake", "version": "1.0"});
    let id =
        json_of(ask(&app, Method::POST, "/notifications", &who, &shake).await).await[0]["clientId"].clone();
    let end = json!({"operationName": "EndContactCenterSession"});
    assert_eq!(ask(&app, Method::POST, "/me", &who, &end).await.status(), StatusCode::OK);
    let leave = json!([{"channel": "/meta/disconnect", "clientId": id, "id": "9"}]);
    let answer = ask(&app, Method::POST, "/notifications", &who, &leave).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        json_of(answer).await,
        json!([{"channel": "/meta/disconnect", "id": "9", "successful": true}])
    );
    let again = ask(&app, Method::POST, "/notifications", &who, &shake).await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN, "a new session needs a login");
    let nobody = ask(&app, Method::POST, "/notifications", &[], &leave).await;
    assert_eq!(nobody.status(), StatusCode::FORBIDDEN, "whoever never logged in has no leave to take");
}

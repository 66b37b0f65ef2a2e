//! The id of a chat opens it and nothing else; whoever does not know it finds nothing.

use super::widget::{ROOT, Widget, ask, code, conversation, send};
use crate::chat::server::ChatServer;
use axum::body::Body;
use domain::{Command, centre::Centre, command::Provision};
use http::{Request, StatusCode};
use serde_json::json;
use testkit::http::read;

const BAD: StatusCode = StatusCode::BAD_REQUEST;

#[tokio::test]
async fn the_centre_must_be_named_and_be_this_one() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let messages = format!("{}/messages", widget.path());
    for (method, path) in [
        ("POST", ROOT),
        ("GET", &widget.path()),
        ("POST", &widget.path()),
        ("GET", &messages),
        ("POST", &messages),
    ] {
        let asked = async |header: Option<&str>| {
            let mut request = Request::builder().method(method).uri(path);
            if let Some(value) = header {
                request = request.header("ContactCenterId", value);
            }
            let (status, answer) =
                read(send(&server, request.body(Body::empty()).expect("a request")).await).await;
            (status, code(&answer))
        };
        assert_eq!(asked(None).await, (BAD, 1), "{method} {path}");
        for other in ["", "c1", "c0 c0", "c0,c0"] {
            assert_eq!(asked(Some(other)).await, (StatusCode::FORBIDDEN, 3), "{method} {path} {other}");
        }
    }
    let request = Request::get(widget.path()).header("contactcenterid", "C0").body(Body::empty());
    assert_eq!(send(&server, request.expect("a request")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_chat_is_refused_in_the_same_words_whatever_it_is_called() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    for id in ["7e1d6f7a-3a52-4c0e-8f11-2b9e6a4d5c30", conversation.chat_id.as_str(), "x", "%FF", "1%2F2"] {
        let path = format!("{ROOT}/{id}");
        for (method, path, body) in [
            ("GET", path.clone(), ""),
            ("POST", path.clone(), r#"{"operationName":"SendMessage","text":"Hello"}"#),
            ("POST", path.clone(), r#"{"operationName":"Complete"}"#),
            ("GET", format!("{path}/messages"), ""),
        ] {
            let (status, answer) = ask(&server, method, &path, body).await;
            assert_eq!((status, code(&answer)), (BAD, 6), "{method} {path}");
            assert_eq!(answer["statusMessage"], "There is no such chat");
        }
    }
    assert_eq!(widget.polls(&server).await.len(), 1);
}

#[tokio::test]
async fn one_chat_opens_no_other() {
    let server = ChatServer::new().await;
    let (ines, jan) = (Widget::open(&server, "Ines").await, Widget::open(&server, "Jan").await);
    assert_ne!(ines.id, jan.id);
    ines.says(&server, "For Ines").await;
    assert_eq!(jan.reads(&server).await["participants"][0]["nickname"], "Jan");
    assert!(jan.polls(&server).await.iter().all(|message| message["from"]["nickname"] == "Jan"));
}

#[tokio::test]
async fn capitals_in_the_id_make_no_difference() {
    let server = ChatServer::new().await;
    // An id with letters in it: the eleventh one made is the first to have any.
    let mut widget = Widget::open(&server, "Ines").await;
    while widget.id == widget.id.to_ascii_uppercase() {
        widget.does(&server, "Complete").await;
        widget = Widget::open(&server, "Ines").await;
    }
    let capitals = Widget { id: widget.id.to_ascii_uppercase() };
    assert_eq!(capitals.reads(&server).await, widget.reads(&server).await);
}

#[tokio::test]
async fn the_other_protocol_opens_none_of_these_chats_and_this_none_of_its() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    let fields = [("userId", ""), ("secureKey", widget.id.as_str())];
    let (_, answer) = server.post(&conversation.path("refresh"), &fields).await;
    assert_eq!(answer["statusCode"], 2);
    let fields = [("userId", "1"), ("secureKey", widget.id.as_str())];
    let (_, answer) = server.post(&conversation.path("refresh"), &fields).await;
    assert_eq!(answer["errors"][0]["code"], 241);
    let window = server.customer("Jan").await;
    for id in [&window.chat_id, &window.secure_key] {
        let (status, _) = ask(&server, "GET", &format!("{ROOT}/{id}"), "").await;
        assert_eq!(status, BAD);
    }
}

#[tokio::test]
async fn the_journal_holds_no_id_that_opens_a_chat() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    widget.says(&server, "Hello").await;
    let state = server.desk.session(&conversation(&server).id()).await.expect("read").expect("a chat");
    let session = serde_json::to_string(desk::session_of(&state).expect("a session")).expect("json");
    assert!(!session.contains(&widget.id));
    assert!(!session.to_lowercase().contains(&widget.id.replace('-', "")));
}

#[tokio::test]
async fn a_chat_goes_on_when_its_service_is_taken_away() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let mut centre = Centre::clone(&*server.desk.centre().expect("a centre"));
    centre.services.clear();
    server.done(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
    let body = json!({"operationName": "RequestChat", "nickname": "Jan"}).to_string();
    assert_eq!(ask(&server, "POST", ROOT, body).await.0, BAD);
    widget.says(&server, "Still here").await;
}

//! Bodies, addresses and browsers of other sites, some of them hostile.

use super::widget::{CENTRE, ROOT, Widget, ask, code, send};
use crate::chat::server::ChatServer;
use axum::body::Body;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use serde_json::json;
use testkit::http::read;

const BAD: StatusCode = StatusCode::BAD_REQUEST;

#[tokio::test]
async fn json_is_read_whatever_the_content_type_says() {
    let server = ChatServer::new().await;
    for content_type in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/json")]
    {
        let mut request = Request::post(ROOT).header(CENTRE.0, CENTRE.1);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let body = r#"{"operationName":"RequestChat","nickname":"Ines","endpoint":"help"}"#;
        let (status, answer) = read(send(&server, request.body(body.into()).expect("a request")).await).await;
        assert_eq!(status, StatusCode::OK, "{content_type:?} {answer}");
        Widget { id: answer["id"].as_str().expect("an id").into() }.does(&server, "Complete").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_answered_408() {
    let server = ChatServer::new().await;
    let stalled = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Request::post(ROOT).header(CENTRE.0, CENTRE.1).body(stalled);
    let (status, answer) = read(send(&server, request.expect("a request")).await).await;
    assert_eq!((status, code(&answer)), (StatusCode::REQUEST_TIMEOUT, 4));
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_opens_nothing() {
    let server = ChatServer::new().await;
    let request = |members: serde_json::Value| {
        let mut body = json!({"operationName": "RequestChat", "nickname": "Ines", "endpoint": "help"});
        body.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
        body.to_string()
    };
    let deep = format!(
        r#"{{"operationName":"RequestChat","nickname":"x","userData":{{"a":{}{}}}}}"#,
        "[".repeat(63),
        "]".repeat(63)
    );
    for (body, status, expected) in [
        (String::new(), BAD, 1),
        ("{}".into(), BAD, 1),
        ("{".into(), BAD, 2),
        ("{'operationName':'RequestChat'}".into(), BAD, 2),
        ("nickname=Ines".into(), BAD, 2),
        ("[]".into(), BAD, 2),
        ("\u{0}".into(), BAD, 2),
        (deep, BAD, 2),
        (format!("{{\"a\":{}", "[".repeat(200_000)), BAD, 2),
        (r#"{"operationName":7}"#.into(), BAD, 2),
        (r#"{"operationName":"requestchat"}"#.into(), StatusCode::METHOD_NOT_ALLOWED, 2),
        (r#"{"operationName":"SendMessage"}"#.into(), StatusCode::METHOD_NOT_ALLOWED, 2),
        (request(json!({"nickname": null})), BAD, 1),
        (request(json!({"nickname": "  "})), BAD, 1),
        (request(json!({"nickname": ["Ines"]})), BAD, 2),
        (request(json!({"nickname": "x".repeat(256)})), BAD, 2),
        (request(json!({"subject": 7})), BAD, 2),
        (request(json!({"userData": "Plan=gold"})), BAD, 2),
        (request(json!({"userData": {"": 1}})), BAD, 2),
        (request(json!({"userData": {"k": "x".repeat(64 * 1024)}})), BAD, 2),
        ("x".repeat(1024 * 1024 + 1), StatusCode::PAYLOAD_TOO_LARGE, 2),
    ] {
        let shown: String = body.chars().take(80).collect();
        let (found, answer) = ask(&server, "POST", ROOT, body).await;
        assert_eq!((found, code(&answer)), (status, expected), "{shown}");
    }
    assert!(server.desk.present().is_empty());
}

#[tokio::test]
async fn what_is_no_operation_is_refused_and_does_nothing() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for (operation, members, status, expected) in [
        ("Dance", json!({}), StatusCode::METHOD_NOT_ALLOWED, 2),
        ("RequestChat", json!({}), StatusCode::METHOD_NOT_ALLOWED, 2),
        ("complete", json!({}), StatusCode::METHOD_NOT_ALLOWED, 2),
        ("SendMessage", json!({}), BAD, 1),
        ("SendMessage", json!({"text": ""}), BAD, 1),
        ("SendMessage", json!({"text": 7}), BAD, 2),
        ("SendMessage", json!({"text": "x".repeat(32 * 1024 + 1)}), BAD, 2),
    ] {
        let (found, answer) = widget.tries(&server, operation, members).await;
        assert_eq!((found, code(&answer)), (status, expected), "{operation}");
        if answer["statusMessage"].as_str().is_some_and(|why| why.contains("longer")) {
            assert_eq!(answer["statusMessage"], "'text' is longer than 32768 characters");
        }
    }
    for body in ["{", "7", "\u{fffd}"] {
        let (status, answer) = ask(&server, "POST", &widget.path(), body).await;
        assert_eq!((status, code(&answer)), (BAD, 2));
    }
    assert_eq!(widget.polls(&server).await.len(), 1);
}

#[tokio::test]
async fn other_methods_and_addresses_are_refused_in_json() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for (method, path) in [("DELETE", widget.path()), ("PUT", ROOT.into())] {
        let (status, answer) = ask(&server, method, &path, "").await;
        assert_eq!((status, code(&answer)), (StatusCode::METHOD_NOT_ALLOWED, 2), "{method} {path}");
    }
    for below in ["/files", "/messages/1", "/messages/"] {
        let (status, answer) = ask(&server, "GET", &(widget.path() + below), "").await;
        assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, 6), "{below}");
    }
}

#[tokio::test]
async fn widgets_of_any_site_are_let_in_without_cookies() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for path in [ROOT.to_owned(), widget.path(), widget.path() + "/messages"] {
        let preflight = Request::options(&path)
            .header("origin", "https://shop.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "contactcenterid,content-type");
        let response = send(&server, preflight.body(Body::empty()).expect("a request")).await;
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text"));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            header("access-control-allow-headers"),
            Some("x-requested-with,accept,contactcenterid,content-type,apikey,idempotency-key")
        );
        assert_eq!(header("access-control-allow-methods"), Some("GET,POST,OPTIONS"));
        assert_eq!(header("access-control-allow-credentials"), None);
    }
    // A refusal must be readable too, or the widget sees a network error.
    for (path, status) in [(widget.path(), StatusCode::BAD_REQUEST), (widget.path(), StatusCode::OK)] {
        let mut request = Request::get(path).header("origin", "https://shop.example");
        if status == StatusCode::OK {
            request = request.header(CENTRE.0, CENTRE.1);
        }
        let response = send(&server, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn json_is_read_in_the_alphabet_it_declares_without_a_byte_order_mark_or_refused() {
    let opened = async |kind: &str, body: &[u8]| {
        let request = Request::post(ROOT).header(CENTRE.0, CENTRE.1).header(CONTENT_TYPE, kind);
        let request = request.body(Body::from(body.to_vec())).expect("a request");
        let (status, answer) = read(send(&ChatServer::new().await, request).await).await;
        (status.as_u16(), answer["statusCode"].as_u64().expect("a number"))
    };
    let asks = |name: &[u8]| {
        let start = br#"{"operationName":"RequestChat","endpoint":"help","nickname":""#;
        [&start[..], name, b"\"}"].concat()
    };
    let json = "application/json";
    let marked = [b"\xef\xbb\xbf", &asks(b"Ines")[..]].concat();
    let wide: Vec<u8> =
        String::from_utf8(asks(b"Ines")).expect("ASCII").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(opened(json, &marked).await, (200, 0));
    assert_eq!(opened(json, &[&b"\xff\xfe"[..], &wide].concat()).await, (200, 0));
    assert_eq!(opened("application/json; charset=utf-16le", &wide).await, (200, 0));
    assert_eq!(opened("application/json; charset=ISO-8859-1", &asks(b"Andr\xe9")).await, (200, 0));
    assert_eq!(opened(json, &asks(b"Andr\xe9")).await, (400, 2));
    assert_eq!(opened("application/json; charset=klingon", &asks(b"Ines")).await, (415, 2));
}

//! Bodies, and browsers of other sites.

use super::server::{ChatServer, SERVICE};
use axum::body::Body;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use testkit::http::{FORM, encoded, read};

#[tokio::test]
async fn only_forms_of_a_bounded_size_are_read() {
    let server = ChatServer::new().await;
    for (content_type, body, status, code) in [
        ("application/json", "{}".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE, 104),
        ("multipart/form-data; boundary=x", "--y".to_owned(), StatusCode::BAD_REQUEST, 104),
        (FORM, "x".repeat(1024 * 1024 + 1), StatusCode::PAYLOAD_TOO_LARGE, 104),
        (FORM, "a=1&".repeat(256), StatusCode::OK, 104),
        (FORM, encoded(&[("nickname", &"x".repeat(256))]), StatusCode::OK, 104),
        (FORM, encoded(&[("nickname", "x"), ("userData[k]", &"x".repeat(64 * 1024))]), StatusCode::OK, 104),
    ] {
        let request = Request::post(SERVICE).header(CONTENT_TYPE, content_type).body(Body::from(body));
        let (found, answer) = read(server.send(request.expect("a request")).await).await;
        assert_eq!((found, &answer["statusCode"]), (status, &2.into()), "{content_type}");
        assert_eq!(answer["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn the_largest_user_data_find_room_in_a_form() {
    let server = ChatServer::new().await;
    let value = "λ".repeat(127);
    let names: Vec<String> = (0..245).map(|n| format!("userData[k{n}]")).collect();
    let mut fields: Vec<_> = names.iter().map(|name| (name.as_str(), value.as_str())).collect();
    fields.push(("nickname", &value));
    let (status, answer) = server.post(SERVICE, &fields).await;
    assert_eq!((status, &answer["statusCode"]), (StatusCode::OK, &0.into()), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_form_that_does_not_come_is_answered_408() {
    let server = ChatServer::new().await;
    let stalled = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Request::post(SERVICE).header(CONTENT_TYPE, FORM).body(stalled);
    let (status, answer) = read(server.send(request.expect("a request")).await).await;
    assert_eq!((status, &answer["statusCode"]), (StatusCode::REQUEST_TIMEOUT, &1.into()));
}

#[tokio::test]
async fn multipart_is_as_good_as_urlencoded() {
    let server = ChatServer::new().await;
    let part = |(name, value): (&str, &str)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body: String = [("nickname", "Ines"), ("userData[Ü]", "ß")].map(part).concat() + "--x--\r\n";
    let request = Request::post(SERVICE).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
    let (_, answer) = read(server.send(request.body(body.into()).expect("a request")).await).await;
    assert_eq!(answer["messages"][0]["from"]["nickname"], "Ines");
    let id = answer["chatId"].as_str().expect("an id").into();
    let state = server.desk.session(&id).await.expect("read").expect("a chat");
    let data = &desk::session_of(&state).expect("a session").user_data;
    assert_eq!(data.get("Ü"), Some(&"ß".into()));
}

#[tokio::test]
async fn widgets_of_any_site_are_let_in_without_cookies() {
    let server = ChatServer::new().await;
    let preflight = Request::options(SERVICE)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,x-api-key");
    let response = server.send(preflight.body(Body::empty()).expect("a request")).await;
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text"));
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(header("access-control-allow-origin"), Some("*"));
    assert_eq!(header("access-control-allow-headers"), Some("authorization,x-api-key"));
    assert_eq!(header("access-control-allow-methods"), Some("GET,POST,OPTIONS"));
    assert_eq!(header("access-control-allow-credentials"), None);

    // A refusal must be readable too, or the widget sees a network error.
    let refused = Request::post(SERVICE).header("origin", "https://shop.example");
    let response = server.send(refused.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_eq!(response.headers()["cache-control"], "no-store");
}

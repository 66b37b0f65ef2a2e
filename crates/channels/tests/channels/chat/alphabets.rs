//! Forms in other alphabets than UTF-8: they are read, or refused; no letter is replaced (spec: digital-channels#6.1).

use super::server::{ChatServer, SERVICE, unlimited};
use axum::body::Body;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use testkit::http::{encoded, read};

async fn opened(server: &ChatServer, kind: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = Request::post(SERVICE).header(CONTENT_TYPE, kind).body(body.into());
    read(server.send(request.expect("a request")).await).await
}

fn nickname(answer: &Value) -> &str {
    answer["messages"][0]["from"]["nickname"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_declared_alphabet_is_honoured() {
    let plain = "application/x-www-form-urlencoded";
    for (kind, body, name) in [
        (format!("{plain}; charset=ISO-8859-1"), &b"nickname=Andr%E9+M%FCller"[..], "André Müller"),
        (format!("{plain};charset=\"windows-1252\""), b"nickname=Zo%EB+%96+%80", "Zoë – €"),
        (format!("{plain}; charset=ISO-8859-7"), b"nickname=\xc5\xeb\xdd\xed\xe7", "Ελένη"),
        (plain.to_owned(), b"nickname=Andr%E9&_charset_=ISO-8859-1", "André"),
        (plain.to_owned(), b"\xef\xbb\xbfnickname=Form&subject=q", "Form"),
    ] {
        let (status, answer) = opened(&ChatServer::new().await, &kind, body).await;
        assert_eq!((status, nickname(&answer)), (StatusCode::OK, name), "{kind} {answer}");
    }
    let part = |name: &str, more: &str, value: &[u8]| {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n{more}\r\n");
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    let own = part("nickname", "Content-Type: text/plain; charset=iso-8859-1\r\n", b"Andr\xe9");
    let all = [part("_charset_", "", b"iso-8859-1"), part("nickname", "", b"Andr\xe9")].concat();
    for parts in [own, all] {
        let body = [&parts[..], b"--x--\r\n"].concat();
        let (_, answer) = opened(&ChatServer::new().await, "multipart/form-data; boundary=x", body).await;
        assert_eq!(nickname(&answer), "André", "{answer}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_opens_nothing() {
    let server = ChatServer::new().await;
    let plain = "application/x-www-form-urlencoded";
    let multipart = "multipart/form-data; boundary=x";
    let part = b"--x\r\nContent-Disposition: form-data; name=\"nickname\"\r\n\r\nAndr\xe9\r\n--x--\r\n";
    for (kind, body, status) in [
        (plain.to_owned(), &b"nickname=Andr%E9&subject=q"[..], StatusCode::BAD_REQUEST),
        (multipart.to_owned(), part, StatusCode::BAD_REQUEST),
        (format!("{plain}; charset=klingon"), b"nickname=A", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (format!("{plain}; charset=utf-16"), b"nickname=A", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (plain.to_owned(), b"nickname=A&_charset_=klingon", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let (found, answer) = opened(&server, &kind, body).await;
        assert_eq!((found, &answer["statusCode"]), (status, &2.into()), "{kind} {answer}");
        assert_eq!((&answer["errors"][0]["code"], answer.get("chatId")), (&104.into(), None));
    }
}

#[tokio::test]
async fn a_limit_counts_characters_of_any_alphabet_and_its_refusal_says_so() {
    let server = ChatServer::with(unlimited()).await;
    let window = server.customer("हिन्दी".repeat(42).as_str()).await;
    for letter in ["x", "ह", "😀"] {
        let said = window.command(&server, "send", &[("message", &letter.repeat(32 * 1024))]).await;
        assert_eq!(said["statusCode"], 0, "{letter}: {}", said["errors"]);
        let said = window.command(&server, "send", &[("message", &letter.repeat(32 * 1024 + 1))]).await;
        assert_eq!(said["errors"][0]["advice"], "'message' is longer than 32768 characters", "{letter}");
    }
    let fields = encoded(&[("nickname", &"ह".repeat(256))]);
    let (_, answer) = opened(&server, "application/x-www-form-urlencoded", fields).await;
    assert_eq!(answer["errors"][0]["advice"], "'nickname' is longer than 255 characters");
}

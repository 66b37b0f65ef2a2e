//! Frames that are no messages: their sender is told so, by the code of RFC 6455 §7.4.1 (spec: bayeux-conformance#69).

use crate::clients::listening;
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::header::AUTHORIZATION,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};
use world::client::{ClientIdentity, ServerAddress};

const HANDSHAKE: &str =
    r#"[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]"#;

/// What the server answers to a frame: the code of its close, or a text.
async fn answered(target: &ServerAddress, frame: Message) -> Result<String, u16> {
    let address = format!("ws://{}/api/v2/notifications", target.addr);
    let mut request = address.into_client_request().expect("a request");
    let ClientIdentity::Basic(value) = crate::clients::agent(1) else { panic!("a password") };
    request.headers_mut().insert(AUTHORIZATION, value);
    let stream = TcpStream::connect(target.addr).await.expect("a connection");
    let (mut socket, _) = client_async(request, stream).await.expect("a socket");
    socket.send(frame).await.expect("sent");
    loop {
        match socket.next().await.expect("an answer").expect("it is told, and not only cut off") {
            Message::Close(Some(frame)) => return Err(frame.code.into()),
            Message::Text(text) => return Ok(text.to_string()),
            _ => {}
        }
    }
}

fn text(bytes: impl Into<Vec<u8>>) -> Message {
    Message::Frame(Frame::message(bytes.into(), OpCode::Data(Data::Text), true))
}

#[tokio::test]
async fn a_frame_that_is_no_message_closes_with_the_code_that_says_why() {
    let (_world, _desk, target) = listening().await;
    for (what, frame, code) in [
        ("no UTF-8", text(*b"[{\"channel\":\"/meta/\xff\"}]"), 1007),
        ("no JSON", text("hello"), 1007),
        ("cut", text("[{\"channel\":\"/meta/handshake\""), 1007),
        ("blanks", text(" \r\n"), 1007),
        ("no message", text("[42]"), 1007),
        ("nothing", text("[]"), 1008),
        ("too many", text(format!("[{}{{}}]", "{},".repeat(200))), 1008),
        ("too large", text(format!("[{}]", " ".repeat(100_000))), 1009),
    ] {
        assert_eq!(answered(&target, frame).await, Err(code), "{what}");
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_a_message_is_passed_over() {
    let (_world, _desk, target) = listening().await;
    let answer = answered(&target, text(format!("\u{feff}{HANDSHAKE}"))).await.expect("a reply");
    assert!(answer.contains(r#""successful":true"#), "{answer}");
}

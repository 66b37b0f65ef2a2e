//! Over TCP: a call comes in over the connection the phone registered with, and everything stays on it.

use crate::pair::soon;
use phone::{Account, CallState, PhoneLine};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The server's end of the connection; message by message.
struct Connection {
    stream: TcpStream,
    text: String,
}

impl Connection {
    /// The next message that begins so; the others are passed over.
    async fn until(&mut self, start: &str) -> String {
        loop {
            while let Some(end) = self.text.find("\r\n\r\n") {
                let head = self.text[..end].to_owned();
                let length =
                    head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse().ok());
                let whole = end + 4 + length.unwrap_or(0);
                if self.text.len() < whole {
                    break;
                }
                self.text.drain(..whole);
                if head.starts_with(start) {
                    return head;
                }
            }
            let mut buffer = [0; 4096];
            let read = soon(self.stream.read(&mut buffer)).await.expect("read");
            assert!(read > 0, "closed before {start}");
            self.text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("sent");
    }

    async fn agree(&mut self, request: &str) {
        let names = ["Via:", "From:", "To:", "Call-ID:", "CSeq:", "Contact:"];
        let copied = request.lines().filter(|line| names.iter().any(|name| line.starts_with(name)));
        let answer = copied.fold("SIP/2.0 200 OK\r\n".to_owned(), |answer, line| answer + line + "\r\n");
        self.send(&(answer + "Content-Length: 0\r\n\r\n")).await;
    }
}

#[tokio::test]
async fn a_call_comes_in_and_is_ended_over_the_connection_of_the_registration() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let server = listener.local_addr().expect("bound");
    let line = PhoneLine::open_tcp(([127, 0, 0, 1], 0).into(), server).await.expect("a line");
    let phone = line.phone(Account::new("5001"));
    let registering = tokio::spawn({
        let phone = phone.clone();
        async move { phone.register(Duration::from_secs(300)).await }
    });
    let (stream, _) = soon(listener.accept()).await.expect("a connection");
    let mut connection = Connection { stream, text: String::new() };
    let register = connection.until("REGISTER ").await;
    assert!(register.contains(";transport=") && register.contains("Via: SIP/2.0/TCP"), "{register}");
    connection.agree(&register).await;
    soon(registering).await.expect("no panic").expect("registered");

    let head = |method: &str, tag: &str| {
        format!(
            "{method} sip:5001@{server} SIP/2.0\r\nVia: SIP/2.0/TCP {server};branch=z9hG4bK{method}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:a@{server}>;tag=a\r\nTo: <sip:5001@{server}>{tag}\r\nCall-ID: tcp-1\r\n\
             CSeq: 1 {method}\r\nContact: <sip:a@{server};transport=tcp>\r\nContent-Length: 0\r\n\r\n"
        )
    };
    connection.send(&head("INVITE", "")).await;
    let answer = connection.until("SIP/2.0 200").await;
    let (_, tag) = answer
        .lines()
        .find(|line| line.starts_with("To:"))
        .and_then(|to| to.split_once(";tag="))
        .expect("a tag");
    connection.send(&head("ACK", &format!(";tag={tag}"))).await;
    let call = soon(phone.next_call()).await;
    soon(call.answered()).await.expect("answered");
    let leaving = tokio::spawn({
        let call = call.clone();
        async move { call.hang_up().await }
    });
    let bye = connection.until("BYE ").await;
    connection.agree(&bye).await;
    soon(leaving).await.expect("no panic");
    assert!(matches!(call.state(), CallState::Ended(ended) if ended.by_us && ended.code == 200));
    assert!(
        tokio::time::timeout(Duration::from_millis(50), listener.accept()).await.is_err(),
        "one connection"
    );
}

//! One keep-alive HTTP connection, as cheap as a load generator needs it: a prepared head, a body, an answer
//! with a length. It speaks to our own server only, so it understands what that answers and nothing more.

use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Names and values.
pub type Cookies = Vec<(String, String)>;

/// A connection with its cookies.
pub struct Lane {
    stream: TcpStream,
    basic: String,
    cookies: Cookies,
    out: Vec<u8>,
    buffer: Vec<u8>,
}

/// An answer.
pub struct LaneAnswer<'l> {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: &'l [u8],
}

impl Lane {
    /// Connects; `user` and `password` go with every request until the server has given a session cookie.
    pub async fn open(port: u16, user: &str, password: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.context("the server is not there")?;
        stream.set_nodelay(true)?;
        let basic = STANDARD.encode(format!("{user}:{password}"));
        Ok(Self { stream, basic, cookies: Vec::new(), out: Vec::new(), buffer: Vec::new() })
    }

    /// Closes the connection; answers the cookies of its login.
    pub fn into_cookies(self) -> Cookies {
        self.cookies
    }

    /// Goes on in the name of another login.
    pub fn speak_for(&mut self, cookies: &Cookies) {
        self.cookies.clone_from(cookies);
    }

    /// Sends a POST with a body and waits for the answer.
    pub async fn post(&mut self, path: &str, kind: &str, body: &str) -> anyhow::Result<LaneAnswer<'_>> {
        self.send("POST", path, kind, "", body).await?;
        self.receive().await
    }

    /// The same with lines of a head, each with its end.
    pub async fn post_with(
        &mut self,
        path: &str,
        kind: &str,
        head: &str,
        body: &str,
    ) -> anyhow::Result<LaneAnswer<'_>> {
        self.send("POST", path, kind, head, body).await?;
        self.receive().await
    }

    /// Sends a GET and waits for the answer.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<LaneAnswer<'_>> {
        self.send("GET", path, "", "", "").await?;
        self.receive().await
    }

    /// Posts JSON and wants HTTP 200 with `statusCode` 0.
    pub async fn command(&mut self, path: &str, body: &str) -> anyhow::Result<()> {
        let answer = self.post(path, "application/json", body).await?;
        if answer.status != 200 || !String::from_utf8_lossy(answer.body).contains("\"statusCode\":0") {
            bail!("{path} {body}: {} {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        Ok(())
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        head: &str,
        body: &str,
    ) -> anyhow::Result<()> {
        use std::io::Write;
        self.out.clear();
        write!(self.out, "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n")?;
        if !kind.is_empty() {
            write!(self.out, "Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len())?;
        }
        self.out.extend_from_slice(head.as_bytes());
        let known = self.cookies.iter().any(|(name, _)| name == "JSESSIONID");
        if !known {
            write!(self.out, "Authorization: Basic {}\r\n", self.basic)?;
        }
        for (at, (name, value)) in self.cookies.iter().enumerate() {
            let start = if at == 0 { "Cookie: " } else { "; " };
            write!(self.out, "{start}{name}={value}")?;
        }
        if !self.cookies.is_empty() {
            self.out.extend_from_slice(b"\r\n");
        }
        self.out.extend_from_slice(b"\r\n");
        self.out.extend_from_slice(body.as_bytes());
        self.stream.write_all(&self.out).await?;
        Ok(())
    }

    async fn receive(&mut self) -> anyhow::Result<LaneAnswer<'_>> {
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.fill().await?;
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text.get(9..12).context("no status")?.parse()?;
        let mut length = 0;
        let mut cookies = Vec::new();
        for line in text.split("\r\n").skip(1) {
            let Some((name, value)) = line.split_once(": ") else { continue };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().unwrap_or_default();
                cookies.extend(pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
        }
        for (name, value) in cookies {
            self.cookies.retain(|(known, _)| *known != name);
            self.cookies.push((name, value));
        }
        while self.buffer.len() < head + length {
            self.fill().await?;
        }
        Ok(LaneAnswer { status, body: &self.buffer[head..head + length] })
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

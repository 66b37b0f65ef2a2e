//! One keep-alive HTTP/1.1 connection.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{net::TcpStream, task::AbortHandle};

/// The most a connection buffers in either direction, in bytes; also the longest head of an answer.
const BUFFER: usize = 8 * 1024;

/// Where requests go.
#[derive(Clone, Debug)]
pub struct ServerAddress {
    /// The address connections are made to.
    pub addr: SocketAddr,
    host: HeaderValue,
}

impl ServerAddress {
    /// A server, by its address.
    pub fn new(addr: SocketAddr) -> Self {
        let host = HeaderValue::from_str(&addr.to_string());
        Self { addr, host: host.unwrap_or(HeaderValue::from_static("localhost")) }
    }

    /// The value of the `Host` header.
    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }
}

/// How a client says who it is.
#[derive(Clone, Debug)]
pub enum ClientIdentity {
    /// By nothing but the cookies of its jar; customers and cookie-only stacks.
    Cookies,
    /// By HTTP Basic on every request, besides its cookies. Made by [`ClientIdentity::basic`].
    Basic(HeaderValue),
}

impl ClientIdentity {
    /// HTTP Basic for a user.
    pub fn basic(user_name: &str, password: &str) -> Self {
        let encoded = BASE64_STANDARD.encode(format!("{user_name}:{password}"));
        match HeaderValue::from_str(&format!("Basic {encoded}")) {
            Ok(value) => Self::Basic(value),
            Err(_) => unreachable!("Base64 has no character that a header may not have"),
        }
    }
}

/// The cookies of one browser; clones share them, as the connections of a browser do.
#[derive(Clone, Debug, Default)]
pub struct Jar(Arc<Mutex<Vec<(String, String)>>>);

impl Jar {
    /// Keeps what an answer sets.
    pub fn keep(&self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().ok().and_then(|line| line.split(';').next()?.split_once('='));
            let Some((name, value)) = pair else { continue };
            let mut cookies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            cookies.retain(|(kept, _)| kept != name.trim());
            cookies.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    /// The value of the `Cookie` header, when there are cookies.
    pub fn header(&self) -> Option<HeaderValue> {
        let cookies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { None } else { HeaderValue::from_str(&pairs.join("; ")).ok() }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, complete.
    pub body: Bytes,
}

impl HttpAnswer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpFault {
    /// The request did not reach the server: it was certainly not done.
    #[error("not sent: {0}")]
    Unsent(String),
    /// The connection ended before the whole answer was there: the request may have been done or not.
    #[error("the answer was lost: {0}")]
    Lost(String),
}

impl HttpFault {
    /// Whether the request may have been done all the same.
    pub const fn may_be_done(&self) -> bool {
        matches!(self, Self::Lost(_))
    }
}

#[derive(Debug)]
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: AbortHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// One keep-alive connection to the server, opened when it is needed and again after it broke. Requests go one
/// after another. A request whose future is dropped takes the connection with it.
#[derive(Debug)]
pub struct Http {
    target: ServerAddress,
    identity: ClientIdentity,
    jar: Jar,
    connection: Option<Connection>,
}

impl Http {
    /// A client that will connect with its first request.
    pub fn new(target: ServerAddress, identity: ClientIdentity) -> Self {
        Self::with_jar(target, identity, Jar::default())
    }

    /// A client that shares the cookies of others: a further connection of one browser.
    pub const fn with_jar(target: ServerAddress, identity: ClientIdentity, jar: Jar) -> Self {
        Self { target, identity, jar, connection: None }
    }

    /// Its cookies.
    pub const fn jar(&self) -> &Jar {
        &self.jar
    }

    /// Where it connects to.
    pub const fn target(&self) -> &ServerAddress {
        &self.target
    }

    /// How it says who it is.
    pub const fn identity(&self) -> &ClientIdentity {
        &self.identity
    }

    /// Closes the connection, whatever is on it.
    pub fn hang_up(&mut self) {
        self.connection = None;
    }

    /// `GET` of a path.
    pub async fn get(&mut self, path: &str) -> Result<HttpAnswer, HttpFault> {
        self.send(Method::GET, path, None, Bytes::new()).await
    }

    /// `POST` of JSON.
    pub async fn post_json(
        &mut self,
        path: &str,
        body: impl Into<Bytes> + Send,
    ) -> Result<HttpAnswer, HttpFault> {
        self.send(Method::POST, path, Some("application/json"), body.into()).await
    }

    /// `POST` of a form.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<HttpAnswer, HttpFault> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body.into()).await
    }

    /// Sends a request and reads the whole answer. A connection that the server had closed meanwhile is opened
    /// again, but no request is ever sent twice.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        content_type: Option<&'static str>,
        body: Bytes,
    ) -> Result<HttpAnswer, HttpFault> {
        let mut request = self.request(method, path, content_type, body)?;
        // At first the kept connection, which may turn out to be closed; then a fresh one.
        if let Some(connection) = self.connection.take() {
            match self.exchange(connection, request).await {
                Ok(answer) => return answer,
                Err(unsent) => request = unsent,
            }
        }
        let connection = self.connect().await?;
        match self.exchange(connection, request).await {
            Ok(answer) => answer,
            Err(_) => Err(HttpFault::Unsent("the connection closed at once".into())),
        }
    }

    /// One exchange on a connection, which is kept when it can be; the request itself when it was not sent.
    async fn exchange(
        &mut self,
        mut connection: Connection,
        request: Request<Full<Bytes>>,
    ) -> Result<Result<HttpAnswer, HttpFault>, Request<Full<Bytes>>> {
        if connection.sender.ready().await.is_err() {
            return Err(request);
        }
        let response = match connection.sender.try_send_request(request).await {
            Ok(response) => response,
            Err(mut error) => {
                return match error.take_message() {
                    Some(request) => Err(request),
                    None => Ok(Err(HttpFault::Lost(error.into_error().to_string()))),
                };
            }
        };
        let (head, body) = response.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Ok(Err(HttpFault::Lost(error.to_string()))),
        };
        self.jar.keep(&head.headers);
        self.connection = Some(connection);
        Ok(Ok(HttpAnswer { status: head.status, headers: head.headers, body }))
    }

    async fn connect(&self) -> Result<Connection, HttpFault> {
        let unsent = |error: &dyn std::fmt::Display| HttpFault::Unsent(error.to_string());
        let stream = TcpStream::connect(self.target.addr).await.map_err(|error| unsent(&error))?;
        stream.set_nodelay(true).map_err(|error| unsent(&error))?;
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| unsent(&error))?;
        // What goes wrong on the connection is told to whoever waits for an answer on it.
        let driver = tokio::spawn(async move { drop(driver.await) }).abort_handle();
        Ok(Connection { sender, driver })
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        content_type: Option<&'static str>,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, HttpFault> {
        let mut request =
            Request::builder().method(method).uri(path).header(header::HOST, self.target.host());
        if let ClientIdentity::Basic(value) = &self.identity {
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(cookies) = self.jar.header() {
            request = request.header(header::COOKIE, cookies);
        }
        if let Some(kind) = content_type {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        request.body(Full::new(body)).map_err(|error| HttpFault::Unsent(error.to_string()))
    }
}

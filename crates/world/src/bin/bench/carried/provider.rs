//! A provider that takes every message at once and tells nothing more of it.

use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// The provider.
#[derive(Clone)]
pub struct Provider {
    port: u16,
    certificate: String,
    taken: Arc<ReceivedSends>,
}

#[derive(Default)]
struct ReceivedSends {
    count: AtomicU64,
    /// When each text came that somebody waits for.
    at: Mutex<HashMap<String, Instant>>,
}

impl Provider {
    /// Listens on a port of its own, with a certificate of its own.
    pub async fn start() -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let provider = Self {
            port: listener.local_addr()?.port(),
            certificate: pem(made.cert.der()),
            taken: Arc::default(),
        };
        let (acceptor, taken) = (TlsAcceptor::from(Arc::new(config)), provider.taken.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).ok();
                let (acceptor, taken) = (acceptor.clone(), taken.clone());
                tokio::spawn(async move {
                    let stream = acceptor.accept(stream).await.context("no TLS")?;
                    let service = service_fn(move |request| answer(taken.clone(), request));
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await?;
                    anyhow::Ok(())
                });
            }
        });
        Ok(provider)
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// Its certificate, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// When a text came.
    pub fn came(&self, text: &str) -> Option<Instant> {
        self.taken.at.lock().unwrap_or_else(PoisonError::into_inner).get(text).copied()
    }
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
}

async fn answer(
    taken: Arc<ReceivedSends>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body =
        request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let at = Instant::now();
    let count = taken.count.fetch_add(1, Ordering::Relaxed);
    let text = form_urlencoded::parse(&body).find(|(name, _)| name == "Body");
    if let Some((_, text)) = text {
        taken.at.lock().unwrap_or_else(PoisonError::into_inner).insert(text.into_owned(), at);
    }
    let told = format!(r#"{{"sid":"SMout{count}","status":"queued","num_segments":"1","error_code":null}}"#);
    let mut response = Response::new(Full::new(Bytes::from(told)));
    *response.status_mut() = hyper::StatusCode::CREATED;
    response
        .headers_mut()
        .insert(hyper::header::CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    Ok(response)
}

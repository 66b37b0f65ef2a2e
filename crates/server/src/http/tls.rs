//! The server's own TLS: rustls with ring, HTTP/1.1 only.

use crate::{certificate, config::Tls, findings::Findings};
use anyhow::Context;
use domain::Millis;
use std::sync::Arc;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};

/// Reads certificate and key. `now` is the time of day.
pub fn acceptor(tls: &Tls, now: Millis, findings: &mut Findings) -> Option<TlsAcceptor> {
    let pair = certificate::read("http.tls", &tls.cert, &tls.key, now, findings)?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(pair.chain, pair.key))
        .context("http.tls");
    let mut config = findings.keep(config)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(TlsAcceptor::from(Arc::new(config)))
}

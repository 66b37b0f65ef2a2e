//! TLS towards others.

use super::peer::{Manner, answer, demo, serve};
use channels::outbound::{Ask, CertificateDer, HttpFault, Outbound, Rules, Url};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::sync::Arc;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// A peer that speaks TLS, as this name, and its certificate.
async fn peer(name: &str) -> (Url, CertificateDer<'static>, mpsc::UnboundedReceiver<String>) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).expect("a key");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, Manner::Says(answer("200 OK", "", "secret")), tell.clone()).await;
            }
        }
    });
    (format!("https://localhost:{port}/").parse().expect("a URL"), cert.der().clone(), heard)
}

async fn ask(url: &Url, extra_roots: Vec<CertificateDer<'static>>) -> Result<String, HttpFault> {
    let rules = Rules { plain_http: false, extra_roots, ..demo(&[url]) };
    let answer = Outbound::new(rules).expect("a client").ask(Ask::get(url.clone()).bearer("t")).await?;
    Ok(String::from_utf8(answer.body).expect("text"))
}

#[tokio::test]
async fn a_peer_whose_certificate_is_trusted_is_asked_over_tls() {
    let (url, certificate, _heard) = peer("localhost").await;
    assert_eq!(ask(&url, vec![certificate]).await.expect("an answer"), "secret");
}

#[tokio::test]
async fn a_peer_whose_certificate_nobody_vouches_for_is_told_nothing() {
    let (url, _, mut heard) = peer("localhost").await;
    let fault = ask(&url, Vec::new()).await.expect_err("nobody vouches");
    assert!(matches!(fault, HttpFault::NotSent(_)), "{fault:?}");
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_peer_whose_certificate_is_for_another_name_is_told_nothing() {
    let (url, certificate, mut heard) = peer("example.org").await;
    let fault = ask(&url, vec![certificate]).await.expect_err("another name");
    assert!(matches!(fault, HttpFault::NotSent(_)), "{fault:?}");
    assert!(heard.try_recv().is_err());
}

#[test]
fn a_certificate_that_is_none_is_an_error() {
    let rules = Rules { extra_roots: vec![CertificateDer::from(vec![1, 2, 3])], ..Rules::new(Vec::new()) };
    assert!(Outbound::new(rules).is_err());
}

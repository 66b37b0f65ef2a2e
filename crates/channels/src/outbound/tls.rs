//! TLS to other servers: rustls with ring, and the certificates it trusts.

use rustls_platform_verifier::Verifier;
use std::sync::Arc;
use tokio_rustls::rustls::{ClientConfig, Error, RootCertStore, crypto::ring, pki_types::CertificateDer};

/// A configuration that trusts the certificates of the system, and these. It is given to reqwest ready made, because
/// reqwest is built without cryptography of its own and would look for a provider of the whole process.
pub(super) fn config(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    if extra.is_empty() {
        return Ok(match Verifier::new(provider) {
            Ok(verifier) => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
            }
            // A system without certificates can still serve a centre that sends no requests over https.
            Err(fault) => {
                tracing::warn!(%fault, "the system trusts no certificates: no https request will succeed");
                builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
            }
        });
    }
    let verifier = Verifier::new_with_extra_roots(extra, provider)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

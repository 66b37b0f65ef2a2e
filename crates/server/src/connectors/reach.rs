//! What the server may ask of others, and whom it trusts there.

use crate::config::Outbound;
use anyhow::{Context, Result};
use channels::outbound::{CertificateDer, Reach, Rules, Url};
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// The rules of the one client, for these peers.
pub fn rules(settings: &Outbound, peers: Vec<Url>, demo: bool) -> Result<Rules> {
    let mut extra_roots = Vec::new();
    for path in &settings.roots {
        let found = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("outbound.roots: {}", path.display()))?;
        extra_roots.extend(found);
    }
    let reach = match (settings.own_network, demo) {
        (true, _) => Reach::OwnNetwork,
        (false, true) => Reach::Loopback,
        (false, false) => Reach::Public,
    };
    Ok(Rules { plain_http: demo, reach, extra_roots, ..Rules::new(peers) })
}

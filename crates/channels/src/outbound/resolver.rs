//! Resolves names to addresses: the resolver's answer is checked, and the checked addresses are connected to.

use super::{address, request::Forbidden};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// The resolver of the system, without the addresses that may not be reached. Checking here, not before the request,
/// leaves no moment at which a name could change its address between the check and the connection.
pub(super) struct PublicResolver {
    /// How far the client may reach.
    pub reach: address::Reach,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> = found.filter(|found| address::open(found.ip(), reach)).collect();
            if open.is_empty() {
                return Err(Forbidden::Address(name.as_str().to_owned()).into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

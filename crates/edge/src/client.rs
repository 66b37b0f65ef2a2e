//! The client that a request comes from.

use http::HeaderMap;
use ipnet::{IpNet, Ipv6Net};
use std::net::{IpAddr, Ipv6Addr};

/// The length of the IPv6 prefix that one customer of a provider gets (RFC 6177): whoever has one address of it
/// has all of them.
const IPV6_PREFIX: u8 = 64;

/// The client behind a request, as an extension of every request. Its address is not known when a proxy that the
/// settings trust did not tell it; limits for each address then do not apply, those for all together do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address, as the connection or a trusted proxy has it.
    pub ip: Option<IpAddr>,
}

/// Addresses that count as one: an IPv4 address, or the /64 network of an IPv6 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpAddr);

impl Client {
    /// The client at an address.
    pub fn at(ip: IpAddr) -> Self {
        Self { ip: Some(ip.to_canonical()) }
    }

    /// The network whose requests are counted together with this client's, if its address is known.
    pub fn network(&self) -> Option<Network> {
        self.ip.map(Network::of)
    }
}

impl Network {
    /// The network that an address counts to.
    pub fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self(ip.into()),
            IpAddr::V6(ip) => {
                Self(Ipv6Net::new(ip, IPV6_PREFIX).map_or(Ipv6Addr::UNSPECIFIED, |net| net.network()).into())
            }
        }
    }
}

/// The header in which proxies name the client. Only one is believed, since a proxy passes on the other as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, as most proxies write it.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies whose word about the client is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Their addresses.
    pub networks: Vec<IpNet>,
    /// The header they write.
    pub header: ForwardedHeader,
}

impl Proxies {
    /// Whether a peer is one of them.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.networks.iter().any(|network| network.contains(&peer))
    }

    /// The client of a request that came over a connection from `peer`: the peer itself, or, for a trusted proxy, the
    /// last address of its header that is no trusted proxy. Addresses before that one are whatever the client wrote.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        if !self.trusts(peer) {
            return Client::at(peer);
        }
        let named = match self.header {
            ForwardedHeader::XForwardedFor => entries(headers, "x-forwarded-for"),
            ForwardedHeader::Forwarded => entries(headers, "forwarded"),
        };
        for entry in named.into_iter().rev() {
            let ip = match self.header {
                ForwardedHeader::XForwardedFor => address(entry),
                ForwardedHeader::Forwarded => forwarded_for(entry),
            };
            match ip {
                Some(ip) if self.trusts(ip) => {}
                ip => return Client { ip },
            }
        }
        Client::default()
    }
}

/// The comma-separated entries of all headers of a name, in order.
fn entries<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// The address of a `for` parameter (RFC 7239 §4, §6).
fn forwarded_for(entry: &str) -> Option<IpAddr> {
    entry.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| address(value.trim().trim_matches('"')))?
    })
}

/// An address with or without brackets and port; `None` for anything else, such as `unknown`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(ip, _)| ip);
    let ip = match bare {
        Some(ip) => ip.parse().ok(),
        None => text
            .parse()
            .ok()
            .or_else(|| text.rsplit_once(':')?.0.parse::<std::net::Ipv4Addr>().ok().map(Into::into)),
    };
    ip.map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(
        peer: &str,
        trusted: &[&str],
        header: ForwardedHeader,
        lines: &[(&'static str, &str)],
    ) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a header"));
        }
        let networks = trusted.iter().map(|net| net.parse().expect("a network")).collect();
        let client = Proxies { networks, header }.client(peer.parse().expect("an address"), &headers);
        client.ip.map(|ip| ip.to_string())
    }

    const X: ForwardedHeader = ForwardedHeader::XForwardedFor;
    const F: ForwardedHeader = ForwardedHeader::Forwarded;

    #[test]
    fn a_peer_that_is_no_trusted_proxy_cannot_name_another_client() {
        let said = client("203.0.113.9", &["10.0.0.0/8"], X, &[("x-forwarded-for", "198.51.100.1")]);
        assert_eq!(said.as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn behind_trusted_proxies_the_last_address_that_is_none_of_them_counts() {
        let lines = [("x-forwarded-for", "1.2.3.4, 198.51.100.7"), ("x-forwarded-for", "10.1.1.1")];
        assert_eq!(client("10.0.0.1", &["10.0.0.0/8"], X, &lines).as_deref(), Some("198.51.100.7"));
    }

    #[test]
    fn only_the_header_of_the_settings_is_read() {
        let lines = [("x-forwarded-for", "1.2.3.4"), ("forwarded", "for=\"[2001:db8::7]:47\";proto=https")];
        assert_eq!(client("10.0.0.1", &["10.0.0.1/32"], F, &lines).as_deref(), Some("2001:db8::7"));
        assert_eq!(client("10.0.0.1", &["10.0.0.1/32"], X, &lines).as_deref(), Some("1.2.3.4"));
    }

    #[test]
    fn an_address_that_cannot_be_read_or_is_missing_is_unknown() {
        assert_eq!(client("10.0.0.1", &["10.0.0.1/32"], X, &[]), None);
        assert_eq!(client("10.0.0.1", &["10.0.0.1/32"], X, &[("x-forwarded-for", "1.2.3.4, unknown")]), None);
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        for (text, ip) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:80", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(address(text).map(|ip| ip.to_string()).as_deref(), Some(ip), "{text}");
        }
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_client() {
        let of = |ip: &str| Network::of(ip.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("198.51.100.1"), of("198.51.100.2"));
        assert_eq!(of("::ffff:198.51.100.1"), of("198.51.100.1"));
    }
}

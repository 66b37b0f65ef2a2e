//! Which addresses may be reached: those of the public Internet (spec: channel-connectors#0.2.9).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 addresses that do not lead to the public Internet: the special-purpose registry (RFC 6890 and its successors),
/// and the one public address at which a cloud answers its own machines.
const CLOSED_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// All of IPv6 that is given out for the public Internet.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The parts of it that do not lead there: protocol assignments and tunnels, which carry an IPv4 address inside, and
/// documentation.
const CLOSED_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Translation from IPv6 to IPv4: what counts is the IPv4 address in the last four bytes.
const TRANSLATED: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// The address at which one cloud answers its machines over IPv6; it is among the private addresses.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// How far the client reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Only the public Internet.
    #[default]
    Public,
    /// The public Internet and this machine: the demo's providers run there.
    Loopback,
    /// The public Internet and private addresses: gateways of an operator's own. Link-local addresses, at which clouds
    /// answer their machines, stay closed.
    OwnNetwork,
}

/// Whether an address may be reached.
pub(super) fn open(address: IpAddr, reach: Reach) -> bool {
    let here = reach != Reach::Public;
    let near = reach == Reach::OwnNetwork;
    match address.to_canonical() {
        IpAddr::V4(v4) => open_v4(v4) || here && v4.is_loopback() || near && v4.is_private(),
        IpAddr::V6(v6) if within_v6(v6, TRANSLATED) => {
            let [.., a, b, c, d] = v6.octets();
            open_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(v6) => {
            open_v6(v6) || here && v6.is_loopback() || near && v6.is_unique_local() && v6 != METADATA_V6
        }
    }
}

fn open_v4(address: Ipv4Addr) -> bool {
    let within =
        |(net, bits): (Ipv4Addr, u8)| (address.to_bits() ^ net.to_bits()).leading_zeros() >= u32::from(bits);
    !CLOSED_V4.into_iter().any(within)
}

fn open_v6(address: Ipv6Addr) -> bool {
    within_v6(address, GLOBAL_V6) && !CLOSED_V6.into_iter().any(|range| within_v6(address, range))
}

fn within_v6(address: Ipv6Addr, (net, bits): (Ipv6Addr, u8)) -> bool {
    (address.to_bits() ^ net.to_bits()).leading_zeros() >= u32::from(bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn public_addresses_are_open() {
        for text in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "168.63.129.17",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(open(ip(text), Reach::Public), "{text}");
        }
    }

    #[test]
    fn private_local_shared_and_metadata_addresses_are_closed() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "64:ff9b:1::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!open(ip(text), Reach::Public), "{text}");
        }
    }

    #[test]
    fn loopback_is_opened_alone() {
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(open(ip(text), Reach::Loopback), "{text}");
        }
        for text in ["10.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0", "::", "64:ff9b::127.0.0.1"] {
            assert!(!open(ip(text), Reach::Loopback), "{text}");
        }
    }

    #[test]
    fn ones_own_network_is_opened_without_the_clouds_back_door() {
        for text in ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "fd12::1", "1.1.1.1"] {
            assert!(open(ip(text), Reach::OwnNetwork), "{text}");
        }
        for text in ["169.254.169.254", "168.63.129.16", "fe80::1", "0.0.0.0", "224.0.0.1", "fd00:ec2::254"] {
            assert!(!open(ip(text), Reach::OwnNetwork), "{text}");
        }
    }

    fn reach() -> impl Strategy<Value = Reach> {
        prop_oneof![Just(Reach::Public), Just(Reach::Loopback), Just(Reach::OwnNetwork)]
    }

    proptest! {
        #[test]
        fn an_address_written_as_ipv6_is_judged_as_what_it_is(bits: u32, reach in reach()) {
            let plain = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(open(plain.to_ipv6_mapped().into(), reach), open(plain.into(), reach));
        }

        #[test]
        fn nothing_that_the_standard_library_calls_private_is_open(bits: u32) {
            let plain = Ipv4Addr::from_bits(bits);
            let closed = plain.is_private() || plain.is_loopback() || plain.is_link_local()
                || plain.is_broadcast() || plain.is_documentation() || plain.is_multicast()
                || plain.is_unspecified();
            prop_assert!(!closed || !open(plain.into(), Reach::Public));
        }
    }
}

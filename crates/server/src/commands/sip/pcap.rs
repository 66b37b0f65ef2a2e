//! Messages as a capture: the classic format of libpcap, which every tool reads (pcap-savefile(5)).
//!
//! It is written here and not by a crate: a header of 24 bytes and one of 16 for each packet are all of it, and the crates
//! for it bring macros or have no release of late. Messages are in packets of UDP whatever they came over: what TLS and
//! WebSocket carried would be read by nobody otherwise. A message of which less was kept than there was is a packet that
//! was cut as it was captured.

use crate::admin::SipMessage;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The first bytes: seconds with microseconds, in the order of bytes of this file.
const MAGIC: u32 = 0xA1B2_C3D4;
/// Packets begin with a header of IP, of either version (`LINKTYPE_RAW`).
const RAW: u32 = 101;
/// The most bytes of a packet.
const LONGEST: u32 = 65_535;
/// UDP, as headers of IP name it.
const UDP: u8 = 17;
/// Bytes of the header of UDP.
const UDP_HEADER: usize = 8;

/// Whether a file is such a capture.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC.to_le_bytes()) || bytes.starts_with(&MAGIC.to_be_bytes())
}

/// The file with these messages.
pub fn written(messages: &[SipMessage]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(MAGIC.to_le_bytes());
    // Version 2.4; times are in UTC, and as exact as they are.
    file.extend(2_u16.to_le_bytes());
    file.extend(4_u16.to_le_bytes());
    file.extend([0; 8]);
    file.extend(LONGEST.to_le_bytes());
    file.extend(RAW.to_le_bytes());
    for message in messages {
        packet(message, &mut file);
    }
    file
}

fn packet(message: &SipMessage, file: &mut Vec<u8>) {
    let (from, to) = if message.came { (message.peer, message.ours) } else { (message.ours, message.peer) };
    let text = message.text.as_bytes();
    let whole = text.len().max(message.length);
    let packet = match (from.ip().to_canonical(), to.ip().to_canonical()) {
        (IpAddr::V4(_), IpAddr::V4(_)) => v4(from, to, text, whole),
        _ => v6(from, to, text, whole),
    };
    let missing = whole - text.len();
    let seconds = u32::try_from(message.at.div_euclid(1_000_000)).unwrap_or(0);
    let micros = u32::try_from(message.at.rem_euclid(1_000_000)).unwrap_or(0);
    for number in [seconds, micros, length(packet.len()), length(packet.len() + missing)] {
        file.extend(number.to_le_bytes());
    }
    file.extend(packet);
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX).min(LONGEST)
}

fn short(bytes: usize) -> u16 {
    u16::try_from(bytes).unwrap_or(u16::MAX)
}

/// A packet of IPv4 (RFC 791); UDP without a checksum (RFC 768).
fn v4(from: SocketAddr, to: SocketAddr, text: &[u8], whole: usize) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend(short(20 + UDP_HEADER + whole).to_be_bytes());
    packet.extend([0, 0, 0x40, 0, 64, UDP, 0, 0]);
    for addr in [from, to] {
        if let IpAddr::V4(ip) = addr.ip().to_canonical() {
            packet.extend(ip.octets());
        }
    }
    let sum = checksum(&packet).to_be_bytes();
    if let Some(place) = packet.get_mut(10..12) {
        place.copy_from_slice(&sum);
    }
    packet.extend(udp(from, to, whole, 0));
    packet.extend_from_slice(text);
    packet
}

/// A packet of IPv6 (RFC 8200), whose UDP has a checksum; that of a message of which not all was kept fits nothing.
fn v6(from: SocketAddr, to: SocketAddr, text: &[u8], whole: usize) -> Vec<u8> {
    let addresses: Vec<u8> = [from, to].iter().flat_map(|addr| in_v6(addr.ip()).octets()).collect();
    let pseudo = [&addresses, &length(UDP_HEADER + whole).to_be_bytes()[..], &[0, 0, 0, UDP]].concat();
    let sum = checksum(&[&pseudo, &udp(from, to, whole, 0)[..], text].concat());
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend(short(UDP_HEADER + whole).to_be_bytes());
    packet.extend([UDP, 64]);
    packet.extend(addresses);
    packet.extend(udp(from, to, whole, if sum == 0 { u16::MAX } else { sum }));
    packet.extend_from_slice(text);
    packet
}

fn in_v6(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

fn udp(from: SocketAddr, to: SocketAddr, whole: usize, checksum: u16) -> Vec<u8> {
    let numbers = [from.port(), to.port(), short(UDP_HEADER + whole), checksum];
    numbers.into_iter().flat_map(u16::to_be_bytes).collect()
}

/// The checksum of the Internet (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        [high] => u16::from_be_bytes([*high, 0]),
        _ => 0,
    });
    let mut sum: u32 = words.map(u32::from).sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(peer: &str, ours: &str, came: bool) -> SipMessage {
        SipMessage {
            at: 1_764_504_000_123_456,
            came,
            transport: "tls".into(),
            peer: peer.parse().expect("an address"),
            ours: ours.parse().expect("an address"),
            leg: None,
            call_id: "c".into(),
            start: "OPTIONS sip:h SIP/2.0".into(),
            cseq: "1 OPTIONS".into(),
            from: None,
            to: None,
            sdp: None,
            content_type: None,
            text: "OPTIONS sip:h SIP/2.0\r\n\r\n".into(),
            kept: 25,
            length: 25,
        }
    }

    fn number(bytes: &[u8]) -> usize {
        bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
    }

    /// The packets of a file, each with its time and the length that it had.
    fn packets(file: &[u8]) -> Vec<((usize, usize), usize, Vec<u8>)> {
        let mut rest = &file[24..];
        let mut found = Vec::new();
        while !rest.is_empty() {
            let [seconds, micros, kept, whole] = [0, 4, 8, 12].map(|at| number(&rest[at..at + 4]));
            found.push(((seconds, micros), whole, rest[16..16 + kept].to_vec()));
            rest = &rest[16 + kept..];
        }
        found
    }

    #[test]
    fn a_file_has_a_head_and_packets_of_udp() {
        let file = written(&[
            message("192.0.2.7:5062", "192.0.2.1:5060", true),
            message("192.0.2.7:5062", "192.0.2.1:5060", false),
        ]);
        assert!(is_one(&file) && !is_one(b"[sip]\n") && !is_one(b""));
        assert_eq!(
            file[..24],
            [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 101, 0, 0, 0]
        );
        let [(at, whole, came), (_, _, went)] = &packets(&file)[..] else { panic!("two packets") };
        assert_eq!((*at, *whole, came.len()), ((1_764_504_000, 123_456), 53, 53));
        assert_eq!(checksum(&came[..20]), 0, "the header's own checksum fits");
        assert_eq!(
            (&came[2..4], came[9], &came[12..20]),
            (&[0, 53][..], 17, &[192, 0, 2, 7, 192, 0, 2, 1][..])
        );
        assert_eq!(came[20..28], [0x13, 0xC6, 0x13, 0xC4, 0, 33, 0, 0]);
        assert_eq!(&came[28..], b"OPTIONS sip:h SIP/2.0\r\n\r\n");
        assert_eq!(
            (&went[12..20], &went[20..24]),
            (&[192, 0, 2, 1, 192, 0, 2, 7][..], &[0x13, 0xC4, 0x13, 0xC6][..])
        );
    }

    #[test]
    fn of_what_was_cut_the_whole_length_is_told() {
        let cut = SipMessage { length: 9000, ..message("192.0.2.7:5062", "192.0.2.1:5060", true) };
        let [(_, whole, packet)] = &packets(&written(&[cut]))[..] else { panic!("a packet") };
        assert_eq!((*whole, packet.len()), (9028, 53));
        assert_eq!(
            (&packet[2..4], &packet[24..26]),
            (&9028_u16.to_be_bytes()[..], &9008_u16.to_be_bytes()[..])
        );
    }

    #[test]
    fn a_packet_of_ipv6_has_a_checksum_of_all_of_it() {
        for (peer, ours) in
            [("[2001:db8::7]:5062", "[2001:db8::1]:5060"), ("[2001:db8::7]:5062", "192.0.2.1:5060")]
        {
            let [(_, whole, packet)] = &packets(&written(&[message(peer, ours, true)]))[..] else {
                panic!("a packet")
            };
            assert_eq!((*whole, packet.len(), packet[0], packet[6]), (73, 73, 0x60, 17));
            let pseudo = [&packet[8..40], &[0, 0, 0, 33, 0, 0, 0, 17], &packet[40..]].concat();
            assert_eq!(checksum(&pseudo), 0, "{peer}");
        }
    }
}

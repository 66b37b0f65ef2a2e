//! Reads the parts of the other end's description that matter here.

use super::{Direction, SdpError};
use crate::media::Codec;
use sdp_types::{Connection, Media};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The streams of a description, in its order.
#[derive(Debug)]
pub(super) struct Remote {
    pub streams: Vec<MediaDescription>,
}

/// One stream (`m=` line).
#[derive(Debug)]
pub(super) struct MediaDescription {
    pub media: String,
    pub proto: String,
    pub formats: String,
    pub port: u16,
    pub mid: Option<String>,
    /// `None` for a host name, a group of hosts, or nothing at all.
    pub address: Option<IpAddr>,
    /// Seen from the other end, an address of zeros taken into account.
    pub direction: Direction,
    /// The codecs that we speak, in its order.
    pub codecs: Vec<Codec>,
    /// Its number for telephone-event (RFC 4733).
    pub event: Option<u8>,
    /// The value of `a=rtcp`: a port, and perhaps another address (RFC 3605 §2.1).
    pub rtcp: Option<(u16, Option<IpAddr>)>,
}

impl MediaDescription {
    /// Whether it is audio over plain RTP and not refused; the codec is checked separately.
    pub fn is_audio(&self) -> bool {
        self.media == "audio" && self.port != 0 && matches!(self.proto.as_str(), "RTP/AVP" | "RTP/AVPF")
    }

    /// Where to send; `None` when it wants nothing (an address of zeros).
    pub fn target(&self) -> Result<Option<SocketAddr>, SdpError> {
        let ip = self.address.ok_or(SdpError::Address)?;
        Ok((!ip.is_unspecified()).then(|| SocketAddr::new(ip, self.port)))
    }

    /// Where its reports go to and come from.
    pub fn reports(&self) -> Option<SocketAddr> {
        let (port, ip) = match self.rtcp {
            Some((port, ip)) => (port, ip.or(self.address)?),
            None => (self.port.checked_add(1)?, self.address?),
        };
        (!ip.is_unspecified() && port != 0).then(|| SocketAddr::new(ip, port))
    }
}

/// Reads a description. It may be hostile.
pub(super) fn read(text: &str) -> Result<Remote, SdpError> {
    if text.len() > SdpError::LIMIT {
        return Err(SdpError::TooLong);
    }
    let session = sdp_types::Session::parse(text.as_bytes())
        .map_err(|error| SdpError::Malformed(error.to_string().chars().take(200).collect()))?;
    if session.medias.len() > SdpError::STREAMS {
        return Err(SdpError::TooLong);
    }
    let common = session.attributes.iter().find_map(|a| Direction::of_attribute(&a.attribute));
    let streams = session.medias.iter().map(|m| stream(m, session.connection.as_ref(), common)).collect();
    Ok(Remote { streams })
}

fn stream(media: &Media, common: Option<&Connection>, direction: Option<Direction>) -> MediaDescription {
    let address = media.connections.first().or(common).and_then(address);
    let own = media.attributes.iter().find_map(|a| Direction::of_attribute(&a.attribute));
    let mut direction = own.or(direction).unwrap_or_default();
    if address.is_some_and(|ip| ip.is_unspecified()) {
        // The way of RFC 2543 to hold: nothing can be sent there.
        direction = direction.and(Direction::SendOnly);
    }
    let formats: Vec<u8> =
        media.fmt.split_ascii_whitespace().take(64).filter_map(|number| number.parse().ok()).collect();
    MediaDescription {
        media: media.media.clone(),
        proto: media.proto.clone(),
        formats: media.fmt.clone(),
        port: media.port,
        mid: value(media, "mid").map(str::to_owned),
        address,
        direction,
        codecs: formats.iter().filter_map(|number| codec(media, *number)).collect(),
        rtcp: value(media, "rtcp").and_then(rtcp),
        event: formats
            .iter()
            .copied()
            .find(|number| named(media, *number).is_some_and(|name| is(name, "telephone-event"))),
    }
}

fn address(connection: &Connection) -> Option<IpAddr> {
    let ip: IpAddr = connection.connection_address.parse().ok()?;
    let many = ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST);
    (!many).then_some(ip)
}

/// `4001`, or `4001 IN IP4 192.0.2.7`.
fn rtcp(value: &str) -> Option<(u16, Option<IpAddr>)> {
    let mut words = value.split_ascii_whitespace();
    let port = words.next()?.parse().ok()?;
    let ip: Option<IpAddr> = words.nth(2).and_then(|ip| ip.parse().ok());
    Some((port, ip.filter(|ip| !ip.is_multicast())))
}

/// The codec of a number; 0 and 8 need no `rtpmap`, but one that is there decides.
fn codec(media: &Media, number: u8) -> Option<Codec> {
    let codec = Codec::of_payload(number)?;
    named(media, number).is_none_or(|name| is(name, codec.name())).then_some(codec)
}

fn is(mapping: &str, name: &str) -> bool {
    let mut parts = mapping.split('/');
    parts.next().is_some_and(|found| found.eq_ignore_ascii_case(name)) && parts.next() == Some("8000")
}

/// The value of `rtpmap` for a number: `PCMU/8000`.
fn named(media: &Media, number: u8) -> Option<&str> {
    media.attributes.iter().filter(|a| a.attribute == "rtpmap").find_map(|a| {
        let (found, mapping) = a.value.as_deref()?.split_once(' ')?;
        (found.parse() == Ok(number)).then_some(mapping.trim())
    })
}

fn value<'a>(media: &'a Media, name: &str) -> Option<&'a str> {
    media.attributes.iter().find(|a| a.attribute == name)?.value.as_deref()
}

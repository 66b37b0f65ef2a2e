//! Our description, as text.

use super::Direction;
use crate::media::Codec;
use sdp_types::{Connection, Media, Origin, Session, Time};
use std::net::SocketAddr;

/// One stream of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ours {
    /// The stream of the call.
    Audio {
        proto: String,
        codecs: Vec<Codec>,
        /// The number of telephone-event.
        event: Option<u8>,
        mid: Option<String>,
        direction: Direction,
    },
    /// One that the other end offered and we do not want: port 0.
    Refused { media: String, proto: String, formats: String, mid: Option<String> },
}

/// Writes a description with the version that it is given.
pub(super) fn write(id: u64, version: u64, address: SocketAddr, streams: &[Ours]) -> String {
    let ip = address.ip();
    let mut session = Session::new(Origin::with_ip_addr(id, version, ip), "-");
    session.connection = Some(Connection::from_ip_addr(ip));
    session.times = vec![Time::new(0, 0)];
    session.medias = streams.iter().map(|stream| media(stream, address.port())).collect();
    let mut out = Vec::with_capacity(512);
    // Writing to memory does not fail.
    let _ = session.write(&mut out);
    String::from_utf8(out).unwrap_or_default()
}

fn media(stream: &Ours, port: u16) -> Media {
    match stream {
        Ours::Audio { proto, codecs, event, mid, direction } => {
            let numbers: Vec<String> =
                codecs.iter().map(|codec| codec.payload()).chain(*event).map(|n| n.to_string()).collect();
            let mut media = bare("audio", port, proto, &numbers.join(" "));
            for codec in codecs {
                let map = format!("{} {}/8000", codec.payload(), codec.name());
                media.add_attribute_with_value("rtpmap", map);
            }
            if let Some(event) = event {
                media.add_attribute_with_value("rtpmap", format!("{event} telephone-event/8000"));
                media.add_attribute_with_value("fmtp", format!("{event} 0-15"));
            }
            if let Some(mid) = mid {
                media.add_attribute_with_value("mid", mid);
            }
            media.add_attribute_with_value("ptime", "20");
            media.add_attribute_from_str(direction.as_str());
            media
        }
        Ours::Refused { media, proto, formats, mid } => {
            let mut media = bare(media, 0, proto, formats);
            if let Some(mid) = mid {
                media.add_attribute_with_value("mid", mid);
            }
            media
        }
    }
}

fn bare(media: &str, port: u16, proto: &str, formats: &str) -> Media {
    Media {
        media: media.to_owned(),
        port,
        num_ports: None,
        proto: proto.to_owned(),
        fmt: formats.to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}

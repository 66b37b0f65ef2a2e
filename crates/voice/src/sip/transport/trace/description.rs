//! A session description in a few words.

use sdp_types::{Media, Session};

/// Formats that are named: more in one line help nobody.
const MOST: usize = 12;

/// A session description in a few words: its stream of sound, or else its first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpSummary {
    /// The names of the formats, in the order of preference: `PCMU`, `telephone-event`.
    pub codecs: Vec<String>,
    /// Address and port, as they stand there: `192.0.2.7:4000`.
    pub address: String,
    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`.
    pub direction: String,
    /// The transport: `RTP/AVP`.
    pub proto: String,
}

/// Reads a description; `None` for what is none.
pub(super) fn summary(body: &[u8]) -> Option<SdpSummary> {
    let session = Session::parse(body).ok()?;
    let media = session.medias.iter().find(|media| media.media == "audio").or(session.medias.first())?;
    let connection = media.connections.first().or(session.connection.as_ref());
    let address = connection.map_or("?", |connection| connection.connection_address.as_str());
    let direction = media.attributes.iter().chain(&session.attributes).map(|found| found.attribute.as_str());
    let direction =
        direction.into_iter().find(|name| matches!(*name, "sendrecv" | "sendonly" | "recvonly" | "inactive"));
    Some(SdpSummary {
        codecs: media.fmt.split_ascii_whitespace().take(MOST).map(|number| name(media, number)).collect(),
        address: if address.contains(':') {
            format!("[{address}]:{}", media.port)
        } else {
            format!("{address}:{}", media.port)
        },
        direction: direction.unwrap_or("sendrecv").to_owned(),
        proto: media.proto.clone(),
    })
}

/// The name of a format: as the description maps it, or as RFC 3551 §6 does.
fn name(media: &Media, number: &str) -> String {
    let mapped = media.attributes.iter().filter(|found| found.attribute == "rtpmap").find_map(|found| {
        let (mapped, format) = found.value.as_deref()?.trim().split_once(' ')?;
        (mapped == number).then(|| format.trim().split('/').next().unwrap_or_default().to_owned())
    });
    mapped.unwrap_or_else(|| {
        let known = match number {
            "0" => "PCMU",
            "3" => "GSM",
            "4" => "G723",
            "8" => "PCMA",
            "9" => "G722",
            "13" => "CN",
            "18" => "G729",
            other => other,
        };
        known.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_told_in_a_few_words() {
        let text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\na=sendonly\r\nm=audio 4000 RTP/SAVP 8 0 101 99\r\n\
                    a=rtpmap:101 telephone-event/8000\r\na=rtpmap:99 opus/48000/2\r\na=crypto:xxxx\r\n";
        let read = summary(text.as_bytes()).expect("a description");
        assert_eq!(read.codecs, ["PCMA", "PCMU", "telephone-event", "opus"]);
        assert_eq!(
            (read.address.as_str(), read.direction.as_str(), read.proto.as_str()),
            ("192.0.2.7:4000", "sendonly", "RTP/SAVP")
        );
        let own = text.replace("IN IP4 192.0.2.7", "IN IP6 2001:db8::7") + "a=inactive\r\n";
        let read = summary(own.as_bytes()).expect("a description");
        assert_eq!((read.address.as_str(), read.direction.as_str()), ("[2001:db8::7]:4000", "inactive"));
        for none in ["", "hello", "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n"] {
            assert_eq!(summary(none.as_bytes()), None, "{none}");
        }
    }
}

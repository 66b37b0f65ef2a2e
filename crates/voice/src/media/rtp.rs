//! RTP packets (RFC 3550 §5).

use rtp_types::{RtpPacket, RtpPacketBuilder};
use std::ops::Range;

/// Bytes of a header without sources and extension: all that we write.
pub const HEADER: usize = RtpPacket::MIN_RTP_PACKET_LEN;

/// A header: the numbers of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Payload type.
    pub payload_type: u8,
    /// Begins a talk-spurt or an event, or follows a gap in the source.
    pub marker: bool,
    /// Grows by one with each packet.
    pub sequence: u16,
    /// In samples.
    pub timestamp: u32,
    /// The sender.
    pub ssrc: u32,
}

/// A packet that came in: its header, and where in the buffer its payload is. Always behind at least [`HEADER`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its numbers.
    pub header: Header,
    /// Its payload, without padding.
    pub payload: Range<usize>,
}

/// Reads a packet; `None` for anything that is no RTP of version 2.
pub fn read(packet: &[u8]) -> Option<Received> {
    let rtp = RtpPacket::parse(packet).ok()?;
    let start = rtp.payload_offset();
    let payload = start..start.checked_add(rtp.payload().len())?;
    if payload.end > packet.len() || payload.start < HEADER {
        return None;
    }
    let header = Header {
        payload_type: rtp.payload_type(),
        marker: rtp.marker_bit(),
        sequence: rtp.sequence_number(),
        timestamp: rtp.timestamp(),
        ssrc: rtp.ssrc(),
    };
    Some(Received { header, payload })
}

/// Writes a header into the first [`HEADER`] bytes of `out`; nothing, if it is shorter. The payload type has 7 bits.
pub fn write(header: Header, out: &mut [u8]) {
    let _ = RtpPacketBuilder::<&[u8], &[u8]>::new()
        .payload_type(header.payload_type & 0x7F)
        .marker_bit(header.marker)
        .sequence_number(header.sequence)
        .timestamp(header.timestamp)
        .ssrc(header.ssrc)
        .write_into(out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_header_reads_back_as_it_was_written() {
        let header =
            Header { payload_type: 101, marker: true, sequence: 65_535, timestamp: 1, ssrc: 0xDEAD_BEEF };
        let mut packet = [9; HEADER + 3];
        write(header, &mut packet);
        assert_eq!(read(&packet), Some(Received { header, payload: HEADER..HEADER + 3 }));
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_panics(packet in proptest::collection::vec(any::<u8>(), 0..80), version in any::<bool>()) {
            let mut packet = packet;
            if let (true, Some(first)) = (version, packet.first_mut()) {
                *first = 0x80 | (*first & 0x3F);
            }
            if let Some(found) = read(&packet) {
                prop_assert!(found.payload.start >= HEADER && found.payload.end <= packet.len());
            }
        }
    }
}

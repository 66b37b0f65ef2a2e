//! Reports and goodbyes (RFC 3550 §6).

use super::Reception;
use rtcp_types::{
    Bye, Compound, Packet, ReportBlock, RtcpPacketWriterExt, Sdes, SdesChunk, SdesItem, SenderReport,
};
use std::time::Duration;

/// Room for what we write.
pub const REPORT: usize = 80;

/// What a report tells of the stream and its sender (RFC 3550 §6.4.1, sender information).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// The sender.
    pub ssrc: u32,
    /// The moment, on a clock of the sender's own (RFC 3550 §6.4.1 allows one that is not the time of day).
    pub clock: Duration,
    /// The same moment as a timestamp of RTP.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Bytes of payload sent.
    pub bytes: u32,
    /// The name of the sender beyond its SSRC (CNAME): random, for as long as the stream lives (RFC 7022 §4.2).
    pub name: u64,
}

/// Writes a sender report and the name of the sender, which RFC 3550 §6.1 wants in each, and a goodbye behind it when
/// the stream ends. Answers how many bytes were written.
pub fn write(report: SenderInfo, end: bool, out: &mut [u8; REPORT]) -> usize {
    let seconds = report.clock.as_secs() & u64::from(u32::MAX);
    let fraction = (u64::from(report.clock.subsec_nanos()) << 32) / 1_000_000_000;
    let sender = SenderReport::builder(report.ssrc)
        .ntp_timestamp(seconds << 32 | fraction)
        .rtp_timestamp(report.timestamp)
        .packet_count(report.packets)
        .octet_count(report.bytes);
    let name = format!("{:016x}", report.name);
    let chunk = SdesChunk::builder(report.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, &name));
    let mut compound = Compound::builder().add_packet(sender).add_packet(Sdes::builder().add_chunk(chunk));
    if end {
        compound = compound.add_packet(Bye::builder().add_source(report.ssrc));
    }
    compound.write_into(out).unwrap_or_default()
}

/// Whether this is a compound packet that begins with a report, as all do (RFC 3550 §6.1).
pub fn is_report(packet: &[u8]) -> bool {
    let Ok(mut packets) = Compound::parse(packet) else { return false };
    matches!(packets.next(), Some(Ok(Packet::Sr(_) | Packet::Rr(_))))
}

/// What the other end says of the packets of a source (RFC 3550 §6.4.1), if it says anything.
pub fn reception(packet: &[u8], of: u32) -> Option<Reception> {
    let packets = Compound::parse(packet).ok()?;
    packets.filter_map(Result::ok).find_map(|packet| match packet {
        Packet::Sr(report) => {
            report.report_blocks().find(|block| block.ssrc() == of).map(|block| read(&block))
        }
        Packet::Rr(report) => {
            report.report_blocks().find(|block| block.ssrc() == of).map(|block| read(&block))
        }
        _ => None,
    })
}

fn read(block: &ReportBlock<'_>) -> Reception {
    // A number of 24 bits with a sign: packets that came twice make it negative.
    let lost = block.cumulative_lost() & 0x00FF_FFFF;
    let lost = if lost & 0x0080_0000 == 0 { lost } else { 0 };
    Reception { lost, jitter: clock(block.interarrival_jitter()) }
}

/// A time in units of the clock of G.711 (RFC 3551 §4.5.14).
pub(super) fn clock(units: u32) -> Duration {
    Duration::from_secs(u64::from(units)) / 8000
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtcp_types::ReceiverReport;

    #[test]
    fn a_report_tells_what_was_sent_and_the_last_one_says_goodbye() {
        let report = SenderInfo {
            ssrc: 7,
            clock: Duration::from_millis(2500),
            timestamp: 20_000,
            packets: 125,
            bytes: 20_000,
            name: 0x00C0_FFEE,
        };
        let mut out = [0; REPORT];
        let length = write(report, true, &mut out);
        let packets: Vec<_> = Compound::parse(&out[..length]).expect("RTCP").collect();
        let [Ok(Packet::Sr(sender)), Ok(Packet::Sdes(names)), Ok(Packet::Bye(bye))] = packets.as_slice()
        else {
            panic!("{packets:?}")
        };
        assert_eq!((sender.ssrc(), sender.rtp_timestamp(), sender.packet_count()), (7, 20_000, 125));
        assert_eq!(sender.ntp_timestamp(), 2 << 32 | 1 << 31);
        let named: Vec<_> = names
            .chunks()
            .flat_map(|chunk| chunk.items().map(|item| (chunk.ssrc(), item.type_(), item.value().to_vec())))
            .collect();
        assert_eq!(named, [(7, SdesItem::CNAME, b"0000000000c0ffee".to_vec())]);
        assert_eq!(bye.ssrcs().collect::<Vec<_>>(), [7]);
        assert_eq!(reception(&out[..length], 7), None, "it says nothing of others");
        let alone = write(report, false, &mut out);
        assert_eq!(Compound::parse(&out[..alone]).expect("RTCP").count(), 2);
    }

    #[test]
    fn what_the_other_end_says_of_our_packets_is_read() {
        let said = |lost: u32| {
            let block = |ssrc, lost| ReportBlock::builder(ssrc).cumulative_lost(lost).interarrival_jitter(80);
            let mut out = [0; 128];
            let report =
                ReceiverReport::builder(9).add_report_block(block(8, 1)).add_report_block(block(7, lost));
            let length = Compound::builder().add_packet(report).write_into(&mut out).expect("room");
            reception(&out[..length], 7)
        };
        assert_eq!(said(5), Some(Reception { lost: 5, jitter: Duration::from_millis(10) }));
        assert_eq!(said(0x00FF_FFFE), Some(Reception { lost: 0, jitter: Duration::from_millis(10) }));
        assert_eq!(reception(&[0x80; 7], 7), None);
    }
}

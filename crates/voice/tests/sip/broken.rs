//! Messages that are almost right, thousands of them: the switch goes on.

use crate::switch::{TestSwitch, settings};
use std::time::Duration;

/// Chance that is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it fits") % most.max(1)
    }
}

/// Breaks a message in one to four places.
fn broken(text: &str, chance: &mut Chance) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xc3\xa9",
        b"<",
        b">",
        b"\"",
        b";",
        b":",
        b"@",
        b"%",
        b",",
        b"=",
        b" ",
        b"99999999999999999999",
        b";tag=",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(5) {
            0 => bytes.truncate(at.max(20)),
            1 => bytes[at] = u8::try_from(chance.below(256)).expect("a byte"),
            2 => {
                let end = (at + chance.below(30)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                bytes.splice(at..at, PIECES[chance.below(PIECES.len())].iter().copied());
            }
            _ => {
                let end = (at + chance.below(60)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_almost_a_message_stops_it() {
    let mut settings = settings();
    settings.limits.calls_per_second = 100_000;
    let mut switch = TestSwitch::open(settings).await;
    let mut phone = switch.phone("5001").await;
    let fuzzer = switch.phone("5002").await;
    let mut chance = Chance(20_261_121);
    for round in 0..300 {
        let call = fuzzer.invite("9000", "").await;
        let body = fuzzer.sdp("sendrecv");
        let texts = [
            fuzzer.invite_text(&call, &body, "Session-Expires: 1800;refresher=uac\r\nSupported: timer\r\n"),
            fuzzer.register_text("fuzz", 1, &format!("Contact: <{}>;expires=60\r\n", fuzzer.contact())),
            fuzzer.register_text(
                "fuzz",
                2,
                "Authorization: Digest username=\"5002\", realm=\"jackfield\"\r\n",
            ),
            format!(
                "SIP/2.0 200 OK\r\n{}CSeq: 1 INVITE\r\nContact: <sip:x@y>\r\n\r\n",
                fuzzer.via("z9hG4bK1")
            ),
        ];
        for text in &texts {
            for _ in 0..8 {
                fuzzer.socket.send_to(&broken(text, &mut chance), switch.server).await.expect("sent");
            }
        }
        if round % 30 == 0 {
            // A datagram may be lost in the crowd: asked again, as a phone does.
            let mut alive = false;
            for attempt in 0..10 {
                phone.send(&phone.register_text(&format!("alive{round}.{attempt}"), 1, "")).await;
                alive |= phone.within(Duration::from_millis(500), "401 REGISTER").await.is_some();
                if alive {
                    break;
                }
            }
            assert!(alive, "round {round}");
        }
    }
}

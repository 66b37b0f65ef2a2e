//! Every rule of voice-sip#4 on descriptions.

use super::{Agreed, Direction, SdpError, SdpSession};
use crate::media::Codec;
use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
use proptest::prelude::*;

fn session() -> SdpSession {
    SdpSession::new(77, "192.0.2.10:10000".parse().expect("an address"))
}

fn theirs(lines: &str) -> String {
    let lines = lines.split('|').map(str::trim).collect::<Vec<_>>().join("\r\n");
    format!("v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n{lines}\r\n")
}

fn answer(lines: &str) -> Result<(String, Agreed), SdpError> {
    session().answer(&theirs(lines), SendRecv)
}

/// The lines of ours from the first stream on.
fn streams(sdp: &str) -> Vec<&str> {
    sdp.split("\r\n").skip_while(|line| !line.starts_with("m=")).filter(|line| !line.is_empty()).collect()
}

fn version(sdp: &str) -> u64 {
    let line = sdp.split("\r\n").find(|line| line.starts_with("o=")).expect("an origin");
    line.split(' ').nth(2).expect("a version").parse().expect("a number")
}

#[test]
fn an_offer_has_both_laws_telephone_events_and_one_direction() {
    let sdp = session().offer(SendRecv);
    assert_eq!(
        sdp,
        "v=0\r\no=- 77 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
         m=audio 10000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn the_version_grows_only_with_a_description_that_differs() {
    let mut session = session();
    let texts = [SendRecv, SendRecv, Inactive, Inactive, SendRecv].map(|wish| session.offer(wish));
    assert_eq!([1, 1, 2, 2, 3], [0, 1, 2, 3, 4].map(|at: usize| version(&texts[at])));
    assert_eq!(texts[0], texts[1]);
    let (answered, _) = session.answer(&theirs("m=audio 4000 RTP/AVP 8"), SendRecv).expect("agreed");
    let (again, _) = session.answer(&theirs("m=audio 4000 RTP/AVP 8"), SendRecv).expect("agreed");
    assert_eq!(version(&answered), 4);
    assert_eq!(answered, again);
}

#[test]
fn an_answer_takes_the_first_codec_that_we_speak_and_the_numbers_of_the_offer() {
    let (sdp, agreed) = answer(
        "m=audio 4000 RTP/AVP 9 8 0 96 | a=rtpmap:9 G722/8000 | a=rtpmap:96 telephone-event/8000 | a=mid:voice",
    )
    .expect("agreed");
    assert_eq!(
        streams(&sdp),
        [
            "m=audio 10000 RTP/AVP 8 96",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:96 telephone-event/8000",
            "a=fmtp:96 0-15",
            "a=mid:voice",
            "a=ptime:20",
            "a=sendrecv",
        ]
    );
    assert_eq!(agreed.codec, Codec::Pcma);
    assert_eq!((agreed.event_in, agreed.event_out), (Some(96), Some(96)));
    assert_eq!(agreed.target, "198.51.100.7:4000".parse().ok());
}

#[test]
fn an_answer_keeps_number_and_order_of_the_streams_and_refuses_all_but_one() {
    let (sdp, agreed) = answer(
        "m=video 5000 RTP/AVP 96 | a=mid:v | m=audio 0 RTP/AVP 0 | m=audio 4000 RTP/SAVP 0 | m=audio 4002 RTP/AVP 18 | \
         m=audio 4004 RTP/AVP 0 | m=audio 4006 RTP/AVP 0 | m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    )
    .expect("agreed");
    let lines: Vec<_> = streams(&sdp).into_iter().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        [
            "m=video 0 RTP/AVP 96",
            "m=audio 0 RTP/AVP 0",
            "m=audio 0 RTP/SAVP 0",
            "m=audio 0 RTP/AVP 18",
            "m=audio 10000 RTP/AVP 0",
            "m=audio 0 RTP/AVP 0",
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        ]
    );
    assert!(sdp.contains("a=mid:v\r\n"));
    assert_eq!(agreed.target, "198.51.100.7:4004".parse().ok());
    assert_eq!(agreed.event_out, None, "nothing is made up that was not offered");
}

#[test]
fn a_later_offer_of_ours_keeps_the_streams_that_were_agreed() {
    let mut session = session();
    let offer =
        theirs("m=video 5000 RTP/AVP 96 | m=audio 4000 RTP/AVP 8 97 | a=rtpmap:97 telephone-event/8000");
    session.answer(&offer, SendRecv).expect("agreed");
    let sdp = session.offer(SendOnly);
    assert_eq!(streams(&sdp)[..2], ["m=video 0 RTP/AVP 96", "m=audio 10000 RTP/AVP 0 8 97"]);
    assert!(sdp.ends_with("a=sendonly\r\n"));
    let reply = theirs(
        "m=video 0 RTP/AVP 96 | m=audio 4000 RTP/AVP 8 97 | a=rtpmap:97 telephone-event/8000 | a=recvonly",
    );
    let agreed = session.accept(&reply).expect("agreed");
    assert_eq!((agreed.direction, agreed.remote_holds), (SendOnly, false));
}

#[test]
fn directions_are_mirrored_and_narrowed_by_our_wish() {
    let table = [
        (SendRecv, SendRecv, SendRecv, false),
        (SendOnly, SendRecv, RecvOnly, true),
        (RecvOnly, SendRecv, SendOnly, false),
        (Inactive, SendRecv, Inactive, true),
        (SendRecv, SendOnly, SendOnly, false),
        (SendRecv, Inactive, Inactive, false),
        (SendOnly, SendOnly, Inactive, true),
        (RecvOnly, RecvOnly, Inactive, false),
    ];
    for (offered, wish, expected, holds) in table {
        let offer = theirs(&format!("m=audio 4000 RTP/AVP 0 | a={}", offered.as_str()));
        let (sdp, agreed) = session().answer(&offer, wish).expect("agreed");
        assert!(sdp.ends_with(&format!("a={}\r\n", expected.as_str())), "{offered:?} {wish:?}");
        assert_eq!((agreed.direction, agreed.remote_holds), (expected, holds), "{offered:?} {wish:?}");
    }
}

#[test]
fn a_direction_of_the_session_holds_for_a_stream_without_one() {
    let (sdp, _) = answer("a=sendonly | m=audio 4000 RTP/AVP 0").expect("agreed");
    assert!(sdp.ends_with("a=recvonly\r\n"));
}

#[test]
fn an_address_of_zeros_is_hold() {
    let (sdp, agreed) = answer("m=audio 4000 RTP/AVP 0 | c=IN IP4 0.0.0.0").expect("agreed");
    assert!(sdp.ends_with("a=recvonly\r\n"));
    assert_eq!((agreed.target, agreed.remote_holds), (None, true));
}

#[test]
fn what_cannot_be_talked_over_is_refused_and_why() {
    let table = [
        ("m=audio 4000 RTP/AVP 18 9", SdpError::NoCodec, 305),
        ("m=audio 4000 RTP/AVP 0 | a=rtpmap:0 G723/8000", SdpError::NoCodec, 305),
        ("m=video 4000 RTP/AVP 96", SdpError::NoAudio, 304),
        ("m=audio 0 RTP/AVP 0", SdpError::NoAudio, 304),
        ("m=audio 4000 RTP/SAVPF 0", SdpError::NoAudio, 304),
        ("a=tool:none", SdpError::NoAudio, 304),
        ("m=audio 4000 RTP/AVP 0 | c=IN IP4 224.2.1.1/127", SdpError::Address, 300),
        ("m=audio 4000 RTP/AVP 0 | c=IN IP4 239.1.1.1", SdpError::Address, 300),
        ("m=audio 4000 RTP/AVP 0 | c=IN IP4 phone.example.com", SdpError::Address, 300),
    ];
    for (lines, expected, warning) in table {
        let error = answer(lines).expect_err(lines);
        assert_eq!((error.warning(), error), (warning, expected), "{lines}");
    }
}

#[test]
fn a_refused_description_changes_nothing() {
    let mut session = session();
    let first = session.answer(&theirs("m=audio 4000 RTP/AVP 0"), SendRecv).expect("agreed");
    assert_eq!(session.answer(&theirs("m=audio 4000 RTP/AVP 18"), SendRecv), Err(SdpError::NoCodec));
    assert_eq!(session.answer(&theirs("m=audio 4000 RTP/AVP 0"), SendRecv), Ok(first));
}

#[test]
fn the_answer_to_our_offer_names_its_numbers_and_its_hold() {
    let mut session = session();
    session.offer(SendRecv);
    let reply = theirs("m=audio 4000 RTP/AVP 8 0 110 | a=rtpmap:110 telephone-event/8000 | a=sendonly");
    let agreed = session.accept(&reply).expect("agreed");
    assert_eq!(agreed.codec, Codec::Pcma, "its first is sent");
    assert_eq!((agreed.event_in, agreed.event_out), (Some(101), Some(110)));
    assert_eq!((agreed.direction, agreed.remote_holds), (RecvOnly, true));
}

#[test]
fn an_answer_that_fits_no_offer_is_refused() {
    assert_eq!(session().accept(&theirs("m=audio 4000 RTP/AVP 0")), Err(SdpError::Unfitting));
    let mut session = session();
    session.offer(SendRecv);
    assert_eq!(session.accept(&theirs("a=tool:none")), Err(SdpError::Unfitting));
    assert_eq!(session.accept(&theirs("m=audio 0 RTP/AVP 0")), Err(SdpError::NoAudio));
    assert_eq!(session.accept(&theirs("m=audio 4000 RTP/AVP 18")), Err(SdpError::NoCodec));
    session.only(Codec::Pcmu);
    session.offer(SendRecv);
    assert_eq!(session.accept(&theirs("m=audio 4000 RTP/AVP 8")), Err(SdpError::NoCodec));
}

#[test]
fn what_is_too_long_or_broken_is_refused() {
    assert_eq!(answer(&"a=x\r\n".repeat(10_000)), Err(SdpError::TooLong));
    let many = vec!["m=audio 4000 RTP/AVP 0"; SdpError::STREAMS + 1].join("|");
    assert_eq!(answer(&many), Err(SdpError::TooLong));
    for text in
        ["", "hello", "v=0\r\nm=audio x RTP/AVP 0\r\n", "v=0\r\nc=IN\r\n", "v=1\r\n", "v=0\r\no=\u{0}\r\n"]
    {
        assert!(session().answer(text, SendRecv).is_err(), "{text:?}");
    }
}

proptest! {
    /// Valid descriptions with bytes changed, doubled and cut out.
    #[test]
    fn nothing_that_is_said_to_us_panics(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..30, ".{0,12}"), 0..8)
    ) {
        let mut text = theirs(
            "m=audio 4000/2 RTP/AVP 0 8 96 | a=rtpmap:96 telephone-event/8000 | a=mid:1 | a=sendonly | \
             m=video 0 RTP/AVP 99 | c=IN IP6 ::1",
        );
        for (at, length, with) in cuts {
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let from = at.index(starts.len());
            let to = (from + length).min(starts.len() - 1);
            text.replace_range(starts[from]..starts[to], &with);
        }
        let mut session = session();
        if let Ok((sdp, _)) = session.answer(&text, SendRecv) {
            prop_assert!(!sdp.contains("\r\n\r\n"));
            let lines = sdp.matches("\nm=").count();
            prop_assert_eq!(text.lines().filter(|line| line.starts_with("m=")).count(), lines);
        }
        session.offer(SendRecv);
        let _ = session.accept(&text);
    }

    #[test]
    fn no_noise_panics(noise in ".{0,400}") {
        let _ = session().answer(&noise, SendRecv);
    }
}

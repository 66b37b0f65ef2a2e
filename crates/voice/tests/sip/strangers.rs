//! What strangers, and those who cannot write SIP, get.

use crate::switch::{TestSwitch, settings, strict};
use std::time::Duration;
use testkit::sip::sdp;
use voice::{Limits, Settings, Timers};

const QUIET: Duration = Duration::from_millis(200);

fn options(peer: &testkit::sip::Peer, method: &str) -> String {
    format!(
        "{method} sip:100@127.0.0.1 SIP/2.0\r\n{}Max-Forwards: 70\r\nFrom: <sip:scan@127.0.0.1>;tag=1\r\n\
         To: <sip:100@127.0.0.1>\r\nCall-ID: scan{}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n",
        peer.via(&format!("z9hG4bKs{method}")),
        peer.addr().port()
    )
}

#[tokio::test]
async fn a_scanner_gets_no_answer_and_a_phone_does() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut scanner = switch.peer("100").await;
    for method in ["OPTIONS", "SUBSCRIBE", "MESSAGE", "FROBNICATE"] {
        scanner.send(&options(&scanner, method)).await;
    }
    scanner.hears_nothing(QUIET).await;
    let mut phone = switch.phone("5001").await;
    phone.send(&options(&phone, "OPTIONS")).await;
    assert!(phone.expect("200 OPTIONS").await.header("Allow").is_some());
    phone.send(&options(&phone, "FROBNICATE")).await;
    assert!(phone.expect("405 FROBNICATE").await.header("Allow").is_some());
}

#[tokio::test]
async fn an_invite_of_a_stranger_is_challenged_and_credentials_decide_who_calls() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.peer("5001").await;
    let mut call = phone.invite("9000", &phone.sdp("sendrecv")).await;
    let challenge = phone.expect("407 INVITE").await;
    call.learn_tag(&challenge);
    phone.of_invite(&call, "ACK").await;
    let md5 = challenge.headers("Proxy-Authenticate").nth(1).expect("MD5").to_owned();
    let uri = format!("sip:9000@{}", switch.server);
    let proof = phone.authorization(&md5, "INVITE", &uri, 1, "demo");
    let body = phone.sdp("sendrecv");
    phone.invite_with("9000", &body, &format!("Proxy-Authorization: {proof}\r\n")).await;
    let arrival = switch.arrived().await;
    assert_eq!(arrival.device.as_ref().map(domain::call::Dn::as_str), Some("5001"));
    assert_eq!((arrival.dialled.as_str(), arrival.from.number.as_str()), ("9000", "5001"));
}

#[tokio::test]
async fn a_registered_flow_needs_no_second_proof_and_from_decides_nothing() {
    let mut switch = TestSwitch::open(settings()).await;
    let phone = switch.phone("5001").await;
    phone.invite("9000", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.arrived().await.device.map(|dn| dn.to_string()).as_deref(), Some("5001"));
    // A peer that says it is 5001 is a peer.
    let liar = switch.peer("5001").await;
    liar.invite("9000", &liar.sdp("sendrecv")).await;
    let arrival = switch.arrived().await;
    assert_eq!((arrival.device, arrival.from.number.as_str()), (None, "5001"));
}

#[tokio::test]
async fn a_flood_of_wrong_passwords_is_met_with_silence() {
    let limits = Limits { failed_logins_per_minute: 3, ..Limits::default() };
    let mut switch = TestSwitch::open(Settings { limits, ..strict() }).await;
    let mut phone = switch.phone("5002").await;
    let mut thief = switch.peer("5001").await;
    thief.send(&thief.register_text("f", 1, "")).await;
    let challenge = thief.expect("401 REGISTER").await;
    let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    for cseq in 2..5 {
        let proof = thief.authorization(&md5, "REGISTER", &format!("sip:{}", switch.server), cseq, "guess");
        thief.send(&thief.register_text("f", cseq, &format!("Authorization: {proof}\r\n"))).await;
        if cseq < 4 {
            thief.expect("401 REGISTER").await;
        }
    }
    thief.hears_nothing(QUIET).await;
    thief.send(&thief.register_text("f", 9, "")).await;
    thief.hears_nothing(QUIET).await;
    // A phone behind the same address registers on, and cannot guess either.
    phone.register().await;
    phone.send(&phone.register_text("g", 1, "")).await;
    let challenge = phone.expect("401 REGISTER").await;
    let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    let uri = format!("sip:{}", switch.server);
    let proof = testkit::sip::authorization("5001", &md5, "REGISTER", &uri, 1, "demo");
    let guess = phone.register_text("g", 2, &format!("Authorization: {proof}\r\n"));
    phone.send(&guess.replace("To: <sip:5002@", "To: <sip:5001@")).await;
    phone.hears_nothing(QUIET).await;
}

#[tokio::test]
async fn wrong_credentials_that_prove_no_return_path_silence_nobody() {
    let limits = Limits { failed_logins_per_minute: 3, ..Limits::default() };
    let switch = TestSwitch::open(Settings { limits, ..strict() }).await;
    // Who asks from one port learns a nonce that is good for that port only.
    let mut elsewhere = switch.peer("5001").await;
    elsewhere.send(&elsewhere.register_text("f", 1, "")).await;
    let challenge = elsewhere.expect("401 REGISTER").await;
    let theirs = challenge.headers("WWW-Authenticate").nth(1).expect("MD5").to_owned();
    let invented = theirs.replace("nonce=\"", "nonce=\"00");
    let mut forger = switch.peer("5001").await;
    let uri = format!("sip:{}", switch.server);
    for (n, md5) in [theirs, invented].iter().cycle().take(20).enumerate() {
        let nc = u32::try_from(n).expect("small") + 1;
        let proof = forger.authorization(md5, "REGISTER", &uri, nc, "guess");
        forger.send(&forger.register_text("f", nc + 1, &format!("Authorization: {proof}\r\n"))).await;
        let again = forger.expect("401 REGISTER").await;
        assert!(
            again.header("WWW-Authenticate").is_some_and(|text| text.contains("stale=true")),
            "{again:?}"
        );
    }
    forger.register().await;
}

#[tokio::test]
async fn a_phone_whose_calls_never_acknowledge_is_asked_for_its_password() {
    let limits = Limits { unacknowledged_calls_per_network: 1, ..Limits::default() };
    let mut switch = TestSwitch::open(Settings { limits, ..strict() }).await;
    let mut phone = switch.phone("5001").await;
    let body = phone.sdp("sendrecv");
    phone.invite("9000", &body).await;
    switch.arrived().await;
    // Anybody could have sent this one in its name.
    let mut call = phone.invite("9000", &body).await;
    let challenge = phone.expect("407 INVITE").await;
    call.learn_tag(&challenge);
    phone.of_invite(&call, "ACK").await;
    let md5 = challenge.headers("Proxy-Authenticate").nth(1).expect("MD5").to_owned();
    let proof = phone.authorization(&md5, "INVITE", &format!("sip:9000@{}", switch.server), 1, "demo");
    phone.invite_with("9000", &body, &format!("Proxy-Authorization: {proof}\r\n")).await;
    assert_eq!(switch.arrived().await.device.map(|dn| dn.to_string()).as_deref(), Some("5001"));
}

#[tokio::test]
async fn calls_without_a_password_are_bounded_for_each_network() {
    let limits = Limits { open_calls_per_network: 2, ..Limits::default() };
    let mut switch = TestSwitch::open(Settings { limits, ..settings() }).await;
    let mut peer = switch.peer("100").await;
    let body = peer.sdp("sendrecv");
    for _ in 0..2 {
        peer.invite("9000", &body).await;
        switch.arrived().await;
    }
    peer.invite("9000", &body).await;
    assert!(peer.expect("503 INVITE").await.header("Retry-After").is_some());
    switch.hears_nothing(QUIET).await;
}

#[tokio::test]
async fn an_answer_without_qop_is_taken_only_where_the_settings_say_so() {
    for set in [false, true] {
        let switch = TestSwitch::open(Settings { digest_without_qop: set, ..strict() }).await;
        let mut phone = switch.peer("5001").await;
        phone.send(&phone.register_text("old", 1, "")).await;
        let challenge = phone.expect("401 REGISTER").await;
        let md5 = challenge.headers("WWW-Authenticate").nth(1).expect("MD5");
        let uri = format!("sip:{}", switch.server);
        let proof = testkit::sip::authorization_without_qop("5001", md5, "REGISTER", &uri, "demo");
        phone.send(&phone.register_text("old", 2, &format!("Authorization: {proof}\r\n"))).await;
        phone.expect(if set { "200 REGISTER" } else { "401 REGISTER" }).await;
    }
}

#[tokio::test]
async fn nonsense_gets_400_from_a_phone_and_silence_from_a_stranger_and_harms_nobody() {
    let mut switch = TestSwitch::open(strict()).await;
    let mut phone = switch.phone("5001").await;
    let mut stranger = switch.peer("100").await;
    let good = options(&phone, "OPTIONS");
    let broken = [
        good.replace("From: <sip:scan@127.0.0.1>;tag=1", "From: <sip:scan@127.0.0.1>"),
        good.replace("CSeq: 1 OPTIONS", "CSeq: one OPTIONS"),
        good.replace("Call-ID", "Cull-ID"),
        good.replace("Content-Length: 0", "Content-Length: 99"),
    ];
    for text in broken {
        stranger.send(&text).await;
        phone.send(&text).await;
        assert!(phone.expect_code(400).await, "{text}");
    }
    for text in [
        "",
        "\0\0\0\0",
        "INVITE",
        "INVITE  SIP/2.0\r\n\r\n",
        "SIP/2.0 999999 x\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n",
    ] {
        stranger.send(text).await;
    }
    stranger.hears_nothing(QUIET).await;
    phone.send(&options(&phone, "OPTIONS").replace("z9hG4bKs", "z9hG4bKz")).await;
    phone.expect("200 OPTIONS").await;
}

#[tokio::test]
async fn an_invite_that_makes_no_sense_is_refused_with_its_code() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let body = peer.sdp("sendrecv");
    let video = sdp(9, "sendrecv").replace("RTP/AVP 0 8 101", "RTP/AVP 18");
    let cases: [(&str, &str, &str); 4] = [
        ("488 INVITE", &video, ""),
        ("420 INVITE", &body, "Require: 100rel\r\n"),
        ("422 INVITE", &body, "Session-Expires: 20\r\n"),
        ("400 INVITE", "this is no session description", ""),
    ];
    for (code, body, extra) in cases {
        let mut call = peer.invite_with("9000", body, extra).await;
        let refusal = peer.expect(code).await;
        call.learn_tag(&refusal);
        peer.of_invite(&call, "ACK").await;
        if code.starts_with("488") {
            assert!(
                refusal.header("Warning").is_some_and(|warning| warning.starts_with("305")),
                "{refusal:?}"
            );
        }
    }
    switch.hears_nothing(QUIET).await;
}

#[tokio::test]
async fn a_number_that_is_too_long_is_nobodys() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let body = peer.sdp("sendrecv");
    peer.invite(&"9".repeat(65), &body).await;
    peer.expect("404 INVITE").await;
    peer.invite(&"9".repeat(64), &body).await;
    assert_eq!(switch.arrived().await.dialled.as_str().len(), 64);
}

#[tokio::test]
async fn hops_run_out_with_483() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    phone.send(&options(&phone, "OPTIONS").replace("Max-Forwards: 70", "Max-Forwards: 0")).await;
    phone.expect("483 OPTIONS").await;
}

#[tokio::test]
async fn more_calls_than_a_second_takes_get_503() {
    let limits = Limits { calls_per_second: 1, ..Limits::default() };
    let mut switch = TestSwitch::open(Settings { limits, ..settings() }).await;
    let mut peer = switch.peer("100").await;
    peer.invite("9000", &peer.sdp("sendrecv")).await;
    peer.invite("9000", &peer.sdp("sendrecv")).await;
    assert!(peer.expect("503 INVITE").await.header("Retry-After").is_some());
    switch.arrived().await;
}

#[tokio::test]
async fn the_same_invite_by_two_ways_is_taken_once() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let body = peer.sdp("sendrecv");
    let mut call = peer.invite("9000", &body).await;
    switch.arrived().await;
    call.branch += "x";
    peer.send(&peer.invite_text(&call, &body, "")).await;
    peer.expect("482 INVITE").await;
    switch.hears_nothing(QUIET).await;
}

#[tokio::test]
async fn a_request_of_an_unknown_dialog_gets_481() {
    let switch = TestSwitch::open(strict()).await;
    let mut peer = switch.peer("100").await;
    let mut call = testkit::sip::SipDialog {
        id: "nothing".into(),
        ours: "<sip:a@127.0.0.1>;tag=1".into(),
        theirs: "<sip:b@127.0.0.1>;tag=2".into(),
        target: "sip:b@127.0.0.1".into(),
        cseq: 1,
        branch: String::new(),
    };
    for method in ["BYE", "INFO", "UPDATE", "INVITE"] {
        peer.request(&mut call, method, "", "").await;
        peer.expect(&format!("481 {method}")).await;
    }
    assert!(switch.told.is_empty());
}

#[tokio::test]
async fn streams_of_strangers_are_few_and_brief_and_phones_keep_theirs() {
    use tokio::{io::AsyncReadExt, net::TcpStream};
    let limits = Limits { stranger_streams_per_address: 2, ..Limits::default() };
    let timers = Timers { stranger: Duration::from_secs(2), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { limits, timers, ..strict() }).await;
    let stream = TcpStream::connect(switch.server).await.expect("a stream");
    let mut phone = switch.peer("5001").await.over(testkit::sip::SipStream::bytes("TCP", stream));
    phone.register().await;
    switch.next().await;
    let ended = async |stream: &mut TcpStream, within| {
        tokio::time::timeout(within, stream.read(&mut [0; 8])).await.is_ok_and(|read| read.unwrap_or(0) == 0)
    };
    let mut idle = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(switch.server).await.expect("a stream");
        assert!(!ended(&mut stream, QUIET).await);
        idle.push(stream);
    }
    let mut third = TcpStream::connect(switch.server).await.expect("a stream");
    assert!(ended(&mut third, QUIET).await, "one too many");
    // Datagrams from there are taken.
    switch.phone("5002").await;
    for mut stream in idle {
        assert!(ended(&mut stream, Duration::from_secs(4)).await, "too long a stranger");
    }
    phone.send(&options(&phone, "OPTIONS")).await;
    phone.expect("200 OPTIONS").await;
}

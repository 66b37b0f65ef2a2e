//! The table of registrations (voice-sip §3).

use super::*;
use crate::{settings::Carrier, sip::origin::Origin};
use std::net::SocketAddr;

const MINUTE: Duration = Duration::from_secs(60);

struct Hall {
    registrar: Registrar,
    changes: mpsc::UnboundedReceiver<(Dn, bool)>,
    now: Instant,
    cseq: u32,
}

fn hall(most: usize) -> Hall {
    let (send, changes) = mpsc::unbounded_channel();
    let limits = Limits { registrations: most, ..Limits::default() };
    Hall { registrar: Registrar::new(&limits, send), changes, now: Instant::now(), cseq: 0 }
}

fn flow(port: u16) -> Flow {
    Flow { carrier: Carrier::Tcp, peer: SocketAddr::from(([127, 0, 0, 1], port)) }
}

fn contact(uri: &str, expires: Duration) -> Contact {
    Contact { uri: uri.into(), instance: None, expires, elsewhere: false, talks: false }
}

impl Hall {
    fn ask(&mut self, contacts: Vec<Contact>, all: bool, port: u16) -> Result<usize, Refused> {
        self.cseq += 1;
        self.ask_at(contacts, all, port, self.cseq)
    }

    fn ask_at(&mut self, contacts: Vec<Contact>, all: bool, port: u16, cseq: u32) -> Result<usize, Refused> {
        let (origin, path) = (Origin::direct(flow(port)), Vec::new());
        let asked = Asked { all, contacts, call_id: "one".into(), cseq, origin, path };
        self.registrar.apply(&Dn::new("5001"), asked, self.now).map(|listed| listed.len())
    }

    fn heard(&mut self) -> Vec<bool> {
        std::iter::from_fn(|| self.changes.try_recv().ok()).map(|(_, on)| on).collect()
    }
}

#[tokio::test]
async fn the_first_contact_is_in_service_and_the_last_is_out() {
    let mut hall = hall(10);
    assert_eq!(hall.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    assert_eq!(hall.ask(vec![contact("sip:b", MINUTE)], false, 2), Ok(2));
    assert_eq!(hall.heard(), [true]);
    assert_eq!(hall.ask(vec![contact("sip:a", Duration::ZERO)], false, 1), Ok(1));
    assert_eq!(hall.heard(), [] as [bool; 0]);
    assert_eq!(hall.ask(vec![contact("sip:b", Duration::ZERO)], false, 2), Ok(0));
    assert_eq!(hall.heard(), [false]);
}

#[tokio::test]
async fn a_refresh_is_no_change_and_keeps_its_name() {
    let mut hall = hall(10);
    assert_eq!(hall.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    let serial = hall.registrar.bindings(&Dn::new("5001"))[0].serial;
    assert_eq!(hall.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    assert_eq!(hall.registrar.bindings(&Dn::new("5001"))[0].serial, serial);
    assert_eq!(hall.heard(), [true]);
}

#[tokio::test]
async fn a_star_takes_all_out() {
    let mut hall = hall(10);
    assert_eq!(hall.ask(vec![contact("sip:a", MINUTE), contact("sip:b", MINUTE)], false, 1), Ok(2));
    assert_eq!(hall.ask(Vec::new(), true, 1), Ok(0));
    assert_eq!(hall.heard(), [true, false]);
    assert!(!hall.registrar.knows(flow(1)));
}

#[tokio::test]
async fn an_old_message_changes_nothing() {
    let mut hall = hall(10);
    assert_eq!(hall.ask_at(vec![contact("sip:a", MINUTE)], false, 1, 7), Ok(1));
    assert_eq!(hall.ask_at(vec![contact("sip:a", Duration::ZERO)], false, 1, 7), Err(Refused::OutOfOrder));
    assert_eq!(hall.ask_at(vec![contact("sip:a", Duration::ZERO)], false, 1, 6), Err(Refused::OutOfOrder));
    assert!(hall.registrar.serves(&Dn::new("5001")));
}

#[tokio::test]
async fn the_oldest_makes_room() {
    let mut hall = hall(2);
    for (at, uri) in (1..).zip(["sip:a", "sip:b", "sip:c"]) {
        assert!(hall.ask(vec![contact(uri, MINUTE)], false, at).is_ok());
    }
    let left: Vec<String> =
        hall.registrar.bindings(&Dn::new("5001")).into_iter().map(|binding| binding.contact).collect();
    assert_eq!(left, ["sip:b", "sip:c"]);
    assert!(!hall.registrar.knows(flow(1)));
    assert!(hall.registrar.is_flow_of(&Dn::new("5001"), flow(3)));
}

#[tokio::test]
async fn a_phone_that_began_anew_replaces_itself() {
    let mut hall = hall(10);
    let of = |uri: &str| Contact { instance: Some("urn:uuid:1".into()), ..contact(uri, MINUTE) };
    assert_eq!(hall.ask(vec![of("sip:a:1")], false, 1), Ok(1));
    assert_eq!(hall.ask(vec![of("sip:a:2")], false, 2), Ok(1));
    assert!(!hall.registrar.knows(flow(1)));
}

#[tokio::test]
async fn what_runs_out_is_swept() {
    let mut hall = hall(10);
    assert_eq!(hall.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    hall.registrar.sweep(hall.now + Duration::from_secs(59));
    assert_eq!(hall.heard(), [true]);
    hall.registrar.sweep(hall.now + MINUTE);
    assert_eq!(hall.heard(), [false]);
}

#[tokio::test]
async fn a_closed_stream_unregisters_what_came_over_it() {
    let mut hall = hall(10);
    assert_eq!(hall.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    assert_eq!(hall.ask(vec![contact("sip:b", MINUTE)], false, 2), Ok(2));
    hall.registrar.closed(flow(1));
    assert_eq!(hall.heard(), [true]);
    hall.registrar.closed(flow(2));
    assert_eq!(hall.heard(), [false]);
}

#[tokio::test]
async fn what_could_not_refresh_because_nothing_was_heard_runs_out_so_much_later() {
    let mut hall = hall(10);
    hall.ask(vec![contact("sip:a", MINUTE)], false, 1).expect("registered");
    hall.registrar.postpone(10 * MINUTE);
    hall.registrar.sweep(hall.now + 11 * MINUTE - Duration::from_secs(1));
    assert_eq!(hall.heard(), [true]);
    hall.registrar.sweep(hall.now + 11 * MINUTE);
    assert_eq!(hall.heard(), [false]);
}

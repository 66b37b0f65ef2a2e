//! The table of registrations (spec: voice-sip#3).

use super::super::register_request::Contact;
use super::*;
use crate::{
    settings::{Carrier, PhoneAccount},
    sip::origin::RequestOrigin,
};
use desk::ports::BindingRow;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
};

const MINUTE: Duration = Duration::from_secs(60);

struct TestRegistrar {
    registrar: Registrar,
    changes: mpsc::UnboundedReceiver<(Dn, bool)>,
    now: Instant,
    cseq: u32,
}

fn test_registrar(most: usize) -> TestRegistrar {
    let (send, changes) = mpsc::unbounded_channel();
    let limits = Limits { registrations: most, ..Limits::default() };
    let registrar = Registrar::new(&limits, &Timers::default(), send);
    TestRegistrar { registrar, changes, now: Instant::now(), cseq: 0 }
}

fn flow(port: u16) -> Flow {
    Flow { carrier: Carrier::Tcp, peer: SocketAddr::from(([127, 0, 0, 1], port)) }
}

fn contact(uri: &str, expires: Duration) -> Contact {
    Contact { uri: uri.into(), instance: None, reg_id: None, expires, elsewhere: false, talks: false }
}

impl TestRegistrar {
    fn ask(&mut self, contacts: Vec<Contact>, all: bool, port: u16) -> Result<usize, RegisterRefusal> {
        self.cseq += 1;
        self.ask_at(contacts, all, port, self.cseq)
    }

    fn ask_at(
        &mut self,
        contacts: Vec<Contact>,
        all: bool,
        port: u16,
        cseq: u32,
    ) -> Result<usize, RegisterRefusal> {
        let (origin, path) = (RequestOrigin::direct(flow(port)), Vec::new());
        let asked = RegisterRequest { all, contacts, call_id: "one".into(), cseq, origin, path };
        self.registrar.apply(&Dn::new("5001"), asked, self.now).map(|listed| listed.len())
    }

    /// All that is to be written is written; whether somebody waited for it.
    fn writes(&self) -> Option<bool> {
        let waits = held(&self.registrar.book).waits(&Dn::new("5001"));
        let written = held(&self.registrar.book).unwritten(10);
        held(&self.registrar.book).was_written(&written);
        (!written.is_empty()).then_some(waits)
    }

    fn heard(&mut self) -> Vec<bool> {
        std::iter::from_fn(|| self.changes.try_recv().ok()).map(|(_, on)| on).collect()
    }
}

#[tokio::test]
async fn the_first_contact_is_in_service_and_the_last_is_out() {
    let mut test = test_registrar(10);
    assert_eq!(test.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    assert_eq!(test.ask(vec![contact("sip:b", MINUTE)], false, 2), Ok(2));
    assert_eq!(test.heard(), [true]);
    assert_eq!(test.ask(vec![contact("sip:a", Duration::ZERO)], false, 1), Ok(1));
    assert_eq!(test.heard(), [] as [bool; 0]);
    assert_eq!(test.ask(vec![contact("sip:b", Duration::ZERO)], false, 2), Ok(0));
    assert_eq!(test.heard(), [false]);
}

#[tokio::test]
async fn a_refresh_is_no_change_and_keeps_its_name() {
    let mut test = test_registrar(10);
    assert_eq!(test.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    let serial = test.registrar.bindings(&Dn::new("5001"))[0].serial;
    assert_eq!(test.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    assert_eq!(test.registrar.bindings(&Dn::new("5001"))[0].serial, serial);
    assert_eq!(test.heard(), [true]);
}

#[tokio::test]
async fn a_star_takes_all_out() {
    let mut test = test_registrar(10);
    assert_eq!(test.ask(vec![contact("sip:a", MINUTE), contact("sip:b", MINUTE)], false, 1), Ok(2));
    assert_eq!(test.ask(Vec::new(), true, 1), Ok(0));
    assert_eq!(test.heard(), [true, false]);
    assert!(!test.registrar.knows(flow(1)));
}

#[tokio::test]
async fn an_old_message_changes_nothing() {
    let mut test = test_registrar(10);
    assert_eq!(test.ask_at(vec![contact("sip:a", MINUTE)], false, 1, 7), Ok(1));
    assert_eq!(
        test.ask_at(vec![contact("sip:a", Duration::ZERO)], false, 1, 7),
        Err(RegisterRefusal::OutOfOrder)
    );
    assert_eq!(
        test.ask_at(vec![contact("sip:a", Duration::ZERO)], false, 1, 6),
        Err(RegisterRefusal::OutOfOrder)
    );
    assert!(test.registrar.serves(&Dn::new("5001")));
}

#[tokio::test]
async fn the_oldest_makes_room() {
    let mut test = test_registrar(2);
    for (at, uri) in (1..).zip(["sip:a", "sip:b", "sip:c"]) {
        assert!(test.ask(vec![contact(uri, MINUTE)], false, at).is_ok());
    }
    let left: Vec<String> =
        test.registrar.bindings(&Dn::new("5001")).into_iter().map(|binding| binding.contact).collect();
    assert_eq!(left, ["sip:b", "sip:c"]);
    assert!(!test.registrar.knows(flow(1)));
    assert!(test.registrar.is_flow_of(&Dn::new("5001"), flow(3)));
}

#[tokio::test]
async fn a_phone_that_began_anew_replaces_itself() {
    let mut test = test_registrar(10);
    let of = |uri: &str| Contact { instance: Some("urn:uuid:1".into()), ..contact(uri, MINUTE) };
    assert_eq!(test.ask(vec![of("sip:a:1")], false, 1), Ok(1));
    assert_eq!(test.ask(vec![of("sip:a:2")], false, 2), Ok(1));
    assert!(!test.registrar.knows(flow(1)));
}

#[tokio::test]
async fn what_runs_out_is_swept() {
    let mut test = test_registrar(10);
    assert_eq!(test.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    test.registrar.sweep(test.now + Duration::from_secs(59));
    assert_eq!(test.heard(), [true]);
    test.registrar.sweep(test.now + MINUTE);
    assert_eq!(test.heard(), [false]);
}

#[tokio::test]
async fn a_closed_stream_unregisters_what_came_over_it() {
    let mut test = test_registrar(10);
    assert_eq!(test.ask(vec![contact("sip:a", MINUTE)], false, 1), Ok(1));
    assert_eq!(test.ask(vec![contact("sip:b", MINUTE)], false, 2), Ok(2));
    test.registrar.closed(flow(1));
    assert_eq!(test.heard(), [true]);
    test.registrar.closed(flow(2));
    assert_eq!(test.heard(), [false]);
}

#[tokio::test]
async fn what_could_not_refresh_because_nothing_was_heard_runs_out_so_much_later() {
    let mut test = test_registrar(10);
    test.ask(vec![contact("sip:a", MINUTE)], false, 1).expect("registered");
    test.registrar.postpone(10 * MINUTE);
    test.registrar.sweep(test.now + 11 * MINUTE - Duration::from_secs(1));
    assert_eq!(test.heard(), [true]);
    test.registrar.sweep(test.now + 11 * MINUTE);
    assert_eq!(test.heard(), [false]);
}

#[tokio::test]
async fn what_is_new_other_or_gone_is_written_before_it_is_answered() {
    let mut test = test_registrar(2);
    let hour = 60 * MINUTE;
    let mut step = |what: &str, contacts: Vec<Contact>, port, cseq, expected| {
        assert!(test.ask_at(contacts, false, port, cseq).is_ok());
        assert_eq!(test.writes(), expected, "{what}");
    };
    step("a new one", vec![contact("sip:a", hour)], 1, 1, Some(true));
    step("a refresh", vec![contact("sip:a", hour)], 1, 2, None);
    step("from elsewhere", vec![contact("sip:a", hour)], 2, 3, Some(true));
    let named = |reg_id| Contact { instance: Some("i".into()), reg_id, ..contact("sip:a", hour) };
    step("with an instance", vec![named(None)], 2, 4, Some(true));
    step("with a reg-id", vec![named(Some(1))], 2, 5, Some(true));
    let moved = Contact { uri: "sip:b".into(), ..named(Some(1)) };
    step("with another contact", vec![moved.clone()], 2, 6, Some(true));
    step("nothing but a question", vec![], 2, 7, None);
    step("a second one", vec![contact("sip:c", hour)], 2, 8, Some(true));
    step("one that makes the oldest go", vec![contact("sip:d", hour)], 2, 9, Some(true));
    step("one that goes", vec![contact("sip:d", Duration::ZERO)], 2, 10, Some(true));
    step("one that was not there", vec![contact("sip:d", Duration::ZERO)], 2, 11, None);
    assert_eq!(test.ask_at(Vec::new(), true, 1, 12), Ok(0));
    assert_eq!(test.writes(), Some(true), "all go");
}

#[tokio::test]
async fn a_refresh_is_written_once_a_minute_and_not_waited_for() {
    let mut test = test_registrar(2);
    let mut written = Vec::new();
    for at in 0..10_u64 {
        assert!(test.ask(vec![contact("sip:a", 60 * MINUTE)], false, 1).is_ok());
        written.extend(test.writes().map(|waits| (at * 25, waits)));
        test.now += Duration::from_secs(25);
    }
    assert_eq!(written, [(0, true), (75, false), (150, false), (225, false)]);
}

#[tokio::test]
async fn what_failed_to_be_written_is_waited_for_by_the_next_and_what_changed_meanwhile_is_written_again() {
    let mut test = test_registrar(2);
    let dn = Dn::new("5001");
    assert!(test.ask(vec![contact("sip:a", MINUTE)], false, 1).is_ok());
    let written = held(&test.registrar.book).unwritten(10);
    assert!(test.ask(vec![contact("sip:a", MINUTE)], false, 1).is_ok());
    assert!(held(&test.registrar.book).waits(&dn), "it is not written yet");
    assert!(test.ask(vec![contact("sip:b", MINUTE)], false, 1).is_ok());
    held(&test.registrar.book).was_written(&written);
    assert!(held(&test.registrar.book).waits(&dn), "the second is not written yet");
    assert_eq!(test.writes(), Some(true));
    assert!(!held(&test.registrar.book).waits(&dn));
}

#[tokio::test]
async fn what_time_takes_out_is_written_and_not_waited_for() {
    let mut test = test_registrar(2);
    assert!(test.ask(vec![contact("sip:a", MINUTE)], false, 1).is_ok());
    test.writes();
    test.registrar.sweep(test.now + MINUTE);
    assert_eq!(test.writes(), Some(false));
    test.registrar.sweep(test.now + MINUTE);
    assert_eq!(test.writes(), None);
}

/// What was written of a phone that registered for an hour, at the awake time 0.
fn row(contact: &str) -> BindingRow {
    BindingRow {
        dn: "5001".into(),
        contact: contact.into(),
        instance: Some("i".into()),
        reg_id: Some(1),
        path: Vec::new(),
        transport: "udp".into(),
        received: "192.0.2.7:5062".into(),
        sender: "udp:192.0.2.7:5062".into(),
        expires: 3_600_000,
        call_id: "one".into(),
        cseq: 7,
        talks: true,
        refused_talk: true,
        by_hand: true,
    }
}

fn udp(addr: &str) -> Flow {
    Flow { carrier: Carrier::Udp, peer: addr.parse().expect("an address") }
}

/// The proxies that are believed.
fn edges() -> Vec<Network> {
    vec![Network::from(IpAddr::from([203, 0, 113, 1]))]
}

/// A process that takes up what the one before wrote; the moment in awake time, in minutes.
fn taken_up(rows: Vec<BindingRow>, minutes: i64) -> TestRegistrar {
    let test = test_registrar(2);
    let accounts = HashMap::from([(Dn::new("5001"), PhoneAccount::default())]);
    test.registrar.take_up(rows, &accounts, &edges(), minutes * 60_000, test.now);
    test
}

#[tokio::test]
async fn a_phone_that_an_earlier_process_knew_is_in_service_and_asked_at_once() {
    let mut test = taken_up(vec![row("sip:5001@192.0.2.7:5062")], 30);
    assert_eq!(test.heard(), [true]);
    let dn = Dn::new("5001");
    assert_eq!(test.registrar.in_service(), BTreeSet::from([dn.clone()]));
    let questions = test.registrar.to_ask(test.now, 10);
    assert_eq!(questions.len(), 1);
    assert!(test.registrar.to_ask(test.now, 10).is_empty(), "it is being asked");
    let binding = &questions[0].binding;
    assert_eq!(binding.flow, udp("192.0.2.7:5062"));
    assert!(!binding.behind_nat && binding.ways.talks.load(Ordering::Relaxed));
    assert!(!test.registrar.is_made_to_answer(&dn), "how it answers is known, too");
    assert_eq!(test.writes(), None, "nothing has changed");
    test.registrar.sweep(test.now + 31 * MINUTE - Duration::from_secs(1));
    assert!(test.registrar.serves(&dn), "it has the rest of its time, and what may not have been written");
    test.registrar.sweep(test.now + 31 * MINUTE);
    assert!(!test.registrar.serves(&dn));
}

#[tokio::test]
async fn who_calls_from_where_an_earlier_process_knew_a_phone_has_to_prove_it_until_the_phone_registers() {
    let mut test = taken_up(vec![row("sip:5001@192.0.2.7:5062")], 30);
    let (dn, flow) = (Dn::new("5001"), udp("192.0.2.7:5062"));
    let stands = |test: &TestRegistrar| {
        (
            test.registrar.is_alone_on(&dn, flow),
            test.registrar.is_flow_of(&dn, flow),
            test.registrar.knows(flow),
        )
    };
    assert_eq!(stands(&test), (false, true, true));
    let question = test.registrar.to_ask(test.now, 1).remove(0);
    let became = test.registrar.asked(&dn, question.binding.serial, question.round, true, test.now);
    assert_eq!((became, stands(&test)), (ReachabilityChange::Same, (false, true, true)));
    let asked = RegisterRequest {
        all: false,
        contacts: vec![contact("sip:5001@192.0.2.7:5062", MINUTE)],
        call_id: "one".into(),
        cseq: 8,
        origin: RequestOrigin::direct(flow),
        path: Vec::new(),
    };
    assert!(test.registrar.apply(&dn, asked, test.now).is_ok());
    assert_eq!(stands(&test), (true, true, true));
    assert!(!test.registrar.is_made_to_answer(&dn), "what was learned of it stays");
    assert_eq!(test.heard(), [true]);
}

#[tokio::test]
async fn a_phone_that_does_not_answer_goes_out_of_service_stays_bound_and_comes_back() {
    let mut test = taken_up(vec![row("sip:a@192.0.2.7:5062"), row("sip:b@192.0.2.8:5062")], 30);
    let dn = Dn::new("5001");
    let answers = |test: &TestRegistrar, answered: bool, now| {
        let questions = test.registrar.to_ask(now, 10);
        questions
            .into_iter()
            .map(|Question { binding, round, .. }| {
                test.registrar.asked(&dn, binding.serial, round, answered, now)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(answers(&test, false, test.now), [ReachabilityChange::Silent, ReachabilityChange::Silent]);
    assert_eq!(test.heard(), [true, false]);
    assert_eq!((test.registrar.usable(&dn).len(), test.registrar.bindings(&dn).len()), (0, 2));
    assert_eq!(answers(&test, true, test.now), [], "it is left alone for a while");
    assert_eq!(answers(&test, true, test.now + MINUTE), [ReachabilityChange::Back, ReachabilityChange::Back]);
    assert_eq!(test.heard(), [true]);
}

#[tokio::test]
async fn what_cannot_be_reached_any_more_is_not_taken_up_and_no_longer_written() {
    let uri = "sip:5001@192.0.2.7:5062";
    let other = |change: fn(&mut BindingRow)| {
        let mut row = row(uri);
        change(&mut row);
        row
    };
    let rows = [
        ("a stream ends with its process", other(|row| row.transport = "tcp".into())),
        ("another transport", other(|row| row.transport = "sctp".into())),
        ("no address", other(|row| row.received = "phone.example".into())),
        ("no URI", other(|row| row.contact = "<".into())),
        ("no account", other(|row| row.dn = "4711".into())),
        ("it ran out", other(|row| row.expires = 28 * 60_000)),
    ];
    for (why, row) in rows {
        let mut test = taken_up(vec![row], 30);
        assert!(test.heard().is_empty() && test.registrar.in_service().is_empty(), "{why}");
        assert_eq!(test.writes(), Some(false), "{why}");
    }
    let early = other(|row| row.expires = 29 * 60_000 + 30_000);
    assert_eq!(taken_up(vec![early], 30).heard(), [true], "it may have been written too early");
}

#[tokio::test]
async fn a_number_has_no_more_phones_of_an_earlier_process_than_it_may_have() {
    let rows = ["sip:a@192.0.2.7", "sip:b@192.0.2.7", "sip:c@192.0.2.7"].map(row);
    let test = taken_up(rows.to_vec(), 30);
    let left: Vec<String> =
        test.registrar.bindings(&Dn::new("5001")).into_iter().map(|binding| binding.contact).collect();
    assert_eq!(left, ["sip:b@192.0.2.7", "sip:c@192.0.2.7"]);
}

#[tokio::test]
async fn after_a_start_phones_are_asked_a_few_at_a_time_and_each_has_its_turn() {
    let rows = (0..25).map(|n| BindingRow { dn: format!("{n}").as_str().into(), ..row("sip:a@192.0.2.7") });
    let test = test_registrar(2);
    let accounts = (0..25).map(|n| (Dn::from(format!("{n}").as_str()), PhoneAccount::default())).collect();
    test.registrar.take_up(rows.collect(), &accounts, &edges(), 0, test.now);
    let mut asked = BTreeSet::new();
    for many in [10, 10, 5, 0] {
        let questions = test.registrar.to_ask(test.now, 10);
        assert_eq!(questions.len(), many);
        asked.extend(questions.into_iter().map(|question| question.dn));
    }
    assert_eq!(asked.len(), 25);
}

/// What was written of a phone behind the edge, over a transport.
fn row_behind(edge: &str, transport: &str, path: &str) -> BindingRow {
    BindingRow {
        path: vec![path.into(), "<sip:inner.example;lr>".into()],
        transport: transport.into(),
        received: edge.into(),
        sender: "tcp:198.51.100.7:40000".into(),
        ..row("sip:5001@10.0.0.9")
    }
}

#[tokio::test]
async fn a_phone_behind_an_edge_is_taken_up_where_it_is_reached_through_its_path() {
    let path = "<sip:203.0.113.1:5070;transport=tcp;lr>";
    let dn = Dn::new("5001");
    for (transport, expected) in [
        ("udp", udp("203.0.113.1:5062")),
        // The stream is over, and the edge is where its Path says.
        ("tcp", Flow { carrier: Carrier::Tcp, ..udp("203.0.113.1:5070") }),
    ] {
        let row = row_behind("203.0.113.1:5062", transport, path);
        let test = taken_up(vec![row.clone()], 30);
        let questions = test.registrar.to_ask(test.now, 10);
        let [Question { binding, .. }] = questions.as_slice() else { panic!("{transport}") };
        assert_eq!((binding.flow, &binding.path), (expected, &row.path), "{transport}");
        let sender = Flow { carrier: Carrier::Tcp, ..udp("198.51.100.7:40000") };
        assert_eq!(binding.sender, sender);
        assert!(binding.is_forwarded() && binding.shared);
        assert_eq!(test.registrar.usable(&dn).len(), 1);
        assert!(test.registrar.knows(sender) && test.registrar.is_flow_of(&dn, sender));
        assert!(!test.registrar.is_alone_on(&dn, sender));
    }
    for (why, row) in [
        ("an edge that is none any more", row_behind("203.0.113.2:5062", "udp", path)),
        ("a stream without a way", row_behind("203.0.113.1:5062", "tcp", "<sip:edge.example;lr>")),
        ("no sender", BindingRow { sender: "x".into(), ..row_behind("203.0.113.1:5062", "udp", path) }),
    ] {
        let mut test = taken_up(vec![row], 30);
        assert!(test.heard().is_empty(), "{why}");
        assert_eq!(test.writes(), Some(false), "{why}");
    }
}

#[tokio::test]
async fn what_is_written_of_a_phone_behind_an_edge_is_what_it_registered_with() {
    let mut test = test_registrar(2);
    let (dn, path) = (Dn::new("5001"), "<sip:203.0.113.1:5070;transport=tcp;lr>");
    let edge = Flow { carrier: Carrier::Tcp, ..udp("203.0.113.1:40001") };
    let vias = ["SIP/2.0/TCP 203.0.113.1", "SIP/2.0/UDP 10.0.0.9;received=198.51.100.7;rport=4000"];
    let asked = RegisterRequest {
        all: false,
        contacts: vec![contact("sip:5001@10.0.0.9", MINUTE)],
        call_id: "one".into(),
        cseq: 1,
        origin: RequestOrigin::of(edge, vias.into_iter(), &edges()),
        path: vec![path.into()],
    };
    assert!(test.registrar.apply(&dn, asked, test.now).is_ok());
    let (_, rows) = test.registrar.unwritten(0, test.now);
    let [(_, rows)] = rows.as_slice() else { panic!("{rows:?}") };
    let told = |row: &BindingRow| (row.path.clone(), row.transport.clone(), row.sender.clone());
    assert_eq!(told(&rows[0]), (vec![path.into()], "tcp".into(), "udp:198.51.100.7:4000".into()));
    assert_eq!(test.writes(), Some(true));
    closed(&test.registrar, &edges(), edge);
    assert_eq!(test.registrar.usable(&dn)[0].flow.peer, udp("203.0.113.1:5070").peer);
    assert_eq!((test.writes(), test.heard()), (Some(false), vec![true]), "its way is another");
}

#[tokio::test]
async fn two_numbers_that_an_earlier_process_knew_at_one_address_are_not_alone_on_it() {
    let test = test_registrar(2);
    let numbers = ["5001", "5002"].map(Dn::new);
    let rows = numbers.clone().map(|dn| BindingRow { dn, ..row("sip:a@192.0.2.7:5062") });
    let accounts = numbers.clone().map(|dn| (dn, PhoneAccount::default())).into_iter().collect();
    test.registrar.take_up(rows.to_vec(), &accounts, &edges(), 0, test.now);
    let asked = RegisterRequest {
        all: false,
        contacts: vec![contact("sip:a@192.0.2.7:5062", MINUTE)],
        call_id: "two".into(),
        cseq: 1,
        origin: RequestOrigin::direct(udp("192.0.2.7:5062")),
        path: Vec::new(),
    };
    assert!(test.registrar.apply(&numbers[0], asked, test.now).is_ok());
    assert!(!test.registrar.is_alone_on(&numbers[0], udp("192.0.2.7:5062")));
}

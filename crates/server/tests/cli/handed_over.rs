//! Calls that are handed over, with phones that say and hear: who hears whom at each step.

use crate::process::{Server, TestDir};
use phone::{Account, AnswerMode, Call, Incoming, Phone, PhoneLine, Say};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use testkit::wait::found_blocking;
use tokio::runtime::Runtime;

/// `agent1@demo:demo`, `agent2@demo:demo` and `supervisor@demo:demo`.
const USERS: [&str; 3] =
    ["YWdlbnQxQGRlbW86ZGVtbw==", "YWdlbnQyQGRlbW86ZGVtbw==", "c3VwZXJ2aXNvckBkZW1vOmRlbW8="];
/// The supervisor.
const SASHA: usize = 2;
/// What the customer, the two agents and the supervisor say, in Hz.
const CUSTOMER: u16 = 440;
const TOM: u16 = 660;
const ANN: u16 = 880;
const COACH: u16 = 1_100;
/// Another customer.
const SECOND: u16 = 1_320;
const SOON: Duration = Duration::from_secs(5);

/// A centre with two agents and a supervisor at their phones.
struct Centre {
    _dir: TestDir,
    server: Server,
    phones: Runtime,
    sip: SocketAddr,
    desks: Vec<(Phone, PhoneLine)>,
}

impl Centre {
    fn open() -> Self {
        let (dir, phones) = (TestDir::new(), Runtime::new().unwrap());
        let server = dir.serve("serve --demo --data d --http 127.0.0.1:0");
        let sip = ([127, 0, 0, 1], server.sip.unwrap()).into();
        let desks = [("5001", TOM), ("5002", ANN), ("5009", COACH)].map(|(number, hz)| {
            phones.block_on(async {
                let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), sip).await.unwrap();
                let phone = line.phone(Account::new(number).password("demo"));
                let answer = AnswerMode::After(Duration::from_millis(200));
                phone.on_incoming(Incoming { answer, say: Say::Tone(hz), hang_up_after: None });
                phone.register(Duration::from_secs(600)).await.unwrap();
                (phone, line)
            })
        });
        let centre = Self { _dir: dir, server, phones, sip, desks: desks.into() };
        let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice"]});
        centre.asks(0, "/me", &start);
        centre.asks(1, "/me", &start);
        centre.asks(SASHA, "/me", &start);
        centre.asks(0, "/me/channels/voice", &json!({"operationName": "Ready"}));
        centre
    }

    fn asks(&self, agent: usize, path: &str, body: &Value) {
        let authorization = format!("Basic {}", USERS[agent]);
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "application/json")];
        let (head, answer) = self.server.send(&format!("POST /api/v2{path}"), &headers, &body.to_string());
        assert!(head.starts_with("HTTP/1.1 200"), "{path} {body}: {head} {answer}");
    }

    /// An agent's call of a type in a state, once it is there: its path and the numbers of the others.
    fn call(&self, agent: usize, call_type: &str, state: &str) -> (String, Vec<String>) {
        found_blocking(&format!("agent {} has a call {call_type} {state}", agent + 1), || {
            let (_, body) = self.server.get("/api/v2/me/calls?fields=*", Some(USERS[agent]));
            let body: Value = serde_json::from_str(&body).unwrap();
            let is_it = |call: &&Value| call["callType"] == call_type && call["state"] == state;
            let call = body["calls"].as_array().unwrap().iter().find(is_it)?.clone();
            let others = call["participants"].as_array().unwrap().iter();
            let others = others.map(|other| other["digits"].as_str().unwrap().to_owned()).collect();
            Some((format!("/me{}", call["path"].as_str().unwrap()), others))
        })
    }

    /// Somebody outside calls the queue and talks with the first agent; both ends.
    fn talking(&self) -> (Call, Call, PhoneLine) {
        self.phones.block_on(async {
            let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), self.sip).await.unwrap();
            let outside = line.phone(Account::new("+15550142"));
            let customer = outside.call("9000", Say::Tone(CUSTOMER), &[]).await.unwrap();
            let tom =
                tokio::time::timeout(Duration::from_secs(20), self.desks[0].0.next_call()).await.unwrap();
            tom.answered().await.unwrap();
            (customer, tom, line)
        })
    }

    /// Another customer calls the first agent's number and talks with them; both ends.
    fn second_customer(&self) -> (Call, Call, PhoneLine) {
        let (customer, line) = self.phones.block_on(async {
            let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), self.sip).await.unwrap();
            let outside = line.phone(Account::new("+15550143"));
            (outside.call("5001", Say::Tone(SECOND), &[]).await.unwrap(), line)
        });
        let tom = self.comes_in(0);
        self.phones.block_on(tom.answered()).unwrap();
        (customer, tom, line)
    }

    /// The call that comes in at an agent's phone.
    fn comes_in(&self, agent: usize) -> Call {
        let next = async { tokio::time::timeout(SOON, self.desks[agent].0.next_call()).await };
        self.phones.block_on(next).unwrap()
    }

    /// The first agent's phone holds its call by its own key and calls the second agent's; both ends of that.
    fn phone_asks(&self, tom: &Call) -> (Call, Call) {
        self.phones.block_on(tom.hold()).unwrap();
        let asks = self.phones.block_on(self.desks[0].0.call("5002", Say::Tone(TOM), &[])).unwrap();
        let ann = self.comes_in(1);
        self.phones.block_on(asks.answered()).unwrap();
        (asks, ann)
    }

    /// What became of the transfer that a phone asked for.
    fn transferred(&self, who: &Call) -> u16 {
        let told = async { tokio::time::timeout(SOON, who.transferred()).await };
        self.phones.block_on(told).unwrap()
    }

    fn hears(&self, who: &Call, hz: u16) {
        assert!(self.phones.block_on(who.hears(hz, SOON)), "{hz} Hz are not heard: {:?}", who.heard());
    }

    fn does_not_hear(&self, who: &Call, hz: u16) {
        assert!(self.phones.block_on(who.stops_hearing(hz, SOON)), "{hz} Hz are heard: {:?}", who.heard());
    }
}

fn to(operation: &str, number: &str) -> Value {
    json!({"operationName": operation, "destination": {"phoneNumber": number}})
}

fn operation(name: &str) -> Value {
    json!({"operationName": name})
}

#[test]
fn a_customer_on_hold_hears_nothing_of_the_consultation_and_then_talks_with_whom_was_asked() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    centre.hears(&customer, TOM);
    centre.hears(&tom, CUSTOMER);
    let (path, _) = centre.call(0, "Inbound", "Established");
    centre.asks(0, &path, &to("InitiateTransfer", "5002"));
    let ann = centre.comes_in(1);
    let (consult, others) = centre.call(0, "Consult", "Established");
    assert_eq!(others, ["5002"]);
    centre.hears(&ann, TOM);
    centre.hears(&tom, ANN);
    centre.does_not_hear(&customer, TOM);
    centre.does_not_hear(&ann, CUSTOMER);
    centre.does_not_hear(&customer, ANN);

    centre.asks(0, &consult, &json!({"operationName": "SwapCalls", "otherCallUri": path}));
    centre.hears(&customer, TOM);
    centre.does_not_hear(&ann, TOM);
    centre.asks(0, &path, &json!({"operationName": "SwapCalls", "otherCallUri": consult}));
    centre.hears(&ann, TOM);

    centre.asks(0, &path, &operation("CompleteTransfer"));
    centre.hears(&customer, ANN);
    centre.hears(&ann, CUSTOMER);
    centre.phones.block_on(tom.ended());
    let (own, others) = centre.call(1, "Inbound", "Established");
    assert_eq!((own, others.as_slice()), (consult, ["+15550142".to_owned()].as_slice()));
    assert!(centre.phones.block_on(customer.hears(ANN, SOON)), "and goes on hearing");
}

#[test]
fn an_agent_who_asks_a_queue_waits_in_it_and_talks_with_whoever_takes_it() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    centre.asks(0, &path, &to("InitiateTransfer", "9000"));
    let (consult, others) = centre.call(0, "Consult", "Dialing");
    assert_eq!(others, ["9000"], "nobody is free");
    centre.does_not_hear(&customer, TOM);
    centre.does_not_hear(&tom, CUSTOMER);

    centre.asks(1, "/me/channels/voice", &json!({"operationName": "Ready"}));
    let ann = centre.comes_in(1);
    let (_, others) = centre.call(0, "Consult", "Established");
    assert_eq!(others, ["5002"]);
    centre.hears(&ann, TOM);
    centre.hears(&tom, ANN);
    centre.does_not_hear(&customer, ANN);

    centre.asks(0, &consult, &operation("CompleteTransfer"));
    centre.hears(&customer, ANN);
    centre.hears(&ann, CUSTOMER);
    centre.phones.block_on(tom.ended());
    let (_, others) = centre.call(1, "Inbound", "Established");
    assert_eq!(others, ["+15550142"]);
}

#[test]
fn three_talk_together_and_each_hears_the_two_others() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    centre.asks(0, &path, &to("InitiateConference", "5002"));
    let ann = centre.comes_in(1);
    centre.call(0, "Consult", "Established");
    centre.asks(0, &path, &operation("CompleteConference"));
    for (who, heard) in [(&customer, [TOM, ANN]), (&tom, [CUSTOMER, ANN]), (&ann, [CUSTOMER, TOM])] {
        for hz in heard {
            centre.hears(who, hz);
        }
    }
    let remove = json!({"operationName": "RemoveParticipantFromConference", "participant": "5002"});
    centre.asks(0, &path, &remove);
    centre.phones.block_on(ann.ended());
    centre.does_not_hear(&customer, ANN);
    centre.hears(&customer, TOM);
}

#[test]
fn of_four_one_holds_one_is_muted_and_the_others_go_on() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    centre.asks(0, &path, &to("SingleStepConference", "5002"));
    let ann = centre.comes_in(1);
    let (anns, _) = centre.call(1, "Inbound", "Established");
    centre.asks(0, &path, &to("SingleStepConference", "5009"));
    let sasha = centre.comes_in(SASHA);
    let four = [(&customer, CUSTOMER), (&tom, TOM), (&ann, ANN), (&sasha, COACH)];
    for (listener, own) in four {
        for (_, hz) in four.iter().filter(|(_, hz)| *hz != own) {
            centre.hears(listener, *hz);
        }
    }
    centre.asks(0, &path, &operation("Hold"));
    for who in [&customer, &ann, &sasha] {
        centre.does_not_hear(who, TOM);
    }
    centre.does_not_hear(&tom, CUSTOMER);
    centre.hears(&sasha, CUSTOMER);
    centre.asks(1, &anns, &operation("MuteCall"));
    centre.does_not_hear(&customer, ANN);
    centre.does_not_hear(&sasha, ANN);
    centre.hears(&ann, COACH);
    centre.call(0, "Inbound", "Held");
    centre.asks(0, &path, &operation("Retrieve"));
    centre.hears(&customer, TOM);
    centre.hears(&tom, COACH);
    centre.does_not_hear(&tom, ANN);
}

#[test]
fn handed_on_without_asking_the_customer_hears_it_ring_and_then_whom_it_reached() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    centre.asks(0, &path, &to("SingleStepTransfer", "5002"));
    let ann = centre.comes_in(1);
    centre.phones.block_on(tom.ended());
    centre.hears(&customer, ANN);
    centre.hears(&ann, CUSTOMER);
    centre.phones.block_on(ann.hang_up());
    centre.phones.block_on(customer.ended());
}

#[test]
fn a_supervisor_hears_both_and_is_heard_by_nobody_then_by_the_agent_and_then_by_all() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    let (_, devices) = centre.server.get("/api/v2/me/devices?fields=*", Some(USERS[SASHA]));
    let devices: Value = serde_json::from_str(&devices).unwrap();
    let own = format!("/me/devices/{}", devices["devices"][0]["id"].as_str().unwrap());
    centre.asks(SASHA, &own, &json!({"operationName": "ListenIn", "phoneNumber": "5001"}));
    let sasha = centre.comes_in(SASHA);
    centre.hears(&sasha, CUSTOMER);
    centre.hears(&sasha, TOM);
    centre.does_not_hear(&customer, COACH);
    centre.does_not_hear(&tom, COACH);
    centre.hears(&customer, TOM);

    centre.asks(SASHA, &path, &operation("SwitchToCoach"));
    centre.hears(&tom, COACH);
    centre.hears(&tom, CUSTOMER);
    centre.does_not_hear(&customer, COACH);
    centre.hears(&customer, TOM);

    centre.asks(SASHA, &path, &operation("MuteMonitoredUser"));
    centre.does_not_hear(&customer, TOM);
    centre.asks(SASHA, &path, &operation("SwitchToBargeIn"));
    centre.hears(&customer, COACH);
    centre.asks(SASHA, &path, &operation("UnmuteMonitoredUser"));
    centre.hears(&customer, TOM);
    centre.hears(&sasha, CUSTOMER);

    centre.asks(0, &path, &operation("Hangup"));
    centre.phones.block_on(tom.ended());
    centre.hears(&customer, COACH);
    centre.hears(&sasha, CUSTOMER);
    centre.phones.block_on(customer.hang_up());
    centre.phones.block_on(sasha.ended());
}

#[test]
fn a_phone_hands_over_by_its_transfer_key_and_its_desktop_is_told_the_same() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    centre.call(0, "Inbound", "Established");
    centre.phones.block_on(tom.transfer("4711")).unwrap();
    assert_eq!(centre.transferred(&tom), 404, "nobody has the number");
    centre.hears(&customer, TOM);

    centre.phones.block_on(tom.hold()).unwrap();
    centre.call(0, "Inbound", "Held");
    centre.phones.block_on(tom.transfer("5002")).unwrap();
    let ann = centre.comes_in(1);
    assert_eq!(centre.transferred(&tom), 200);
    centre.phones.block_on(tom.ended());
    centre.hears(&customer, ANN);
    centre.hears(&ann, CUSTOMER);
    let (_, others) = centre.call(1, "Inbound", "Established");
    assert_eq!(others, ["+15550142"]);
}

#[test]
fn a_phone_asks_by_its_own_keys_and_brings_both_together() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    let (asks, ann) = centre.phone_asks(&tom);
    let (consult, others) = centre.call(0, "Consult", "Established");
    assert_eq!(others, ["5002"]);
    centre.call(0, "Inbound", "Held");
    centre.hears(&ann, TOM);
    centre.hears(&asks, ANN);
    centre.does_not_hear(&customer, TOM);
    centre.does_not_hear(&ann, CUSTOMER);
    assert_ne!(path, consult);

    centre.phones.block_on(tom.transfer_to(&asks)).unwrap();
    assert_eq!(centre.transferred(&tom), 200);
    centre.phones.block_on(async { tokio::join!(tom.ended(), asks.ended()) });
    centre.hears(&customer, ANN);
    centre.hears(&ann, CUSTOMER);
    let (own, others) = centre.call(1, "Inbound", "Established");
    assert_eq!((own, others.as_slice()), (consult, ["+15550142".to_owned()].as_slice()));
}

#[test]
fn what_a_phone_asked_by_its_own_keys_a_desktop_takes_into_one_call() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    let (asks, ann) = centre.phone_asks(&tom);
    centre.call(0, "Consult", "Established");
    centre.asks(0, &path, &operation("CompleteConference"));
    // Of the phone's two calls the one that it does not hold goes on.
    centre.phones.block_on(tom.ended());
    for (who, heard) in [(&customer, [TOM, ANN]), (&asks, [CUSTOMER, ANN]), (&ann, [CUSTOMER, TOM])] {
        for hz in heard {
            centre.hears(who, hz);
        }
    }
}

#[test]
fn a_phone_leaves_two_customers_to_one_another_by_its_transfer_key() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    centre.call(0, "Inbound", "Established");
    centre.phones.block_on(tom.hold()).unwrap();
    centre.call(0, "Inbound", "Held");
    let (second, toms, _other_line) = centre.second_customer();
    centre.hears(&second, TOM);
    centre.does_not_hear(&customer, SECOND);
    centre.phones.block_on(toms.transfer_to(&tom)).unwrap();
    assert_eq!(centre.transferred(&toms), 200);
    centre.phones.block_on(async { tokio::join!(tom.ended(), toms.ended()) });
    centre.hears(&customer, SECOND);
    centre.hears(&second, CUSTOMER);
    centre.phones.block_on(second.hang_up());
    centre.phones.block_on(customer.ended());
}

#[test]
fn a_desktop_takes_the_customers_of_two_calls_into_one() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    centre.asks(0, &path, &operation("Hold"));
    centre.call(0, "Inbound", "Held");
    let (second, toms, _other_line) = centre.second_customer();
    let (other, _) = centre.call(0, "Inbound", "Established");
    let both = json!({"operationName": "CompleteConference", "consultCallUri": other});
    centre.asks(0, &path, &both);
    // Of the phone's two calls the one that it does not hold goes on.
    centre.phones.block_on(tom.ended());
    let three = [(&customer, [TOM, SECOND]), (&toms, [CUSTOMER, SECOND]), (&second, [CUSTOMER, TOM])];
    for (who, heard) in three {
        for hz in heard {
            centre.hears(who, hz);
        }
    }
    let (own, others) = centre.call(0, "Inbound", "Established");
    assert_eq!((own, others.as_slice()), (path, ["+15550142".to_owned(), "+15550143".to_owned()].as_slice()));
}

#[test]
fn a_call_goes_on_at_another_phone_of_the_same_number() {
    let centre = Centre::open();
    let (customer, tom, _line) = centre.talking();
    let (path, _) = centre.call(0, "Inbound", "Established");
    let (other, _other_line) = centre.phones.block_on(async {
        let line = PhoneLine::open(([127, 0, 0, 1], 0).into(), centre.sip).await.unwrap();
        let phone = line.phone(Account::new("5001").password("demo"));
        phone.register(Duration::from_secs(600)).await.unwrap();
        let replaces = tom.replaces();
        (phone.call("9000", Say::Tone(ANN), &[("Replaces", replaces.as_str())]).await.unwrap(), line)
    });
    centre.phones.block_on(other.answered()).unwrap();
    centre.phones.block_on(tom.ended());
    centre.hears(&customer, ANN);
    centre.hears(&other, CUSTOMER);
    assert_eq!(centre.call(0, "Inbound", "Established").0, path, "the desktop has the same call");
    centre.asks(0, &path, &operation("Hangup"));
    centre.phones.block_on(async { tokio::join!(other.ended(), customer.ended()) });
}

//! Whatever happens on the way, an application with the ack extension sees the mailbox: every note
//! once, in order. What is volatile comes at most once and changes nothing of that.

use std::collections::BTreeSet;

use bayeux::{Completed, Config, Hold, Hub, SessionChange, Volatile};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::host::{TestHost, Who, polling};

/// What the network, the nodes and the publishers do.
#[derive(Debug, Clone)]
enum Step {
    /// A note is committed; on a channel subscribed to, or not.
    Note(bool),
    /// The client connects to a node; its reply arrives, or is lost.
    Connect { node: usize, arrives: bool },
    /// The client connects and gives up before the answer, then the node notices.
    Cut { node: usize },
    /// The client connects, and its request is delivered twice.
    Doubled { node: usize },
    /// An old request turns up late; nobody reads its answer.
    Stale { node: usize, age: usize },
    /// Only part of the mailbox fits into the response.
    Page { node: usize },
    /// A node restarts from the store.
    Restart { node: usize },
    /// The node says something volatile, about one of two subjects.
    Say { node: usize, subject: usize },
    /// The node's timer writes acknowledgements, and the mailbox is trimmed to them.
    Trim,
}

fn step() -> impl Strategy<Value = Step> {
    let node = 0..2usize;
    prop_oneof![
        4 => any::<bool>().prop_map(Step::Note),
        4 => (node.clone(), any::<bool>()).prop_map(|(node, arrives)| Step::Connect { node, arrives }),
        1 => node.clone().prop_map(|node| Step::Cut { node }),
        1 => node.clone().prop_map(|node| Step::Doubled { node }),
        1 => (node.clone(), 0..5usize).prop_map(|(node, age)| Step::Stale { node, age }),
        1 => node.clone().prop_map(|node| Step::Page { node }),
        1 => node.clone().prop_map(|node| Step::Restart { node }),
        2 => (node, 0..2usize).prop_map(|(node, subject)| Step::Say { node, subject }),
        1 => Just(Step::Trim),
    ]
}

/// Two nodes, the store between them, and one client.
struct World {
    host: TestHost,
    /// The hub that is not in the host at the moment, and which one is.
    other: Hub,
    here: usize,
    record: bayeux::SessionRecord,
    who: Who,
    id: String,
    /// The client's number, all numbers it ever sent, and what its application saw.
    number: u64,
    sent: Vec<u64>,
    seen: Vec<u64>,
    expected: Vec<u64>,
    /// The volatile words said so far, and those heard.
    said: u64,
    heard: Vec<u64>,
}

impl World {
    fn new() -> Self {
        let mut host = TestHost::new();
        let who = polling("agent1");
        let id = host.open_ack(&who);
        host.subscribe(&who, &id, "/a");
        host.subscribe(&who, &id, "/state");
        let Some(SessionChange::Put(record)) = host.hub.take_changes().pop() else { panic!("a record") };
        let other = Hub::new(Config::default());
        let (sent, seen, expected, heard) = (vec![0], Vec::new(), Vec::new(), Vec::new());
        Self { host, other, here: 0, record, who, id, number: 0, sent, seen, expected, said: 0, heard }
    }

    fn at(&mut self, node: usize) {
        if node != self.here {
            std::mem::swap(&mut self.host.hub, &mut self.other);
            self.here = node;
        }
        if !self.host.hub.knows(&self.id) {
            self.host.hub.adopt(self.record.clone(), self.host.now);
        }
    }

    fn ask(&mut self, number: u64) -> Hold {
        let body = json!({"channel": "/meta/connect", "clientId": self.id, "ext": {"ack": number}});
        self.host.hold(&self.who, &body)
    }

    fn connect(&mut self) -> Hold {
        self.sent.push(self.number);
        self.ask(self.number)
    }

    /// The client takes in a response: events first, then the number in the reply.
    fn read(&mut self, response: &[Value]) {
        for message in response {
            if message["channel"] == "/state" {
                self.heard.push(message["data"].as_u64().unwrap());
            } else if let Some(n) = message.get("data") {
                self.seen.push(n.as_u64().unwrap());
            } else {
                self.number = message["ext"]["ack"].as_u64().unwrap();
            }
        }
    }

    fn play(&mut self, step: &Step) {
        self.host.now += 100;
        match *step {
            Step::Note(wanted) => {
                let n = self.host.mailbox.last().map_or(0, |note| note.position);
                self.host.note(if wanted { "/a" } else { "/b" }, &json!(n));
                if wanted {
                    self.expected.push(n);
                }
            }
            Step::Connect { node, arrives } => {
                self.at(node);
                let hold = self.connect();
                let response = self.host.finish(hold);
                if arrives {
                    self.read(&response);
                }
            }
            Step::Cut { node } => {
                self.at(node);
                let hold = self.connect();
                self.host.hub.abandon(hold, self.host.now);
            }
            Step::Doubled { node } => {
                self.at(node);
                let (first, second) = (self.connect(), self.connect());
                assert_eq!(self.host.complete(first).1, Completed::Superseded);
                let response = self.host.finish(second);
                self.read(&response);
            }
            Step::Stale { node, age } => {
                self.at(node);
                let number = self.sent[self.sent.len().saturating_sub(age + 1)];
                let hold = self.ask(number);
                self.host.finish(hold);
            }
            Step::Page { node } => {
                self.at(node);
                let hold = self.connect();
                let page: Vec<_> =
                    self.host.mailbox.iter().filter(|note| note.position > hold.after()).take(1).collect();
                let looked = page.first().map_or(hold.after(), |note| note.position);
                let events: Vec<u64> = page
                    .iter()
                    .filter(|note| note.spellings == ["/a"])
                    .map(|note| note.data.parse().unwrap())
                    .collect();
                let Completed::Deliver(reply) = self.host.hub.complete(hold, looked, self.host.now) else {
                    panic!("delivered")
                };
                self.seen.extend(events);
                let reply: Value = serde_json::from_slice(&reply.to_json()).unwrap();
                self.read(&[reply]);
            }
            Step::Restart { node } => {
                self.at(node);
                self.host.hub = Hub::new(Config::default());
            }
            Step::Say { node, subject } => {
                self.at(node);
                self.said += 1;
                let (subject, data) = (subject.to_string().into(), self.said.to_string().into());
                self.host.hub.broadcast(Volatile { channel: "/state".into(), subject, data });
            }
            Step::Trim => {
                for ack in self.host.hub.take_acks() {
                    self.record.acked = self.record.acked.max(ack.position);
                }
                let low = self.record.acked;
                // One note stays, so that the next position is known.
                let last = self.host.mailbox.last().map_or(0, |note| note.position);
                self.host.mailbox.retain(|note| note.position > low || note.position == last);
            }
        }
        self.host.hub.take_released();
    }
}

proptest! {
    // spec: bayeux-conformance#57, #60, #72, #77, #78.
    #[test]
    fn an_application_with_acks_sees_the_mailbox_once_and_in_order(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new();
        for step in &steps {
            world.play(step);
            prop_assert!(world.expected.starts_with(&world.seen), "{:?} of {:?}", world.seen, world.expected);
            let heard: BTreeSet<_> = world.heard.iter().collect();
            prop_assert_eq!(heard.len(), world.heard.len(), "something volatile came twice");
        }
        world.play(&Step::Connect { node: 1, arrives: true });
        prop_assert_eq!(world.seen, world.expected);
    }
}

//! The rules, one line each: `check(state, command, expected)`.
//!
//! A state is a small centre in a situation that a word names (`chatting()`, `left()`, ...). A command is built
//! by the words of [`acts`]. What is expected is the text that [`brief`] makes of the events, or `no:` and the
//! refusal. Every commit of every test is also held against the invariants of [`test_centre::TestCentre::commit`].

mod acts;
mod both;
mod brief;
mod calls;
mod test_centre;

mod absence;
mod closed;
mod connectors;
mod control;
mod customers;
mod dispositions;
mod elapsed;
mod erase;
mod handover;
mod help;
mod idle_slots;
mod offers;
mod outgoing;
mod preferred;
mod properties;
mod provision;
mod required;
mod supervise;
mod take_over;
mod talk;
mod userdata;
mod visibility;
mod waiting;
mod work;

use crate::{Command, request::Help, watch::Monitoring};
use acts::*;
use test_centre::TestCentre;

/// Performs a command in a state and compares what it did with what the rule says.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a rule reads as a line")]
fn check(mut state: TestCentre, command: Command, expected: &str) -> TestCentre {
    let before = state.states.clone();
    state.nothing_is_guessed(&command);
    let did = state.perform(&command);
    assert_eq!(did, expected, "{command:?}");
    if did.starts_with("no: ") || did.starts_with("=> ") || did.is_empty() {
        assert_eq!(state.states, before, "what is refused, or tells nothing, changes nothing");
    }
    state
}

/// A customer waits in `Support`.
fn waiting() -> TestCentre {
    TestCentre::new().then(open())
}

/// A text message came and waits.
fn texted() -> TestCentre {
    TestCentre::new().then(text("m1", "Hello"))
}

/// Ann answers text messages.
fn texting() -> TestCentre {
    texted().then(offer("ann")).then(ann(accept()))
}

/// Ann answers messages to the page.
fn messaging() -> TestCentre {
    TestCentre::new().then(on_page("m1", "Hello")).then(offer("ann")).then(ann(accept()))
}

/// It was offered to ann.
fn invited() -> TestCentre {
    waiting().then(offer("ann"))
}

/// Ann talks with the customer.
fn chatting() -> TestCentre {
    invited().then(ann(accept()))
}

/// Ann chats, the customer has gone.
fn alone() -> TestCentre {
    chatting().then(customer_leaves())
}

/// Ann has left the talk and has work to do on it.
fn left() -> TestCentre {
    chatting().then(ann(leave()))
}

/// Ann accepted what had no customer any more.
fn join_failed() -> TestCentre {
    let put_back = alone().then(ann(complete_into("Sales")));
    put_back.after(60_000).then(offer("bob")).then(bob(accept()))
}

/// Ann asks bob, who advises.
fn consulting() -> TestCentre {
    chatting().then(ann(consult("bob"))).then(bob(accept()))
}

/// Ann and bob both talk with the customer.
fn conferring() -> TestCentre {
    chatting().then(ann(invite("bob"))).then(bob(accept()))
}

/// Ann asked a queue.
fn asking_a_queue() -> TestCentre {
    texting().then(ann(ask_queue(Help::Consult, "Sales")))
}

/// Cat, a supervisor, listens to ann.
fn monitored() -> TestCentre {
    followed_as(Monitoring::ListenIn)
}

/// Cat, a supervisor, advises ann, and bob does as well.
fn coached() -> TestCentre {
    followed_as(Monitoring::Coach).then(ann(consult("bob"))).then(bob(accept()))
}

fn followed_as(monitoring: Monitoring) -> TestCentre {
    let world = chatting().then(is_supervisor("cat", true));
    world.then(supervises("ann", intrudes(monitoring))).then(cat(accept()))
}

/// Ann is done with it.
fn completed() -> TestCentre {
    chatting().then(ann(complete()))
}

/// Ann did not want it.
fn rejected() -> TestCentre {
    invited().then(ann(reject()))
}

/// Ann did not answer.
fn revoked() -> TestCentre {
    invited().after(30_000).then(lapse("ann"))
}

/// Ann hands it over to bob, who has not answered yet.
fn handing_over() -> TestCentre {
    chatting().then(ann(to_agent("bob")))
}

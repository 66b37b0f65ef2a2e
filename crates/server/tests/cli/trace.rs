//! The course of a conversation or a call, out of the journal.

use crate::{earlier::Earlier, process::TestDir};
use serde_json::Value;
use std::process::{Command, Stdio};

fn journal() -> Earlier {
    let earlier = Earlier::of("schema-2");
    earlier.migrate();
    earlier
}

/// What is printed of an interaction that the fixture knows by a name.
fn trace(earlier: &Earlier, name: &str, flags: &str) -> String {
    let said = earlier.dir.run(&format!("trace {} --config settings.toml {flags}", earlier.id(name)));
    assert!(said.ok, "{}", said.err);
    said.out
}

/// That these words stand there, one after the other, each on a line behind the one before.
#[track_caller]
fn tells(course: &str, expected: &[&str]) {
    let mut lines = course.lines();
    for words in expected {
        assert!(lines.any(|line| line.contains(words)), "'{words}' is missing or too early in\n{course}");
    }
}

#[test]
fn a_chat_is_told_from_the_customers_coming_to_a_late_disposition() {
    let course = trace(&journal(), "completedChat", "");
    tells(
        &course,
        &[
            "(chat), queue Support: it is over.",
            "customer       a customer came through the service customer-support (chat); user data: \"Account\", \"Subject\"",
            "it waits in queue Support with priority 0",
            "it is offered to agent1@demo by the queue, until 2026-11-29T13:52:39.118Z",
            "agent1@demo took it and joined the talk",
            "the customer wrote entry 3 (text)",
            "agent1@demo wrote entry 5 (text)",
            "user data changed by UpdateUserData: \"Segment\", \"n\" set",
            "agent1@demo set the disposition \"Billing\" (DispositionCode)",
            "the part of agent1@demo is completed by the agent, with a disposition",
            "it is over, ended by the agent, with a disposition",
            "agent1@demo set the disposition \"IssueResolved\" (DispositionCode) in place of another; their part was over",
            "events are in the reporting feed",
        ],
    );
    assert!(course.contains("2026-11-29T13:52:09.113Z  #28 "), "{course}");
}

#[test]
fn text_messages_are_told_with_what_became_of_them() {
    let course = trace(&journal(), "completedSms", "");
    tells(
        &course,
        &[
            "(smsession), queue Support",
            "agent1@demo wrote entry 4 (text), to be carried to the customer",
            "provider       entry 4 was taken by the provider",
            "provider       entry 4 is on the customer's device",
        ],
    );
}

#[test]
fn a_message_that_was_refused_is_told_with_the_providers_code() {
    let course = trace(&journal(), "facebook", "");
    tells(
        &course,
        &[
            "(facebooksession), queue Support",
            "entry 4 was refused, and nothing was sent (code \"100/2018001\")",
        ],
    );
}

#[test]
fn a_call_is_told_leg_by_leg() {
    let course = trace(&journal(), "releasedCall", "");
    tells(
        &course,
        &[
            "queue Support: it is over.",
            "a call began (Inbound) to \"9000\"",
            "somebody outside (leg 1) came in, as who calls: Dialing",
            "it waits in queue Support with priority 0",
            "agent1@demo at phone 5001 (leg 2) came in, offered by the queue: Ringing, until",
            "agent1@demo (leg 2) talks",
            "agent1@demo set the disposition \"WrongNumber\" (DispositionCode)",
            "agent1@demo (leg 2) was released by the agent: normal, after talking, with a disposition",
            "it is over, ended by the agent, with a disposition",
            "set the disposition \"IssueResolved\"",
        ],
    );
    tells(
        &trace(&journal(), "heldCall", ""),
        &["it goes on.", "is asked to hold (not in the feed)", "holds the others"],
    );
}

#[test]
fn personal_values_are_shown_only_when_they_are_asked_for() {
    let earlier = journal();
    let personal = [
        ("completedChat", "Carla"),
        ("completedChat", "4711"),
        ("completedChat", "Gold"),
        ("openChat", "Are you there?"),
        ("openSms", "+15550002222"),
    ];
    for (name, value) in personal {
        for flags in ["", "--json"] {
            let course = trace(&earlier, name, flags);
            assert!(!course.contains(value), "{name} {flags}\n{course}");
            let course = trace(&earlier, name, &format!("--texts {flags}"));
            assert!(course.contains(value), "{name} {flags}\n{course}");
        }
    }
}

#[test]
fn each_line_is_an_object_for_programs() {
    let earlier = journal();
    let course = trace(&earlier, "completedChat", "--json");
    let objects: Vec<Value> = course.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let disposition = objects.iter().find(|object| object["kind"] == "disposition").unwrap();
    assert_eq!(disposition["actor"], "agent1@demo");
    assert_eq!(disposition["data"]["disposition"]["value"], "Billing");
    assert_eq!(disposition["entity"], format!("session:{}", earlier.id("completedChat")));
    assert!(disposition["words"].as_str().unwrap().contains("set the disposition"), "{disposition}");
    assert_eq!((&disposition["inFeed"], &disposition["text"]), (&true.into(), &Value::Null));
    let sequences: Vec<u64> = objects.iter().map(|object| object["sequence"].as_u64().unwrap()).collect();
    assert!(sequences.is_sorted(), "{sequences:?}");
}

#[test]
fn one_that_waits_is_told_with_what_stands_against_each_agent() {
    let earlier = journal();
    let waits = earlier.dir.run("why --config settings.toml").out;
    let id = waits.split_whitespace().next().unwrap();
    let said = earlier.dir.run(&format!("trace {id} --config settings.toml"));
    tells(
        &said.out,
        &[
            "it waits for an agent.",
            "It waits now. Why each agent is not offered it:",
            "agent1@demo: not ready",
        ],
    );
    let said = earlier.dir.run(&format!("trace {id} --config settings.toml --json"));
    let last: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!((&last["open"], &last["obstacle"]), (&"offer".into(), &"not ready".into()), "{last}");
}

#[test]
fn an_id_that_is_nobodys_is_refused_in_clear_words() {
    let earlier = journal();
    let said = earlier.dir.run("trace nobody --config settings.toml");
    assert!(!said.ok && said.out.is_empty(), "{said:?}");
    assert!(said.err.contains("the journal has no conversation and no call 'nobody'"), "{}", said.err);
    let dir = TestDir::new();
    let said = dir.run("trace nobody --data d");
    assert!(!said.ok && said.err.contains("no journal in d"), "{said:?}");
}

#[test]
fn it_reads_beside_a_server_that_runs() {
    let earlier = journal();
    let server = earlier.serve();
    tells(&trace(&earlier, "completedChat", ""), &["it is over."]);
    // The held call ended with the process that carried it, and the one of now says so.
    tells(&trace(&earlier, "heldCall", ""), &["because the server was started again"]);
    assert!(server.stop());
}

#[test]
fn who_has_read_enough_is_told_nothing_more() {
    let earlier = journal();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jackfield"))
        .args(["trace", earlier.id("completedChat"), "--config", "settings.toml"])
        .current_dir(earlier.dir.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}

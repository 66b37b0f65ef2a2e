//! What must be true of who sees what, and who stays behind, in every conversation at any time.

use super::test_centre::TestCentre;
use crate::{
    Message, Task,
    message::{Content, PartyKind, Viewer, Visibility},
    session::{AgentParty, Session},
    task::message_task,
};
use std::collections::BTreeSet;

/// Nothing of somebody whom the customer does not see is for the customer, and nobody helps or follows nobody.
#[track_caller]
pub fn holds(session: &Session, log: &[Message], tasks: &[Task]) {
    for message in log {
        assert!(
            message.visibility >= message.from.visibility,
            "who is hidden says nothing aloud: {message:?}"
        );
        if !message.visibility.is_for(Viewer::Customer) {
            assert_eq!(message.from.kind, PartyKind::Agent, "customers hide nothing: {message:?}");
            assert!(message.delivery.is_none(), "no connector carries it: {message:?}");
            let id = message_task(&session.id, message.index);
            assert!(!tasks.iter().any(|task| task.id() == id), "no connector has it: {message:?}");
        }
    }
    for party in &session.agents {
        let own: Vec<_> = log.iter().filter(|entry| entry.from.participant == party.participant).collect();
        told_in_turn(&own, Viewer::Customer);
        told_in_turn(&own, Viewer::Agent);
    }
    if session.talking().next().is_none() {
        let behind = session.agents.iter().find(|party| AgentParty::is_behind(party));
        assert_eq!(behind, None, "nobody stays behind: {session:?}");
    }
    for party in session.agents.iter().filter(|party| party.is_live() && party.follows.is_none()) {
        let is_consulted = !party.visibility.is_all();
        assert!(!is_consulted || party.invitation.asked_by().is_some(), "who is hidden was asked: {party:?}");
    }
}

/// For whoever reads the log, somebody first comes, then speaks, and after they went says nothing more.
#[track_caller]
fn told_in_turn(own: &[&Message], viewer: Viewer) {
    let mut is_there = false;
    for entry in own.iter().filter(|entry| entry.visibility.is_for(viewer)) {
        match entry.content {
            Content::Joined | Content::Rejoined => is_there = true,
            Content::Left => {
                assert!(is_there, "only who was there leaves: {entry:?} {viewer:?}");
                is_there = false;
            }
            _ => assert!(is_there, "nobody unseen speaks: {entry:?} {viewer:?}"),
        }
    }
}

/// Supervisor and agent agree on who follows whom.
#[track_caller]
pub fn watches_hold(world: &TestCentre) {
    let told: BTreeSet<_> = world
        .agents()
        .flat_map(|agent| agent.watches.iter().map(|watch| (&agent.id, &watch.target, &watch.medium)))
        .collect();
    let known: BTreeSet<_> = world
        .agents()
        .flat_map(|agent| agent.watched_by.iter().map(|by| (&by.supervisor, &agent.id, &by.medium)))
        .collect();
    assert_eq!(told, known);
    for agent in world.agents().filter(|agent| agent.login.is_none()) {
        assert_eq!(agent.watches, Vec::new(), "who is not at work follows nobody");
    }
}

#[test]
fn visibility_says_who_sees_what() {
    let sees = |visibility: Visibility| {
        [Viewer::Customer, Viewer::Agent, Viewer::Supervisor].map(|viewer| visibility.is_for(viewer))
    };
    assert_eq!(sees(Visibility::All), [true, true, true]);
    assert_eq!(sees(Visibility::Agents), [false, true, true]);
    assert_eq!(sees(Visibility::Supervisors), [false, false, true]);
}

//! What is true of every history: random ones are performed, and held against it after each step. The invariants
//! of [`TestCentre::commit`] (fold equals snapshot, slots equal live parts, terminal stays terminal, one message for
//! each event that tells of one, everything reads back) are held by every step as well.

mod history;

use super::{erase::redacted, *};
use crate::{
    Key, Refusal, State, UserData, UserId,
    command::{CustomerAct, SessionAct},
    session::{EndedBy, Session, SessionOperation, is_open},
    user::Role,
};
use history::{AGENTS, MARKER, Pick, SESSIONS, act_of, found, history, perform};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// Any pairs at all.
fn object() -> impl Strategy<Value = UserData> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[\0-\x1f\"\\\\]{0,4}".prop_map(Value::from),
    ];
    let key = || "\\PC{1,6}";
    let value = leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    });
    vec((key(), value), 0..4).prop_map(|pairs| UserData::new(pairs.into_iter().collect()))
}

fn is_supervisor(world: &TestCentre, user: &UserId) -> bool {
    let state = world.states.get(&Key::User(user.clone())).map(|state| &**state);
    matches!(state, Some(State::User(Some(user))) if user.has(&[Role::Supervisor]))
}

/// Every operation of every agent is accepted if it is listed, and else refused as what it is.
fn holds_equal(world: &TestCentre, session: &Session) {
    for name in AGENTS {
        let agent = UserId::from(name);
        let party = session.party(&agent);
        for operation in SessionOperation::ALL {
            for n in [Pick(0), Pick(1)] {
                let act = act_of(world, &session.id, &agent, operation, n);
                let asked = Command::Session { session: session.id.clone(), agent: agent.clone(), act };
                let outcome = world.ask(&asked).map(|_| ());
                let late = operation == SessionOperation::SetDisposition
                    && !session.live_agents().any(|party| party.user == agent)
                    && session.agents.iter().any(|party| party.user == agent && party.joined_at.is_some());
                match (outcome, party) {
                    (Ok(()), _) => assert!(is_open(session, &agent, operation) || late, "{asked:?}"),
                    (Err(Refusal::NotInState { .. }), Some(party)) => {
                        assert!(party.is_live() && !is_open(session, &agent, operation), "{asked:?}");
                    }
                    // Rights are judged when somebody joins, and what they hold is told of them in a commit of its own.
                    (Err(Refusal::NotFound(_)), Some(party))
                        if operation == SessionOperation::Accept
                            && party.follows.is_some()
                            && !is_supervisor(world, &agent) => {}
                    (Err(Refusal::NotFound(_)), party) => {
                        assert!(party.is_none_or(|party| !party.is_live()), "{asked:?}");
                    }
                    // What a platform would not carry depends on the hour and on the customer, not on the state.
                    (Err(Refusal::WindowClosed | Refusal::OptedOut), Some(_)) => {
                        assert!(session.post.is_some(), "{asked:?}");
                    }
                    (Err(why), _) => panic!("{asked:?}: {why:?}"),
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn decide_accepts_exactly_what_capabilities_list(history in history()) {
        perform(&history, |world, about| {
            if let Some(session) = about.and_then(|id| found(world, id)) {
                holds_equal(world, session);
            }
        });
    }

    #[test]
    fn a_history_folds_from_nothing_to_its_snapshots(history in history()) {
        let world = perform(&history, |_, _| ());
        for (key, state) in &world.states {
            let events = world.history.iter().filter(|(of, ..)| of == key);
            if matches!(key, Key::Session(_) | Key::Agent(_) | Key::Thread(_)) {
                let folded = events.fold(None, |state, (_, at, event)| State::apply(state, key, *at, event));
                prop_assert_eq!(folded.as_ref(), Some(&**state));
            }
        }
    }

    #[test]
    fn nobody_owes_a_disposition_forever(history in history()) {
        required::nobody_owes_forever(perform(&history, |_, _| ()));
    }

    #[test]
    fn whatever_an_application_attaches_reads_back(came in object(), then in object()) {
        let key = then.pairs().keys().next().cloned();
        let mut opening = opening("s1", &json!({}));
        opening.user_data = came;
        let world = TestCentre::new().then(Command::Open(Box::new(opening))).then(offer("ann")).then(ann(accept()));
        let world = world.then(ann(SessionAct::UpdateUserData(then.clone())));
        for (key, value) in then.pairs() {
            prop_assert_eq!(world.session().user_data.get(key), Some(value));
        }
        world.then(ann(SessionAct::DeleteUserData(key.into_iter().collect())));
    }

    #[test]
    fn erased_conversations_fold_to_their_snapshots_and_hold_no_word(history in history()) {
        let mut world = perform(&history, |_, _| ());
        for id in SESSIONS {
            // Bring to an end what can be.
            let _ = world.act(&Command::Customer { session: id.into(), act: CustomerAct::Leave(EndedBy::Idle) });
        }
        world = AGENTS.into_iter().fold(world, |world, name| world.then(log_out(name)));
        for id in SESSIONS {
            let over = found(&world, &id.into()).is_some_and(|session| !session.is_open());
            prop_assert_eq!(world.act(&Command::Erase { session: id.into() }).is_ok(), over);
        }
        prop_assert!(!redacted(&world).contains(MARKER));
    }
}

#[test]
fn random_histories_reach_every_state() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..2_000 {
        let history = history().new_tree(&mut runner).expect("a history").current();
        let world = perform(&history, |_, _| ());
        seen.extend(world.history.iter().map(|(.., event)| event.kind()));
        let parts = world.sessions().flat_map(|session| &session.agents);
        seen.extend(parts.map(|party| party.state.as_str()));
    }
    let states = ["Invited", "Chatting", "JoinFailed", "LeftChat", "Completed", "Revoked"];
    let session = [
        "created",
        "queued",
        "offered",
        "requested",
        "request-ended",
        "visibility",
        "took-over",
        "offer-ended",
        "accepted",
        "join-failed",
        "message",
        "delivery",
        "resent",
        "amended",
        "slots-left",
        "window-closing",
        "typing",
        "renamed",
        "talk-ended",
        "user-data",
        "comment",
        "party-closed",
        "taken-away",
        "ended",
        "erased",
    ];
    let agent = [
        "logged-in",
        "logged-out",
        "connection-lost",
        "connection-back",
        "absence-until",
        "state",
        "disposition-owed",
        "disposition-settled",
        "do-not-disturb",
        "slot-taken",
        "slot-idle",
        "slot-freed",
        "monitoring-began",
        "monitoring-ended",
        "watched-by",
        "focus",
    ];
    let wanted = states.map(str::to_owned).into_iter().chain(["disposition".to_owned()]);
    let wanted = wanted.chain(session.map(|word| format!("session.{word}")));
    for word in wanted.chain(agent.map(|word| format!("agent.{word}"))) {
        assert!(seen.contains(word.as_str()), "{word} is never reached: the properties would prove little");
    }
}

//! What nobody may see leaves by no way out, whatever happened before: random histories are performed, and each commit is
//! held against all of them.

use super::{
    history::{History, SECRET, beginning, command, histories},
    people::{Done, PEOPLE, People, by, nickname},
};
use crate::view::View;
use domain::{
    Command, InteractionId, Message, UserId,
    command::{SessionAct, SuperviseAct},
    medium::Media,
    message::{Viewer, Visibility},
    session::{AgentParty, Session},
    task::TaskKind,
};
use gws::{
    Links, Shown,
    customer::{ChatApiMessage, CustomerChat, CustomerMessage},
    message_resource, session_in_brief, session_resource,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What was ever to be seen, and what was ever asked.
#[derive(Default)]
struct Seen {
    /// The most that somebody was ever seen by in a conversation.
    people: BTreeMap<(InteractionId, UserId), Visibility>,
    /// The commands of each, with the conversation that they were for.
    asked: BTreeMap<(UserId, u64), InteractionId>,
    /// Of these, the ones whose outcome by another's doing was told.
    told: BTreeSet<(UserId, u64)>,
}

impl Seen {
    /// Takes in who can be seen now.
    fn look(&mut self, people: &People) {
        for session in people.sessions() {
            for party in session.agents.iter().filter(|party| party.joined_at.is_some()) {
                let key = (session.id.clone(), party.user.clone());
                let most = self.people.entry(key).or_insert(party.visibility);
                *most = party.visibility.min(*most);
            }
        }
    }

    /// Everybody of whom a viewer can never have heard in a conversation.
    fn unheard<'s>(&'s self, id: &'s InteractionId, viewer: Viewer) -> impl Iterator<Item = &'s UserId> {
        let of = self.people.iter().filter(move |((session, _), _)| session == id);
        of.filter(move |(_, most)| !most.is_for(viewer)).map(|((_, user), _)| user)
    }

    /// Holds what somebody is shown of a conversation against whom and what they may see.
    #[track_caller]
    fn may_show(&self, id: &InteractionId, viewer: Viewer, own: Option<&UserId>, shown: &str) {
        assert!(viewer != Viewer::Customer || !shown.contains(SECRET), "agents alone hear it: {shown}");
        for user in self.unheard(id, viewer).filter(|user| own != Some(*user)) {
            let is_told = shown.contains(&nickname(user)) || shown.contains(&format!("/users/{user}\""));
            assert!(!is_told, "{viewer:?} cannot know of {user}: {shown}");
        }
    }
}

fn viewer_of(session: &Session, user: &UserId) -> Option<Viewer> {
    session.party(user).map(AgentParty::viewer)
}

fn links() -> Links {
    Links::new("http://localhost:8080")
}

/// What an agent is answered who asks for their conversation.
fn resource(session: &Session, user: &UserId) -> Option<String> {
    session.live_party(user)?;
    let media = Media::default();
    Some(session_resource(&links(), media.named(&session.medium)?, session, user))
}

/// What a customer reads, of both services for customers.
fn transcript<'m>(log: impl IntoIterator<Item = &'m Message>) -> String {
    let seen = log.into_iter().filter(|entry| entry.visibility.is_for(Viewer::Customer));
    seen.map(|entry| json!([CustomerMessage::of(entry), ChatApiMessage::of(entry)]).to_string()).collect()
}

/// What a customer is shown of a conversation.
fn chat(session: &Session) -> String {
    json!(CustomerChat::of("c", session)).to_string()
}

/// What an agent reads of a log, as far as it is their own conversation, and of one before it.
fn read(session: &Session, user: &UserId, log: &[Message]) -> [String; 2] {
    let own = View::of_part(session, user);
    [own, Some(View::BEFORE)].map(|view| {
        let seen = log.iter().filter(|entry| view.as_ref().is_some_and(|view| view.has(entry)));
        seen.map(|entry| message_resource(&links(), Shown::default(), entry).to_string()).collect()
    })
}

fn hold(people: &People, seen: &mut Seen, command: &Command, done: &Done) {
    seen.look(people);
    if let (Command::Session { session, .. }, Some(cause)) = (command, &done.cause) {
        seen.asked.insert((cause.agent.clone(), cause.reference), session.clone());
    }
    for session in people.sessions() {
        let written = done.decision.messages.iter().filter(|(id, _)| *id == session.id);
        let written: Vec<Message> = written.map(|(_, message)| message.clone()).collect();
        seen.may_show(&session.id, Viewer::Customer, None, &transcript(&written));
        seen.may_show(&session.id, Viewer::Customer, None, &chat(session));
        for user in PEOPLE.map(UserId::from) {
            let [own, before] = read(session, &user, &written);
            seen.may_show(&session.id, Viewer::Agent, None, &before);
            let Some(viewer) = viewer_of(session, &user) else { continue };
            seen.may_show(&session.id, viewer, Some(&user), &own);
            let brief = json!(session_in_brief(session, &user)).to_string();
            seen.may_show(&session.id, Viewer::Agent, Some(&user), &brief);
            let Some(shown) = resource(session, &user) else { continue };
            seen.may_show(&session.id, viewer, Some(&user), &shown);
            for hidden in session.chatting().filter(|other| !other.visibility.is_for(viewer)) {
                let is_shown = hidden.user != user && shown.contains(&nickname(&hidden.user));
                assert!(!is_shown, "{user} is shown {hidden:?}: {shown}");
            }
        }
    }
    carried(people, done);
    told(people, seen, done);
    unnoticed(people, command, done);
}

/// Connectors are given only what the customer may see.
fn carried(people: &People, done: &Done) {
    for task in &done.decision.tasks {
        if let TaskKind::Message { session, index } = &task.errand {
            let log = people.log.get(session).into_iter().flatten();
            let entry = log.into_iter().find(|entry| entry.index == *index).expect("there are words");
            assert!(entry.visibility.is_all() && entry.from.visibility.is_all(), "{entry:?}");
        }
    }
}

/// Who is told what, and of which of their commands it is the outcome.
fn told(people: &People, seen: &mut Seen, done: &Done) {
    for note in &done.notes {
        let domain::Key::Session(id) = &note.about else { continue };
        let session = people.session(id).expect("a conversation");
        let viewer = viewer_of(session, &note.agent).expect("only who has a part is told of it");
        seen.may_show(id, viewer, Some(&note.agent), &note.body);
        let body: Value = serde_json::from_str(&note.body).expect("JSON");
        let Some(reference) = body["referenceId"].as_u64() else { continue };
        let by_themselves = done
            .cause
            .as_ref()
            .is_some_and(|cause| (&cause.agent, cause.reference) == (&note.agent, reference));
        if !by_themselves {
            let own = (note.agent.clone(), reference);
            assert_eq!(seen.asked.get(&own), Some(id), "no command of theirs: {body}");
            assert!(seen.told.insert(own), "its outcome was told before: {body}");
        }
    }
}

/// What somebody does whom others do not see is nothing that those could notice.
fn unnoticed(people: &People, command: &Command, done: &Done) {
    let Some((id, actor)) = actor(command) else { return };
    let (Some(before), Some(after)) = (done.before.session(id), people.session(id)) else { return };
    let hidden = [before, after].map(|session| how_hidden(session, actor, command));
    let [Some(before_by), Some(after_by)] = hidden else { return };
    let visibility = before_by.min(after_by);
    if !visibility.is_for(Viewer::Customer) {
        assert_eq!(chat(before), chat(after), "{command:?}");
        let old = done.before.log.get(id).into_iter().flatten();
        assert_eq!(transcript(old), transcript(&people.log[id]), "{command:?}");
        assert!(done.decision.tasks.is_empty() && done.decision.signals.is_empty(), "{command:?}");
    }
    for user in PEOPLE.map(UserId::from).iter().filter(|user| *user != actor) {
        let viewers = [before, after].map(|session| viewer_of(session, user));
        let [Some(was), Some(is)] = viewers else { continue };
        if !visibility.is_for(was) && !visibility.is_for(is) {
            assert_eq!(resource(before, user), resource(after, user), "{command:?}");
            let told = done.notes.iter().find(|note| note.agent == *user);
            assert_eq!(told, None, "{command:?}");
        }
    }
}

/// Who does something in which conversation that is not meant for all to see: what they write down about it is.
fn actor(command: &Command) -> Option<(&InteractionId, &UserId)> {
    match command {
        Command::Session {
            act:
                SessionAct::SetDisposition { .. }
                | SessionAct::AttachUserData(_)
                | SessionAct::UpdateUserData(_)
                | SessionAct::DeleteUserData(_)
                | SessionAct::Comment(_),
            ..
        } => None,
        Command::Session { session, .. } => Some((session, by(command)?)),
        Command::Supervise(asked) => match &asked.act {
            SuperviseAct::Intrude { session, .. } => Some((session, &asked.supervisor)),
            _ => None,
        },
        _ => None,
    }
}

/// By whom somebody is seen at most in a conversation; `None` where that is everybody. Whoever has no part in it yet is
/// seen by nobody.
fn how_hidden(session: &Session, actor: &UserId, command: &Command) -> Option<Visibility> {
    let party = session.party(actor);
    let visibility = match (party, command) {
        (Some(party), Command::Session { .. }) => party.visibility,
        (Some(party), _) if party.is_live() => party.visibility,
        _ => Visibility::Supervisors,
    };
    (!visibility.is_all()).then_some(visibility)
}

/// Performs a history, holds each of its commits, and lets somebody look at each.
fn perform((begin, steps): &History, mut look: impl FnMut(&Command, &Done)) {
    let (mut people, mut seen) = (People::at_work(), Seen::default());
    for command in beginning(*begin) {
        let done = people.perform(&command).expect("it can begin so");
        hold(&people, &mut seen, &command, &done);
    }
    for step in steps {
        people.now += 1 + i64::from(step.0) * 400;
        let Some(command) = command(&people, *step) else { continue };
        if let Some(done) = people.perform(&command) {
            hold(&people, &mut seen, &command, &done);
            look(&command, &done);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_nobody_may_see_leaves_by_no_way_out(history in histories()) {
        perform(&history, |_, _| ());
    }
}

#[test]
fn random_histories_reach_what_they_are_about() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeMap::<String, usize>::new();
    for _ in 0..300 {
        let history = histories().new_tree(&mut runner).expect("a history").current();
        perform(&history, |command, done| {
            let mut count = |what: String| *reached.entry(what).or_default() += 1;
            if let Some((id, actor)) = actor(command)
                && let Some(before) = done.before.session(id)
                && let Some(visibility) = how_hidden(before, actor, command)
            {
                let what = if let Command::Session { act, .. } = command { act.kind() } else { "intrude" };
                count(format!("{what} by {visibility:?}"));
            }
            for event in done.decision.changes.iter().flat_map(|change| &change.events) {
                count(event.kind().to_owned());
            }
            done.decision.tasks.iter().for_each(|_| count("task".into()));
            done.decision.signals.iter().for_each(|_| count("signal".into()));
        });
    }
    let wanted = [
        "intrude by Supervisors",
        "session.accept by Supervisors",
        "session.accept by Agents",
        "session.leave by Supervisors",
        "session.leave by Agents",
        "session.follow by Supervisors",
        "session.follow by Agents",
        "session.say-to-agents by Agents",
        "session.focus by Supervisors",
        "session.requested",
        "session.request-ended",
        "session.visibility",
        "session.took-over",
        "session.taken-away",
        "session.ended",
        "agent.monitoring-began",
        "agent.connection-lost",
        "task",
        "signal",
    ];
    for what in wanted {
        assert!(reached.get(what).is_some_and(|times| *times > 4), "{what}: {reached:#?}");
    }
}

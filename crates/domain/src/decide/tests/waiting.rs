//! Those who lead a queue decide about one that waits in it.

use super::{required::supervised, *};
use crate::{
    Event, InteractionId, QueueName, Refusal, UserId, call,
    centre::AgentGroup,
    command::{CONTROL_FEATURE, Provision, WaitingAct},
    interaction::QueuePosition,
    session::Fact,
    user::Role,
};
use std::collections::{BTreeMap, BTreeSet};

fn assign(agent: &str) -> WaitingAct {
    WaitingAct::Assign(agent.into())
}

fn to(queue: &str) -> WaitingAct {
    WaitingAct::Move(queue.into())
}

fn chat(act: WaitingAct) -> Command {
    direct(&s1(), None, act)
}

fn caller(act: WaitingAct) -> Command {
    direct(&"C100".into(), None, act)
}

/// For random histories: something that sue decides about one that waits in a queue.
pub(super) fn anything(interaction: &InteractionId, queue: &QueueName, pick: usize) -> Command {
    let acts = [
        assign("ann"),
        assign("bob"),
        assign("cat"),
        to("Sales"),
        to("Support"),
        WaitingAct::Raise(1),
        WaitingAct::Raise(2),
    ];
    let mut command = direct(interaction, None, acts[pick % acts.len()].clone());
    if let Command::Direct(asked) = &mut command {
        asked.queue = queue.clone();
    }
    command
}

/// A customer waits in `Support`; 5 s later.
fn writes() -> TestCentre {
    supervised(waiting()).after(5_000)
}

/// A caller waits in `Support`; 5 s later.
fn calls_in() -> TestCentre {
    supervised(calls::waiting()).after(5_000)
}

/// The conversation, and the call, that waits.
fn both() -> [(TestCentre, InteractionId); 2] {
    [(writes(), s1()), (calls_in(), "C100".into())]
}

/// Where something waits, and with which place.
fn place(world: &TestCentre, id: &InteractionId) -> (QueueName, QueuePosition, bool) {
    let session = world.sessions().find(|session| session.id == *id);
    let own = session.map(|session| (session.queue.clone(), session.place, session.waiting));
    own.unwrap_or_else(|| {
        let call = world.calls().find(|call| call.id == *id).expect("it is there");
        let queued = call.queued.as_ref().expect("a place");
        (queued.queue.clone(), queued.place, queued.waiting)
    })
}

/// Whom the newest event that says so names as the supervisor.
fn told_by(world: &TestCentre) -> Option<UserId> {
    world.history.iter().rev().find_map(|(_, _, event)| match event {
        Event::Session(event) => match &event.fact {
            Fact::Queued { by, .. } | Fact::Offered { by, .. } => by.clone(),
            _ => None,
        },
        Event::Call(event) => match &event.fact {
            call::Fact::Queued { by, .. } | call::Fact::Joined { by, .. } => by.clone(),
            _ => None,
        },
        _ => None,
    })
}

#[test]
fn it_is_offered_to_the_agent_whom_they_name_and_the_events_say_who_did() {
    let world = check(writes(), chat(assign("bob")), "offered bob until 35000; bob: +slot");
    assert_eq!(told_by(&world), Some("sue".into()));
    let world = calls_in();
    let as_the_router_would = {
        let mut other = world.clone();
        other.perform(&calls_offer("bob"))
    };
    let world = check(world, caller(assign("bob")), &as_the_router_would);
    assert_eq!(told_by(&world), Some("sue".into()));
    let alone = writes().then(offer("bob"));
    assert_eq!(told_by(&alone), None, "the router is no supervisor");
}

fn calls_offer(agent: &str) -> Command {
    Command::OfferCall { call: "C100".into(), agent: agent.into(), request: None }
}

#[test]
fn who_does_not_take_it_costs_the_customer_nothing() {
    let world = writes().then(chat(assign("bob")));
    let world = check(
        world,
        bob(reject()),
        "offer-ended bob Completed by agent barred until 15000; bob: -slot; queued Support since 0",
    );
    check(
        world,
        chat(assign("bob")),
        "no: The agent is not available for chat: the agent did not take it a moment ago",
    );
}

#[test]
fn the_rules_of_an_offer_hold_for_whom_they_name() {
    let full = |world: TestCentre| {
        let mut ann = test_centre::user("ann");
        ann.capacity = BTreeMap::from([(test_centre::medium(), 0)]);
        world.then(Command::Provision(Provision::PutUser(Box::new(ann))))
    };
    for (world, agent, why) in [
        (writes(), "cat", "not ready"),
        (full(writes()), "ann", "no free slot"),
        (writes().then(log_out("ann")), "ann", "not logged in on this channel"),
    ] {
        check(world, chat(assign(agent)), &format!("no: The agent is not available for chat: {why}"));
    }
    let skilled = calls::queue_with("Support", |queue| _ = queue.skills.insert("Dutch".into(), 3));
    let why = "no: The agent is not available for voice: the agent does not work for the queue";
    check(calls_in().then(skilled), caller(assign("bob")), why);
    check(writes(), chat(assign("nobody")), "no: User 'nobody' was not found");
}

#[test]
fn what_is_kept_for_another_agent_is_passed_over() {
    let world = supervised(preferred::served().then(preferred::comes_back()));
    check(world, direct(&"s2".into(), None, assign("bob")), "offered bob until 30000; bob: +slot");
}

#[test]
fn a_raise_keeps_the_place_in_time_and_only_raises() {
    for (world, id) in both() {
        let (queue, before, _) = place(&world, &id);
        let raised = world.clone().then(direct(&id, None, WaitingAct::Raise(7)));
        let after = QueuePosition { priority: 7, since: before.since };
        assert_eq!(place(&raised, &id), (queue, after, true), "{id}");
        assert_eq!(told_by(&raised), Some("sue".into()), "{id}");
        check(raised.clone(), direct(&id, None, WaitingAct::Raise(7)), "");
        let below = direct(&id, None, WaitingAct::Raise(6));
        check(raised, below, "no: 'priority' is below 7, which it has");
    }
}

#[test]
fn a_raised_call_still_overflows_when_it_would_have() {
    let patient = calls::queue_with("Support", |queue| queue.calls.patience = 60_000);
    let world = supervised(calls::phones().then(patient).then(calls::arrive_at("Support"))).after(5_000);
    check(world, caller(WaitingAct::Raise(3)), "queued Support since 0 until 60000");
}

#[test]
fn in_another_queue_it_has_waited_as_long_and_has_the_priority_of_that_queue() {
    for (world, id) in both() {
        let world = world.then(calls::queue_with("Sales", |queue| queue.priority = 4));
        let moved = world.clone().then(direct(&id, None, to("Sales")));
        assert_eq!(
            place(&moved, &id),
            ("Sales".into(), QueuePosition { priority: 4, since: 0 }, true),
            "{id}"
        );
        assert_eq!(told_by(&moved), Some("sue".into()), "{id}");
        let gone = format!("no: Interaction '{id}' in queue 'Support' was not found");
        check(moved, direct(&id, None, to("Sales")), &gone);
        check(world.clone(), direct(&id, None, to("Support")), "no: It waits in this queue already");
        check(world, direct(&id, None, to("Ghosts")), "no: Queue 'Ghosts' was not found");
    }
}

#[test]
fn a_caller_hears_the_greeting_of_the_queue_that_they_are_moved_to() {
    let sales = calls::queue_with("Sales", |queue| {
        queue.calls.greeting = Some("sales".into());
        queue.calls.patience = 30_000;
    });
    check(
        calls_in().then(sales),
        caller(to("Sales")),
        "queued Sales since 0 until 35000 => 1 hears prompt sales",
    );
}

#[test]
fn what_was_taken_meanwhile_does_not_wait_and_what_is_not_there_does_not_exist() {
    let acts = || [assign("ann"), WaitingAct::Raise(7), to("Sales")];
    for act in acts() {
        for world in [supervised(invited()), supervised(chatting())] {
            check(world, chat(act.clone()), "no: Interaction 's1' does not wait any more");
        }
        for world in [supervised(calls::offered()), supervised(calls::talking())] {
            check(world, caller(act.clone()), "no: Interaction 'C100' does not wait any more");
        }
        let over = "no: Interaction 's1' in queue 'Support' was not found";
        check(supervised(completed()), chat(act.clone()), over);
        let none = direct(&"none".into(), None, act.clone());
        check(writes(), none, "no: Interaction 'none' was not found");
        let request = direct(&s1(), Some(1), act);
        check(writes(), request, over);
    }
}

#[test]
fn a_request_for_help_is_assigned_and_keeps_its_place() {
    let world = supervised(asking_a_queue());
    let of_sales = |request, act| {
        let mut command = direct(&s1(), Some(request), act);
        if let Command::Direct(asked) = &mut command {
            asked.queue = "Sales".into();
        }
        command
    };
    let as_the_router_would = world.clone().perform(&offer_request(1, "bob"));
    let offered = check(world.clone(), of_sales(1, assign("bob")), &as_the_router_would);
    check(offered, of_sales(1, assign("bob")), "no: Interaction 's1' does not wait any more");
    let keeps = "no: A request for help keeps its place: it can only be assigned";
    for act in [WaitingAct::Raise(7), to("Support")] {
        check(world.clone(), of_sales(1, act), keeps);
    }
    check(world, of_sales(2, assign("bob")), "no: Interaction 's1' in queue 'Sales' was not found");

    let world = supervised(calls::asking_queue());
    let request = Command::OfferCall { call: "C100".into(), agent: "bob".into(), request: Some(1) };
    let as_the_router_would = world.clone().perform(&request);
    check(world, direct(&"C100".into(), Some(1), assign("bob")), &as_the_router_would);
}

/// A user of these roles.
fn user(name: &str, roles: &[Role]) -> Command {
    let mut user = test_centre::user(name);
    user.roles = roles.to_vec();
    Command::Provision(Provision::PutUser(Box::new(user)))
}

/// Sue leads bob alone.
fn grouped(world: TestCentre) -> TestCentre {
    world.then(centre_with(|centre| {
        let group = AgentGroup {
            name: "Day".into(),
            leaders: BTreeSet::from(["sue".to_owned()]),
            members: BTreeSet::from(["bob".to_owned()]),
            hidden: false,
        };
        centre.agent_groups.push(group);
    }))
}

/// `by` puts it first, and shows that they lead the queue by `leads`.
fn raised_by(by: &str, leads: &str) -> Command {
    let mut command = chat(WaitingAct::Raise(7));
    if let Command::Direct(asked) = &mut command {
        asked.by = by.into();
        asked.leads = leads.into();
    }
    command
}

#[test]
fn a_supervisor_leads_the_queues_that_somebody_works_for_whom_they_lead() {
    let none = "no: Queue 'Support' was not found";
    let done = "queued Support since 0";
    check(writes(), raised_by("sue", "nobody"), done);
    check(writes(), raised_by("bob", "ann"), none);
    check(writes(), raised_by("nobody", "ann"), none);
    let world = grouped(writes());
    check(world.clone(), raised_by("sue", "bob"), done);
    check(world.clone(), raised_by("sue", "ann"), none);
    check(world.clone(), raised_by("sue", "nobody"), none);
    let mut elsewhere = test_centre::user("bob");
    elsewhere.queues = vec!["Sales".into()];
    let elsewhere = Command::Provision(Provision::PutUser(Box::new(elsewhere)));
    check(world.clone().then(elsewhere), raised_by("sue", "bob"), none);
    let skilled = calls::queue_with("Support", |queue| _ = queue.skills.insert("Dutch".into(), 3));
    check(world.clone().then(skilled), raised_by("sue", "bob"), none);
    let no_agent = user("bob", &[Role::Apiuser]);
    check(world.clone().then(no_agent), raised_by("sue", "bob"), none);
    for role in [Role::Admin, Role::Apiuser] {
        check(world.clone().then(user("eve", &[role])), raised_by("eve", "eve"), done);
    }
}

#[test]
fn without_the_feature_nobody_decides_about_who_waits() {
    let off = writes().then(centre_with(|centre| _ = centre.features.remove(CONTROL_FEATURE)));
    check(off, chat(assign("ann")), &format!("no: {}", Refusal::FeatureOff(CONTROL_FEATURE)));
}

//! The rules that conversations and calls share. Each is a line that is run over both, so that they cannot drift apart.

use super::*;
use crate::{
    Millis, Refusal, UserId,
    command::{CallAct, Provision, SessionAct},
    disposition::{LateUntil, Policy},
    interaction::Interaction,
    medium,
};
use serde_json::json;

/// One of the two machines, by the situations that both know. Ann is the agent, and no time passes unless a rule says
/// so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Sessions,
    Calls,
}

const BOTH: [On; 2] = [On::Sessions, On::Calls];
const HOUR: Millis = 3_600_000;

impl On {
    fn world(self) -> TestCentre {
        match self {
            Self::Sessions => TestCentre::new(),
            Self::Calls => calls::phones(),
        }
    }

    /// It waits in `Support`.
    fn waiting(self) -> TestCentre {
        match self {
            Self::Sessions => waiting(),
            Self::Calls => calls::waiting(),
        }
    }

    /// Ann works on it.
    fn live(self) -> TestCentre {
        match self {
            Self::Sessions => chatting(),
            Self::Calls => calls::talking(),
        }
    }

    /// Ann's part is over.
    fn over(self) -> TestCentre {
        match self {
            Self::Sessions => completed(),
            Self::Calls => calls::released(),
        }
    }

    /// Ann did not want it.
    fn refused(self) -> TestCentre {
        match self {
            Self::Sessions => rejected(),
            Self::Calls => calls::offered().then(self.act(CallAct::Reject)),
        }
    }

    /// Ann's part was over, it was offered to them again, and they did not want it.
    fn refused_since(self) -> TestCentre {
        match self {
            Self::Sessions => {
                let back = chatting().then(ann(to_queue("Sales"))).after(10_000);
                back.then(offer("ann")).then(ann(reject()))
            }
            Self::Calls => {
                let lost = crate::call::LegEvent::Gone { cause: crate::call::Cause::Lost, code: None };
                let leg = crate::call::LegId { call: "C100".into(), number: 2 };
                let back = calls::talking().then(Command::LegEvent { leg, heard: lost });
                back.then(self.offer("ann")).then(self.act(CallAct::Reject))
            }
        }
    }

    /// Ann had so many others since.
    fn crowded(self, world: TestCentre, more: usize) -> TestCentre {
        (0..more).fold(world, |world, nth| {
            let id = format!("t{nth}");
            match self {
                Self::Sessions => {
                    let world = world.then(open_as(&id, &json!({}))).then(offer_of(&id, "ann"));
                    world.then(does(&id, "ann", accept())).then(does(&id, "ann", complete()))
                }
                Self::Calls => {
                    let world = world.then(calls::dials(&id));
                    let (call, agent) = (id.as_str().into(), "ann".into());
                    world.then(Command::Call { call, agent, act: CallAct::Hangup })
                }
            }
        })
    }

    fn act(self, act: CallAct) -> Command {
        assert_eq!(self, Self::Calls);
        Command::Call { call: "C100".into(), agent: "ann".into(), act }
    }

    fn offer(self, agent: &str) -> Command {
        match self {
            Self::Sessions => offer(agent),
            Self::Calls => Command::OfferCall { call: "C100".into(), agent: agent.into(), request: None },
        }
    }

    fn dispose_as(self, agent: &str, value: &str, key: Option<&str>) -> Command {
        let (value, key) = (value.to_owned(), key.map(str::to_owned));
        match self {
            Self::Sessions => does("s1", agent, SessionAct::SetDisposition { value, key }),
            Self::Calls => {
                let act = CallAct::SetDisposition { value, key };
                Command::Call { call: "C100".into(), agent: agent.into(), act }
            }
        }
    }

    fn dispose(self, value: &str) -> Command {
        self.dispose_as("ann", value, None)
    }

    fn medium(self) -> crate::MediumName {
        match self {
            Self::Sessions => test_centre::medium(),
            Self::Calls => medium::voice(),
        }
    }

    fn via(self) -> &'static str {
        match self {
            Self::Sessions => "SetDisposition",
            Self::Calls => "SetCallDisposition",
        }
    }

    /// What is told when ann sets a value under the centre's key.
    fn told(self, value: &str, before: &str) -> String {
        format!("disposition DispositionCode='{value}' was {before} by ann via {}", self.via())
    }

    fn gone(self) -> &'static str {
        match self {
            Self::Sessions => "no: Interaction 's1' was not found",
            Self::Calls => "no: Call 'C100' was not found",
        }
    }

    /// Until when ann's part takes a late disposition.
    fn late_until(self, world: &TestCentre) -> Option<LateUntil> {
        match self {
            Self::Sessions => late_until(world, world.session()),
            Self::Calls => late_until(world, world.call()),
        }
    }

    fn user_data(self, world: &TestCentre) -> crate::UserData {
        match self {
            Self::Sessions => world.session().user_data.clone(),
            Self::Calls => world.call().lines[0].user_data.clone(),
        }
    }
}

fn late_until<I: Interaction>(world: &TestCentre, interaction: &I) -> Option<LateUntil> {
    let ann = UserId::from("ann");
    let rule = &world.centre().disposition;
    let late = rule.late_part(interaction, interaction.id(), &ann, Some(world.agent("ann")), world.now);
    late.map(|(_, until)| until)
}

#[test]
fn a_part_that_is_over_takes_a_late_disposition_until_its_time_is_over_and_then_while_it_is_recent() {
    let moment = Some(LateUntil::Moment(HOUR));
    let recent = Some(LateUntil::KeptByRecency);
    for on in BOTH {
        for (what, world, until) in [
            ("it lives", on.live(), None),
            ("nobody took it", on.waiting(), None),
            ("it was refused", on.refused(), None),
            ("it is over", on.over(), moment),
            ("it is over, and a later offer was refused", on.refused_since(), moment),
            ("the last moment", on.over().after(HOUR), moment),
            ("a moment later", on.over().after(HOUR + 1), recent),
            ("15 others since", on.crowded(on.over(), 15).after(HOUR + 1), recent),
            ("16 others since, in time", on.crowded(on.over(), 16).after(HOUR), moment),
            ("16 others since, too late", on.crowded(on.over(), 16).after(HOUR + 1), None),
        ] {
            assert_eq!(on.late_until(&world), until, "{on:?}: {what}");
            // What is said to be taken is taken, and nothing else.
            let taken = world.ask(&on.dispose("Referred"));
            match until {
                Some(_) => assert!(taken.is_ok(), "{on:?}: {what}"),
                None if what == "it lives" => assert!(taken.is_ok(), "{on:?}: {what}"),
                None => assert!(matches!(taken, Err(Refusal::NotFound(_))), "{on:?}: {what}: {taken:?}"),
            }
        }
    }
}

#[test]
fn a_window_without_end_is_no_overflow() {
    for on in BOTH {
        let forever = centre_with(|centre| centre.disposition.late = Millis::MAX);
        let world = on.over().after(1).then(forever);
        assert_eq!(on.late_until(&world), Some(LateUntil::Moment(Millis::MAX)), "{on:?}");
    }
}

#[test]
fn a_disposition_of_a_live_part_is_a_change_of_the_user_data() {
    for on in BOTH {
        let world = check(on.live(), on.dispose("IssueResolved"), &on.told("IssueResolved", "null"));
        assert_eq!(on.user_data(&world).get("DispositionCode"), Some(&json!("IssueResolved")));
        let world = check(world, on.dispose("Referred"), &on.told("Referred", "'IssueResolved'"));
        let world = check(world, on.dispose("Referred"), &on.told("Referred", "'Referred'"));
        check(world, on.dispose(""), &on.told("", "'Referred'"));
    }
}

#[test]
fn a_late_disposition_is_told_to_reporting_alone_and_once() {
    for on in BOTH {
        let late = |value: &str, before: &str| format!("{} late", on.told(value, before));
        let world = check(on.over(), on.dispose("IssueResolved"), &late("IssueResolved", "null"));
        assert_eq!(on.user_data(&world).get("DispositionCode"), None, "{on:?}");
        let world = check(world, on.dispose("IssueResolved"), "");
        let world = check(world, on.dispose("Referred"), &late("Referred", "'IssueResolved'"));
        let world = check(world, on.dispose(""), &late("", "'Referred'"));
        check(world, on.dispose(""), "");
        check(on.over(), on.dispose(""), "");
    }
}

#[test]
fn a_disposition_has_a_key_a_value_and_a_bound() {
    for on in BOTH {
        for world in [on.live(), on.over()] {
            let under = |key: &str, value: &str| on.dispose_as("ann", value, Some(key));
            let refused = |command: Command, why: &str| _ = check(world.clone(), command, why);
            refused(under(&"k".repeat(256), "x"), "no: 'dispositionKey' is longer than 255 characters");
            let most = "x".repeat(crate::userdata::MAX_BYTES);
            refused(on.dispose(&most), "no: User data would exceed 65536 bytes");
            refused(on.dispose(&format!("{most}x")), "no: 'disposition' is longer than 65536 bytes");
            assert!(world.ask(&under("", "Referred")).is_ok(), "an empty key is the centre's");
            assert!(world.ask(&under("Outcome", "Referred")).is_ok());
        }
    }
}

#[test]
fn strict_takes_codes_of_the_book_alone_live_and_late() {
    for on in BOTH {
        for world in [on.live(), on.over()] {
            let policy = |policy| {
                let medium = on.medium();
                world.clone().then(centre_with(|centre| _ = centre.disposition.policy.insert(medium, policy)))
            };
            let odd = on.dispose("Odd");
            check(policy(Policy::Strict), odd.clone(), "no: \"Odd\" is not in the disposition book");
            assert!(policy(Policy::Strict).ask(&on.dispose("Billing")).is_ok(), "{on:?}");
            assert!(policy(Policy::Strict).ask(&on.dispose("")).is_ok(), "{on:?}");
            for open in [Policy::Warn, Policy::Open] {
                assert!(policy(open).ask(&odd).is_ok(), "{on:?}");
            }
        }
    }
}

#[test]
fn it_does_not_exist_for_who_has_nothing_to_do_with_it() {
    for on in BOTH {
        for world in [on.live(), on.over()] {
            check(world, on.dispose_as("bob", "Referred", None), on.gone());
        }
        check(on.world(), on.dispose("Referred"), on.gone());
    }
}

#[test]
fn something_is_offered_to_whom_nothing_stands_against() {
    for on in BOTH {
        let not = |why: &str| format!("no: The agent is not available for {}: {why}", on.medium());
        let refused = |world: TestCentre, agent: &str, why: &str| {
            check(world, on.offer(agent), &not(why));
        };
        let with = |change: &dyn Fn(&mut crate::user::User)| {
            let world = on.waiting();
            let mut user = match world.states[&crate::Key::User("ann".into())].as_ref() {
                crate::State::User(Some(user)) => (**user).clone(),
                other => panic!("{other:?}"),
            };
            change(&mut user);
            world.then(Command::Provision(Provision::PutUser(Box::new(user))))
        };
        assert!(on.waiting().ask(&on.offer("ann")).is_ok(), "{on:?}");
        refused(on.live(), "bob", "it does not wait any more");
        refused(on.waiting(), "cat", "not ready");
        refused(on.waiting().then(do_not_disturb("ann", true)), "ann", "not ready");
        refused(on.waiting().then(log_out("ann")), "ann", "not logged in on this channel");
        refused(on.refused(), "ann", "the agent did not take it a moment ago");
        assert!(on.refused().after(10_000).ask(&on.offer("ann")).is_ok(), "{on:?}");
        refused(with(&|ann| _ = ann.capacity.insert(on.medium(), 0)), "ann", "no free slot");
        let elsewhere = with(&|ann| ann.queues = vec!["Sales".into()]);
        refused(elsewhere, "ann", "the agent does not work for the queue");
        assert!(with(&|ann| ann.queues = vec!["Support".into()]).ask(&on.offer("ann")).is_ok(), "{on:?}");
    }
}

#[test]
fn an_offer_of_a_queue_that_is_gone_stands_for_half_a_minute() {
    let lasts = |decision: crate::Decision| {
        decision.changes.iter().flat_map(|change| &change.events).find_map(|event| match event {
            crate::Event::Session(event) => match event.fact {
                crate::session::Fact::Offered { deadline, .. } => deadline,
                _ => None,
            },
            crate::Event::Call(event) => match event.fact {
                crate::call::Fact::Joined { deadline, .. } => deadline,
                _ => None,
            },
            _ => None,
        })
    };
    for on in BOTH {
        let mut world = on.waiting();
        world
            .states
            .insert(crate::Key::Queue("Support".into()), std::sync::Arc::new(crate::State::Queue(None)));
        let offered = world.ask(&on.offer("ann")).expect("nothing stands against it");
        assert_eq!(lasts(offered), Some(world.now + 30_000), "{on:?}");
    }
}

#[test]
fn an_agent_whose_offer_lapsed_is_not_ready_on_its_medium() {
    let lapsed =
        [(On::Sessions, revoked()), (On::Calls, calls::offered().after(30_000).then(calls::lapses()))];
    for (on, world) in lapsed {
        assert!(!world.agent("ann").is_ready(&on.medium()), "{on:?}");
        let state = world.agent("ann").channel(&on.medium()).and_then(|channel| channel.state.clone());
        assert_eq!(state.and_then(|state| state.reason.clone()).as_deref(), Some("No answer"), "{on:?}");
    }
}

#[test]
fn personal_values_go_when_nobody_has_to_do_with_it_any_more() {
    for (on, erase) in [(On::Sessions, "s1"), (On::Calls, "C100")] {
        let erase = || Command::Erase { session: erase.into() };
        let in_use = on.gone().replace("was not found", "is in use");
        check(on.live(), erase(), &in_use);
        let erased = on.over().then(erase());
        check(erased, erase(), "");
    }
}

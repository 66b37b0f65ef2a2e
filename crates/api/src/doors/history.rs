//! Random histories of conversations with several people: customers on every connector, colleagues who are asked, and
//! supervisors who are seen and who are not.

use super::people::{PEOPLE, People, SUPERVISORS, begins, nickname};
use domain::{
    Command, InteractionId, MediumName, UserData, UserId,
    command::{
        AgentAct, CustomerAct, CustomerMessage, HandoverTarget, Open, Receive, SessionAct, Supervise,
        SuperviseAct, TakeTo, Unit,
    },
    message::Content,
    request::Help,
    session::{AgentParty, EndedBy, Session, SessionOperation as O, capabilities, may_remove},
    task::NewConversationIds,
    thread::Address,
    watch::{Monitoring, WatchMode},
};
use proptest::{collection::vec, prelude::*};

/// What is said among agents alone.
pub const SECRET: &str = "for agents alone";
/// The services by which customers come: of web chat, and one of each connector.
const SERVICES: [&str; 3] = ["help", "smsession", "facebooksession"];

/// One move: what, and choices among what there is when its turn comes.
pub type Step = (u8, usize, usize, usize);

/// How far it has come before, and the moves from there.
pub type History = (usize, Vec<Step>);

pub fn histories() -> impl Strategy<Value = History> {
    (0..25_usize, vec((0..100_u8, 0..1_000_usize, 0..1_000_usize, 0..1_000_usize), 1..40))
}

/// The first commands of a conversation: Tom talks with the customer, somebody leads or asks, and they come.
pub fn beginning(how: usize) -> Vec<Command> {
    let session = InteractionId::from("s1");
    let does = |who: &str, act| Command::Session { session: session.clone(), agent: who.into(), act };
    let accepts = |who: &str| {
        let nickname = nickname(&who.into());
        does(who, SessionAct::Accept { nickname, save_last_agent: false })
    };
    let asks = |help| SessionAct::Ask { help, of: HandoverTarget::Agent("mei".into()) };
    let service = how % SERVICES.len();
    let medium =
        [0, 1, 2].map(|row| domain::medium::Media::default().rows()[row].name.clone())[service].clone();
    let follows = |supervisor: &str, monitoring| {
        let act = SuperviseAct::Intrude { session: session.clone(), monitoring: Some(monitoring) };
        let (target, medium) = ("tom".into(), medium.clone());
        Command::Supervise(Box::new(Supervise { supervisor: supervisor.into(), target, medium, act }))
    };
    let mut all = vec![
        customer_comes(&People::default(), service),
        Command::Offer { session: session.clone(), agent: "tom".into(), request: None },
        accepts("tom"),
    ];
    match how / SERVICES.len() {
        0 => all.clear(),
        1 => {}
        2 => all.extend([follows("sasha", Monitoring::ListenIn), accepts("sasha")]),
        3 => all.extend([follows("sasha", Monitoring::Coach), accepts("sasha")]),
        4 => all.extend([follows("otto", Monitoring::BargeIn), accepts("otto")]),
        5 => all.extend([does("tom", asks(Help::Consult)), accepts("mei")]),
        6 => all.extend([does("tom", asks(Help::Invite)), accepts("mei")]),
        _ => all.extend([
            follows("sasha", Monitoring::ListenIn),
            accepts("sasha"),
            does("tom", asks(Help::Consult)),
            accepts("mei"),
        ]),
    }
    all
}

fn of<T>(from: &[T], pick: usize) -> Option<&T> {
    from.get(pick.checked_rem(from.len())?)
}

fn somebody(pick: usize) -> UserId {
    PEOPLE[pick % PEOPLE.len()].into()
}

/// The command that a move means; `None` where there is nothing to choose from.
pub fn command(people: &People, (what, a, b, c): Step) -> Option<Command> {
    let sessions: Vec<&Session> = people.sessions().collect();
    let live: Vec<(&Session, &AgentParty)> = sessions
        .iter()
        .flat_map(|session| session.live_agents().map(move |party| (*session, party)))
        .collect();
    Some(match what {
        0..6 => customer_comes(people, a),
        6..14 => customer(of(&sessions, a)?, &people.now.to_string(), b),
        14..26 => {
            let waiting: Vec<_> = sessions.iter().filter(|session| session.waiting).collect();
            Command::Offer { session: of(&waiting, a)?.id.clone(), agent: somebody(b), request: None }
        }
        26..30 => {
            let session = sessions.iter().find(|session| !session.requests.is_empty())?;
            let request = of(&session.requests, a)?.number;
            Command::Offer { session: session.id.clone(), agent: somebody(b), request: Some(request) }
        }
        30..48 => supervise(*of(&live, a)?, b, c),
        48..50 => {
            let (session, party) = of(&live, a)?;
            let to = [TakeTo::Back, TakeTo::Agent(somebody(b)), TakeTo::Queue("Support".into())];
            let by = SUPERVISORS[c % 2].into();
            Command::TakeOver {
                session: session.id.clone(),
                agent: party.user.clone(),
                by,
                to: of(&to, c)?.clone(),
            }
        }
        50..53 => Command::Agent { agent: somebody(a), act: AgentAct::LogOut },
        53..58 => Command::Agent { agent: somebody(a), act: begins()[b % 2].clone() },
        58 => Command::ConnectionLost { agent: somebody(a), since: 0, until: Some(people.now) },
        59 => Command::WrapUpOver { agent: somebody(a) },
        _ => {
            let (session, party) = of(&live, a)?;
            let open = capabilities(session, &party.user);
            let act = act(session, party, *of(&open, b)?, c);
            Command::Session { session: session.id.clone(), agent: party.user.clone(), act }
        }
    })
}

fn customer_comes(people: &People, pick: usize) -> Command {
    let id = InteractionId::from(format!("s{}", people.sessions().count() + 1));
    let service = SERVICES[pick % SERVICES.len()];
    if service == "help" {
        return Command::Open(Box::new(Open {
            session: id,
            service: service.into(),
            participant: "00C0000000000001".into(),
            nickname: "Ines".into(),
            key_digest: String::new(),
            user_data: UserData::default(),
        }));
    }
    let said = CustomerMessage { content: vec![words("Hello")], opens: true, ..CustomerMessage::default() };
    brings(service, &id, &people.now.to_string(), Unit::Said(said))
}

fn words(text: &str) -> Content {
    Content::Text { text: text.into(), message_type: None }
}

fn brings(service: &str, id: &InteractionId, key: &str, unit: Unit) -> Command {
    Command::Receive(Box::new(Receive {
        service: service.into(),
        address: Address { thread: service.into(), ours: "+100".into(), theirs: "+1".into() },
        keys: vec![domain::ProviderKey::new(service, key)],
        at: 0,
        nickname: "Ines".into(),
        fresh: NewConversationIds { session: id.clone(), participant: "00C0000000000001".into() },
        unit,
    }))
}

fn customer(session: &Session, key: &str, pick: usize) -> Command {
    if session.post.is_some() && !pick.is_multiple_of(4) {
        let said = CustomerMessage { content: vec![words("Yes")], ..CustomerMessage::default() };
        let unit = if pick % 4 == 1 { Unit::Typing(true) } else { Unit::Said(said) };
        return brings(session.service.as_str(), &session.id, key, unit);
    }
    let acts = [
        CustomerAct::Say { text: "Yes".into(), message_type: None },
        CustomerAct::Type { on: true, text: None },
        CustomerAct::Rename("Ines R.".into()),
        CustomerAct::Leave(EndedBy::Customer),
    ];
    Command::Customer { session: session.id.clone(), act: acts[pick / 4 % acts.len()].clone() }
}

fn supervise((session, party): (&Session, &AgentParty), who: usize, how: usize) -> Command {
    let monitoring = [Monitoring::ListenIn, Monitoring::ListenIn, Monitoring::Coach, Monitoring::BargeIn];
    let monitoring = monitoring[how % 4];
    let act = match how / 4 % 5 {
        0 => SuperviseAct::Arm { monitoring, mode: [WatchMode::Next, WatchMode::All][how / 20 % 2] },
        1 => SuperviseAct::Cancel,
        _ => SuperviseAct::Intrude { session: session.id.clone(), monitoring: Some(monitoring) },
    };
    let medium: MediumName = session.medium.clone();
    let supervisor = SUPERVISORS[who % 2].into();
    Command::Supervise(Box::new(Supervise { supervisor, target: party.user.clone(), medium, act }))
}

/// An operation with all that it takes. What only agents see says so.
fn act(session: &Session, party: &AgentParty, operation: O, pick: usize) -> SessionAct {
    let target = || match pick % 4 {
        0 => HandoverTarget::Queue("Support".into()),
        _ => HandoverTarget::Agent(somebody(pick / 4)),
    };
    let said = if party.talks() { "aloud" } else { SECRET };
    let queue = (pick.is_multiple_of(4)).then(|| "Support".into());
    let save_last_agent = pick.is_multiple_of(3);
    match operation {
        O::Accept => SessionAct::Accept { nickname: nickname(&party.user), save_last_agent },
        O::Reject => SessionAct::Reject,
        O::Transfer => SessionAct::Transfer { to: target(), last: None },
        O::Consult => SessionAct::Ask { help: Help::Consult, of: target() },
        O::Invite => SessionAct::Ask { help: Help::Invite, of: target() },
        O::RemoveParticipant => {
            let other = session.seen_by(party).find(|other| may_remove(party, other));
            SessionAct::Remove(other.map_or_else(|| somebody(pick), |other| other.user.clone()))
        }
        O::Leave => SessionAct::Leave { last: None },
        O::Complete => SessionAct::Complete { queue, save_last_agent, last: None },
        O::LeaveAndComplete => SessionAct::LeaveAndComplete { queue, save_last_agent, last: None },
        O::SetInFocus => SessionAct::SetInFocus(pick.is_multiple_of(2)),
        O::SetDisposition => SessionAct::SetDisposition { value: "Referred".into(), key: None },
        O::AttachUserData | O::UpdateUserData => {
            let mut set = UserData::default();
            set.set("A", pick.into());
            SessionAct::UpdateUserData(set)
        }
        O::DeleteUserData => SessionAct::DeleteUserData(vec!["A".into()]),
        O::SetComment => SessionAct::Comment("regular".into()),
        O::SendMessage => SessionAct::Say { text: said.into(), message_type: None },
        O::SendUrl => SessionAct::SendUrl("https://shop.example".into()),
        O::StartTyping => SessionAct::Type { on: true },
        O::StopTyping => SessionAct::Type { on: false },
        O::SendCustomNotice => SessionAct::Notice("aloud".into()),
        O::ChangeNickname => SessionAct::Rename(nickname(&party.user)),
        O::SendToAgents => SessionAct::SayToAgents(SECRET.into()),
        O::StartTypingToAgents => SessionAct::TypeToAgents { on: true },
        O::StopTypingToAgents => SessionAct::TypeToAgents { on: false },
        O::SendCustomNoticeToAgents => SessionAct::NoticeToAgents(SECRET.into()),
        O::ResendMessage => SessionAct::Resend { index: 1 },
        O::SwitchToMonitor => SessionAct::Follow(Monitoring::ListenIn),
        O::SwitchToCoach => SessionAct::Follow(Monitoring::Coach),
        O::SwitchToBargeIn => SessionAct::Follow(Monitoring::BargeIn),
    }
}

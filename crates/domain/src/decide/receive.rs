//! What connectors bring: units of one thread, in order, each at least once.

use super::{
    DecideError, Draft, closed, data, post, preferred,
    talk::{self, SYSTEM, external},
};
use crate::{
    Event, InteractionId, Key, ProviderKey, Refusal, ServiceName, UserData, check,
    command::{CustomerMessage, DeliveryReport, Keyword, Receive, Unit},
    message::{Content, MAX_NICKNAME, MAX_TEXT, Message, ParticipantId, PartyKind},
    notice::{Notice, Wording},
    session::{self, Amendment, Delivery, Fact, Route, Session, Via},
    task::{Task, TaskKind},
    thread::{self, Consent, ConsentSource, Terms},
};

/// Takes a unit in. One that was taken before changes nothing (spec: channel-connectors#0.2.2).
pub(super) fn receive(draft: &mut Draft<'_>, unit: &Receive) -> Result<(), DecideError> {
    for key in &unit.keys {
        if draft.known(key)?.is_some() {
            return Ok(());
        }
    }
    match &unit.unit {
        Unit::Said(said) => hear(draft, unit, said)?,
        Unit::About { of, text } => {
            let known = draft.known(of)?.and_then(|known| known.entry);
            let here = present(draft, unit)?.map(|session| session.id.clone());
            let text = match known {
                Some((session, index)) if Some(&session) == here.as_ref() => text.clone().about(index),
                _ => text.clone(),
            };
            elsewhere(draft, unit, &[Content::Notice(text)], SYSTEM)?;
        }
        Unit::Unknown(kind) => {
            if present(draft, unit)?.is_none() {
                let why = "There is no open conversation in which it could be told";
                return Err(Refusal::Invalid(why.into()).into());
            }
            let told = Wording::KindUnsupported.with(&[("kind", kind)]);
            elsewhere(draft, unit, &[Content::Notice(told)], SYSTEM)?;
        }
        Unit::Notice(told) => elsewhere(draft, unit, &[Content::Notice(told.clone())], SYSTEM)?,
        Unit::Foreign { content, name } => foreign(draft, unit, content, name)?,
        Unit::Typing(on) => {
            if let Some(session) = present(draft, unit)? {
                talk::typing(draft, &session.id, session.customer.author(), *on, None)?;
            }
        }
        Unit::Reached { state, upto, keys } => reached(draft, unit, *state, *upto, keys)?,
        Unit::Echo { session, index } => {
            let report = DeliveryReport {
                settles: true,
                keys: unit.keys.clone(),
                ..DeliveryReport::of(Delivery::Sent)
            };
            return post::report(draft, session, *index, &report);
        }
        Unit::Edited { of, text } => amend(draft, unit, of, Amendment::Edited, text)?,
        Unit::Unsent { of } => amend(draft, unit, of, Amendment::Unsent, "")?,
    }
    for key in &unit.keys {
        draft.learn(key, None)?;
    }
    Ok(())
}

fn hear(draft: &mut Draft<'_>, unit: &Receive, said: &CustomerMessage) -> Result<(), DecideError> {
    for content in &said.content {
        if let Content::Text { text, .. }
        | Content::Url { url: text }
        | Content::Notice(Notice { text, .. }) = content
        {
            check::within("text", text, MAX_TEXT)?;
        }
    }
    let terms = terms(draft, &unit.service)?;
    let told = match &said.keyword {
        Some(keyword) => keyword_said(draft, unit, *keyword)?,
        None => None,
    };
    let here = present(draft, unit)?;
    let begins = here.is_none();
    let session = match here {
        Some(session) => session.id.clone(),
        None if !said.opens || told.is_some() && !terms.keywords_open => {
            answer(draft, unit, said, told);
            return Ok(());
        }
        None => open(draft, unit, said, terms)?,
    };
    if let Some(of) = &said.answers {
        let words = match draft.known(of)?.and_then(|known| known.entry) {
            Some((other, index)) if other == session => Wording::AnswersMessage.with(&[("index", &index)]),
            _ => Wording::AnswersEarlier.notice(),
        };
        notice(draft, &session, words)?;
    }
    let mut first = None;
    for (part, content) in said.content.iter().enumerate() {
        let view = draft.session(&session)?;
        first.get_or_insert(view.next_index);
        learn_part(draft, unit, part, &session, view.next_index)?;
        let author = view.customer.author();
        draft.say_late(&session, author, content.clone(), unit.at)?;
    }
    let mut news = said.user_data.clone();
    let view = draft.session(&session)?;
    let known = &view.user_data;
    let same = news.pairs().iter().filter(|(key, value)| known.get(key) == Some(*value));
    let same: Vec<String> = same.map(|(key, _)| key.clone()).collect();
    news.change(&UserData::default(), &same);
    if !news.is_empty() {
        match data::change(draft, &*view, None, &news, &[], Via::CustomerData) {
            // The words count for more than what the platform tells beside them.
            Err(DecideError::Refused(Refusal::UserDataTooLarge)) => {
                let keys: Vec<&str> = news.pairs().keys().map(String::as_str).collect();
                let told = Wording::DataNotAdded.with(&[("keys", &keys.join(", "))]);
                notice(draft, &session, told)?;
            }
            changed => changed?,
        }
    }
    if let Some(words) = &said.notice {
        notice(draft, &session, words.clone())?;
    }
    for key in &unit.keys {
        draft.learn(key, first.map(|index| (session.clone(), index)))?;
    }
    if let Some(told) = told {
        notice(draft, &session, told.notice())?;
    }
    answer(draft, unit, said, told);
    // Whoever only says whether they want to be written to asks for nobody, unless that opens a conversation.
    if begins || told.is_none() { closed::found(draft, &session, begins) } else { Ok(()) }
}

/// A word of consent took effect: what it changed.
fn keyword_said(
    draft: &mut Draft<'_>,
    unit: &Receive,
    keyword: Keyword,
) -> Result<Option<Wording>, DecideError> {
    let thread = &unit.address.thread;
    let wanted = match keyword {
        Keyword::OptOut => Consent::Out,
        Keyword::OptIn => Consent::In,
        Keyword::OptInIfOut if post::is_out(draft, thread)? => Consent::In,
        Keyword::OptInIfOut => return Ok(None),
        Keyword::Help => return Ok(Some(Wording::HelpAsked)),
    };
    post::consent(draft, thread, &unit.service, wanted, ConsentSource::Keyword)?;
    Ok(Some(if wanted == Consent::Out { Wording::OptedOut } else { Wording::OptedIn }))
}

/// The server's own answer to a keyword, when the account gives one.
fn answer(draft: &mut Draft<'_>, unit: &Receive, said: &CustomerMessage, told: Option<Wording>) {
    if let (Some(_), Some(text), Some(id)) = (told, &said.answer, unit.keys.first()) {
        let errand =
            TaskKind::Notice { id: id.to_string(), address: unit.address.clone(), text: text.clone() };
        draft.ask(Task { service: unit.service.clone(), thread: unit.address.thread.clone(), errand });
    }
}

fn open(
    draft: &mut Draft<'_>,
    unit: &Receive,
    said: &CustomerMessage,
    terms: Terms,
) -> Result<InteractionId, DecideError> {
    let thread = &unit.address.thread;
    let previous = draft.thread(thread)?.and_then(|thread| thread.latest.clone());
    let service = draft.service(&unit.service)?;
    let route = Route {
        address: unit.address.clone(),
        previous,
        terms,
        idle: service.inactivity,
        idle_slot: service.idle_slot,
        begun_by: None,
    };
    let id = unit.fresh.session.clone();
    let name = if unit.nickname.is_empty() { &unit.address.theirs } else { &unit.nickname };
    let name = MAX_NICKNAME.prefix(name);
    // Data that is too large is reported when it would be added.
    let data = if check::user_data(&said.user_data).is_ok() { &said.user_data } else { &UserData::default() };
    create(draft, &unit.service, &id, &unit.fresh.participant, name, data, route)?;
    let queue = draft.session(&id)?.queue.clone();
    let priority = draft.queue(&queue)?.priority;
    let queued = Fact::Queued { priority, since: draft.now, by: None, barred_until: None };
    draft.tell(&id, queued)?;
    preferred::keep(draft, &id)?;
    Ok(id)
}

pub(super) fn create(
    draft: &mut Draft<'_>,
    service_name: &ServiceName,
    id: &InteractionId,
    participant: &ParticipantId,
    nickname: &str,
    user_data: &UserData,
    route: Route,
) -> Result<(), DecideError> {
    check::user_data(user_data)?;
    let key = Key::Session(id.clone());
    if draft.exists(&key)? {
        return Err(Refusal::Exists(format!("Interaction '{id}'")).into());
    }
    let service = draft.service(service_name)?;
    let address = route.address.clone();
    let created = Fact::Created {
        service: service_name.clone(),
        participant: participant.clone(),
        nickname: nickname.to_owned(),
        // Nobody opens it with a key: the connector brings what the customer says.
        key_digest: String::new(),
        user_data: user_data.clone(),
        post: Some(route),
    };
    let event = session::SessionEvent {
        medium: service.medium.clone(),
        queue: service.queue.clone(),
        fact: created,
        written: 0,
        elapsed_ms: None,
    };
    draft.push(key, Event::Session(event))?;
    draft.tell_thread(&address.thread, service_name, thread::Fact::Began { session: id.clone() })?;
    let author = draft.session(id)?.customer.author();
    draft.say(id, author, Content::Joined)
}

/// What somebody wrote elsewhere in the page's name: it is shown, and is nobody's work here.
fn foreign(
    draft: &mut Draft<'_>,
    unit: &Receive,
    content: &[Content],
    name: &str,
) -> Result<(), DecideError> {
    // The copy of a message of ours may come before the answer that tells its id (spec: channel-connectors#0.2.3).
    if let Some(session) = present(draft, unit)?
        && let Some(index) = same_words(draft, &session, content)?
    {
        let report =
            DeliveryReport { settles: true, keys: unit.keys.clone(), ..DeliveryReport::of(Delivery::Sent) };
        return post::report(draft, &session.id, index, &report);
    }
    elsewhere(draft, unit, content, name)
}

/// The newest message of ours on its way, or of unknown fate, with exactly these words.
fn same_words(
    draft: &mut Draft<'_>,
    session: &Session,
    content: &[Content],
) -> Result<Option<u32>, DecideError> {
    let [words] = content else { return Ok(None) };
    let Some(post) = &session.post else { return Ok(None) };
    let open = |state| matches!(state, Delivery::Queued | Delivery::Unknown);
    for (index, _) in post.outgoing.iter().rev().filter(|(_, sent)| open(sent.state)) {
        let message = draft.message(&session.id, *index)?;
        if message.is_some_and(|message| plain(&message.content) == plain(words)) {
            return Ok(Some(*index));
        }
    }
    Ok(None)
}

fn plain(content: &Content) -> Option<&str> {
    match content {
        Content::Text { text, .. } | Content::Url { url: text } => Some(text),
        _ => None,
    }
}

fn elsewhere(
    draft: &mut Draft<'_>,
    unit: &Receive,
    content: &[Content],
    name: &str,
) -> Result<(), DecideError> {
    let Some(session) = present(draft, unit)? else { return Ok(()) };
    for (part, content) in content.iter().enumerate() {
        let index = draft.session(&session.id)?.next_index;
        learn_part(draft, unit, part, &session.id, index)?;
        draft.say_late(&session.id, external(&session, name), content.clone(), unit.at)?;
    }
    Ok(())
}

/// The entry of each part of a unit is known by the unit's name, so that all of it can be taken back.
fn learn_part(
    draft: &mut Draft<'_>,
    unit: &Receive,
    part: usize,
    session: &InteractionId,
    index: u32,
) -> Result<(), DecideError> {
    for key in &unit.keys {
        draft.learn(&key.part(part), Some((session.clone(), index)))?;
    }
    Ok(())
}

fn notice(draft: &mut Draft<'_>, id: &InteractionId, notice: Notice) -> Result<(), DecideError> {
    let author = external(&*draft.session(id)?, SYSTEM);
    draft.say(id, author, Content::Notice(notice))
}

fn reached(
    draft: &mut Draft<'_>,
    unit: &Receive,
    state: Delivery,
    upto: Option<crate::Millis>,
    keys: &[ProviderKey],
) -> Result<(), DecideError> {
    for key in keys {
        if let Some((session, index)) = draft.known(key)?.and_then(|known| known.entry) {
            post::report(draft, &session, index, &DeliveryReport::of(state))?;
        }
    }
    let latest = draft.thread(&unit.address.thread)?.and_then(|thread| thread.latest.clone());
    match (latest, upto) {
        (Some(latest), Some(upto)) if draft.exists(&Key::Session(latest.clone()))? => {
            post::watermark(draft, &latest, state, upto)
        }
        _ => Ok(()),
    }
}

/// The customer changed something they had written: the log says so from now on, and the agents in the talk are told.
fn amend(
    draft: &mut Draft<'_>,
    unit: &Receive,
    of: &ProviderKey,
    how: Amendment,
    text: &str,
) -> Result<(), DecideError> {
    check::within("text", text, MAX_TEXT)?;
    let mut entry = draft.known(of)?.and_then(|known| known.entry);
    let Some((id, index)) = entry.clone() else {
        // A message that is taken back before it comes must not be shown when it does.
        return if how == Amendment::Unsent { draft.learn(of, None) } else { Ok(()) };
    };
    let mut amended = false;
    let mut part = 0;
    while let Some((id, index)) = entry {
        let Some(mut message) = draft.message(&id, index)? else { break };
        if !may_amend(&message, how) {
            break;
        }
        match how {
            Amendment::Edited => {
                message.content = Content::Text { text: text.to_owned(), message_type: None };
            }
            // The entry without its words stays (spec: channel-connectors#2.10).
            Amendment::Unsent => message.content.redact(),
        }
        draft.write(&id, message);
        draft.tell(&id, Fact::Amended { index, how })?;
        amended = true;
        part += 1;
        // New words replace the first part only; all parts are taken back.
        entry = match how {
            Amendment::Edited => None,
            Amendment::Unsent => draft.known(&of.part(part))?.and_then(|known| known.entry),
        };
    }
    if amended && present(draft, unit)?.is_some_and(|session| session.id == id) {
        let words = match how {
            Amendment::Edited => Wording::MessageChanged.with(&[("index", &index), ("words", &text)]),
            Amendment::Unsent => Wording::MessageTakenBack.with(&[("index", &index)]),
        };
        let told = draft.session(&id)?.next_index;
        notice(draft, &id, words)?;
        if how == Amendment::Edited {
            // The notice has the new words, so it goes when they are taken back.
            let mut part = 1;
            while draft.known(&of.part(part))?.is_some() {
                part += 1;
            }
            draft.learn(&of.part(part), Some((id, told)))?;
        }
    }
    Ok(())
}

/// A customer changes their own words, unless they took them back. What somebody wrote elsewhere can be taken back
/// there; what an agent wrote here stays.
fn may_amend(message: &Message, how: Amendment) -> bool {
    match how {
        Amendment::Edited => {
            message.from.kind == PartyKind::Customer
                && plain(&message.content).is_some_and(|text| !text.is_empty())
        }
        Amendment::Unsent => message.from.kind != PartyKind::Agent,
    }
}

/// The conversation that a unit belongs to, while its customer is there.
fn present(
    draft: &mut Draft<'_>,
    unit: &Receive,
) -> Result<Option<super::draft::SnapshotRef<Session>>, DecideError> {
    let latest = draft.thread(&unit.address.thread)?.and_then(|thread| thread.latest.clone());
    open_one(draft, latest.as_ref())
}

pub(super) fn open_one(
    draft: &mut Draft<'_>,
    id: Option<&InteractionId>,
) -> Result<Option<super::draft::SnapshotRef<Session>>, DecideError> {
    match id {
        // The latest may have been deleted by retention.
        Some(id) if draft.exists(&Key::Session(id.clone()))? => {
            Ok(Some(draft.session(id)?).filter(|session| session.customer.present))
        }
        _ => Ok(None),
    }
}

pub(super) fn terms(draft: &mut Draft<'_>, service: &ServiceName) -> Result<Terms, DecideError> {
    Ok(draft.service(service)?.terms)
}

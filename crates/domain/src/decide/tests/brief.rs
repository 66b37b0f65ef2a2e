//! What happened, as a line that a rule can be compared with.

use super::calls::brief::call;
pub use super::calls::brief::effect;
use crate::{
    Event,
    agent::{Fact as AgentFact, SettledBy},
    message::{PartyKind, Visibility},
    session::{EndedBy, Fact, Invitation},
    thread,
};
use serde_json::Value;
use std::fmt::Display;

/// One event in few words.
pub fn brief(event: &Event) -> String {
    match event {
        Event::Session(event) => session(&event.fact, event.queue.as_str()),
        Event::Call(event) => call(&event.fact, event.queue.as_ref().map_or("-", |queue| queue.as_str())),
        Event::Agent(event) => {
            let by = event.by.as_ref().filter(|_| !is_slot(&event.fact));
            let by = by.map(|by| format!(" of {by}'s")).unwrap_or_default();
            format!("{}: {}{by}", event.user_name, agent(&event.fact))
        }
        Event::Thread(event) => match &event.fact {
            thread::Fact::Began { session } => format!("thread: {session}"),
            thread::Fact::Consent { consent, source } => {
                format!("thread: {consent:?} by {source:?}").to_lowercase()
            }
        },
        other => other.kind().to_owned(),
    }
}

fn session(fact: &Fact, queue: &str) -> String {
    match fact {
        Fact::Created { .. } => "created".into(),
        Fact::Queued { since, barred_until, .. } => {
            format!("queued {queue} since {since}{}", until(*barred_until))
        }
        Fact::Preferred { agent, until, .. } => format!("kept for {agent} until {until}"),
        Fact::Offered { agent, invitation: Invitation::Own, .. } => format!("begun by {agent}"),
        Fact::Requested { request, help, asks, agent, deadline, .. } => {
            format!("requested {request} {} of {asks} by {agent} until {deadline}", help.as_str())
        }
        Fact::RequestEnded { request, closer, .. } => {
            format!("request-ended {request} by {}", closer_word(*closer))
        }
        Fact::VisibilityChanged { agent, visibility, follows, .. } => format!(
            "{agent} for {visibility:?}{}",
            follows.as_ref().map(|follows| format!(" {}", follows.monitoring.as_str())).unwrap_or_default()
        ),
        Fact::TookOver { agent, from, .. } => format!("{agent} took over from {from}"),
        Fact::Offered { agent, invitation: Invitation::Consult(asked), .. } => {
            format!("consulted {agent} for {}", asked.from)
        }
        Fact::Offered { agent, invitation: Invitation::Invite(asked), .. } => {
            format!("invited {agent} for {}", asked.from)
        }
        Fact::Offered { agent, invitation: Invitation::Watch(follows), .. } => {
            format!("shown to {agent} {} {}", follows.monitoring.as_str(), follows.target)
        }
        Fact::Offered { agent, deadline, .. } => format!("offered {agent} until {}", deadline.unwrap_or(-1)),
        Fact::OfferEnded { agent, state, closer, barred_until, dispositioned } => format!(
            "offer-ended {agent} {} by {}{}{}",
            state.as_str(),
            closer_word(*closer),
            until(*barred_until),
            with(*dispositioned)
        ),
        Fact::Accepted { agent, nickname } => format!("accepted {agent} as {nickname}"),
        Fact::JoinFailed { agent, .. } => format!("join-failed {agent}"),
        Fact::Said { by: PartyKind::External, kind, .. } => format!("said {kind} by another"),
        Fact::Said { agent, kind, visibility, .. } => {
            format!(
                "said {kind}{} by {}",
                whom(*visibility),
                agent.as_ref().map_or("customer", |agent| agent.as_str())
            )
        }
        Fact::Delivery { index, state, code } => format!(
            "{index} {}{}",
            state.as_str(),
            code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default()
        ),
        Fact::Resent { index, agent, .. } => format!("{index} resent by {agent}"),
        Fact::Amended { index, how } => format!("{index} {how:?}").to_lowercase(),
        Fact::FoundClosed { until, told, refused } => {
            let told = if *told { "told" } else { "not told" };
            let refused = if *refused { ", refused" } else { "" };
            format!("closed until {} {told}{refused}", until.map_or("ever".into(), |at| at.to_string()))
        }
        Fact::SlotsLeft => "slots left".into(),
        Fact::WindowClosing { at } => format!("closes at {at}"),
        Fact::Typed { on, visibility, .. } => {
            format!("typed {}{}", if *on { "on" } else { "off" }, whom(*visibility))
        }
        Fact::Renamed { agent, nickname } => {
            format!("renamed {} {nickname}", agent.as_ref().map_or("customer", |agent| agent.as_str()))
        }
        Fact::TalkEnded { closer } => format!("talk-ended by {}", closer_word(*closer)),
        Fact::DataChanged { set, removed, via, .. } => {
            let set = set.pairs().keys().map(|key| format!(" +{key}"));
            let removed = removed.iter().map(|key| format!(" -{key}"));
            format!("data{} via {}", set.chain(removed).collect::<String>(), via.as_str())
        }
        Fact::Disposition { agent, key, value, previous, via, late, known, .. } => format!(
            "disposition {key}={} was {} by {} via {}{}{}",
            word(value),
            word(previous),
            agent.as_ref().map_or("customer", |agent| agent.as_str()),
            via.as_str(),
            if *late { " late" } else { "" },
            if *known { "" } else { " unknown" },
        ),
        Fact::Commented { .. } => "commented".into(),
        Fact::PartyClosed { agent, state, closer, dispositioned, to, .. } => format!(
            "closed {agent} {} by {}{}{}",
            state.as_str(),
            closer_word(*closer),
            to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default(),
            with(*dispositioned),
        ),
        Fact::TakenAway { agent, by, barred_until } => format!(
            "taken from {agent} by {}{}",
            by.as_ref().map_or("server", |by| by.as_str()),
            until(*barred_until)
        ),
        Fact::Ended { closer, dispositioned } => {
            format!("ended by {}{}", closer_word(*closer), with(*dispositioned))
        }
        Fact::Erased => "erased".into(),
    }
}

fn whom(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::All => "",
        Visibility::Agents => " to agents",
        Visibility::Supervisors => " to supervisors",
    }
}

fn agent(fact: &AgentFact) -> String {
    match fact {
        AgentFact::LoggedIn { place, channels } => {
            format!("in at {} on {}", place.as_deref().unwrap_or("-"), channels.len())
        }
        AgentFact::LoggedOut => "out".into(),
        AgentFact::ChannelsLeft { channels } => format!("out of {}", channels.len()),
        AgentFact::ConnectionLost { since, until } => {
            format!("lost since {since} until {}", until.unwrap_or(-1))
        }
        AgentFact::ConnectionBack => "back".into(),
        AgentFact::AbsenceUntil { until } => format!("lost until {}", until.unwrap_or(-1)),
        AgentFact::Seated { place, device } => {
            format!("at {} of {}", device.phone_number, place.as_deref().unwrap_or("-"))
        }
        AgentFact::LeftDesk { device, place } => {
            format!("left {} for {}", device.phone_number, place.as_deref().unwrap_or("-"))
        }
        AgentFact::StateChosen { state } => format!("{} afterwards", state.operation),
        AgentFact::DispositionOwed { interaction, until, .. } => format!("owes {interaction} until {until}"),
        AgentFact::DispositionSettled { interaction, by, .. } => match by {
            SettledBy::Code => format!("settled {interaction} by code"),
            SettledBy::Supervisor(who) => format!("settled {interaction} by {who}"),
            SettledBy::Timeout => format!("settled {interaction} by timeout"),
        },
        AgentFact::StateChanged { state, by_server, until, .. } => format!(
            "{}{}{}{}",
            state.state.as_str(),
            state.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default(),
            if *by_server { " by server" } else { "" },
            until.map(|until| format!(" until {until}")).unwrap_or_default(),
        ),
        AgentFact::DoNotDisturb { on, .. } => format!("do-not-disturb {}", if *on { "on" } else { "off" }),
        AgentFact::SlotTaken { .. } => "+slot".into(),
        AgentFact::SlotIdle { on, .. } => if *on { "slot idle" } else { "slot again" }.into(),
        AgentFact::SlotFreed { completed, .. } => if *completed { "-slot kept" } else { "-slot" }.into(),
        AgentFact::WatchBegan { watch } => {
            format!("{} {:?} of {}", watch.monitoring.as_str(), watch.mode, watch.target)
        }
        AgentFact::WatchEnded { target, .. } => format!("follows {target} no more"),
        AgentFact::WatchedBy { supervisor, on, .. } => {
            format!("{} by {supervisor}", if *on { "followed" } else { "not followed" })
        }
        AgentFact::Focused { session } => {
            format!("looks at {}", session.as_ref().map_or("nothing", |session| session.as_str()))
        }
    }
}

fn is_slot(fact: &AgentFact) -> bool {
    matches!(fact, AgentFact::SlotTaken { .. } | AgentFact::SlotFreed { .. })
}

pub fn closer_word(closer: EndedBy) -> String {
    serde_json::to_value(closer).expect("a word").as_str().expect("a word").to_owned()
}

pub fn until(moment: Option<impl Display>) -> String {
    moment.map(|moment| format!(" barred until {moment}")).unwrap_or_default()
}

pub fn with(dispositioned: bool) -> &'static str {
    if dispositioned { " dispositioned" } else { "" }
}

pub fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("'{text}'"))
}

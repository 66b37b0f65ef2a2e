//! The course of a conversation, event by event.

use super::words::{
    Disposition, Names, Sentence, changed, closer, disposition, dispositioned, moment, pairs, subject,
};
use domain::{
    message::{ParticipantId, PartyKind, Visibility},
    request::Help,
    session::{AgentPartyState, Amendment, Delivery, EndedBy, Fact, Invitation, SessionEvent},
    watch::Monitoring,
};
use std::collections::{BTreeMap, HashMap};

/// What is known of a conversation so far, to tell its next event.
pub struct SessionCourse<'n> {
    names: &'n Names,
    texts: bool,
    /// The name of each participant.
    who: HashMap<ParticipantId, String>,
    /// The entries that a connector carries, and how far each has come.
    sent: BTreeMap<u32, Delivery>,
}

impl<'n> SessionCourse<'n> {
    /// A conversation without any event so far.
    pub fn new(names: &'n Names, texts: bool) -> Self {
        Self { names, texts, who: HashMap::new(), sent: BTreeMap::new() }
    }

    /// The entries of the log that are on their way to the customer.
    pub fn on_their_way(&self) -> impl Iterator<Item = (u32, Delivery)> {
        let open = [Delivery::Queued, Delivery::Unknown];
        self.sent.iter().filter(move |(_, state)| open.contains(state)).map(|(index, state)| (*index, *state))
    }

    /// The sentence for the next event. Personal values that the event still holds are part of it.
    pub fn tell(&mut self, event: &SessionEvent) -> Sentence {
        match &event.fact {
            Fact::Created { service, participant, nickname, user_data, post, .. } => {
                self.who.insert(participant.clone(), "customer".into());
                let begun_by =
                    post.as_ref().and_then(|post| post.begun_by.as_ref()).map(|id| self.names.of(id));
                let mut words = match &begun_by {
                    None => format!("a customer came through the service {service} ({})", event.medium),
                    Some(agent) => {
                        format!("{agent} began it through the service {service} ({})", event.medium)
                    }
                };
                if let Some(before) = post.as_ref().and_then(|post| post.previous.as_ref()) {
                    words.push_str(&format!(", after conversation {before} with the same address"));
                }
                if self.texts {
                    words.push_str(&format!("; they are called {nickname:?}"));
                    if let Some(post) = post {
                        words.push_str(&format!(" and reached at {:?}", post.address.theirs));
                    }
                }
                if !user_data.pairs().is_empty() {
                    words.push_str(&format!("; user data: {}", pairs(user_data, self.texts)));
                }
                Sentence::by(begun_by.unwrap_or_else(|| "customer".into()), words)
            }
            Fact::Queued { priority, by, barred_until, .. } => {
                let mut words = format!("it waits in queue {} with priority {priority}", event.queue);
                let by = by.as_ref().map(|by| self.names.of(by));
                if let (Some(by), Some(until)) = (&by, barred_until) {
                    words.push_str(&format!("; it is not offered to {by} before {}", moment(*until)));
                }
                Sentence { actor: by, ..Sentence::by_server(words) }
            }
            Fact::Preferred { user_name, until, .. } => Sentence::by_server(format!(
                "it is kept until {} for {user_name}, who served the customer last",
                moment(*until)
            )),
            Fact::Offered { user_name, participant, invitation, deadline, by, .. } => {
                self.who.insert(participant.clone(), user_name.clone());
                let named_by = by.as_ref().map(|by| self.names.of(by));
                let (actor, why) = match invitation {
                    Invitation::Queue => (None, String::from("by the queue")),
                    Invitation::Transfer { from, .. } => {
                        let from = self.names.of(from);
                        (Some(from.clone()), format!("by {from}, who hands it over"))
                    }
                    Invitation::Own => (Some(user_name.clone()), String::from("because they began it")),
                    Invitation::Consult(asked) => {
                        let from = self.names.of(&asked.from);
                        (Some(from.clone()), format!("by {from}, who asks for advice"))
                    }
                    Invitation::Invite(asked) => {
                        let from = self.names.of(&asked.from);
                        (Some(from.clone()), format!("by {from}, to talk with the customer as well"))
                    }
                    Invitation::Watch(following) => (
                        Some(user_name.clone()),
                        follows(&self.names.of(&following.target), following.monitoring),
                    ),
                };
                let until = deadline.map_or_else(String::new, |at| format!(", until {}", moment(at)));
                let words = format!("it is offered to {user_name} {why}{until}");
                Sentence { actor: named_by.or(actor), ..Sentence::by_server(words) }
            }
            Fact::Requested { request, help, asks, user_name, deadline, .. } => {
                let what = match help {
                    Help::Consult => "for advice",
                    Help::Invite => "for somebody who talks with the customer as well",
                };
                let until = moment(*deadline);
                let words =
                    format!("{user_name} asks queue {asks} {what} (request {request}), until {until}");
                Sentence::by(user_name.clone(), words)
            }
            Fact::RequestEnded { request, closer: who, .. } => {
                Sentence::by_server(format!("request {request} came to nothing: it ended {}", closer(*who)))
            }
            Fact::VisibilityChanged { user_name, visibility, follows: following, .. } => {
                let seen = match visibility {
                    Visibility::All => "everyone",
                    Visibility::Agents => "agents only",
                    Visibility::Supervisors => "supervisors only",
                };
                let how = following.as_ref().map_or_else(String::new, |following| {
                    format!(", {}", follows(&self.names.of(&following.target), following.monitoring))
                });
                Sentence::by(user_name.clone(), format!("{user_name} is seen by {seen} from now on{how}"))
            }
            Fact::TookOver { user_name, from, .. } => {
                let from = self.names.of(from);
                Sentence::by(
                    from.clone(),
                    format!("{user_name} answers for it from now on; {from} leaves it to them"),
                )
            }
            Fact::OfferEnded { agent, state, closer: who, barred_until, .. } => {
                let agent = self.names.of(agent);
                let (actor, mut words) = match (state, who) {
                    (AgentPartyState::Completed, _) => {
                        (Some(agent.clone()), format!("{agent} refused the offer"))
                    }
                    (_, EndedBy::NoAnswer) => (None, format!("{agent} did not answer the offer in time")),
                    (_, other) => (None, format!("the offer to {agent} was withdrawn {}", closer(*other))),
                };
                if let Some(until) = barred_until {
                    words.push_str(&format!("; it is not offered to them again before {}", moment(*until)));
                }
                Sentence { actor, ..Sentence::by_server(words) }
            }
            Fact::Accepted { agent, .. } => {
                let agent = self.names.of(agent);
                let words = format!("{agent} took it and joined the talk");
                Sentence::by(agent, words)
            }
            Fact::JoinFailed { agent, .. } => {
                let agent = self.names.of(agent);
                let words = format!("{agent} took it, but the talk was over");
                Sentence::by(agent, words)
            }
            Fact::Said { index, by, agent, kind, visibility, posted, .. } => {
                let actor = match (by, agent) {
                    (_, Some(agent)) => Some(self.names.of(agent)),
                    (PartyKind::Customer, None) => Some("customer".into()),
                    (PartyKind::Agent | PartyKind::External, None) => None,
                };
                if posted.is_some() {
                    self.sent.insert(*index, Delivery::Queued);
                }
                let who = actor.as_deref().map_or("the server", subject);
                let mut words = match kind.as_str() {
                    "joined" => format!("{who} joined (entry {index})"),
                    "rejoined" => format!("{who} is seen otherwise (entry {index})"),
                    "left" => format!("{who} left (entry {index})"),
                    kind => format!("{who} wrote entry {index} ({kind})"),
                };
                match visibility {
                    Visibility::All => {}
                    Visibility::Agents => words.push_str(", for agents only"),
                    Visibility::Supervisors => words.push_str(", for supervisors only"),
                }
                if posted.is_some() {
                    words.push_str(", to be carried to the customer");
                }
                Sentence { actor, words, entry: Some(*index) }
            }
            Fact::Delivery { index, state, code } => {
                self.sent.insert(*index, *state);
                let code = code.as_ref().map_or_else(String::new, |code| format!(" (code {code:?})"));
                Sentence::by("provider", format!("entry {index} {}{code}", delivery(*state)))
            }
            Fact::Resent { index, agent, .. } => {
                self.sent.insert(*index, Delivery::Queued);
                let agent = self.names.of(agent);
                let words = format!("{agent} has entry {index} sent again");
                Sentence::by(agent, words)
            }
            Fact::Amended { index, how } => {
                let how = match how {
                    Amendment::Edited => "changed",
                    Amendment::Unsent => "took back",
                };
                Sentence {
                    entry: Some(*index),
                    ..Sentence::by("customer", format!("the customer {how} entry {index}"))
                }
            }
            Fact::SlotsLeft => Sentence::by_server(
                "nobody wrote for a long time: the agents keep it, and it takes no slot of theirs until somebody writes",
            ),
            Fact::FoundClosed { until, told, refused } => {
                let opens = until.map_or_else(
                    || "; nobody knows when it opens".into(),
                    |at| format!(" and opens at {}", moment(at)),
                );
                let told = if *told { "; the customer is told" } else { "; the customer knew it" };
                let refused = if *refused { ", and it takes nobody in" } else { "" };
                Sentence::by_server(format!("the queue is closed{opens}{told}{refused}"))
            }
            Fact::WindowClosing { at } => {
                Sentence::by_server(format!("the time to answer the customer is over at {}", moment(*at)))
            }
            Fact::Typed { participant, on, .. } => {
                let who = self.who.get(participant).cloned();
                let words = format!(
                    "{} {} to type",
                    who.as_deref().map_or("a party", subject),
                    if *on { "began" } else { "ceased" }
                );
                Sentence { actor: who, ..Sentence::by_server(words) }
            }
            Fact::Renamed { agent, nickname } => {
                let who = agent.as_ref().map_or_else(|| "customer".into(), |agent| self.names.of(agent));
                let mut words = format!("{} changed the name they have in the talk", subject(&who));
                if self.texts {
                    words.push_str(&format!(" to {nickname:?}"));
                }
                Sentence::by(who, words)
            }
            Fact::TalkEnded { closer: who } => {
                Sentence::by_server(format!("the talk ended {}", closer(*who)))
            }
            Fact::DataChanged { set, removed, agent, via } => {
                let actor = agent.as_ref().map(|agent| self.names.of(agent));
                Sentence { actor, ..Sentence::by_server(changed(set, removed, *via, self.texts)) }
            }
            Fact::Disposition { user_name, key, value, previous, late, known, .. } => {
                let (late, known) = (*late, *known);
                let who = user_name.clone().unwrap_or_else(|| "customer".into());
                let words = disposition(subject(&who), &Disposition { key, value, previous, late, known });
                Sentence::by(who, words)
            }
            Fact::Commented { agent, comment } => {
                let agent = self.names.of(agent);
                let mut words = format!("{agent} changed the agents' note");
                if self.texts {
                    words.push_str(&format!(" to {comment:?}"));
                }
                Sentence::by(agent, words)
            }
            Fact::PartyClosed { user_name, state, closer: who, dispositioned: bore, to, .. } => {
                let mut words = match state {
                    AgentPartyState::LeftChat => {
                        format!("{user_name} has left the talk and works on, ended {}", closer(*who))
                    }
                    AgentPartyState::Revoked => format!("it was taken from {user_name} {}", closer(*who)),
                    _ => format!("the part of {user_name} is completed {}", closer(*who)),
                };
                if let Some(to) = to {
                    words.push_str(&format!("; it went to {}", self.names.of(to)));
                }
                words.push_str(&format!(", {}", dispositioned(*bore)));
                Sentence::by_server(words)
            }
            Fact::TakenAway { agent, by, barred_until } => {
                let agent = self.names.of(agent);
                let by = by.as_ref().map(|by| self.names.of(by));
                let mut words = match &by {
                    Some(by) => format!("{by} takes it from {agent}"),
                    None => format!("it is taken from {agent}, whose client fell silent"),
                };
                if let Some(until) = barred_until {
                    words.push_str(&format!("; it is not offered to them before {}", moment(*until)));
                }
                Sentence { actor: by, ..Sentence::by_server(words) }
            }
            Fact::Ended { closer: who, dispositioned: bore } => {
                Sentence::by_server(format!("it is over, ended {}, {}", closer(*who), dispositioned(*bore)))
            }
            Fact::Erased => Sentence::by_server("the personal values in it were erased"),
        }
    }
}

/// Why a supervisor is there, as a part of a sentence.
fn follows(target: &str, monitoring: Monitoring) -> String {
    match monitoring {
        Monitoring::ListenIn => format!("who monitors {target} as a supervisor"),
        Monitoring::Coach => format!("who coaches {target} as a supervisor"),
        Monitoring::BargeIn => format!("who steps in beside {target} as a supervisor"),
    }
}

/// How far a message has come, as the end of a sentence about it.
pub const fn delivery(state: Delivery) -> &'static str {
    match state {
        Delivery::Queued => "waits to be sent",
        Delivery::Unknown => "may have been sent or not: nobody knows",
        Delivery::Sent => "was taken by the provider",
        Delivery::Delivered => "is on the customer's device",
        Delivery::Read => "was seen by the customer",
        Delivery::Failed => "was refused, and nothing was sent",
        Delivery::Undelivered => "was sent and did not arrive",
    }
}

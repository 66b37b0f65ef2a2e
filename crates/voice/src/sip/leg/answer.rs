//! Makes a phone answer (spec: voice-sip#5.2): asks it in the call that rings, or calls it again so that it answers by
//! itself.

use super::{
    branch::AnswerRequest,
    end,
    state::{Leg, LegSide, LegWorkOutcome},
};
use crate::{
    settings::Profile,
    sip::{address::entries, headers, registrar::Binding, transport::mark},
};
use domain::call::{Cause, LegEvent};
use rsipstack::{
    dialog::dialog::Dialog,
    sip::{Header, HeadersExt, Method, Response},
};
use std::sync::atomic::Ordering;
use tokio::time::Instant;

/// How a phone is made to answer.
#[derive(Debug, PartialEq, Eq)]
enum AnswerMethod {
    Talk,
    Again,
}

fn way(profile: Profile, binding: &Binding) -> AnswerMethod {
    let refused = binding.ways.refused_talk.load(Ordering::Relaxed);
    let announced = binding.ways.talks.load(Ordering::Relaxed);
    match profile {
        Profile::Talk if !refused => AnswerMethod::Talk,
        Profile::Auto if announced && !refused => AnswerMethod::Talk,
        _ => AnswerMethod::Again,
    }
}

/// The route set that a response to a request of ours gives its dialog: Record-Route, backwards (RFC 3261 §12.1.2).
fn route_set(response: &Response) -> Vec<String> {
    let mut route: Vec<String> = headers::values(response, "Record-Route")
        .flat_map(entries)
        .map(|entry| entry.trim().to_owned())
        .collect();
    route.reverse();
    route
}

impl Leg {
    /// Makes the phone of a leg of ours answer.
    pub(super) fn make_answer(&mut self) {
        if self.up {
            return;
        }
        let profile = self.profile();
        let LegSide::Out(branches) = &mut self.side else { return };
        if profile == Profile::Manual {
            return self.teller.tell(LegEvent::NotAnswered(405));
        }
        if branches.answering {
            return;
        }
        branches.answering = true;
        let until = Instant::now() + self.core.settings.timers.auto_answer;
        branches.answer_until = Some(until);
        self.see_to_answer();
    }

    /// Goes on with that, as soon as a phone rings.
    pub(super) fn see_to_answer(&mut self) {
        let profile = self.profile();
        let LegSide::Out(branches) = &self.side else { return };
        if !branches.answering || branches.all.iter().any(|branch| branch.asking != AnswerRequest::Nothing) {
            return;
        }
        let Some(branch) = branches.all.iter().find(|branch| branch.ringing) else { return };
        let tag = branch.tag.clone();
        match way(profile, &branch.binding) {
            AnswerMethod::Talk => self.talk(&tag),
            AnswerMethod::Again => self.call_again(&tag),
        }
    }

    /// `NOTIFY Event: talk` in the early dialog.
    fn talk(&mut self, tag: &str) {
        let LegSide::Out(branches) = &mut self.side else { return };
        let Some(branch) = branches.get(tag) else { return };
        branch.asking = AnswerRequest::Talk;
        let (dialog, tag) = (branch.dialog.as_subscription(), tag.to_owned());
        self.start(async move {
            let with = vec![Header::Event("talk".into()), Header::SubscriptionState("active".into())];
            let answer = dialog.request(Method::Notify, Some(with), None).await;
            let code = answer.ok().flatten().map_or(408, |response| response.status_code.code());
            LegWorkOutcome::Talked(tag, code)
        });
    }

    /// Handles the phone's answer to the NOTIFY.
    pub(super) fn talked(&mut self, tag: &str, code: u16) {
        let LegSide::Out(branches) = &mut self.side else { return };
        let Some(branch) = branches.get(tag) else { return };
        if (200..300).contains(&code) {
            return;
        }
        tracing::info!(leg = %self.id, code, "a phone does not answer when it is asked to");
        branch.binding.ways.refused_talk.store(true, Ordering::Relaxed);
        let dn = branches.originate.to.clone();
        self.core.registrar.learned(&dn);
        self.call_again(tag);
    }

    /// Ends the ringing call; once that is confirmed, the phone is called with the headers for answering by itself.
    fn call_again(&mut self, tag: &str) {
        let LegSide::Out(branches) = &mut self.side else { return };
        let Some(branch) = branches.get(tag) else { return };
        branch.asking = AnswerRequest::Again;
        let (core, dialog) = (self.core.clone(), branch.dialog.clone());
        self.core.spawn(async move { end::take_leave(&core, &dialog, Cause::Normal).await });
    }

    /// Requests of the early dialog go to the Contact of the 18x: the library sets it only with the 200
    /// (spec: voice-sip#10.6).
    pub(super) fn target(&mut self, tag: &str, response: &Response) {
        let LegSide::Out(branches) = &mut self.side else { return };
        let Some(branch) = branches.get(tag) else { return };
        let Ok(contacts) = response.typed_contact_headers() else { return };
        if let Some(mut contact) = contacts.into_iter().next() {
            let raw = response.contact_header().ok().cloned();
            // The library takes the route set only with the 200, too (RFC 3261 §12.1.2).
            let route = route_set(response);
            if !route.is_empty() {
                mark(&mut contact.uri, branch.binding.flow, &route);
            }
            Dialog::Invite(branch.dialog.clone()).set_remote_target(contact.uri, raw);
        }
    }

    fn profile(&self) -> Profile {
        let LegSide::Out(branches) = &self.side else { return Profile::Manual };
        let account = self.core.settings.accounts.get(&branches.originate.to);
        account.map_or(Profile::Manual, |account| account.profile)
    }
}

//! A leg that we make (spec: voice-sip#5.1, #5.2).

use super::{
    branch::{AnswerRequest, Branch, BranchEnd, Branches},
    end::take_leave,
    state::{Leg, LegEnding, LegPhone, LegSide, PeerSupport},
};
use crate::{
    media::{Codec, Direction},
    settings::Profile,
    sip::{
        causes::{self, Declined},
        core::{Core, LegInput},
        flow::Flow,
        headers,
        phone_legs::DialogStands,
        registrar::Binding,
        transport::mark,
    },
};
use domain::call::{Cause, Dn, LegEvent, LegId, Originate};
use rsipstack::{
    dialog::{
        DialogId,
        invitation::{InviteAsyncResult, InviteOption},
    },
    sip::{Header, Response, Uri},
};
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver},
    task::JoinHandle,
    time::Instant,
};

/// After how many T1 a phone that has said nothing to a call is asked whether it is there: 2 s.
const SILENT: u32 = 4;

/// For how many T1 after a phone declined the others may show that they are there: 2 s.
const DECLINED: u32 = 4;

/// Options that differ from one call of a leg to the next.
#[derive(Clone, Copy, Default)]
pub(super) struct InviteOptions {
    pub auto: bool,
    pub retried: bool,
    /// The session interval, where the other end wanted a longer one than ours.
    pub interval: Option<Duration>,
}

/// Makes a leg, and runs it.
pub(in crate::sip) async fn originate(
    core: Arc<Core>,
    id: LegId,
    acts: UnboundedReceiver<LegInput>,
    asked: Originate,
) {
    let begun = std::panic::catch_unwind(AssertUnwindSafe(|| begin(&core, &id, acts, asked)));
    match begun.unwrap_or(Err((Cause::Failed, 500))) {
        Ok(leg) => leg.run().await,
        Err((cause, code)) => {
            core.leave(&id);
            core.listener.heard(id, LegEvent::Gone { cause, code: Some(code) }).await;
        }
    }
}

fn begin(
    core: &Arc<Core>,
    id: &LegId,
    acts: UnboundedReceiver<LegInput>,
    asked: Originate,
) -> Result<Leg, (Cause, u16)> {
    let account = core.settings.accounts.get(&asked.to).ok_or((Cause::NoSuchNumber, 404))?;
    let bindings = core.registrar.usable(&asked.to);
    let Binding { flow, sender, .. } = *bindings.last().ok_or((Cause::Unreachable, 480))?;
    let (tell, media) = mpsc::unbounded_channel();
    let stream = core.engine.open(id.clone(), tell).map_err(|why| {
        tracing::warn!(leg = %id, %why, "no media for a call");
        (Cause::Failed, 503)
    })?;
    stream.signalled_from(sender.ip());
    let (tell, events) = core.layer.new_dialog_state_channel();
    let timers = &core.settings.timers;
    let auto = asked.auto_answer;
    let mut branches = Branches::new(asked);
    let wait = if auto && account.profile != Profile::Manual { timers.auto_answer } else { timers.ring };
    branches.ring_until = Some(Instant::now() + wait);
    let mut leg =
        Leg::new(core, id.clone(), acts, (stream, media), events, LegSide::Out(Box::new(branches)), flow);
    leg.events_of_calls = Some(tell);
    metrics::counter!("jackfield_sip_calls_total", "way" => "out").increment(1);
    let mut made = false;
    for binding in bindings {
        made |= leg.call(binding, InviteOptions { auto, ..InviteOptions::default() });
    }
    if made { Ok(leg) } else { Err((Cause::Unreachable, 480)) }
}

impl Leg {
    /// Calls one phone; answers whether the call was made.
    pub(super) fn call(&mut self, binding: Binding, how: InviteOptions) -> bool {
        let (LegSide::Out(branches), Some(tell)) = (&mut self.side, self.events_of_calls.clone()) else {
            return false;
        };
        branches.doubt_at = Some(Instant::now() + self.core.settings.timers.t1 * SILENT);
        let offer = self.stream.offer(Direction::SendRecv).into_bytes();
        let Some(option) = invitation(&self.core, &branches.originate, &binding, how, offer) else {
            tracing::info!(leg = %self.id, "a phone's contact makes no sense");
            return false;
        };
        match self.core.layer.do_invite_async(option, tell) {
            Ok((dialog, end)) => {
                let DialogId { local_tag: tag, call_id, .. } = dialog.id();
                let to = &branches.originate.to;
                self.core.recorder.attach(&self.id, &call_id, Some(to), self.stream.figures());
                let asking = if how.auto { AnswerRequest::Auto } else { AnswerRequest::Nothing };
                let branch = Branch { tag, dialog, binding, asking, ringing: false, retried: how.retried };
                branches.add(branch, outcome(end));
                true
            }
            Err(why) => {
                tracing::info!(leg = %self.id, %why, "a call was not made");
                false
            }
        }
    }

    /// Handles an 18x of a phone.
    pub(super) fn early(&mut self, tag: &str, response: &Response) {
        let LegSide::Out(branches) = &mut self.side else { return };
        let Some(branch) = branches.get(tag) else { return };
        if headers::has_token(response, "Allow-Events", "talk") {
            branch.binding.ways.talks.store(true, Ordering::Relaxed);
        }
        branch.ringing = true;
        let (serial, host, dialog) = (branch.binding.serial, branch.binding.sender.ip(), branch.dialog.id());
        let dn = &branches.originate.to;
        self.core.registrar.heard(dn, serial);
        self.core.phone_legs.enter(dn.clone(), self.id.clone(), host, dialog, DialogStands::Rings);
        if !std::mem::replace(&mut branches.rang, true) {
            self.teller.tell(LegEvent::Ringing);
        }
        self.target(tag, response);
        self.see_to_answer();
    }

    /// Handles a 200 of a phone, which the library acknowledged.
    pub(super) fn confirmed(&mut self, tag: &str, response: &Response) {
        let LegSide::Out(branches) = &mut self.side else { return };
        if let Some(won) = branches.won() {
            if won.id().local_tag == tag {
                return self.their_change_is_done();
            }
            // This is the second of two phones that answered at once.
            if let Some(late) = branches.take(tag) {
                self.leave_branch(&late, Cause::Normal);
            }
            return;
        }
        let Some((winner, others)) = branches.win(tag) else { return };
        let dn = branches.originate.to.clone();
        self.core.registrar.heard(&dn, winner.binding.serial);
        let bindings = self.core.registrar.bindings(&dn);
        let (host, dialog) = (winner.binding.sender.ip(), winner.dialog.id());
        self.core.phone_legs.leave(&dn, &self.id);
        self.core.phone_legs.enter(dn.clone(), self.id.clone(), host, dialog, DialogStands::Answered);
        self.phone = Some(LegPhone::of(dn, &bindings, Some(&winner.binding)));
        for other in &others {
            self.leave_branch(other, Cause::Normal);
        }
        self.able = PeerSupport::read(response);
        self.flow = winner.binding.flow;
        self.stream.signalled_from(winner.binding.sender.ip());
        self.stream.behind_nat(winner.binding.behind_nat);
        if let Err(why) = self.stream.accept(&String::from_utf8_lossy(&response.body)) {
            tracing::info!(leg = %self.id, %why, "the answer to a call does not fit");
            return self.hang_up(Cause::Incompatible, Some(488));
        }
        self.session_answered(response);
        self.up = true;
        self.take_place();
        self.teller.tell(LegEvent::Up);
    }

    /// A call is over, or was answered; the answer was handled before.
    pub(super) fn branch_ended(&mut self, (tag, response): BranchEnd) {
        let LegSide::Out(branches) = &mut self.side else { return };
        if branches.won().is_some() {
            branches.take(&tag);
            return;
        }
        let code = response.as_ref().map(|response| response.status_code.code());
        if code == Some(200) && branches.get(&tag).is_some_and(|branch| branch.dialog.state().is_confirmed())
        {
            // Its event is on the way.
            return;
        }
        let Some(branch) = branches.take(&tag) else { return };
        if branch.asking == AnswerRequest::Again {
            // The ringing call is ended: now the phone is called with the headers for answering by itself.
            if !self.call(branch.binding, InviteOptions { auto: true, ..InviteOptions::default() }) {
                self.failed(480);
            }
            return;
        }
        let code = code.unwrap_or(503);
        let registrar = &self.core.registrar;
        if !branch.ringing && code == 408 {
            metrics::counter!("jackfield_sip_failures_total", "what" => "no-response").increment(1);
            registrar.call_unanswered(&branches.originate.to, branch.binding.serial);
        } else if !branch.ringing && code == 503 && branch.binding.flow.is_stream() {
            // The library reports this also when its stream is dead.
            registrar.drop_binding(&branches.originate.to, branch.binding.serial);
        } else {
            registrar.heard(&branches.originate.to, branch.binding.serial);
        }
        let heal = match code {
            488 | 606 => {
                self.stream.only(Codec::Pcmu);
                Some(None)
            }
            422 => response
                .as_ref()
                .and_then(|response| {
                    headers::find(response, "Min-SE")?.split(';').next()?.trim().parse().ok()
                })
                .map(|secs: u32| Some(Duration::from_secs(secs.into()))),
            _ => None,
        };
        if let (Some(interval), false) = (heal, branch.retried)
            && self.call(
                branch.binding,
                InviteOptions { auto: branch.asking == AnswerRequest::Auto, retried: true, interval },
            )
        {
            return;
        }
        let rang = branch.ringing;
        if let (Some(response), LegSide::Out(branches)) = (&response, &mut self.side)
            && matches!(code, 300..=302)
        {
            branches.diverted = headers::diverted(response)
                .map(Dn::new)
                .filter(|to| *to != branches.originate.to)
                .map(|to| (to, code));
        }
        self.failed(code);
        self.declined(causes::declines(code, rang));
    }

    /// A phone refused: the others are not waited for, unless they ring and may be answered. Those that say nothing are
    /// asked whether they are there at all.
    fn declined(&mut self, how: Declined) {
        let grace = self.core.settings.timers.t1 * DECLINED;
        let LegSide::Out(branches) = &mut self.side else { return };
        if self.over.is_some() || how == Declined::No || branches.all.is_empty() {
            return;
        }
        match how {
            Declined::ForAll => self.give_up(),
            _ if branches.all.iter().any(|branch| branch.ringing) => {}
            _ => branches.decline_until = Some(Instant::now() + grace),
        }
    }

    /// Ends the calls that are left, and tells the outcome of those that are over.
    fn give_up(&mut self) {
        let LegSide::Out(branches) = &mut self.side else { return };
        branches.decline_until = None;
        let Some(telling) = causes::telling(branches.codes.iter().copied()) else { return };
        let (answering, rang) = (branches.answering, branches.rang);
        branches.doubt(&self.core.registrar);
        if answering {
            self.teller.tell(LegEvent::NotAnswered(telling));
        }
        self.tell_diversion(telling);
        let cause = causes::meaning(telling, rang);
        self.end(cause, Some(telling), LegEnding::Part(cause));
    }

    /// Ends calls over a stream that was closed.
    pub(super) fn lost_while_ringing(&mut self, flow: Flow) {
        self.lost(503, |branch| branch.binding.flow == flow);
    }

    /// Ends a call to a phone that answers neither it nor OPTIONS.
    pub(super) fn silent(&mut self, serial: u64) {
        self.lost(408, |branch| branch.binding.serial == serial && !branch.ringing);
    }

    fn lost(&mut self, code: u16, is_lost: impl Fn(&Branch) -> bool) {
        while let LegSide::Out(branches) = &mut self.side
            && self.over.is_none()
            && let Some(tag) = branches.all.iter().find(|branch| is_lost(branch)).map(|b| b.tag.clone())
            && let Some(lost) = branches.take(&tag)
        {
            self.leave_branch(&lost, Cause::Lost);
            self.failed(code);
        }
    }

    /// One call failed. The leg fails when no other is left.
    fn failed(&mut self, code: u16) {
        let LegSide::Out(branches) = &mut self.side else { return };
        branches.codes.push(code);
        if !branches.all.is_empty() {
            return;
        }
        let telling = causes::telling(branches.codes.iter().copied()).unwrap_or(code);
        let (answering, rang) = (branches.answering, branches.rang);
        if answering {
            self.teller.tell(LegEvent::NotAnswered(telling));
        }
        self.tell_diversion(telling);
        self.end(causes::meaning(telling, rang), Some(telling), LegEnding::Done);
    }

    /// Tells of another number, if the answer that counts among the phones' names one.
    fn tell_diversion(&mut self, telling: u16) {
        let LegSide::Out(branches) = &mut self.side else { return };
        if let Some((to, code)) = branches.diverted.take().filter(|(_, code)| *code == telling) {
            self.teller.tell(LegEvent::Diverts { to, code });
        }
    }

    /// Time passed while it rings.
    pub(super) fn waited(&mut self, now: Instant) {
        let LegSide::Out(branches) = &mut self.side else { return };
        if branches.answer_until.is_some_and(|until| until <= now) {
            branches.answer_until = None;
            branches.answering = false;
            // Nobody waits for it any more; the phone may still be answered by hand.
            let mut learned = false;
            for branch in &mut branches.all {
                let ways = &branch.binding.ways;
                match branch.asking {
                    AnswerRequest::Talk => {
                        branch.asking = AnswerRequest::Nothing;
                        ways.refused_talk.store(true, Ordering::Relaxed);
                        self.core.registrar.learned(&branches.originate.to);
                    }
                    // The phone rings on, although it was told to answer: it cannot.
                    AnswerRequest::Auto if branch.ringing => {
                        learned |= !ways.by_hand.swap(true, Ordering::Relaxed);
                    }
                    _ => {}
                }
            }
            self.teller.tell(LegEvent::NotAnswered(408));
            if learned {
                let LegSide::Out(branches) = &self.side else { return };
                tracing::info!(number = %branches.originate.to, "a phone cannot be made to answer and is answered by hand");
                self.core.registrar.learned(&branches.originate.to);
                self.core.registrar.tell_again(&branches.originate.to);
            }
        }
        let LegSide::Out(branches) = &mut self.side else { return };
        if branches.doubt_at.is_some_and(|at| at <= now) {
            branches.doubt_at = None;
            branches.doubt(&self.core.registrar);
        }
        if branches.decline_until.is_some_and(|until| until <= now) {
            branches.decline_until = None;
            if !branches.all.iter().any(|branch| branch.ringing) {
                return self.give_up();
            }
        }
        let LegSide::Out(branches) = &self.side else { return };
        if branches.ring_until.is_some_and(|until| until <= now) {
            self.hang_up(Cause::NoAnswer, Some(480));
        }
    }

    /// Ends a call that is not wanted any more, in the background.
    pub(super) fn leave_branch(&self, branch: &Branch, cause: Cause) {
        let (core, dialog) = (self.core.clone(), branch.dialog.clone());
        self.core.spawn(async move { take_leave(&core, &dialog, cause).await });
    }
}

/// The final response to an INVITE; `None` when there was none.
async fn outcome(end: JoinHandle<InviteAsyncResult>) -> Option<Response> {
    match end.await {
        Ok(Ok((_, response))) => response,
        Ok(Err(why)) => {
            tracing::debug!(%why, "an INVITE failed");
            None
        }
        Err(_) => None,
    }
}

fn invitation(
    core: &Core,
    asked: &Originate,
    binding: &Binding,
    how: InviteOptions,
    offer: Vec<u8>,
) -> Option<InviteOption> {
    let mut callee = Uri::try_from(binding.contact.as_str()).ok()?;
    if binding.behind_nat || binding.is_forwarded() {
        mark(&mut callee, binding.flow, &binding.path);
    }
    let ours = core.contact_towards(binding.flow);
    let (caller_display_name, caller) = headers::identity(&asked.from, &ours);
    let timers = &core.settings.timers;
    let interval = how.interval.unwrap_or(timers.session);
    let mut extra: Vec<Header> = headers::session_offer(timers, interval.as_secs()).into();
    extra.push(headers::allow());
    if !asked.from.number.is_empty() {
        let name = caller_display_name.as_deref().map(|name| format!("\"{name}\" ")).unwrap_or_default();
        extra.push(Header::PAssertedIdentity(format!("{name}<{caller}>").into()));
    }
    if how.auto {
        extra.extend(headers::auto_answer(&ours));
    }
    Some(InviteOption {
        caller_display_name,
        caller,
        callee,
        destination: Some(binding.flow.to_addr()),
        offer: Some(offer),
        contact: ours,
        headers: Some(extra),
        ..InviteOption::default()
    })
}

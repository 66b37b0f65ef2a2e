//! The one function that decides what a command means, given what there is.
//!
//! One file for each family of operations. A rule reads through the [`Draft`], refuses, or pushes facts into it; what
//! was pushed is folded at once, so that the next line of the rule sees it.

mod absence;
mod act;
mod after_call;
mod begin;
mod calls;
mod closed;
mod control;
mod customer;
mod data;
mod disposition;
mod draft;
mod elapsed;
mod ending;
mod handover;
mod help;
mod hot_desk;
mod idle_slots;
mod invite;
mod join;
mod lead;
mod machine;
mod note;
mod offer;
mod owed;
mod part;
mod post;
mod preferred;
mod provision;
mod receive;
mod settle;
mod succession;
mod supervise;
mod take_over;
mod talk;
#[cfg(test)]
mod tests;
mod waiting;
mod withdraw;
mod work;

use draft::SnapshotRef;
pub use draft::{DecideError, Decision, EntityChange, Snapshots};

use crate::{Command, Millis};
use draft::Draft;

/// Decides a command: the changes it means, or why not. Pure: the same journal, command and time give the same
/// decision. A decision without changes is a success that changes nothing.
pub fn decide(seen: &mut dyn Snapshots, command: &Command, now: Millis) -> Result<Decision, DecideError> {
    let mut draft = Draft::new(seen, now);
    match command {
        Command::Open(open) => customer::open(&mut draft, open)?,
        Command::Customer { session, act } => customer::act(&mut draft, session, act)?,
        Command::Session { session, agent, act } => act::act(&mut draft, session, agent, act)?,
        Command::Offer { session, agent, request } => invite::offer(&mut draft, session, agent, *request)?,
        Command::RequestLapsed { session, request } => withdraw::lapse(&mut draft, session, *request)?,
        Command::Supervise(asked) => supervise::act(&mut draft, asked)?,
        Command::OfferLapsed { session, agent } => invite::lapse(&mut draft, session, agent)?,
        Command::Receive(unit) => receive::receive(&mut draft, unit)?,
        Command::Begin { agent, begin } => begin::begin(&mut draft, agent, begin)?,
        Command::Report { session, index, report } => post::report(&mut draft, session, *index, report)?,
        Command::Settle { task } => draft.settle(task.clone()),
        Command::WindowClosing { session } => post::window_closing(&mut draft, session)?,
        Command::FellSilent { session } => ending::idle(&mut draft, session)?,
        Command::SlotsIdle { session } => idle_slots::leave(&mut draft, session)?,
        Command::Arrive(arrive) => calls::arrive(&mut draft, arrive)?,
        Command::Dial { agent, dial } => calls::dial(&mut draft, agent, dial)?,
        Command::Call { call, agent, act } => calls::act(&mut draft, call, agent, act)?,
        Command::OfferCall { call, agent, request } => calls::offer(&mut draft, call, agent, *request)?,
        Command::LegEvent { leg, heard } => calls::heard(&mut draft, leg, heard)?,
        Command::Diverted { leg, to, code } => calls::diverted(&mut draft, leg, to, *code)?,
        Command::AskByPhone { leg, held, call_in } => {
            calls::ask_by_phone(&mut draft, leg, held, call_in)?;
        }
        Command::ReplaceLeg { leg, replaced } => calls::take_over(&mut draft, leg, replaced)?,
        Command::Refer { leg, to } => calls::refer(&mut draft, leg, to)?,
        Command::CallDue { call, due, late } => calls::due(&mut draft, call, *due, late)?,
        Command::CallLost { call } => calls::lost(&mut draft, call)?,
        Command::InService { dn, on, answers } => calls::in_service(&mut draft, dn, *on, *answers)?,
        Command::Device { dn, agent, act } => calls::operate(&mut draft, dn, agent, act)?,
        Command::WrapUpOver { agent } => {
            work::wrap_up_over(&mut draft, agent)?;
            absence::over(&mut draft, agent)?;
        }
        Command::RightsChanged { supervisor } => {
            calls::judge_watch(&mut draft, supervisor)?;
            succession::judge(&mut draft, supervisor)?;
        }
        Command::ReleaseFromDispositions { agent, by, medium } => {
            owed::let_off(&mut draft, agent, by, medium.as_ref())?;
        }
        Command::Control { agent, by, control } => control::act(&mut draft, agent, by, control)?,
        Command::TakeOver { session, agent, by, to } => {
            take_over::act(&mut draft, session, agent, by, to)?;
        }
        Command::Direct(asked) => waiting::act(&mut draft, asked)?,
        Command::ConnectionLost { agent, since, until } => {
            absence::lost(&mut draft, agent, *since, *until)?;
        }
        Command::ConnectionBack { agent } => absence::back(&mut draft, agent)?,
        Command::Agent { agent, act } => work::act(&mut draft, agent, act)?,
        Command::Provision(change) => provision::provision(&mut draft, change)?,
        Command::Erase { session } => data::erase(&mut draft, session)?,
    }
    // Whatever happened in a conversation, nobody stays behind in it.
    for id in draft.sessions() {
        succession::keep_up(&mut draft, &id)?;
    }
    // Whatever happened in a call, its supervisors follow whom they follow.
    for id in draft.calls() {
        calls::keep_up(&mut draft, &id)?;
    }
    Ok(draft.finish())
}

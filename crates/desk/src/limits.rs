//! Limits over the whole centre: unique login names and routing points, places in a queue, and queues that are taken
//! away while somebody waits in them.
//!
//! They are checked inside the transaction, against what the journal has then, so that of two commands at once, on
//! whatever node, one passes. What memory says before that only saves work.

use crate::{hours::Timetables, lock::lock, memory::Memory, ports::TxView};
use domain::{
    Command, DecideError, Decision, InteractionId, Key, MediumName, Message, Millis, ProviderKey, QueueName,
    Refusal, Snapshots, State, UserId,
    call::Overflowing,
    command::{Destination, Receive, ReferTo, Unit},
    decide,
    hours::Closure,
    medium,
    queue::{Overflow, Queue},
    share,
    task::KnownProviderKey,
};
use std::sync::Arc;

/// Whether a unit opens a conversation only while its queue has room. A word of consent must be heard however many wait
/// (spec: channel-connectors#1D).
pub(crate) fn is_bounded(unit: &Receive) -> bool {
    matches!(&unit.unit, Unit::Said(said) if said.opens && said.keyword.is_none())
}

/// Decides a command, within the limits that the rules leave to the centre as a whole.
pub(crate) fn decide_within(
    view: &mut dyn TxView,
    memory: &Memory,
    command: &Command,
    now: Millis,
) -> Result<Decision, DecideError> {
    let led = led(view, memory, command, now)?;
    let seen = &mut WithHours { view, timetables: &memory.timetables };
    let decision = decide(seen, led.as_ref().unwrap_or(command), now)?;
    match command {
        Command::Open(_) => have_room(view, memory, &decision)?,
        Command::Receive(unit) if is_bounded(unit) => have_room(view, memory, &decision)?,
        Command::Provision(_) => are_alone(view, &decision)?,
        _ => {}
    }
    Ok(decision)
}

/// What a decision looks at, with the hours of queues, which only who knows the time zones can tell.
struct WithHours<'v> {
    view: &'v mut dyn TxView,
    timetables: &'v Timetables,
}

impl Snapshots for WithHours<'_> {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        self.view.state(key)
    }

    fn head(&mut self, agent: &UserId) -> Result<u64, DecideError> {
        self.view.head(agent)
    }

    fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        self.view.known(key)
    }

    fn message(&mut self, session: &InteractionId, index: u32) -> Result<Option<Message>, DecideError> {
        self.view.message(session, index)
    }

    fn closure(&mut self, queue: &Queue, at: Millis) -> Option<Closure> {
        self.timetables.closure(queue, at)
    }
}

/// Refuses a conversation that begins while as many wait as its queue takes ([`share`]).
fn have_room(view: &mut dyn TxView, memory: &Memory, decision: &Decision) -> Result<(), DecideError> {
    let begins = decision.changes.iter().filter(|change| change.before.is_none());
    for (name, medium) in begins.filter_map(|change| change.after.waits()) {
        if let Some(queue) = queue(view, &name)?
            && !admits(view, memory, &queue, &medium)?
        {
            return Err(Refusal::QueueFull(name).into());
        }
    }
    Ok(())
}

/// Refuses to give a name to two, and to take away a queue in which somebody waits.
fn are_alone(view: &mut dyn TxView, decision: &Decision) -> Result<(), DecideError> {
    for change in &decision.changes {
        if let (Key::Queue(name), State::Queue(None)) = (&change.key, &*change.after)
            && view.waiting(name)?.values().any(|count| *count > 0)
        {
            return Err(Refusal::InUse(format!("Queue '{name}'")).into());
        }
        let Some(name) = change.after.unique_name() else { continue };
        if change.before.as_ref().and_then(|before| before.unique_name()).as_ref() == Some(&name) {
            continue;
        }
        let others = || decision.changes.iter().filter(|other| other.key != change.key);
        let bearer = view.bearer(&name)?.filter(|bearer| {
            // It may be given up by the same change.
            *bearer != change.key && others().all(|other| other.key != *bearer)
        });
        if bearer.is_some() || others().any(|other| other.after.unique_name().as_ref() == Some(&name)) {
            return Err(match &*change.after {
                State::User(Some(user)) => Refusal::Exists(format!("User '{}'", user.user_name)),
                _ => Refusal::InUse(format!("The routing point of queue '{}'", change.key.id())),
            }
            .into());
        }
    }
    Ok(())
}

/// A command about a call that comes into a queue which has filled up since it was led there, led on; `None` where it
/// stays as it is.
fn led(
    view: &mut dyn TxView,
    memory: &Memory,
    command: &Command,
    now: Millis,
) -> Result<Option<Command>, DecideError> {
    let (Command::Arrive(_)
    | Command::Dial { .. }
    | Command::Diverted { .. }
    | Command::Refer { .. }
    | Command::CallDue { .. }) = command
    else {
        return Ok(None);
    };
    let mut led = command.clone();
    let to = match &mut led {
        Command::Arrive(arrive) => &mut arrive.to,
        Command::Dial { dial, .. } => &mut dial.to,
        Command::Diverted { to, .. } | Command::CallDue { late: to, .. } => to,
        Command::Refer { to: ReferTo::Number(call_in), .. } => &mut call_in.to,
        _ => return Ok(None),
    };
    let Destination::Queue { queue: name, turned_away: None } = to else { return Ok(None) };
    let voice = medium::voice();
    let Some(first) = queue(view, name)? else { return Ok(None) };
    if admits(view, memory, &first, &voice)? {
        return Ok(None);
    }
    let second = match &first.calls.full {
        Overflow::Queue(name) => queue(view, name)?,
        Overflow::Close | Overflow::Announce(_) => None,
    };
    // Only one step on: two queues may name each other.
    *to = match second {
        Some(second) => {
            let is_open = memory.timetables.takes_calls(&second, now);
            let turned_away = match (is_open, admits(view, memory, &second, &voice)?) {
                (false, _) => Some(Overflowing::Closed),
                (true, false) => Some(Overflowing::Full),
                (true, true) => None,
            };
            Destination::Queue { queue: second.name, turned_away }
        }
        None => Destination::Queue { queue: first.name, turned_away: Some(Overflowing::Full) },
    };
    Ok(Some(led))
}

fn admits(
    view: &mut dyn TxView,
    memory: &Memory,
    queue: &Queue,
    medium: &MediumName,
) -> Result<bool, DecideError> {
    let waiting = view.waiting(&queue.name)?;
    // Which media come in is provisioning, and so known in memory; how many wait is not.
    let served = lock(&memory.board).served(queue);
    Ok(share::admits(queue, &served, &waiting, medium))
}

fn queue(view: &mut dyn TxView, name: &QueueName) -> Result<Option<Queue>, DecideError> {
    Ok(match view.state(&Key::Queue(name.clone()))?.as_deref() {
        Some(State::Queue(queue)) => queue.clone(),
        _ => None,
    })
}

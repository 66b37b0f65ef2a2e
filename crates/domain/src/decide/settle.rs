//! What agents owe no more (spec: decisions#6): they set the disposition, were let off, or its time is over.

use super::{DecideError, Draft, after_call, machine::Machine};
use crate::{
    InteractionId, MediumName, UserId,
    agent::{Fact, SettledBy},
    interaction::Part,
    medium,
};

/// The agent of a part has set its disposition.
pub(super) fn code_set<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: &M::Part,
) -> Result<(), DecideError> {
    let Some(agent) = part.agent() else { return Ok(()) };
    settle(draft, agent, &SettledBy::Code, |medium, interaction| {
        *medium == machine.medium() && interaction == machine.known_as(part)
    })
}

/// Tells which of the interactions that an agent owes are settled, and by what.
pub(super) fn settle(
    draft: &mut Draft<'_>,
    agent: &UserId,
    by: &SettledBy,
    which: impl Fn(&MediumName, &InteractionId) -> bool,
) -> Result<(), DecideError> {
    let Some(found) = draft.agent(agent)? else { return Ok(()) };
    let mut is_call = false;
    for owed in found.owed().iter().filter(|owed| which(&owed.medium, &owed.interaction)) {
        is_call |= owed.medium == medium::voice();
        let (medium, interaction) = (owed.medium.clone(), owed.interaction.clone());
        draft.tell_agent(agent, Fact::DispositionSettled { medium, interaction, by: by.clone() })?;
    }
    if is_call { after_call::settled(draft, agent) } else { Ok(()) }
}

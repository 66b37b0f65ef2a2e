//! What an agent still sees of an interaction when their part in it is over.

use crate::{auth::Caller, state::Api};
use domain::{disposition::LateUntil, interaction::Interaction};
use gws::Problem;

/// The caller's part that is over and still takes a disposition, and until when; `None` when there is none
/// (spec: decisions#6).
pub async fn late_part<'i, I: Interaction + Sync>(
    api: &Api,
    caller: &Caller,
    interaction: &'i I,
) -> Result<Option<(&'i I::Part, LateUntil)>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let Some(centre) = api.desk.centre() else { return Ok(None) };
    Ok(centre.disposition.late_part(interaction, &caller.user.id, Some(&agent), api.desk.now()))
}

//! The channels of the caller, each with its address.

use super::calls;
use crate::{auth::Caller, state::Api};
use gws::{ChannelResource, Problem, channel_resources};

/// The channel resources.
pub async fn resources(api: &Api, caller: &Caller) -> Result<Vec<ChannelResource>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let channels = channel_resources(&caller.user, &agent, calls::activity(api, &agent).await?);
    Ok(channels.into_iter().map(|channel| channel.addressed(&api.links)).collect())
}

//! The channels of the caller, each with its address.

use super::calls;
use crate::{auth::Caller, state::Api};
use gws::{Problem, channel_resources};
use serde_json::Value;

/// The channel resources.
pub async fn resources(api: &Api, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let mut channels = channel_resources(&caller.user, &agent, calls::activity(api, &agent).await?);
    for channel in &mut channels {
        let path = format!("/me/channels/{}", channel["channel"].as_str().unwrap_or_default());
        channel["uri"] = api.links.uri(&path).into();
        channel["path"] = path.into();
    }
    Ok(channels)
}

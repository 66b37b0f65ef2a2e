//! The way of a command: performed here, or by the server that holds the journal.

use super::{
    change, client,
    request::{AdminAnswer, Request},
};
use crate::{config::Config, wiring};
use anyhow::Result;
use store_sqlite::OpenError;

/// Performs a request on the journal of the settings: here, or by the server that holds it.
pub async fn perform(config: &Config, request: Request) -> Result<AdminAnswer> {
    match wiring::desk_for_a_command(config).await {
        Ok((desk, journal)) => Ok(change::make(&desk, &journal, request).await),
        Err(why) if matches!(why.downcast_ref(), Some(OpenError::InUse(_))) => {
            client::ask(&config.data, &request, why).await
        }
        Err(why) => Err(why),
    }
}

//! The end of logins, and of what depends on them.

use super::{Login, logins::Ending};
use crate::{notifications, state::Api};
use std::time::Duration;

/// How often expired logins are looked for and the use of others is written down.
const SWEEP: Duration = Duration::from_secs(10);

/// Ends a login at once: requests with its cookie are refused, and its notification sessions, held polls, sockets and
/// streams end.
pub async fn end(api: &Api, login: &Login, how: Ending) {
    if let Some(login) = api.logins.remove(&api.desk, login).await {
        notifications::login_ended(api, &login, how).await;
    }
}

/// Ends logins that expired or were revoked, and writes down the use of others. Never returns.
pub async fn sweep(api: &Api) {
    let mut every = tokio::time::interval(SWEEP);
    let mut ended = api.desk.directory().ended();
    loop {
        let gone = tokio::select! {
            _ = every.tick() => {
                api.checks.tidy(api.desk.awake());
                api.logins.sweep(&api.desk).await
            }
            Ok(()) = ended.changed() => api.logins.revoked(&api.desk).await,
        };
        for login in gone {
            notifications::login_ended(api, &login, Ending::Revoked).await;
        }
    }
}

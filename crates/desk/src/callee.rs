//! Whom an agent calls, as they name them (spec: core-and-voice#5.6, #5.7). Users are called where they work now, so that
//! nobody has to know at which desk that is.

use crate::{Desk, Refused, lock::lock};
use domain::{Key, Refusal, UserId, call::Dn, medium::voice};

/// Whom an agent calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callee {
    /// By a number; where there is no such number, by a user's name.
    Number(String),
    /// By a user's name.
    UserName(String),
    /// By a user's id.
    User(UserId),
}

impl Desk {
    /// The number to call: for a user, that of the phone at which they are logged in. Refused for a user who is unknown, is
    /// not logged in for calls, or has no phone.
    pub(crate) async fn number_of(&self, callee: &Callee) -> Result<Dn, Refused> {
        let directory = self.directory();
        let unknown = |user: &str| Refusal::NotFound(format!("User '{user}'"));
        let user = match callee {
            Callee::Number(number) => {
                let dn = Dn::from(number.as_str());
                match directory.named(number) {
                    Some(user) if !self.is_number(&dn).await? => user,
                    _ => return Ok(dn),
                }
            }
            Callee::UserName(name) => directory.named(name).ok_or_else(|| unknown(name))?,
            Callee::User(id) => directory.user(id).ok_or_else(|| unknown(id.as_str()))?,
        };
        let agent = self.agent(&user).await?;
        let away = |why| Refusal::NotAvailable { medium: voice(), why };
        if agent.channel(&voice()).is_none() {
            return Err(away("they are not logged in on it").into());
        }
        let device = agent.device(&user).ok_or_else(|| away("they have no phone"))?;
        Ok(device.phone_number.clone())
    }

    /// Whether a number is one of ours.
    async fn is_number(&self, dn: &Dn) -> Result<bool, Refused> {
        let is_routed = lock(&self.memory.board).routed(dn).is_some();
        Ok(is_routed || self.store.state(&Key::Device(dn.clone())).await?.is_some())
    }
}

//! Asks the platform for the names of customers.

use super::{account::Account, send};
use crate::shorten::shortened;
use desk::session_of;
use domain::{Command, InteractionId, Key, State, command::CustomerAct, message::MAX_NICKNAME};

impl Account {
    /// Asks for the next name that is wanted. Answers whether there was one.
    pub async fn ask_a_name(&self) -> bool {
        if self.standing.refusal(self.now()).is_some() {
            return false;
        }
        let Some(person) = self.names.next() else { return false };
        let Some(request) = send::profile(&self.config, &person) else { return true };
        let profile = self.ask_in_passing(request, send::answer::profile).await;
        let name = profile.ok().and_then(|profile| profile.name());
        let name = name.map(|name| shortened(name, MAX_NICKNAME));
        self.names.learn(&person, name.clone());
        if let Some(name) = name
            && let Some(session) = self.nameless(&person).await
        {
            let act = CustomerAct::Rename(name);
            let command = Command::Customer { session: session.clone(), act };
            if let Err(why) = self.intake.desk().perform(command).await {
                tracing::debug!(%why, interaction = session.as_str(), "a customer keeps their id for a name");
            }
        }
        true
    }

    /// The conversation of a person that is still called by their id.
    async fn nameless(&self, person: &str) -> Option<InteractionId> {
        let desk = self.intake.desk();
        let thread = desk.store().state(&Key::Thread(self.address(person).thread)).await.ok()??;
        let State::Thread(thread) = &*thread else { return None };
        let state = desk.session(thread.latest.as_ref()?).await.ok()??;
        let session = session_of(&state)?;
        let customer = &session.customer;
        (customer.present && customer.nickname == person && !session.erased).then(|| session.id.clone())
    }
}

//! Which conversations are web chats, and where customers come in.

use super::Chat;
use desk::{ports::StoreFault, session_of};
use domain::{
    InteractionId, MediumName,
    centre::{Centre, Service},
    medium::Connector,
    session::Session,
};

impl Chat {
    /// Looks at a web chat as it is committed; `None` when there is none of this id.
    pub(super) async fn look<T>(
        &self,
        id: &InteractionId,
        look: impl FnOnce(&Session) -> T,
    ) -> Result<Option<T>, StoreFault> {
        let state = self.desk.session(id).await?;
        let session = state.as_deref().and_then(session_of).filter(|session| self.is_ours(&session.medium));
        Ok(session.map(look))
    }

    /// Whether customers of a medium come in through web chat.
    pub(super) fn is_ours(&self, medium: &MediumName) -> bool {
        let row = self.desk.media().named(medium);
        row.is_some_and(|row| row.connector == Connector::WebChat)
    }

    /// Whether customers can come in through a service of the centre: it is web chat's, and the centre has the
    /// feature of its medium.
    pub(super) fn is_open(&self, centre: &Centre, service: &Service) -> bool {
        let medium = self.desk.media().named(&service.medium);
        self.is_ours(&service.medium) && medium.is_some_and(|medium| centre.has(medium.features))
    }
}

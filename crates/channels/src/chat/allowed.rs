//! Whether a customer may ask for something now, as each kind of request.

use super::{
    limits::{COMMIT_BYTES, ClientNetwork, Excess},
    state::Chat,
    talk::Talk,
};
use domain::{
    InteractionId,
    command::{CustomerAct, Open},
};

impl Chat {
    /// Whether a customer may ask for something now.
    pub(super) fn may_ask(&self, origin: ClientNetwork) -> Result<(), Excess> {
        self.allowance.ask(origin)
    }

    /// Whether a customer may open a chat now.
    pub(super) fn may_open(&self, origin: ClientNetwork, open: &Open) -> Result<(), Excess> {
        let bytes = weight(open.user_data.weight().saturating_add(open.nickname.len()));
        self.allowance.open(origin, &open.service, bytes.saturating_add(COMMIT_BYTES))
    }

    /// Whether the customer of a chat, who has shown its key, may do something now.
    pub(super) fn may_act(
        &self,
        origin: ClientNetwork,
        id: &InteractionId,
        talk: &Talk,
        act: &CustomerAct,
    ) -> Result<(), Excess> {
        self.allowance.act(origin, id, act, weight(talk.data_bytes))
    }
}

fn weight(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

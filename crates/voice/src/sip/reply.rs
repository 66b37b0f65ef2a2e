//! Answers requests, and takes each once.

use super::{core::Core, held};
use rsipstack::{
    dialog::DialogId,
    sip::{Header, HeadersExt, StatusCode},
    transaction::Transaction,
};
use std::sync::Arc;

/// Keeps one INVITE from being taken twice when it arrives by two ways (482, RFC 3261 §8.2.2.2).
pub(super) struct PendingInvite {
    core: Arc<Core>,
    name: String,
}

impl PendingInvite {
    /// `None` when the same INVITE is being handled.
    pub fn enter(core: &Arc<Core>, tx: &Transaction) -> Option<Self> {
        let id = DialogId::try_from(tx).ok()?;
        let cseq = tx.original.cseq_header().ok()?.value();
        let name = format!("{} {} {cseq}", id.call_id, id.remote_tag);
        held(&core.pending).insert(name.clone()).then(|| Self { core: core.clone(), name })
    }
}

impl Drop for PendingInvite {
    fn drop(&mut self) {
        held(&self.core.pending).remove(&self.name);
    }
}

/// Answers a request. If that fails, the phone sends it again.
pub(super) async fn reply(tx: &mut Transaction, status: StatusCode, headers: Vec<Header>) {
    if let Err(why) = tx.reply_with(status, headers, None).await {
        tracing::debug!(%why, "an answer was not sent");
    }
}

//! Whether supervisors may follow whom they follow is judged again as soon as it may have changed
//! (spec: admin-and-reporting#3).

use crate::{Desk, lock::lock};
use domain::Command;
use futures::{FutureExt, future::BoxFuture};

impl Desk {
    /// Has every supervisor who follows somebody judged again. One for whom it fails is judged with the next event of
    /// the call that they hear, and when the next begins.
    pub(crate) fn judge_supervisors(&self) -> BoxFuture<'_, ()> {
        let follow = lock(&self.memory.supervisors).all();
        let judged = async {
            for supervisor in follow {
                if let Err(why) = self.perform(Command::RightsChanged { supervisor }).await {
                    tracing::error!(%why, "whether a supervisor may listen could not be judged");
                }
            }
        };
        judged.boxed()
    }
}

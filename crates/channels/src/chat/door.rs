//! What the door of a service says before a chat is begun.

use super::Chat;
use domain::ServiceName;
use gws::customer::CustomerServiceAnswer;

impl Chat {
    /// How a service stands now; `None` when it or its queue is not there.
    pub(super) fn door(&self, service: &ServiceName) -> Option<CustomerServiceAnswer> {
        let queue = self.desk.centre()?.services.get(service)?.queue.clone();
        let queue = self.desk.queue(&queue)?;
        Some(CustomerServiceAnswer::of(self.desk.closure(&queue), &queue.closed))
    }
}

//! How a request of this API is recognised: its address, its header, and the word under which it is counted.

use http::HeaderName;

/// Names the contact centre that a customer wants. It makes a request a customer's.
pub(super) const CONTACT_CENTER_ID: HeaderName = HeaderName::from_static("contactcenterid");

/// The address of chats.
pub(super) const ROOT: &str = "/api/v2/chats";

/// Counts a request by its word, and tells the log.
pub(super) fn count(command: &'static str) {
    edge::span::operation(command);
    metrics::counter!("jackfield_chat_requests_total", "command" => command).increment(1);
}

//! What is open to an agent.

use serde_json::Value;

/// Whether an operation is open to the agent in a chat.
pub(super) fn offers(chat: &Value, operation: &str) -> bool {
    chat["capabilities"].as_array().is_some_and(|open| open.iter().any(|one| one == operation))
}

//! What somebody who leads a queue asks of one that waits in it (spec: decisions#leading).

use super::{session::queue, table::requests, value::last_parts};
use crate::links::unescape;
use domain::{QueueName, Refusal, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// An operation on one that waits in a queue, for those who lead the queue.
    WaitingRequest {
        Assign(WaitingAssignRequest) = "Assign", {"userName": "agent1@demo"};
        Raise(WaitingRaiseRequest) = "Raise", {"priority": 5};
        Move(WaitingMoveRequest) = "Move", {"queueName": "Sales"};
    }
}

/// Offers it to an agent at once, under the rules of every offer. One of the first three says to whom; the earlier wins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingAssignRequest {
    /// The address of a user.
    target_uri: Option<String>,
    /// The same as a path.
    target_path: Option<String>,
    /// The name of a user.
    user_name: Option<String>,
    /// The number of the request for help in it; its own place in the queue when left out.
    request: Option<u32>,
}

/// Has it served earlier. It keeps its place in time among those of the same priority.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingRaiseRequest {
    /// The priority that it has from now on, not below the one that it has. When left out, the least by which it is served
    /// before all that waits in the queue now.
    priority: Option<i32>,
    /// The number of a request for help, which is refused.
    request: Option<u32>,
}

/// Puts it into another queue, where it has waited as long, with the priority of that queue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingMoveRequest {
    /// The name of the queue. It wins over the address.
    queue_name: Option<String>,
    /// The address of the queue.
    queue_uri: Option<String>,
    /// The number of a request for help, which is refused.
    request: Option<u32>,
}

/// What is to become of one that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitingChange {
    /// It is offered to this agent.
    Assign(UserId),
    /// It has this priority, or the one by which it is first.
    Raise(Option<i32>),
    /// It waits in this queue.
    Move(QueueName),
}

impl WaitingRequest {
    /// What is to become of it, and the number of the request for help that is meant. `named` answers the id of a user, by
    /// their name.
    pub fn change(
        self,
        named: &dyn Fn(&str) -> Option<UserId>,
    ) -> Result<(Option<u32>, WaitingChange), Refusal> {
        Ok(match self {
            Self::Assign(asked) => (asked.request, WaitingChange::Assign(asked.agent(named)?)),
            Self::Raise(asked) => (asked.request, WaitingChange::Raise(asked.priority)),
            Self::Move(asked) => {
                (asked.request, WaitingChange::Move(queue(asked.queue_name, asked.queue_uri)?))
            }
        })
    }
}

impl WaitingAssignRequest {
    fn agent(&self, named: &dyn Fn(&str) -> Option<UserId>) -> Result<UserId, Refusal> {
        match (self.target_uri.as_ref().or(self.target_path.as_ref()), &self.user_name) {
            (Some(address), _) => match last_parts(address) {
                (id, "users") if !id.is_empty() => Ok(UserId::from(unescape(id))),
                _ => Err(Refusal::Invalid("'targetUri' is not the address of a user".into())),
            },
            (None, Some(name)) => named(name).ok_or_else(|| Refusal::NotFound(format!("User '{name}'"))),
            (None, None) => Err(Refusal::Missing("targetUri")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{body::Body, request::table::Requests};
    use serde_json::{Value, json};

    fn change(operation: &str, mut members: Value) -> Result<(Option<u32>, WaitingChange), Refusal> {
        members["operationName"] = operation.into();
        let body = Body::parse(members.to_string().as_bytes()).expect("a body");
        WaitingRequest::read(&body)?.change(&|name| (name == "mei@demo").then(|| "u2".into()))
    }

    #[test]
    fn an_agent_is_named_by_address_or_by_name() {
        let to = |id: &str| Ok((None, WaitingChange::Assign(id.into())));
        assert_eq!(
            change("Assign", json!({"targetUri": "http://x/api/v2/users/u1", "userName": "x"})),
            to("u1")
        );
        assert_eq!(change("Assign", json!({"targetPath": "/users/u%2F1"})), to("u/1"));
        assert_eq!(change("Assign", json!({"userName": "mei@demo"})), to("u2"));
        assert_eq!(
            change("Assign", json!({"userName": "mei@demo", "request": 2})).map(|one| one.0),
            Ok(Some(2))
        );
        assert_eq!(change("Assign", json!({})), Err(Refusal::Missing("targetUri")));
        assert_eq!(change("Assign", json!({"userName": "x"})), Err(Refusal::NotFound("User 'x'".into())));
        for members in [
            json!({"targetUri": "/queues/Support"}),
            json!({"targetUri": "/users/"}),
            json!({"targetUri": 7}),
            json!({"userName": "mei@demo", "request": -1}),
        ] {
            assert!(matches!(change("Assign", members), Err(Refusal::Invalid(_))));
        }
    }

    #[test]
    fn a_priority_is_a_whole_number_and_a_queue_has_a_name_or_an_address() {
        assert_eq!(change("Raise", json!({})), Ok((None, WaitingChange::Raise(None))));
        assert_eq!(change("Raise", json!({"priority": -2})), Ok((None, WaitingChange::Raise(Some(-2)))));
        for priority in [json!(1.5), json!("7"), json!(2_147_483_648_i64), json!([])] {
            let refused = change("Raise", json!({"priority": priority}));
            assert!(matches!(refused, Err(Refusal::Invalid(_))), "{refused:?}");
        }
        let sales = Ok((None, WaitingChange::Move("Sales".into())));
        assert_eq!(change("Move", json!({"queueName": "Sales"})), sales);
        assert_eq!(change("Move", json!({"queueUri": "http://x/api/v2/queues/Sales"})), sales);
        assert_eq!(change("Move", json!({})), Err(Refusal::Missing("queueName")));
        assert!(matches!(change("Move", json!({"queueUri": "/users/u1"})), Err(Refusal::Invalid(_))));
        assert!(matches!(change("Dance", json!({})), Err(Refusal::UnknownOperation(_))));
    }
}

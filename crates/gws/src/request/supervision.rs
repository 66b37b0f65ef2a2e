//! What a supervisor asks of an agent's channels, and of the conversations that the agent holds (spec:
//! digital-channels#2.8, #5.5).

use super::{
    session::{first, target},
    state::ChannelRequest,
    table::requests,
};
use domain::{
    MediumName, QueueName, Refusal,
    command::{AgentAct, Control, HandoverTarget, TakeTo},
};
use serde::Deserialize;
use utoipa::ToSchema;

requests! {
    /// An operation of a supervisor on the channels of an agent whom they lead.
    UserChannelRequest {
        Offline(UserChannelOfflineRequest) = "Offline", {};
        ReleaseFromDispositions(UserChannelReleaseFromDispositionsRequest) = "ReleaseFromDispositions", {};
    } also Channel(ChannelRequest)
}

requests! {
    /// An operation of a supervisor on a conversation that an agent holds whom they lead.
    UserSessionRequest {
        Transfer(UserSessionTransferRequest) = "Transfer", {"targetPath": "/users/0c54b3f0c01d4e66aa6f8d0a5f3c2d11"};
        PlaceInQueue(UserSessionPlaceInQueueRequest) = "PlaceInQueue", {"queueName": "Support"};
    }
}

/// Logs the agent out of the channel, and of the whole session with the last one. What customers wait in for them alone goes
/// back to its queue.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UserChannelOfflineRequest {}

/// Lets the agent off the dispositions that they owe.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UserChannelReleaseFromDispositionsRequest {}

/// Takes the conversation from the agent, for a colleague or for a queue. One of the three says for whom; the earlier wins.
/// A colleague is offered it, and if they do not take it, it waits in its queue again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSessionTransferRequest {
    /// The address of a user, of a queue or of an entry of the directory.
    target_uri: Option<String>,
    /// The path of one of these.
    target_path: Option<String>,
    /// The name of a queue.
    queue_name: Option<String>,
}

/// Takes the conversation from the agent and puts it into a queue, where its place is counted from when its customer began
/// to wait.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSessionPlaceInQueueRequest {
    /// The name of the queue; the one that it came from when left out.
    queue_name: Option<String>,
}

/// What a supervisor does to an agent's channels.
#[derive(Debug, PartialEq, Eq)]
pub enum UserChannelAct {
    /// Changes how they work.
    Control(Control),
    /// Lets them off the dispositions that they owe, of one medium or of all.
    Release(Option<MediumName>),
}

impl UserChannelRequest {
    /// What the request means for one channel, or for all. `act` says what it means when an agent asks for it themselves.
    pub fn act<E>(
        self,
        channel: Option<MediumName>,
        act: impl FnOnce(Option<MediumName>, ChannelRequest) -> Result<AgentAct, E>,
    ) -> Result<Option<UserChannelAct>, E> {
        Ok(match self {
            Self::Offline(_) => Some(UserChannelAct::Control(Control::Offline { channel })),
            Self::ReleaseFromDispositions(_) => Some(UserChannelAct::Release(channel)),
            Self::Channel(request) => match act(channel, request)? {
                AgentAct::SetState { channel, operation, wrap_up } => {
                    Some(UserChannelAct::Control(Control::SetState { channel, operation, wrap_up }))
                }
                AgentAct::DoNotDisturb { channel, on } => {
                    Some(UserChannelAct::Control(Control::DoNotDisturb { channel, on }))
                }
                AgentAct::LogIn { .. } | AgentAct::Sit(_) | AgentAct::LogOut => None,
            },
        })
    }
}

impl UserSessionRequest {
    /// Where the conversation goes. `contact` answers what an entry of the directory is, by its id.
    pub fn to(self, contact: &dyn Fn(&str) -> HandoverTarget) -> Result<TakeTo, Refusal> {
        match self {
            Self::Transfer(asked) => {
                let UserSessionTransferRequest { target_uri, target_path, queue_name } = asked;
                Ok(match target(first([target_uri, target_path, None]), queue_name, contact)? {
                    HandoverTarget::Agent(agent) => TakeTo::Agent(agent),
                    HandoverTarget::Queue(queue) => TakeTo::Queue(queue),
                })
            }
            Self::PlaceInQueue(asked) => Ok(asked
                .queue_name
                .map_or(TakeTo::Back, |name| TakeTo::Queue(QueueName::from(name.as_str())))),
        }
    }
}

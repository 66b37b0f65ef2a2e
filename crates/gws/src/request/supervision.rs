//! What a supervisor asks of an agent's channels, and of the conversations that the agent holds (spec:
//! digital-channels#2.8, #5.5).

use super::{
    session::{first, target},
    state::ChannelRequest,
    table::requests,
};
use domain::{
    MediumName, QueueName, Refusal,
    command::{AgentAct, Control, HandoverTarget, SuperviseAct, TakeTo},
    watch::{Monitoring, WatchMode},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

requests! {
    /// An operation of a supervisor on the channels of an agent whom they lead.
    UserChannelRequest {
        Offline(UserChannelOfflineRequest) = "Offline", {};
        ReleaseFromDispositions(UserChannelReleaseFromDispositionsRequest) = "ReleaseFromDispositions", {};
        Monitor(UserChannelMonitorRequest) = "Monitor", {"supervisorMonitoringMode": "NextChat"};
        Coach(UserChannelCoachRequest) = "Coach", {"supervisorMonitoringMode": "AllChats"};
        BargeIn(UserChannelBargeInRequest) = "BargeIn", {"supervisorMonitoringMode": "AllChats"};
        CancelSupervisorMonitoring(UserChannelCancelSupervisorMonitoringRequest) = "CancelSupervisorMonitoring", {};
    } also Channel(ChannelRequest)
}

requests! {
    /// An operation of a supervisor on a conversation that an agent holds whom they lead.
    UserSessionRequest {
        Transfer(UserSessionTransferRequest) = "Transfer", {"targetPath": "/users/0c54b3f0c01d4e66aa6f8d0a5f3c2d11"};
        PlaceInQueue(UserSessionPlaceInQueueRequest) = "PlaceInQueue", {"queueName": "Support"};
        Intrude(UserSessionIntrudeRequest) = "Intrude", {"supervisorVisibilityMode": "Monitor"};
    }
}

/// Logs the agent out of the channel, and of the whole session with the last one. What customers wait in for them alone goes
/// back to its queue.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UserChannelOfflineRequest {}

/// Lets the agent off the dispositions that they owe.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UserChannelReleaseFromDispositionsRequest {}

/// Which conversations a supervisor is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ChatMonitoringMode {
    /// The next one.
    NextChat,
    /// Every one.
    #[default]
    AllChats,
}

/// How a supervisor follows a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum ChatMonitoring {
    /// Seen by nobody but supervisors.
    Monitor,
    /// Seen by agents, and heard by them alone.
    Coach,
    /// Like anybody else.
    BargeIn,
}

/// A request to be shown what an agent takes on a channel.
macro_rules! follows {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// Which conversations; all when left out.
            supervisor_monitoring_mode: Option<ChatMonitoringMode>,
            /// Read and not kept: the name that `Accept` gives counts.
            #[expect(dead_code, reason = "clients send it; the name that they accept with is the one that is seen")]
            nickname: Option<String>,
        }
    )+};
}

follows! {
    /// Is shown what the agent takes on this channel from now on, without being seen by agents or customers.
    UserChannelMonitorRequest;
    /// Is shown what the agent takes on this channel from now on, to advise them: the customer sees nothing of it.
    UserChannelCoachRequest;
    /// Is shown what the agent takes on this channel from now on, to take part like anybody else.
    UserChannelBargeInRequest;
}

/// Is not shown any more what the agent takes. The supervisor stays where they are already.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UserChannelCancelSupervisorMonitoringRequest {}

/// Joins the conversation: it is offered to the supervisor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSessionIntrudeRequest {
    /// How; as the supervisor asked to follow the agent on this channel when left out.
    supervisor_visibility_mode: Option<ChatMonitoring>,
}

impl From<ChatMonitoringMode> for WatchMode {
    fn from(mode: ChatMonitoringMode) -> Self {
        match mode {
            ChatMonitoringMode::NextChat => Self::Next,
            ChatMonitoringMode::AllChats => Self::All,
        }
    }
}

impl From<ChatMonitoring> for Monitoring {
    fn from(monitoring: ChatMonitoring) -> Self {
        match monitoring {
            ChatMonitoring::Monitor => Self::ListenIn,
            ChatMonitoring::Coach => Self::Coach,
            ChatMonitoring::BargeIn => Self::BargeIn,
        }
    }
}

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
#[derive(Debug, PartialEq)]
pub enum UserChannelAct {
    /// Changes how they work.
    Control(Control),
    /// Lets them off the dispositions that they owe, of one medium or of all.
    Release(Option<MediumName>),
    /// Follows their conversations on a channel.
    Supervise(MediumName, SuperviseAct),
}

/// What a supervisor does to a conversation that an agent holds.
#[derive(Debug, PartialEq, Eq)]
pub enum UserSessionAct {
    /// Takes it from the agent.
    Take(TakeTo),
    /// Joins it; as they asked to follow the agent when `None`.
    Intrude(Option<Monitoring>),
}

/// To be shown what an agent takes on one channel; nothing for all channels at once.
fn armed(
    channel: Option<MediumName>,
    monitoring: Monitoring,
    mode: Option<ChatMonitoringMode>,
) -> Option<UserChannelAct> {
    let mode = mode.unwrap_or_default().into();
    channel.map(|channel| UserChannelAct::Supervise(channel, SuperviseAct::Arm { monitoring, mode }))
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
            Self::Monitor(asked) => armed(channel, Monitoring::ListenIn, asked.supervisor_monitoring_mode),
            Self::Coach(asked) => armed(channel, Monitoring::Coach, asked.supervisor_monitoring_mode),
            Self::BargeIn(asked) => armed(channel, Monitoring::BargeIn, asked.supervisor_monitoring_mode),
            Self::CancelSupervisorMonitoring(_) => {
                channel.map(|channel| UserChannelAct::Supervise(channel, SuperviseAct::Cancel))
            }
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
    /// What the request means. `contact` answers what an entry of the directory is, by its id.
    pub fn act(self, contact: &dyn Fn(&str) -> HandoverTarget) -> Result<UserSessionAct, Refusal> {
        match self {
            Self::Transfer(asked) => {
                let UserSessionTransferRequest { target_uri, target_path, queue_name } = asked;
                Ok(match target(first([target_uri, target_path, None]), queue_name, contact)? {
                    HandoverTarget::Agent(agent) => UserSessionAct::Take(TakeTo::Agent(agent)),
                    HandoverTarget::Queue(queue) => UserSessionAct::Take(TakeTo::Queue(queue)),
                })
            }
            Self::Intrude(asked) => {
                Ok(UserSessionAct::Intrude(asked.supervisor_visibility_mode.map(Into::into)))
            }
            Self::PlaceInQueue(asked) => Ok(UserSessionAct::Take(
                asked.queue_name.map_or(TakeTo::Back, |name| TakeTo::Queue(QueueName::from(name.as_str()))),
            )),
        }
    }
}

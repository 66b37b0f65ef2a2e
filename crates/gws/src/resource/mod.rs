//! What clients read.

mod attribute;
mod call;
mod channel;
mod contact;
mod device;
mod diagnostics;
mod feature;
mod group;
mod measure;
mod message;
mod participant;
mod queue;
mod service;
mod session;
mod setting;
mod skill;
mod statistic;
mod user;
mod waiting;
mod words;

pub use attribute::{BusinessAttribute, business_attributes};
pub use call::{
    CALLS_TOPIC, CallBrief, CallResource, CallView, call_in_brief, call_path, call_resource, device_path,
    is_listened_to, is_silenced, numbers,
};
pub use channel::{
    AgentState, ChannelResource, SWITCH, UserActivity, UserState, activity, channel_resources,
    states_to_choose, user_state,
};
pub use contact::{Contact, full_name, queue_contact, user_contact};
pub use device::{
    DEVICES_TOPIC, DeviceResource, Phone, device_resource, find_device, provisioned_device, supervises,
};
pub use diagnostics::{
    QuarantinedUnit, UnknownRequest, WaitingInteraction, quarantined_unit, waiting_interaction,
};
pub use feature::{Feature, MONITORING, assigned_features, known_features};
pub use group::{
    DispositionCode, GroupResource, agent_group, agent_group_id, code_resource, disposition_group,
    unit_resource,
};
pub use measure::Measure;
pub use message::{MessageResource, message_resource};
pub use participant::Participant;
pub use queue::{Queue, queue_channels, queue_resource};
pub use service::{SERVICES_TOPIC, Service, only_service, service_resource};
pub use session::{
    SessionBrief, SessionResource, late_session_resource, session_in_brief, session_resource, session_text,
};
pub use setting::{
    CodeSetting, Setting, SettingItems, SettingKey, SettingsGroup, code_setting, option_settings,
    settings_group, workspace_defaults,
};
pub use skill::{Skill, skill_definition, skill_id, user_skill};
pub use statistic::StatisticValue;
pub use user::{Me, UserResource, sessions_of_caller, sessions_of_user, user_resource};
pub use waiting::{QueueWaiting, Standings, WaitingKind, queue_waiting};
pub use words::{Visibility, one_of};

//! The words of the wire: names of operations, members and messages, and the shapes of resources.

mod attribute;
mod call;
mod call_message;
mod call_operation;
mod channel;
mod contact;
mod device;
mod device_operation;
mod dial;
mod feature;
mod group;
mod links;
mod message;
mod operation;
mod operation_name;
mod parameter;
mod participant;
mod queue;
mod service;
mod session;
mod setting;
mod shown;
mod skill;
mod time;
mod user;

pub use attribute::business_attributes;
pub use call::{CALLS_TOPIC, CallView, call_in_brief, call_resource, numbers};
pub use call_message::{CallChange, Extensions, call_error, call_message};
pub use call_operation::{CALL_OPERATIONS, SET_CALL_DISPOSITION, call_act, disposed_call};
pub use channel::{SWITCH, activity, channel_resources, states_to_choose, user_state};
pub use contact::{full_name, queue_contact, user_contact};
pub use device::{
    DEVICES_TOPIC, Phone, device_error, device_message, device_resource, find_device, provisioned_device,
};
pub use device_operation::{SEND_USER_EVENT, device_act, is_of_the_phone, quiet, wrap_up};
pub use dial::{DIAL, dialled};
pub use feature::{assigned_features, known_features};
pub use group::{code_resource, disposition_group, unit_resource};
pub use links::{Links, escape, unescape};
pub use message::{log_message, message_resource};
pub use operation::{SESSION_OPERATIONS, session_act};
pub use operation_name::operation_name;
pub use parameter::work_mode;
pub use queue::{queue_channels, queue_resource};
pub use service::{SERVICES_TOPIC, only_service, service_message, service_resource};
pub use session::{late_session_resource, session_in_brief, session_resource};
pub use setting::{code_setting, option_settings, workspace_defaults};
pub use shown::{Participants, Shown};
pub use skill::{skill_definition, skill_id, user_skill};
pub use time::timestamp;
pub use user::user_resource;

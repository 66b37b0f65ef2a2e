//! What clients read.

mod attribute;
mod call;
mod channel;
mod contact;
mod device;
mod feature;
mod group;
mod message;
mod participant;
mod queue;
mod service;
mod session;
mod setting;
mod skill;
mod user;

pub use attribute::business_attributes;
pub use call::{CALLS_TOPIC, CallView, call_in_brief, call_path, call_resource, device_path, numbers};
pub use channel::{SWITCH, activity, channel_resources, states_to_choose, user_state};
pub use contact::{full_name, queue_contact, user_contact};
pub use device::{DEVICES_TOPIC, Phone, device_resource, find_device, provisioned_device};
pub use feature::{assigned_features, known_features};
pub use group::{code_resource, disposition_group, unit_resource};
pub use message::{WireMessage, message_resource};
pub use queue::{queue_channels, queue_resource};
pub use service::{SERVICES_TOPIC, only_service, service_resource};
pub use session::{late_session_resource, session_in_brief, session_resource, session_text};
pub use setting::{code_setting, option_settings, workspace_defaults};
pub use skill::{skill_definition, skill_id, user_skill};
pub use user::user_resource;

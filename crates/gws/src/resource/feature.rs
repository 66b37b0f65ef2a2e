//! Features: what a centre may use (spec: admin-and-reporting#2.4). The build knows a list; each centre has some of it.

use crate::links::{Links, escape};
use domain::{centre::Centre, command::CONTROL_FEATURE};
use serde::Serialize;
use utoipa::ToSchema;

/// Opens following the calls of others.
pub const MONITORING: &str = domain::watch::FEATURE;

/// Something that a centre may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Feature {
    /// Its id, `api-voice` for instance.
    pub id: String,
    /// What people read; the id for one that this build does not know.
    display_name: String,
    /// What it opens; empty for one that this build does not know.
    description: &'static str,
    /// Whether the documentation gives it to a new centre.
    auto_assign_on_contact_center_create: bool,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// A feature that this build knows. `by_default` is the documented default of a new centre.
struct Known {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    by_default: bool,
}

const fn row(id: &'static str, by_default: bool, name: &'static str, description: &'static str) -> Known {
    Known { id, name, description, by_default }
}

/// Every feature, by id.
const KNOWN: [Known; 30] = [
    row("api-agent-control", true, "Agent control", "Agents change their own states"),
    row("api-devices-webrtc", true, "WebRTC devices", "Phones inside the browser"),
    row("api-multimedia", false, "Multimedia", "Every digital medium"),
    row("api-multimedia-chat", true, "Multimedia: chat", "Web chats with customers"),
    row("api-multimedia-email", true, "Multimedia: e-mail", "E-mails with customers"),
    row("api-multimedia-facebook", false, "Multimedia: Facebook", "Facebook sessions with customers"),
    row("api-multimedia-sms", false, "Multimedia: SMS", "SMS sessions with customers"),
    row("api-multimedia-twitter", false, "Multimedia: Twitter", "Twitter messages with customers"),
    row("api-multimedia-workitem", true, "Multimedia: work items", "Work items"),
    row("api-platform-configuration-read", true, "Configuration: read", "Reading the centre's configuration"),
    row(
        "api-platform-configuration-write",
        true,
        "Configuration: write",
        "Changing the centre's configuration",
    ),
    row("api-provisioning-read", true, "Provisioning: read", "Reading users, skills, devices and groups"),
    row("api-provisioning-write", true, "Provisioning: write", "Changing users, skills, devices and groups"),
    row("api-statistics-extended-set1", false, "Statistics: first set", "Further statistics"),
    row(CONTROL_FEATURE, true, "Supervisor: agent control", "Changing the states of others"),
    row(MONITORING, true, "Supervisor: monitoring", "Listening in, coaching, barging in"),
    row("api-supervisor-recording", true, "Supervisor: recording", "Recordings of calls"),
    row("api-user-account-management-email", true, "Accounts by e-mail", "Passwords sent by e-mail"),
    row("api-voice", true, "Voice", "Calls and phones"),
    row("api-voice-instant-messaging", true, "Voice: instant messages", "Agents write to each other"),
    row("api-voice-outbound", true, "Voice: outbound", "Records of outbound campaigns"),
    row("api-voice-predictive-calls", true, "Voice: predictive calls", "Predictive dialling"),
    row("api-voice-recording", false, "Voice: recording", "Agents record their calls"),
    row("ui-supervisor-cc-segmentation", false, "Page: segmentation", "The page that divides the centre"),
    row("ui-supervisor-edit-user", false, "Page: edit users", "The page that changes users"),
    row("ui-supervisor-provisioning-routing", true, "Page: routing", "The page that sets up routing"),
    row("ui-supervisor-provisioning-skill", true, "Page: skills", "The page that sets up skills"),
    row("ui-supervisor-provisioning-user", true, "Page: users", "The page that sets up users"),
    row("ui-supervisor-recording", true, "Page: recordings", "The page of recordings"),
    row("ui-supervisor-reporting", true, "Page: reports", "The page of reports"),
];

/// The features of a centre.
pub fn assigned_features(links: &Links, centre: &Centre) -> Vec<Feature> {
    centre.features.iter().map(|id| feature_resource(links, id, "/features")).collect()
}

/// Every feature that this build knows, whether or not the centre has it.
pub fn known_features(links: &Links) -> Vec<Feature> {
    KNOWN.iter().map(|feature| feature_resource(links, feature.id, "/system/features")).collect()
}

/// A feature below a collection. One that the build does not know has its id as its name.
fn feature_resource(links: &Links, id: &str, collection: &str) -> Feature {
    let known = KNOWN.iter().find(|feature| feature.id == id);
    let path = format!("{collection}/{}", escape(id));
    Feature {
        id: id.to_owned(),
        display_name: known.map_or(id, |feature| feature.name).to_owned(),
        description: known.map_or("", |feature| feature.description),
        auto_assign_on_contact_center_create: known.is_some_and(|feature| feature.by_default),
        uri: links.uri(&path),
        path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_knows_each_feature_once() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn the_table_knows_what_opens_the_media() {
        for medium in domain::medium::Media::default().rows() {
            for id in medium.features {
                assert!(KNOWN.iter().any(|feature| feature.id == *id), "{id}");
            }
        }
    }
}

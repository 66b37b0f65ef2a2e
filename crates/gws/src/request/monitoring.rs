//! Requests by which a supervisor follows the calls of somebody they lead (spec: core-and-voice#5.8,
//! admin-and-reporting#3).

use super::{destination::plain_number, value::last_segment};
use domain::{
    Refusal,
    call::Dn,
    watch::{Monitoring, WatchMode, WatchScope},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which calls a supervisor follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum MonitoringMode {
    /// The next one, or the one that is there.
    NextCall,
    /// Every one.
    #[default]
    AllCalls,
}

/// How long a supervisor stays in a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum MonitoringScope {
    /// While the user is in it whose phone it is.
    Agent,
    /// While anybody is in it whom the supervisor leads.
    #[default]
    Call,
}

/// A phone as a request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneName {
    /// By its id.
    Id(String),
    /// By its number.
    Number(Dn),
}

/// What a supervisor asks to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoringAsked {
    /// The phone.
    pub target: PhoneName,
    /// How.
    pub monitoring: Monitoring,
    /// Which calls.
    pub mode: WatchMode,
    /// How long in each.
    pub scope: WatchScope,
}

/// A request to follow the calls of a phone.
macro_rules! follows {
    ($($(#[doc = $doc:literal])+ $name:ident = $monitoring:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The address of the phone.
            target_device_uri: Option<String>,
            /// The number of the phone, where its address is not given.
            phone_number: Option<String>,
            /// Which calls; all when left out.
            supervisor_monitoring_mode: Option<MonitoringMode>,
            /// How long in each; as long as anybody is in it whom the supervisor leads when left out.
            supervisor_monitoring_scope: Option<MonitoringScope>,
        }

        impl $name {
            /// What the supervisor asks to follow.
            pub fn asked(self) -> Result<MonitoringAsked, Refusal> {
                let target = phone(self.target_device_uri.as_deref(), self.phone_number.as_deref())?;
                Ok(MonitoringAsked {
                    target: target.ok_or(Refusal::Missing("targetDeviceUri"))?,
                    monitoring: Monitoring::$monitoring,
                    mode: self.supervisor_monitoring_mode.unwrap_or_default().into(),
                    scope: self.supervisor_monitoring_scope.unwrap_or_default().into(),
                })
            }
        }
    )+};
}

follows! {
    /// Listens to the calls of a phone.
    DeviceListenInRequest = ListenIn;
    /// Coaches the user of a phone in their calls: nobody else hears the supervisor.
    DeviceCoachRequest = Coach;
    /// Steps into the calls of a phone.
    DeviceBargeInRequest = BargeIn;
}

/// A request about the phone that is followed.
macro_rules! about_followed {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The address of the phone; whichever is followed when left out.
            target_device_uri: Option<String>,
            /// The number of the phone, where its address is not given.
            phone_number: Option<String>,
        }

        impl $name {
            /// The phone, if it is named.
            pub fn target(&self) -> Result<Option<PhoneName>, Refusal> {
                phone(self.target_device_uri.as_deref(), self.phone_number.as_deref())
            }
        }
    )+};
}

about_followed! {
    /// Follows the calls of a phone no longer. Who only listens or coaches leaves the call; who has stepped in stays.
    DeviceCancelSupervisorMonitoringRequest;
    /// Keeps what the followed user says from the others.
    DeviceMuteMonitoredUserRequest;
    /// Lets the others hear the followed user again.
    DeviceUnmuteMonitoredUserRequest;
}

fn phone(uri: Option<&str>, number: Option<&str>) -> Result<Option<PhoneName>, Refusal> {
    let (uri, number) = (uri.filter(|uri| !uri.is_empty()), number.filter(|number| !number.is_empty()));
    match (uri, number) {
        (Some(uri), _) => Ok(Some(PhoneName::Id(last_segment(uri).to_owned()))),
        (None, Some(number)) => plain_number(number, "phoneNumber").map(PhoneName::Number).map(Some),
        (None, None) => Ok(None),
    }
}

impl From<MonitoringMode> for WatchMode {
    fn from(mode: MonitoringMode) -> Self {
        match mode {
            MonitoringMode::NextCall => Self::Next,
            MonitoringMode::AllCalls => Self::All,
        }
    }
}

impl From<WatchMode> for MonitoringMode {
    fn from(mode: WatchMode) -> Self {
        match mode {
            WatchMode::Next => Self::NextCall,
            WatchMode::All => Self::AllCalls,
        }
    }
}

impl From<MonitoringScope> for WatchScope {
    fn from(scope: MonitoringScope) -> Self {
        match scope {
            MonitoringScope::Agent => Self::Agent,
            MonitoringScope::Call => Self::Interaction,
        }
    }
}

impl From<WatchScope> for MonitoringScope {
    fn from(scope: WatchScope) -> Self {
        match scope {
            WatchScope::Agent => Self::Agent,
            WatchScope::Interaction => Self::Call,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;
    use serde_json::{Value, json};

    fn asked(members: &Value) -> Result<MonitoringAsked, Refusal> {
        let body = Body::parse(members.to_string().as_bytes()).expect("a body");
        body.read::<DeviceListenInRequest>()?.asked()
    }

    #[test]
    fn a_phone_is_named_by_address_or_number_and_what_is_left_out_is_all_calls() {
        let found = asked(&json!({"targetDeviceUri": "http://x/api/v2/devices/d-1", "phoneNumber": "5001"}));
        let found = found.expect("a request");
        assert_eq!(found.target, PhoneName::Id("d-1".into()));
        assert_eq!((found.mode, found.scope), (WatchMode::All, WatchScope::Interaction));
        let by_number = asked(&json!({"phoneNumber": "50-01", "supervisorMonitoringScope": "Agent"}));
        let by_number = by_number.expect("a request");
        assert_eq!(by_number.target, PhoneName::Number("5001".into()));
        assert_eq!(by_number.scope, WatchScope::Agent);
        assert_eq!(asked(&json!({"targetDeviceUri": ""})), Err(Refusal::Missing("targetDeviceUri")));
        for wrong in [
            json!({"phoneNumber": "sip:x@y"}),
            json!({"phoneNumber": "1", "supervisorMonitoringMode": "Some"}),
        ] {
            assert!(matches!(asked(&wrong), Err(Refusal::Invalid(_))), "{wrong}");
        }
    }
}

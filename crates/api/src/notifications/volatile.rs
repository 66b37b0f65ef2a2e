//! Messages that are told at most once and outside the mailbox: how services stand, and errors that have no commit
//! (spec: decisions#1).

use super::hub::millis;
use crate::{
    state::Api,
    v2::{all_services, own_services},
};
use bayeux::Volatile;
use desk::{Condition, ServiceState};
use domain::{Millis, UserId, user::Device};
use gws::{
    DEVICES_TOPIC, SERVICES_TOPIC,
    notification::{DeviceErrorMessage, ServiceStateChangeMessage, text},
};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// The time between two rounds: every broadcast looks at all sessions, however fast a service comes and goes.
const PACE: Duration = Duration::from_millis(100);
/// How often the centre's features are looked at: services follow them, too, and a change of them wakes nobody.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Tells all listeners of services that have changed; never returns. What was reported before this begins is told to
/// sessions of an earlier process, which may have heard otherwise.
pub async fn announce(api: &Api) {
    let mut changes = api.desk.services().watch();
    let mut told = by_id(own_services(api));
    loop {
        changes.mark_unchanged();
        let now = by_id(all_services(api));
        for state in changed(&told, &now, api.desk.now()) {
            let message =
                volatile(SERVICES_TOPIC, &state.id, &ServiceStateChangeMessage::new(&api.links, &state));
            api.notifications.hub().broadcast(message);
        }
        told = now;
        api.notifications.release();
        tokio::time::sleep(PACE).await;
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Tells an agent's sessions that an operation on their device has failed (spec: client-requirements#23).
pub fn tell_device_error(api: &Api, agent: &UserId, device: &Device, why: &str) {
    let message = volatile(DEVICES_TOPIC, &device.id, &DeviceErrorMessage::new(&api.links, device, why));
    let now = millis(api.desk.now());
    api.notifications.hub().tell(agent.as_str(), message, now);
    api.notifications.release();
}

fn volatile(channel: &str, subject: &str, message: &impl Serialize) -> Volatile {
    Volatile { channel: channel.into(), subject: subject.into(), data: text(message).into() }
}

fn by_id(services: Vec<ServiceState>) -> BTreeMap<String, ServiceState> {
    services.into_iter().map(|service| (service.id.clone(), service)).collect()
}

/// The services to tell of. One that is gone counts as stopped, as far as clients can tell.
fn changed(
    told: &BTreeMap<String, ServiceState>,
    now: &BTreeMap<String, ServiceState>,
    at: Millis,
) -> Vec<ServiceState> {
    let gone = told.values().filter(|service| !now.contains_key(&service.id)).map(|service| ServiceState {
        condition: Condition::Stopped,
        why: Some("It is no longer there.".into()),
        since: at,
        ..service.clone()
    });
    let new = now.values().filter(|service| told.get(&service.id) != Some(service)).cloned();
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(condition: Condition) -> ServiceState {
        ServiceState::connector("sms", "demo", condition, 1)
    }

    #[test]
    fn what_is_new_what_is_other_and_what_is_gone_is_told() {
        let none = BTreeMap::new();
        let works = by_id(vec![sms(Condition::Working)]);
        let blocked = by_id(vec![sms(Condition::Blocked).because("policy")]);
        assert_eq!(changed(&none, &works, 9), [sms(Condition::Working)]);
        assert_eq!(changed(&works, &works, 9), []);
        assert_eq!(changed(&works, &blocked, 9), [sms(Condition::Blocked).because("policy")]);
        let gone = changed(&blocked, &none, 9);
        assert_eq!((gone[0].condition, gone[0].since), (Condition::Stopped, 9));
    }
}

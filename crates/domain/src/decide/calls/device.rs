//! Phones: in service and out of it, and what they do with calls (spec: core-and-voice#4.5).

use super::{
    super::{DecideError, Draft},
    user_event, watch,
};
use crate::{
    Refusal, UserId, check,
    command::DeviceAct,
    device::{Device, DeviceEvent},
    ids::Dn,
};

pub(in super::super) fn in_service(
    draft: &mut Draft<'_>,
    dn: &Dn,
    on: bool,
    answers: bool,
) -> Result<(), DecideError> {
    let stands = draft.device(dn)?.map(|device| (device.in_service, device.answers));
    let wanted = (on, on && answers);
    if stands == Some(wanted) || stands.is_none() && !on {
        return Ok(());
    }
    draft.tell_device(dn, DeviceEvent::Service { on: wanted.0, answers: wanted.1 })
}

pub(in super::super) fn operate(
    draft: &mut Draft<'_>,
    dn: &Dn,
    agent: &UserId,
    act: &DeviceAct,
) -> Result<(), DecideError> {
    let Some(device) = draft.device(dn)?.filter(|device| device.user() == Some(agent)) else {
        return Err(Refusal::NotFound(format!("Device '{dn}'")).into());
    };
    if let DeviceAct::Unwatch(target) = act {
        return watch::cancel(draft, &device, agent, target.as_ref());
    }
    if !device.in_service {
        return Err(Refusal::NotRegistered(dn.clone()).into());
    }
    let event = match act {
        DeviceAct::SendUserEvent(user_data) => return user_event::send(draft, &device, agent, user_data),
        DeviceAct::DoNotDisturb(on) => DeviceEvent::DoNotDisturb { on: *on },
        DeviceAct::Forward(to) => {
            check_target(&device, to)?;
            DeviceEvent::Forwarded { to: Some(to.clone()) }
        }
        DeviceAct::Watch(asked) => return watch::begin(draft, &device, agent, asked),
        DeviceAct::Unwatch(_) => return Ok(()),
        DeviceAct::SilenceWatched { target, on } => {
            return watch::silence_at(draft, agent, target.as_ref(), *on);
        }
        DeviceAct::Unforward => DeviceEvent::Forwarded { to: None },
    };
    let mut after = (*device).clone();
    after.apply(&event);
    let changes = after != *device;
    drop(device);
    if changes { draft.tell_device(dn, event) } else { Ok(()) }
}

fn check_target(device: &Device, to: &Dn) -> Result<(), Refusal> {
    check::number("destination", to)?;
    if *to == device.dn {
        return Err(Refusal::Invalid("A device cannot forward its calls to itself".into()));
    }
    Ok(())
}

//! Phones: whose they are, whether they are there, what they do with calls (spec: core-and-voice#4.2, #4.5).

use super::*;
use crate::{
    Key, State,
    command::{DeviceAct, Provision},
    device::Device,
};

fn phone(world: &TestCentre, dn: &str) -> Device {
    match world.states.get(&Key::Device(dn.into())).map(|state| &**state) {
        Some(State::Device(device)) => device.clone(),
        _ => panic!("no phone"),
    }
}

#[test]
fn a_phone_is_its_user_s() {
    let world = check(TestCentre::new(), has_phone("ann", Some("5001")), "device.assigned; user.put");
    assert_eq!(phone(&world, "5001").owner, Some("ann".into()));
    check(world.clone(), has_phone("ann", Some("5001")), "");
    check(world.clone(), has_phone("bob", Some("5001")), "no: Device '5001' is in use");
    let other =
        check(world.clone(), has_phone("ann", Some("5009")), "device.assigned; device.assigned; user.put");
    assert_eq!(phone(&other, "5001").owner, None);
    let none = check(world.clone(), has_phone("ann", None), "device.assigned; user.put");
    check(none, has_phone("bob", Some("5001")), "device.assigned; user.put");
    let gone = world.then(log_out("ann"));
    let remove = Command::Provision(Provision::RemoveUser("ann".into()));
    let world = check(gone, remove, "device.assigned; user.removed");
    assert_eq!(phone(&world, "5001").owner, None);
}

#[test]
fn it_comes_into_service_and_goes_out_of_it() {
    let world = check(TestCentre::new(), in_service("5001", true), "device.in-service");
    assert!(phone(&world, "5001").answers);
    check(world.clone(), in_service("5001", true), "");
    let by_hand = Command::InService { dn: "5001".into(), on: true, answers: false };
    check(world.clone(), by_hand, "device.in-service");
    let gone = check(world, in_service("5001", false), "device.out-of-service");
    check(gone, in_service("5001", false), "");
    check(TestCentre::new(), in_service("5001", false), "");
    let odd = Command::InService { dn: "5001".into(), on: false, answers: true };
    check(TestCentre::new(), odd, "");
}

#[test]
fn its_user_closes_it_to_calls_and_opens_it() {
    let quiet = |on| device("ann", "5001", DeviceAct::DoNotDisturb(on));
    let world = check(phones(), quiet(true), "device.do-not-disturb");
    check(world.clone(), quiet(true), "");
    check(world, quiet(false), "device.do-not-disturb");
    check(phones(), quiet(false), "");
}

#[test]
fn its_user_sends_its_calls_elsewhere() {
    let forward = |to: &str| device("ann", "5001", DeviceAct::Forward(to.into()));
    let world = check(phones(), forward("5002"), "device.forwarded");
    assert_eq!(phone(&world, "5001").forward_to, Some("5002".into()));
    check(world.clone(), forward("5002"), "");
    let world = check(world, device("ann", "5001", DeviceAct::Unforward), "device.forwarded");
    check(world, device("ann", "5001", DeviceAct::Unforward), "");
    check(phones(), forward(""), "no: Required parameter 'destination' is missing");
    check(phones(), forward(&"1".repeat(65)), "no: 'destination' is longer than 64 bytes");
    check(phones(), forward("5001"), "no: A device cannot forward its calls to itself");
}

#[test]
fn it_obeys_its_user_alone_and_only_in_service() {
    let acts = [DeviceAct::DoNotDisturb(true), DeviceAct::Forward("5003".into()), DeviceAct::Unforward];
    for act in acts {
        check(phones(), device("bob", "5001", act.clone()), "no: Device '5001' was not found");
        check(phones(), device("ann", "5009", act.clone()), "no: Device '5009' was not found");
        check(phones(), device("ann", "4711", act.clone()), "no: Device '4711' was not found");
        let gone = phones().then(in_service("5001", false));
        check(gone, device("ann", "5001", act), "no: Device '5001' is not registered.");
    }
}

//! A switch that does nothing by itself: it writes down what it is asked, and a test says what it hears.

use crate::{Client, TestServer};
use desk::ports::{Arrival, Switch};
use domain::{
    Command, InteractionId, Millis, UserData,
    call::{CallerId, Deadline, Destination, Dn, LegCommand, LegEvent, LegId, SwitchCommand},
    centre::Centre,
    medium::voice,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A centre that has calls.
pub fn with_voice(centre: &mut Centre) {
    centre.features.insert("api-voice".into());
    centre.capacity.insert(voice(), 1);
}

/// What the switch is asked, and which phones it knows.
#[derive(Default)]
struct SwitchRecord {
    effects: Mutex<Vec<SwitchCommand>>,
    phones: Mutex<BTreeMap<Dn, bool>>,
}

impl Switch for SwitchRecord {
    fn perform(&self, effects: &[SwitchCommand]) {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(effects);
    }

    fn answers(&self, dn: &Dn) -> Option<bool> {
        self.phones.lock().unwrap_or_else(PoisonError::into_inner).get(dn).copied()
    }
}

/// The switch of a centre, and the phones on it.
pub struct ScriptedSwitch<'a> {
    /// The centre.
    pub server: &'a TestServer,
    script: Arc<SwitchRecord>,
}

impl<'a> ScriptedSwitch<'a> {
    /// Connects a switch on which no phone is registered.
    pub fn connect(server: &'a TestServer) -> Self {
        let script = Arc::new(SwitchRecord::default());
        server.desk.connect_switch(script.clone());
        Self { server, script }
    }

    /// A phone registers that can be made to answer, or not.
    pub async fn registers(&self, dn: &str, answers: bool) {
        let dn = Dn::from(dn);
        self.script.phones.lock().unwrap_or_else(PoisonError::into_inner).insert(dn.clone(), answers);
        self.server.desk.in_service(dn, true).await.expect("taken in");
    }

    /// A phone is gone.
    pub async fn leaves(&self, dn: &str) {
        let dn = Dn::from(dn);
        self.script.phones.lock().unwrap_or_else(PoisonError::into_inner).remove(&dn);
        self.server.desk.in_service(dn, false).await.expect("taken in");
    }

    /// An agent at their phone, logged in on the voice channel and ready.
    pub async fn at_work(&self, name: &str, dn: &str) -> Client<'a> {
        let agent = self.server.agent(name);
        self.registers(dn, true).await;
        let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice"]});
        agent.post("/me", start).await.ok();
        agent.operate("/me/channels/voice", "Ready").await.ok();
        agent.hears().await;
        agent
    }

    /// Somebody outside calls a number.
    pub async fn calls_in(&self, from: &str, dialled: &str) -> InteractionId {
        self.arrives(from, None, dialled, UserData::default()).await
    }

    /// Somebody calls from a phone of ours by hand.
    pub async fn calls_from(&self, dn: &str, dialled: &str) -> InteractionId {
        self.arrives(dn, Some(dn.into()), dialled, UserData::default()).await
    }

    /// The phone of a leg, which holds the call on it, calls somebody on another leg: they are asked beside that call.
    pub async fn asks_by_phone(&self, held: LegId, own: u16, dn: &str, dialled: &str) {
        let call = self.server.desk.asks_beside(&held, &dialled.into()).await.expect("known");
        let call = call.unwrap_or_else(|| panic!("{held} is not held"));
        let arrival = Arrival {
            leg: LegId { call, number: own },
            from: CallerId { number: dn.into(), name: String::new() },
            dialled: dialled.into(),
            device: Some(dn.into()),
            beside: Some(held),
            replaces: None,
            headers: Vec::new(),
        };
        self.server.desk.arrive(arrival, UserData::default()).await.expect("taken in");
    }

    /// A call comes in.
    pub async fn arrives(
        &self,
        from: &str,
        device: Option<Dn>,
        dialled: &str,
        data: UserData,
    ) -> InteractionId {
        let call = self.server.desk.ids().call();
        let arrival = Arrival {
            leg: LegId { call: call.clone(), number: 1 },
            from: CallerId { number: from.into(), name: String::new() },
            dialled: dialled.into(),
            device,
            beside: None,
            replaces: None,
            headers: Vec::new(),
        };
        self.server.desk.arrive(arrival, data).await.expect("taken in");
        call
    }

    /// The router offers a waiting call to an agent.
    pub async fn offers(&self, call: &InteractionId, agent: &Client<'_>) {
        let command = Command::OfferCall { call: call.clone(), agent: agent.id(), request: None };
        self.server.desk.perform(command).await.expect("offered");
    }

    /// The router offers an agent what somebody in a call asks a queue for.
    pub async fn offers_request(&self, call: &InteractionId, request: u32, agent: &Client<'_>) {
        let command = Command::OfferCall { call: call.clone(), agent: agent.id(), request: Some(request) };
        self.server.desk.perform(command).await.expect("offered");
    }

    /// Time goes by, and what somebody in a call asks a queue for has waited for too long.
    pub async fn request_lapses(&self, by: Millis, call: &InteractionId, request: u32) {
        self.server.clock.advance(by);
        let (call, due) = (call.clone(), Deadline::Request(request));
        let command = Command::CallDue { call, due, late: Destination::Nowhere };
        self.server.desk.perform(command).await.expect("looked at");
    }

    /// The switch hears something of a leg.
    pub async fn hears(&self, call: &InteractionId, leg: u16, heard: LegEvent) {
        let leg = LegId { call: call.clone(), number: leg };
        self.server.desk.heard(leg, heard).await.expect("taken in");
    }

    /// What it was asked since the last time, as leg and act.
    pub fn asked(&self) -> Vec<(u16, LegCommand)> {
        let mut asked = self.script.effects.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *asked).into_iter().map(|effect| (effect.leg.number, effect.act)).collect()
    }

    /// A caller from outside talks with an agent whom the queue chose; the call and its address for the agent.
    pub async fn talking(&self, agent: &Client<'_>) -> (InteractionId, String) {
        let call = self.calls_in("+15550142", "9000").await;
        self.offers(&call, agent).await;
        self.hears(&call, 2, LegEvent::Up).await;
        agent.hears().await;
        self.asked();
        let path = format!("/me/calls/{call}");
        (call, path)
    }
}

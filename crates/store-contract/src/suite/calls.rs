//! Calls, in the fixture's centre: the telephones of its agents, and the people who are on them.

use super::fixture::{StoreFixture, agent, user};
use domain::{
    Command, Key, NodeId, State, UserData,
    call::{Call, CallerId, Cause, Dn, LegEvent, LegId},
    command::{AgentAct, Arrive, CallAct, Destination, Dial, Provision},
    medium,
    user::{Device, User},
};

/// The number of the queue.
pub const ROUTING_POINT: &str = "9000";

/// The number of an agent's phone.
pub fn dn(number: u32) -> Dn {
    Dn::from(format!("500{number}").as_str())
}

/// The key of a call.
pub fn call(id: &str) -> Key {
    Key::Call(id.into())
}

/// User data of these pairs.
pub fn pairs(pairs: &[(&str, &str)]) -> UserData {
    let mut data = UserData::default();
    for (key, value) in pairs {
        data.set(*key, (*value).into());
    }
    data
}

impl StoreFixture {
    /// Gives an agent a phone that is registered, and lets them take calls.
    pub async fn connect(&self, number: u32) {
        let device = Device { id: format!("phone{number}"), phone_number: dn(number) };
        let user = User { device: Some(device), ..user(number) };
        self.done(Command::Provision(Provision::PutUser(Box::new(user)))).await;
        self.done(Command::InService { dn: dn(number), on: true, answers: true }).await;
        self.agent(number, AgentAct::LogIn { channels: vec![medium::voice()], place: None }).await;
        self.agent(number, AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None })
            .await;
    }

    /// Somebody outside calls the queue, and waits.
    pub async fn ring(&self, id: &str, caller: (&str, &str), data: &[(&str, &str)]) {
        let (from, name) = caller;
        let arrive = Arrive {
            node: NodeId::default(),
            leg: leg(id, 1),
            conn_id: "00a1030405060708".into(),
            from: CallerId { number: from.into(), name: name.into() },
            device: None,
            dialled: ROUTING_POINT.into(),
            to: Destination::Queue { queue: "Support".into(), turned_away: None },
            user_data: pairs(data),
        };
        self.done(Command::Arrive(Box::new(arrive))).await;
    }

    /// An agent is offered a waiting call, and talks.
    pub async fn answer(&self, id: &str, number: u32) {
        self.done(Command::OfferCall { call: id.into(), agent: agent(number), request: None }).await;
        self.heard(id, 2, LegEvent::Up).await;
    }

    /// An agent calls a number outside; the agent's own phone rings.
    pub async fn dial(&self, id: &str, number: u32, outside: &str, location: Option<&str>) {
        let dial = Dial {
            node: NodeId::default(),
            call: id.into(),
            conn_id: "00a1030405060709".into(),
            device: dn(number),
            dialled: outside.into(),
            to: Destination::Nowhere,
            location: location.map(str::to_owned),
            user_data: UserData::default(),
        };
        self.done(Command::Dial { agent: agent(number), dial: Box::new(dial) }).await;
    }

    /// The switch tells of a leg.
    pub async fn heard(&self, id: &str, number: u16, heard: LegEvent) {
        self.done(Command::LegEvent { leg: leg(id, number), heard }).await;
    }

    /// The party on a leg hangs up.
    pub async fn gone(&self, id: &str, number: u16) {
        self.heard(id, number, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    }

    pub async fn on_call(&self, id: &str, number: u32, act: CallAct) {
        self.done(Command::Call { call: id.into(), agent: agent(number), act }).await;
    }

    pub async fn dispose_call(&self, id: &str, number: u32, value: &str) {
        self.on_call(id, number, CallAct::SetDisposition { value: value.into(), key: None }).await;
    }

    pub async fn call(&self, id: &str) -> Call {
        match self.state(&call(id)).await.as_deref() {
            Some(State::Call(call)) => (**call).clone(),
            other => panic!("no call but {other:?}"),
        }
    }
}

fn leg(id: &str, number: u16) -> LegId {
    LegId { call: id.into(), number }
}

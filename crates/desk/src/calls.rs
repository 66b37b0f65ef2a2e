//! Calls: where numbers lead, what the switch brings, and what the switch is asked to do.

use crate::{
    Callee, Desk, Refused, given_up,
    lock::lock,
    ports::{Arrival, BindingRow, Bindings, Receipt, StoreFault, Switch},
    trace,
};
use domain::{
    Command, EntityKind, InteractionId, Key, Millis, State, UserData, UserId,
    call::{
        Call, CallIn, Cause, Deadline, Dn, LegCommand, LegEvent, LegId, Overflowing, Party, Referral,
        SwitchCommand, interactions_of, may_ask_by_phone,
    },
    command::{Arrive, CallAct, Destination, Dial, ReferTo},
    device::{Device, Occupant},
    queue::{Overflow, Queue},
};
use futures::future::BoxFuture;
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};

/// How many commands are given at once; the store groups them into few commits.
const AT_ONCE: usize = 64;
/// How often a call is forwarded.
const MAX_FORWARDS: usize = 5;

/// Whom an agent calls, and how (spec: core-and-voice#5.6).
#[derive(Clone, Debug, PartialEq)]
pub struct Dialled {
    /// Whom.
    pub callee: Callee,
    /// A remote location, shown to desktops.
    pub location: Option<String>,
    /// What is attached from the beginning.
    pub user_data: UserData,
}

/// A call that holds a slot of an agent.
#[derive(Clone, Debug)]
pub struct HeldCall {
    /// The UUID under which the agent knows it.
    pub uuid: InteractionId,
    /// The interaction that it is part of.
    pub state: Arc<State>,
}

impl HeldCall {
    /// The call, and the agent's live part in it.
    pub fn part(&self, agent: &UserId) -> Option<(&Call, &Party)> {
        let call = call_of(&self.state)?;
        Some((call, call.part(agent, &self.uuid).filter(|party| party.is_live())?))
    }
}

impl Desk {
    /// Ends the calls that an earlier process of this node carried; before anything else is done
    /// (spec: decisions#1). Those of other nodes go on: their media are there. A call that names no node was this
    /// node's.
    pub(crate) async fn recover(&self) -> Result<(), StoreFault> {
        let mut commands = Vec::new();
        for found in self.store.open(EntityKind::Call).await? {
            if let State::Call(call) = &*found.state
                && call.owner.as_ref().is_none_or(|owner| *owner == self.node)
            {
                commands.push(Command::CallLost { call: call.id.clone() });
            }
        }
        self.perform_all(&commands).await
    }

    /// Takes in which phones the switch has as it begins: those that an earlier process knew and that may still be
    /// there. All others are out of service; what was known of them before is not told. An empty list is for a server
    /// without calls.
    pub async fn begin_phones(&self, there: &BTreeSet<Dn>) -> Result<(), StoreFault> {
        let mut commands = Vec::new();
        for found in self.store.open(EntityKind::Device).await? {
            if let State::Device(Device { dn, in_service: true, .. }) = &*found.state
                && !there.contains(dn)
            {
                commands.push(Command::InService { dn: dn.clone(), on: false, answers: false });
            }
        }
        self.perform_all(&commands).await
    }

    /// Performs what is sure to be allowed. A rule that refuses all the same is logged; a store that fails ends it.
    async fn perform_all(&self, commands: &[Command]) -> Result<(), StoreFault> {
        for chunk in commands.chunks(AT_ONCE) {
            let told = chunk.iter().map(|command| self.perform(command.clone()));
            for (command, outcome) in chunk.iter().zip(futures::future::join_all(told).await) {
                match outcome {
                    Ok(_) => {}
                    // One call or phone that cannot be read must not keep the server from starting.
                    Err(Refused::Store(fault)) if fault.is_permanent() => {
                        given_up::tell("left", &"a call or phone of an earlier process", &fault);
                    }
                    Err(Refused::Store(fault)) => return Err(fault),
                    Err(Refused::Rule(why)) => {
                        let interaction = trace::interaction(command).map(InteractionId::as_str);
                        tracing::error!(%why, interaction, "what an earlier process left could not be ended");
                    }
                }
            }
        }
        Ok(())
    }

    /// Connects the switch. To be called before the switch tells anything.
    pub fn connect_switch(&self, switch: Arc<dyn Switch>) {
        *self.memory.switch.write().unwrap_or_else(PoisonError::into_inner) = Some(switch);
    }

    /// Takes the switch off. The switch holds the desk, so neither would be let go otherwise.
    pub fn disconnect_switch(&self) {
        *self.memory.switch.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether there is a switch.
    pub fn has_switch(&self) -> bool {
        self.memory.switch.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The committed snapshot of a call, by its own id or by the UUID of one of its lines; of one that another has absorbed
    /// the other's.
    pub async fn call(&self, uuid: &InteractionId) -> Result<Option<Arc<State>>, StoreFault> {
        for id in interactions_of(uuid) {
            if let Some(state) = self.call_or_heir(id).await? {
                return Ok(Some(state).filter(|state| matches!(**state, State::Call(_))));
            }
        }
        Ok(None)
    }

    /// The snapshot of a call, or of the one that has absorbed it.
    async fn call_or_heir(&self, id: InteractionId) -> Result<Option<Arc<State>>, StoreFault> {
        let mut state = self.store.state(&Key::Call(id)).await?;
        // Each is older than the one before, so that this comes to an end.
        while let Some(heir) = state.as_deref().and_then(call_of).and_then(|call| call.absorbed_into.clone())
        {
            state = self.store.state(&Key::Call(heir)).await?;
        }
        Ok(state)
    }

    /// The committed snapshot of a phone; a fresh one for a number about which nothing is known.
    pub async fn device(&self, dn: &Dn) -> Result<Device, StoreFault> {
        let state = self.store.state(&Key::Device(dn.clone())).await?;
        Ok(match state.as_deref() {
            Some(State::Device(device)) => device.clone(),
            _ => Device::new(dn.clone()),
        })
    }

    /// The calls that hold a slot of an agent, or that they were released from while others talk on; oldest first.
    pub async fn calls(&self, agent: &domain::agent::Agent) -> Result<Vec<HeldCall>, StoreFault> {
        let mut calls = Vec::new();
        for uuid in agent.slots.get(&domain::medium::voice()).into_iter().flatten() {
            let state = self.call(uuid).await?;
            calls.extend(state.map(|state| HeldCall { uuid: uuid.clone(), state }));
        }
        Ok(calls)
    }

    /// The command by which an agent works on a call. Who is called in, and where that leads, is looked up.
    pub async fn operating(
        &self,
        agent: &UserId,
        call: InteractionId,
        mut act: CallAct,
        callee: Option<&Callee>,
    ) -> Result<Command, Refused> {
        if let CallAct::Initiate(_, call_in) | CallAct::SingleStep(_, call_in) = &mut act {
            if let Some(callee) = callee {
                call_in.dialled = self.number_of(callee).await?;
            }
            call_in.to = self.leads(&call_in.dialled).await?;
            call_in.conn_id = self.ids.connection().into();
        }
        Ok(Command::Call { call, agent: agent.clone(), act })
    }

    /// The command by which an agent calls somebody from a phone of theirs.
    pub async fn dialling(&self, agent: &UserId, device: &Dn, dialled: Dialled) -> Result<Command, Refused> {
        let number = self.number_of(&dialled.callee).await?;
        let dial = Dial {
            node: self.node.clone(),
            call: self.ids.call(),
            conn_id: self.ids.connection().into(),
            device: device.clone(),
            to: self.leads(&number).await?,
            dialled: number,
            location: dialled.location,
            user_data: dialled.user_data,
        };
        Ok(Command::Dial { agent: agent.clone(), dial: Box::new(dial) })
    }

    /// The call beside which a call that a phone makes to a number asks somebody: that of a leg which the phone holds, or the
    /// one that has absorbed it. `None` where it is a call of its own, as one to a queue always is.
    pub async fn asks_beside(&self, held: &LegId, dialled: &Dn) -> Result<Option<InteractionId>, Refused> {
        let state = self.call_or_heir(held.call.clone()).await?;
        let call = state.as_deref().and_then(call_of).filter(|call| {
            let party = call.leg_number(held).and_then(|leg| call.active_on(leg));
            party.is_some_and(|party| may_ask_by_phone(call, party))
        });
        let Some(call) = call else { return Ok(None) };
        let leads = self.leads(dialled).await?;
        Ok(matches!(leads, Destination::Device(_) | Destination::Nowhere).then(|| call.id.clone()))
    }

    /// The call that a leg is part of now, which another phone of its number may take over. `None` once nobody is on it.
    pub async fn takes_over(&self, replaced: &LegId) -> Result<Option<InteractionId>, Refused> {
        let state = self.call_or_heir(replaced.call.clone()).await?;
        let call = state
            .as_deref()
            .and_then(call_of)
            .filter(|call| call.leg_number(replaced).is_some_and(|leg| call.active_on(leg).is_some()));
        Ok(call.map(|call| call.id.clone()))
    }

    /// Whom a phone calls in by its own key.
    async fn called_in(&self, number: Dn) -> Result<Box<CallIn>, Refused> {
        let to = self.leads(&number).await?;
        let conn_id = self.ids.connection().into();
        Ok(Box::new(CallIn { dialled: number, to, conn_id, user_data: UserData::default() }))
    }

    /// Takes in a call that the switch brings. Which of its headers become user data is the switch's configuration.
    pub async fn arrive(&self, arrival: Arrival, user_data: UserData) -> Result<Receipt, Refused> {
        let leg = arrival.leg.clone();
        let arrived = match self.arriving(arrival, user_data).await {
            Ok(command) => self.perform_until_durable(command).await,
            Err(why) => Err(why),
        };
        if arrived.is_err() {
            // The journal knows nothing of the call, so nobody else would release it.
            self.ask_switch(&[SwitchCommand { leg, act: LegCommand::Release(Cause::Failed) }]);
        }
        arrived
    }

    async fn arriving(&self, arrival: Arrival, user_data: UserData) -> Result<Command, Refused> {
        if let Some(replaced) = arrival.replaces {
            return Ok(Command::ReplaceLeg { leg: arrival.leg, replaced });
        }
        if let Some(held) = arrival.beside {
            let call_in = self.called_in(arrival.dialled).await?;
            return Ok(Command::AskByPhone { leg: arrival.leg, held, call_in });
        }
        let arrive = Arrive {
            node: self.node.clone(),
            leg: arrival.leg,
            conn_id: self.ids.connection().into(),
            from: arrival.from,
            device: arrival.device,
            to: self.leads(&arrival.dialled).await?,
            dialled: arrival.dialled,
            user_data,
        };
        Ok(Command::Arrive(Box::new(arrive)))
    }

    /// Takes in what the switch tells of a leg.
    pub async fn heard(&self, leg: LegId, heard: LegEvent) -> Result<Receipt, Refused> {
        let command = match heard {
            LegEvent::Diverts { to, code } => {
                let to = self.leads(&to).await?;
                Command::Diverted { leg, to, code }
            }
            LegEvent::Refers(referral) => return self.refer(leg, referral).await,
            heard => Command::LegEvent { leg, heard },
        };
        self.perform_until_durable(command).await
    }

    /// Hands a call over as its phone wants it.
    async fn refer(&self, leg: LegId, referral: Referral) -> Result<Receipt, Refused> {
        let to = match referral {
            Referral::Number(number) => self.called_in(number).await.map(ReferTo::Number),
            Referral::Leg(other) => Ok(ReferTo::Leg(other)),
        };
        let referred = match to {
            Ok(to) => self.perform_until_durable(Command::Refer { leg: leg.clone(), to }).await,
            Err(why) => Err(why),
        };
        if referred.is_err() {
            // Nobody else would tell the phone.
            self.ask_switch(&[SwitchCommand { leg, act: LegCommand::Referred(Some(Cause::Failed)) }]);
        }
        referred
    }

    /// Takes in that a number has its first phone registered, or lost its last.
    pub async fn in_service(&self, dn: Dn, on: bool) -> Result<Receipt, Refused> {
        let switch = self.memory.switch.read().unwrap_or_else(PoisonError::into_inner).clone();
        let answers = on && switch.and_then(|switch| switch.answers(&dn)).unwrap_or(false);
        self.perform_until_durable(Command::InService { dn, on, answers }).await
    }

    fn ask_switch(&self, effects: &[SwitchCommand]) {
        if let Some(switch) = &*self.memory.switch.read().unwrap_or_else(PoisonError::into_inner) {
            switch.perform(effects);
        }
    }

    /// Performs what fell due in a call.
    pub(crate) async fn call_due(&self, call: InteractionId, due: Deadline) -> Result<Receipt, Refused> {
        let state = self.call(&call).await?;
        let queue = match state.as_deref() {
            Some(State::Call(call)) => match due {
                Deadline::Request(number) => call.request(number).map(|request| &request.queue),
                _ => call.queued.as_ref().map(|queued| &queued.queue),
            },
            _ => None,
        };
        let queue = queue.and_then(|name| self.queue(name));
        let late = queue.map_or(Destination::Nowhere, |queue| self.overflow(&queue.calls.late));
        self.perform(Command::CallDue { call, due, late }).await
    }

    /// Where a number leads now: to the queue whose routing point it is, to a phone of ours, to the number its calls are
    /// forwarded or to the phone at which its user works instead, or nowhere.
    async fn leads(&self, number: &Dn) -> Result<Destination, Refused> {
        let mut number = number.clone();
        let mut forwarded = false;
        // Phones may be forwarded to each other in a circle.
        for _ in 0..MAX_FORWARDS {
            let queue = lock(&self.memory.board).routed(&number).cloned();
            if let Some(queue) = queue {
                return Ok(self.to_queue(&queue));
            }
            match self.store.state(&Key::Device(number.clone())).await?.as_deref() {
                Some(State::Device(Device { forward_to: Some(to), .. })) => {
                    number = to.clone();
                    forwarded = true;
                }
                // Whoever the phone is provisioned for works at another.
                Some(State::Device(Device { occupant: Occupant::Nobody, owner: Some(owner), .. })) => {
                    match self.desk_of(owner).await? {
                        Some(desk) if desk != number => number = desk,
                        _ => return Ok(Destination::Device(number)),
                    }
                    forwarded = true;
                }
                // A number that a phone of ours names is called, if anything leads there.
                None if !forwarded => return Ok(Destination::Nowhere),
                _ => return Ok(Destination::Device(number)),
            }
        }
        Ok(Destination::Nowhere)
    }

    /// The number of the phone that is not a user's own and that they work at.
    async fn desk_of(&self, user: &UserId) -> Result<Option<Dn>, StoreFault> {
        let state = self.store.state(&Key::Agent(user.clone())).await?;
        Ok(match state.as_deref() {
            Some(State::Agent(agent)) => agent.desk().map(|desk| desk.device.phone_number.clone()),
            _ => None,
        })
    }

    fn to_queue(&self, queue: &Queue) -> Destination {
        let turned_away = self.turns_away(queue);
        let elsewhere = match turned_away {
            None => &Overflow::Close,
            Some(Overflowing::Closed) => &queue.calls.closed,
            Some(Overflowing::Full | Overflowing::Late) => &queue.calls.full,
        };
        // Only one step on: two queues may name each other.
        match (turned_away, elsewhere) {
            (Some(_), Overflow::Queue(name)) => match self.queue(name) {
                Some(other) => Destination::Queue { turned_away: self.turns_away(&other), queue: other.name },
                None => Destination::Queue { queue: queue.name.clone(), turned_away },
            },
            _ => Destination::Queue { queue: queue.name.clone(), turned_away },
        }
    }

    fn turns_away(&self, queue: &Queue) -> Option<Overflowing> {
        if !self.memory.timetables.takes_calls(queue, self.now()) {
            return Some(Overflowing::Closed);
        }
        let room = lock(&self.memory.board).admits(queue, &domain::medium::voice());
        (!room).then_some(Overflowing::Full)
    }

    fn overflow(&self, to: &Overflow) -> Destination {
        match to {
            Overflow::Close => Destination::Nowhere,
            Overflow::Announce(prompt) => Destination::Announcement(prompt.clone()),
            Overflow::Queue(name) => {
                self.queue(name).map_or(Destination::Nowhere, |queue| self.to_queue(&queue))
            }
        }
    }
}

impl Bindings for Desk {
    fn awake(&self) -> Millis {
        Desk::awake(self)
    }

    fn kept(&self) -> BoxFuture<'_, Result<Vec<BindingRow>, StoreFault>> {
        self.store.bindings()
    }

    fn keep(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.store.bind(phones)
    }
}

/// The call inside a snapshot that [`Desk::call`] or [`Desk::calls`] gave.
pub fn call_of(state: &State) -> Option<&Call> {
    match state {
        State::Call(call) => Some(call),
        _ => None,
    }
}

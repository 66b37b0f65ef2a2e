//! A world with a provider in it, customers who text, and one agent who answers.

use super::provider::{Answer, Attempt, Provider};
use demo::centre::SMS_SERVICE;
use desk::{Desk, Refused, address, known_key, ports::Receipt, session_of};
use domain::{
    Command, InteractionId, UserId,
    command::{AgentAct, CustomerMessage, Keyword, Receive, SessionAct, Unit},
    message::Content,
    session::{AgentPartyState, Delivery, Progress, Session, SessionOperation, capabilities},
    task::NewConversationIds,
};
use std::{sync::Arc, time::Duration};
use world::{Faults, World};

/// Our side.
pub const OURS: &str = "+4930111";

/// What happens between the agent and their customers.
pub struct Line {
    pub world: World,
    pub provider: Arc<Provider>,
    agent: UserId,
    names: u32,
}

impl Line {
    /// One agent is ready, and the provider answers by a script.
    pub async fn new(script: impl FnMut(&Attempt, usize) -> Answer + Send + 'static) -> Self {
        Self::with(0, Faults::none(), script).await
    }

    /// The same, and something goes wrong.
    pub async fn with(
        seed: u64,
        faults: Faults,
        script: impl FnMut(&Attempt, usize) -> Answer + Send + 'static,
    ) -> Self {
        let mut world = World::new(seed, faults, "hash").await.expect("a world");
        let provider = Provider::new(script);
        world.connect(SMS_SERVICE, provider.clone());
        let name = demo::centre::agent_name(1);
        let agent = world.desk().directory().named(&name).expect("the first agent").id.clone();
        let mut line = Self { world, provider, agent, names: 0 };
        let channels = vec!["smsession".into(), "facebooksession".into()];
        line.perform_until_durable(Command::Agent {
            agent: line.agent.clone(),
            act: AgentAct::LogIn { channels, place: None },
        })
        .await;
        let ready = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
        line.perform_until_durable(Command::Agent { agent: line.agent.clone(), act: ready }).await;
        line
    }

    pub fn desk(&mut self) -> Arc<Desk> {
        self.world.desk()
    }

    /// Lets seconds pass.
    pub async fn pass(&self, seconds: u64) {
        self.world.pass(Duration::from_secs(seconds)).await;
    }

    /// Performs what the rules allow, however often the journal fails.
    pub async fn perform_until_durable(&mut self, command: Command) -> Receipt {
        loop {
            match self.desk().perform(command.clone()).await {
                Ok(done) => return done,
                Err(Refused::Rule(why)) => panic!("{command:?}: {why}"),
                Err(Refused::Store(_)) => self.pass(1).await,
            }
        }
    }

    /// A unit of the customer of an address, through a service.
    pub async fn unit(&mut self, service: &str, theirs: &str, unit: Unit) -> Result<InteractionId, Refused> {
        self.names += 1;
        let desk = self.desk();
        let (session, participant) = (desk.ids().session(), desk.ids().participant());
        let receive = Receive {
            service: service.into(),
            address: address(service, OURS, theirs),
            keys: vec![known_key(service, &format!("m{}", self.names))],
            at: desk.now(),
            nickname: "Ina".into(),
            fresh: NewConversationIds { session: session.clone(), participant },
            unit,
        };
        loop {
            match desk.receive(receive.clone()).await {
                Ok(_) => return Ok(session),
                Err(Refused::Store(_)) => self.pass(1).await,
                Err(refused) => return Err(refused),
            }
        }
    }

    /// A customer writes through a service and the agent takes it; where they talk.
    pub async fn opens(&mut self, service: &str, theirs: &str) -> InteractionId {
        let id = self.unit(service, theirs, said("Hello", None)).await.expect("taken in");
        for _ in 0..100 {
            let agent = self.agent.clone();
            let session = self.session(&id).await;
            if session.party(&agent).is_some_and(|party| party.state == AgentPartyState::Invited) {
                let act = SessionAct::Accept { nickname: "Kate".into(), save_last_agent: false };
                self.perform_until_durable(Command::Session { session: id.clone(), agent, act }).await;
                return id;
            }
            self.pass(1).await;
        }
        panic!("{id} was offered to nobody");
    }

    /// A customer texts, and the agent takes it.
    pub async fn texted(&mut self, theirs: &str) -> InteractionId {
        self.opens(SMS_SERVICE, theirs).await
    }

    pub async fn session(&mut self, id: &InteractionId) -> Session {
        let state = self.desk().session(id).await.expect("the journal").expect("a conversation");
        session_of(&state).cloned().expect("a conversation")
    }

    /// The agent does something.
    pub async fn act(&mut self, id: &InteractionId, act: SessionAct) -> Receipt {
        self.perform_until_durable(Command::Session { session: id.clone(), agent: self.agent.clone(), act })
            .await
    }

    /// The agent says something; its place in the log, and the number of the command.
    pub async fn says(&mut self, id: &InteractionId, words: &str) -> (u32, u64) {
        let index = self.session(id).await.next_index;
        let act = SessionAct::Say { text: words.into(), message_type: None };
        let done = self.act(id, act).await;
        (index, done.reference.expect("an agent's command"))
    }

    /// The agent has a message sent again.
    pub async fn resends(&mut self, id: &InteractionId, index: u32) -> u64 {
        self.act(id, SessionAct::Resend { index }).await.reference.expect("an agent's command")
    }

    /// Whether the agent may have something sent again.
    pub async fn may_resend(&mut self, id: &InteractionId) -> bool {
        let agent = self.agent.clone();
        capabilities(&self.session(id).await, &agent).contains(&SessionOperation::ResendMessage)
    }

    /// How far an entry has come.
    pub async fn progress(&mut self, id: &InteractionId, index: u32) -> Progress {
        let message = self.desk().messages(id, index, 1).await.expect("the log").remove(0);
        assert_eq!(message.index, index);
        message.delivery.expect("a message that is sent")
    }

    /// How far an entry has come, in a word.
    pub async fn state(&mut self, id: &InteractionId, index: u32) -> Delivery {
        self.progress(id, index).await.state
    }

    /// Tasks without an outcome, and whether each was begun.
    pub async fn tasks(&mut self) -> Vec<(String, bool)> {
        let rows = self.desk().store().tasks().await.expect("the journal");
        rows.into_iter().map(|row| (row.task.id(), row.started)).collect()
    }

    /// What the agent was told went wrong: the number of their command, and why.
    pub async fn errors(&mut self) -> Vec<(u64, String)> {
        let notes = self
            .desk()
            .store()
            .notes(&self.agent.clone(), 0, u32::MAX, usize::MAX)
            .await
            .expect("the mailbox");
        let bodies = notes.iter().map(|note| serde_json::from_str(&note.body).expect("JSON"));
        let errors = bodies.filter(|body: &serde_json::Value| body["notificationType"] == "Error");
        errors
            .map(|body| {
                let why = body["errorMessage"].as_str().expect("a sentence").to_owned();
                (body["referenceId"].as_u64().expect("a number"), why)
            })
            .collect()
    }

    /// The process dies and another begins.
    pub async fn dies(&mut self) {
        self.world.restart().await.expect("another process");
    }
}

/// Something said that opens a conversation.
pub fn said(words: &str, keyword: Option<Keyword>) -> Unit {
    let content = vec![Content::Text { text: words.into(), message_type: None }];
    let answer = keyword.map(|_| "You will hear no more from us.".to_owned());
    Unit::Said(CustomerMessage { content, opens: true, keyword, answer, ..CustomerMessage::default() })
}

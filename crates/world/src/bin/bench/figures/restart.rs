//! From the start of the process to `/ready`, with a journal of a million events.

use super::setup::{directory, runtime};
use crate::{centre, in_process, node::Node, setting::Setting, stats::millis};
use domain::{
    Command,
    command::{AgentAct, CustomerAct, SessionAct},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

const EVENTS: u64 = 1_000_000;
const AGENTS: usize = 200;
/// In one of so many conversations it is the customer who leaves.
const CUSTOMER_LEAVES_ONE_IN: usize = 100;

pub fn measure(setting: &Setting) -> anyhow::Result<Value> {
    let dir = directory()?;
    let data = dir.path().join("data");
    let wanted = setting.scaled(usize::try_from(EVENTS)?) as u64;
    let runtime = runtime()?;
    let events = runtime.block_on(async {
        let desk = in_process::desk(&data, AGENTS).await?;
        for agent in 1..=AGENTS {
            let channels = vec![super::setup::medium()?.as_str().into()];
            let act = AgentAct::LogIn { channels, place: None };
            desk.perform(Command::Agent { agent: centre::id(agent), act }).await?;
            let act = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
            desk.perform(Command::Agent { agent: centre::id(agent), act }).await?;
        }
        let head = desk.head();
        let mut round = 0;
        while *head.borrow() < wanted {
            round += 1;
            let all = stream::iter(1..=AGENTS).map(|agent| {
                let desk = &desk;
                async move {
                    let session = in_process::talk(desk, agent).await?;
                    for _ in 0..4 {
                        let act = CustomerAct::Say { text: "Where is my parcel?".into(), message_type: None };
                        desk.perform(Command::Customer { session: session.clone(), act }).await?;
                    }
                    if (round * AGENTS + agent).is_multiple_of(CUSTOMER_LEAVES_ONE_IN) {
                        let act = CustomerAct::Leave(domain::session::EndedBy::Customer);
                        desk.perform(Command::Customer { session: session.clone(), act }).await?;
                    }
                    let act = SessionAct::Complete { queue: None, save_last_agent: false, last: None };
                    desk.perform(Command::Session { session, agent: centre::id(agent), act }).await?;
                    anyhow::Ok(())
                }
            });
            let mut all = all.buffer_unordered(AGENTS);
            while let Some(one) = all.next().await {
                one?;
            }
        }
        let head = *head.borrow();
        anyhow::Ok(head)
    })?;
    drop(runtime);
    let node = Node::start(setting, &data, None)?;
    Ok(json!({"events": events, "ready_after_ms": millis(node.ready_after)}))
}

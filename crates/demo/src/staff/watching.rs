//! The coach asks to be shown the chats of some scripted agents.

use crate::centre::{MEDIUM, agent_name};
use desk::{Desk, Refused};
use domain::{
    Command,
    agent::Agent,
    command::{Supervise, SuperviseAct},
    user::User,
    watch::{Monitoring, WatchMode},
};

/// Whose chats: half of the scripted agents, and no person's.
const FOLLOWED: [u32; 2] = [5, 6];

/// Has the coach shown every chat of these agents from now on.
pub(super) async fn follow(desk: &Desk, coach: &User, at_work: &Agent) -> Result<(), Refused> {
    for number in FOLLOWED {
        let Some(target) = desk.directory().named(&agent_name(number)) else { continue };
        if at_work.watches.iter().any(|watch| watch.target == target.id) {
            continue;
        }
        let asked = Supervise {
            supervisor: coach.id.clone(),
            target: target.id.clone(),
            medium: MEDIUM.into(),
            act: SuperviseAct::Arm { monitoring: Monitoring::ListenIn, mode: WatchMode::All },
        };
        desk.perform(Command::Supervise(Box::new(asked))).await?;
    }
    Ok(())
}

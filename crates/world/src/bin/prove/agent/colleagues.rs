//! What an agent does together with colleagues in a chat: asks one for advice, invites whoever comes from the queue, hands
//! over, speaks to agents alone, takes somebody out, leaves.

use super::{Agent, Outcome, What, offers::offers};
use serde_json::{Value, json};

impl Agent {
    /// Does one such thing if chance and the chat allow it; answers whether something was done.
    pub(super) async fn with_colleagues(&mut self, chat: &Value, id: &str) -> bool {
        let operation = match self.chance.u32(..20) {
            0..3 => "Consult",
            3 | 4 => "Invite",
            5 => "Transfer",
            6 => "RemoveParticipantFromConference",
            7 => "Leave",
            8..14 => "SendToAgents",
            _ => return false,
        };
        if !offers(chat, operation) {
            return false;
        }
        match operation {
            "SendToAgents" => self.says_to_agents(id).await,
            "Leave" => self.leave(id).await,
            "RemoveParticipantFromConference" => self.takes_out(chat, id).await,
            "Invite" => self.asks(id, operation, "queue", &json!({"queueName": demo::centre::QUEUE})).await,
            _ => {
                let colleague = demo::centre::agent_name(self.chance.u32(1..=demo::centre::AGENTS));
                let Some(target) = self.colleagues.get(&colleague).cloned() else { return false };
                self.asks(id, operation, &colleague, &json!({"targetPath": target})).await;
            }
        }
        true
    }

    /// Leaves: others go on, or the talk is over and there is work to do on it.
    pub(super) async fn leave(&mut self, id: &str) {
        drop(self.post(&format!("/me/chats/{id}"), &json!({"operationName": "Leave"})).await);
    }

    async fn says_to_agents(&mut self, id: &str) {
        let name = self.next('w');
        let body = json!({"operationName": "SendToAgents", "text": name});
        let answer = self.post(&format!("/me/chats/{id}"), &body).await;
        self.ledger.asked(What::ToAgents, &name, Outcome::of(&answer));
        self.whispered.insert(id.to_owned());
    }

    /// Takes out one of those who are there; whether they may is for the server to say.
    async fn takes_out(&mut self, chat: &Value, id: &str) {
        let others = chat["participants"].as_array().into_iter().flatten();
        let paths: Vec<&str> = others.filter_map(|other| other["path"].as_str()).collect();
        if let Some(path) = self.chance.choice(&paths) {
            let body = json!({"operationName": "RemoveParticipantFromConference", "targetPath": path});
            drop(self.post(&format!("/me/chats/{id}"), &body).await);
        }
    }

    /// Asks somebody into a chat, each once in each way, so that the feed's rows can be told apart.
    async fn asks(&mut self, id: &str, operation: &str, whom: &str, target: &Value) {
        let name = format!("{id}/{}/{}/{whom}", self.name, operation.to_lowercase());
        if !self.asked.insert(name.clone()) {
            return;
        }
        let mut body = json!({"operationName": operation});
        if let (Some(body), Some(target)) = (body.as_object_mut(), target.as_object()) {
            body.extend(target.clone());
        }
        let answer = self.post(&format!("/me/chats/{id}"), &body).await;
        self.ledger.asked(What::Colleague, &name, Outcome::of(&answer));
    }
}

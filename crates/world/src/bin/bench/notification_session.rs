//! A long-polling client with acknowledgements: as deployed clients poll, without their weight.

use crate::lane::Lane;
use anyhow::{Context, bail};
use serde_json::Value;

/// One notification session.
pub struct NotificationSession {
    lane: Lane,
    client: String,
    ack: u64,
}

const PATH: &str = "/api/v2/notifications";
const KIND: &str = "application/json";

impl NotificationSession {
    /// Shakes hands, subscribes to everything of the user's and makes the first connect.
    pub async fn open(mut lane: Lane) -> anyhow::Result<Self> {
        let hello = r#"[{"channel":"/meta/handshake","version":"1.0","id":"1","supportedConnectionTypes":["long-polling"],"ext":{"ack":true}}]"#;
        let answer = lane.post(PATH, KIND, hello).await?;
        let answer: Value = serde_json::from_slice(answer.body)?;
        let client =
            answer[0]["clientId"].as_str().with_context(|| format!("no session: {answer}"))?.to_owned();
        let subscribe = format!(
            r#"[{{"channel":"/meta/subscribe","clientId":"{client}","id":"2","subscription":"/v2/me/*"}}]"#
        );
        lane.post(PATH, KIND, &subscribe).await?;
        let mut session = Self { lane, client, ack: 0 };
        session.listen(Some(0)).await?;
        Ok(session)
    }

    /// One poll: how many notifications it brought.
    pub async fn poll(&mut self) -> anyhow::Result<usize> {
        self.listen(None).await
    }

    /// A poll that is answered at once: how many notifications waited.
    pub async fn drain(&mut self) -> anyhow::Result<usize> {
        self.listen(Some(0)).await
    }

    /// One poll: the data of the notifications that it brought.
    pub async fn heard(&mut self) -> anyhow::Result<Vec<Value>> {
        let text = self.connect(None).await?;
        let messages: Vec<Value> = serde_json::from_str(&text)?;
        let is_told = |message: &Value| message["data"]["messageType"].is_string();
        Ok(messages.into_iter().filter(is_told).map(|mut message| message["data"].take()).collect())
    }

    async fn listen(&mut self, timeout: Option<u32>) -> anyhow::Result<usize> {
        Ok(self.connect(timeout).await?.matches(r#""messageType":"#).count())
    }

    async fn connect(&mut self, timeout: Option<u32>) -> anyhow::Result<String> {
        let advice =
            timeout.map(|timeout| format!(r#","advice":{{"timeout":{timeout}}}"#)).unwrap_or_default();
        let connect = format!(
            r#"[{{"channel":"/meta/connect","clientId":"{}","connectionType":"long-polling","id":"3","ext":{{"ack":{}}}{advice}}}]"#,
            self.client, self.ack
        );
        let answer = self.lane.post(PATH, KIND, &connect).await?;
        let text = std::str::from_utf8(answer.body)?;
        // The reply stands last; what stands before it are notifications, and none holds this text.
        let reply = text.rfind(r#""ext":{"ack":"#).with_context(|| format!("no acknowledgement: {text}"))?;
        let number: String = text[reply + 13..].chars().take_while(char::is_ascii_digit).collect();
        self.ack = number.parse()?;
        if text.contains(r#""successful":false"#) {
            bail!("a poll was refused: {text}");
        }
        Ok(text.to_owned())
    }
}

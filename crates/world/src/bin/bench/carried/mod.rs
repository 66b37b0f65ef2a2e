//! Customers whose messages a provider carries, and the provider, for figures about connectors.

mod account;
mod customer;
mod provider;

pub use account::{NUMBER, SERVICE};
pub use customer::Phones;
pub use provider::Provider;

use crate::{centre, lane::Lane, node::Node, setting::Setting};
use account::{ACCOUNT, TOKEN};
use anyhow::Context;
use std::fmt::Write as _;
use tempfile::TempDir;

/// The variable that holds the token.
const VARIABLE: &str = "BENCH_SMS_TOKEN";
/// Conversations that one agent may have at once.
pub const EACH: usize = 250;

/// A server with an account at a provider of its own, and so many agents with room for [`EACH`] conversations.
pub fn node(setting: &Setting, provider: &Provider, agents: usize) -> anyhow::Result<(Node, TempDir)> {
    let dir = super::figures::directory()?;
    let roots = dir.path().join("provider.pem");
    std::fs::write(&roots, provider.certificate())?;
    let medium = medium()?;
    let mut text = String::new();
    writeln!(text, "[outbound]\nown_network = true\nroots = [\"{}\"]\n", roots.display())?;
    writeln!(text, "[centre.capacity]\n{medium} = {EACH}\n")?;
    text += &centre::settings(agents)?;
    writeln!(text, "[[services]]\nname = \"{SERVICE}\"\nmedium = \"{medium}\"\nqueue = \"Bench\"\n")?;
    writeln!(text, "[[sms]]\nservice = \"{SERVICE}\"\naccount_sid = \"{ACCOUNT}\"\nfrom = [\"{NUMBER}\"]")?;
    writeln!(text, "auth_token_env = \"{VARIABLE}\"\nbase_url = \"{}\"", provider.url())?;
    writeln!(text, "per_second = 100000\nburst = 100000\n")?;
    let config = dir.path().join("bench.toml");
    std::fs::write(&config, text)?;
    let node = Node::start_with(setting, &dir.path().join("data"), Some(&config), &[(VARIABLE, TOKEN)])?;
    Ok((node, dir))
}

/// An agent who is ready for messages.
pub async fn ready_agent(port: u16, agent: usize) -> anyhow::Result<Lane> {
    let mut lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
    let start = format!(r#"{{"operationName":"StartContactCenterSession","channels":["{}"]}}"#, medium()?);
    lane.command("/api/v2/me", &start).await?;
    lane.command("/api/v2/me", r#"{"operationName":"Ready"}"#).await?;
    Ok(lane)
}

/// A further connection of an agent.
pub async fn agent(port: u16, agent: usize) -> anyhow::Result<Lane> {
    Lane::open(port, &centre::name(agent), centre::PASSWORD).await
}

/// The addresses of the conversations that an agent is offered or has, by the customer's address.
pub async fn held(lane: &mut Lane) -> anyhow::Result<Vec<(String, String)>> {
    let collection = row()?.collection;
    let answer = lane.get(&format!("/api/v2/me/{collection}?fields=*")).await?;
    let answer: serde_json::Value = serde_json::from_slice(answer.body)?;
    let list = answer[collection].as_array().context("no list")?;
    let one = |one: &serde_json::Value| {
        let path = format!("/api/v2/me/{collection}/{}", one["id"].as_str()?);
        Some((one["address"].as_str()?.to_owned(), path))
    };
    Ok(list.iter().filter_map(one).collect())
}

fn medium() -> anyhow::Result<String> {
    Ok(row()?.name.to_string())
}

fn row() -> anyhow::Result<domain::medium::Medium> {
    let media = domain::medium::Media::default();
    let carried = media.rows().iter().find(|row| row.connector == domain::medium::Connector::Sms);
    carried.cloned().context("no medium over SMS")
}

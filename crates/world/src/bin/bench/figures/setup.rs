//! What several figures begin with.

use crate::{centre, lane::Lane, node::Node, setting::Setting};
use anyhow::Context;
use std::path::PathBuf;
use tempfile::TempDir;

/// A runtime as the load needs it.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// A place on the disk that holds the project, where a journal's syncs are real.
pub fn directory() -> anyhow::Result<TempDir> {
    std::fs::create_dir_all("target")?;
    Ok(TempDir::new_in("target")?)
}

/// The binary with a centre of so many agents.
pub(super) fn node(setting: &Setting, agents: usize) -> anyhow::Result<(Node, TempDir)> {
    let dir = directory()?;
    let config: PathBuf = dir.path().join("bench.toml");
    std::fs::write(&config, centre::settings(agents)?)?;
    let node = Node::start(setting, &dir.path().join("data"), Some(&config))?;
    Ok((node, dir))
}

/// An agent who has a contact-centre session and is ready.
pub(super) async fn ready_agent(port: u16, agent: usize) -> anyhow::Result<Lane> {
    let mut lane = Lane::open(port, &centre::name(agent), centre::PASSWORD).await?;
    let channel = medium()?;
    let start = format!(r#"{{"operationName":"StartContactCenterSession","channels":["{channel}"]}}"#);
    lane.command("/api/v2/me", &start).await?;
    lane.command("/api/v2/me", r#"{"operationName":"Ready"}"#).await?;
    Ok(lane)
}

/// Lets a customer in.
pub(super) async fn customer(port: u16) -> anyhow::Result<()> {
    let mut lane = Lane::open(port, "", "").await?;
    let path = format!("/genesys/2/chat/{}", centre::SERVICE);
    let answer = lane.post(&path, "application/x-www-form-urlencoded", "nickname=Ines&subject=Bench").await?;
    anyhow::ensure!(answer.status == 200, "no chat: {}", String::from_utf8_lossy(answer.body));
    Ok(())
}

/// Waits until a ready agent holds so many conversations, accepts them, and answers their addresses.
pub(super) async fn accepted(lane: &mut Lane, wanted: usize) -> anyhow::Result<Vec<String>> {
    let collection = collection()?;
    for _ in 0..500 {
        let answer = lane.get(&format!("/api/v2/me/{collection}?fields=*")).await?;
        let answer: serde_json::Value = serde_json::from_slice(answer.body)?;
        let held: Vec<String> = answer[collection]
            .as_array()
            .context("no list")?
            .iter()
            .filter_map(|one| Some(format!("/api/v2/me/{collection}/{}", one["id"].as_str()?)))
            .collect();
        if held.len() == wanted {
            for path in &held {
                lane.command(path, r#"{"operationName":"Accept","nickname":"Tom"}"#).await?;
            }
            return Ok(held);
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    anyhow::bail!("the agent was not offered {wanted} conversations")
}

pub(super) fn medium() -> anyhow::Result<String> {
    Ok(domain::medium::Media::default().rows().first().context("no medium")?.name.to_string())
}

pub(super) fn collection() -> anyhow::Result<&'static str> {
    Ok(domain::medium::Media::default().rows().first().context("no medium")?.collection)
}

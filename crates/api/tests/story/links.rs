//! Every address that is given out answers, with `/me` before it and without (spec: decisions#3).

use desk::{Condition, ServiceState};
use domain::{call::LegEvent, centre::Centre};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use testkit::{Client, ScriptedSwitch, TestServer};

/// Where a client may begin.
const BEGINNINGS: [&str; 25] = [
    "/me?subresources=**",
    "/me/devices?fields=*",
    "/me/skills?fields=*",
    "/me/groups?fields=*",
    "/me/features?fields=*",
    "/me/settings?fields=*&subresources=*",
    "/me/channels?fields=*",
    "/me/calls?fields=*",
    "/me/chats?fields=*",
    "/users?fields=*&subresources=**",
    "/skills?fields=*",
    "/devices?fields=*",
    "/contacts?fields=*",
    "/queues?fields=*",
    "/features?fields=*",
    "/system/features?fields=*",
    "/settings?fields=*",
    "/groups?fields=*&subresources=**",
    "/services?fields=*",
    "/diagnostics/routing",
    "/diagnostics/clients",
    "/workbins?fields=*",
    "/internal-api/me/settings",
    "/internal-api/contact-center?subresources=*",
    "/internal-api/business-attributes",
];

#[tokio::test]
async fn every_link_of_every_answer_and_notification_answers() {
    let everything = |centre: &mut Centre| {
        centre.features.insert("api-voice".into());
    };
    let app = TestServer::with(everything).await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    tom.ready().await;
    mei.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    ines.says("Hello").await;
    app.offer(&app.customer("Bo").await, &tom).await;
    app.customer("Waiting").await;
    let service = ServiceState::connector("sms", "North / South?", Condition::Working, 0);
    app.desk.services().set(service);
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    exchange.registers("5002", true).await;
    let call = exchange.calls_from("5002", "5001").await;
    exchange.hears(&call, 2, LegEvent::Up).await;
    let told: Vec<Value> = tom.hears().await;
    assert!(told.iter().any(|note| note["data"]["call"]["state"] == "Established"), "{told:?}");
    assert!(told.len() > 4);

    let mut followed = follow(&tom, told).await;
    for client in
        [&mei, &app.agent("supervisor"), &app.agent("admin"), &app.agent("reporting"), &app.agent("nobody")]
    {
        followed += follow(client, Vec::new()).await;
    }
    assert!(followed > 200, "only {followed} links were found");
}

/// Follows every link from the beginnings this client may read; answers how many there were.
async fn follow(client: &Client<'_>, told: Vec<Value>) -> usize {
    let mut waiting: VecDeque<String> = VecDeque::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut take = |value: &Value, waiting: &mut VecDeque<String>| {
        let mut links = BTreeSet::new();
        gather(value, &mut links);
        for link in links.iter().flat_map(|link| both(link)) {
            if seen.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    };
    for beginning in BEGINNINGS {
        let reply = client.get(beginning).await;
        if reply.status.is_success() {
            take(&reply.ok(), &mut waiting);
        } else {
            reply.refused(403, 5);
        }
    }
    take(&json!(told), &mut waiting);
    while let Some(link) = waiting.pop_front() {
        take(&client.get(&link).await.ok(), &mut waiting);
        let separator = if link.contains('?') { '&' } else { '?' };
        take(&client.get(&format!("{link}{separator}fields=*&subresources=*")).await.ok(), &mut waiting);
    }
    seen.len()
}

/// Every member whose name says that it is an address.
fn gather(value: &Value, links: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, links)),
        Value::Object(members) => {
            for (name, value) in members {
                let is_link = ["uri", "path"].iter().any(|word| name.to_lowercase().ends_with(word));
                match value {
                    Value::String(link) if is_link && !link.is_empty() => {
                        links.insert(link.clone());
                    }
                    Value::Array(items) if name == "uris" => {
                        links.extend(items.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => gather(value, links),
                }
            }
        }
        _ => {}
    }
}

/// A link as paths below the API, with `/me` and without.
fn both(link: &str) -> [String; 2] {
    let path = link.strip_prefix("http://localhost:8080/api/v2").unwrap_or(link);
    assert!(path.starts_with('/'), "{link}");
    let bare = path.strip_prefix("/me").unwrap_or(path);
    [bare.to_owned(), format!("/me{bare}")]
}

//! `/users` and `/skills` (spec: admin-and-reporting#2.1, #2.2).

use domain::{Command, command::Provision};
use serde_json::json;
use testkit::{TestServer, settled};

#[tokio::test]
async fn an_administrator_sees_users_whole() {
    let app = TestServer::start().await;
    let answer =
        app.agent("admin").get("/users?fields=*&subresources=skills,devices&userName=agent2@demo").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn without_fields_users_are_addresses() {
    let app = TestServer::start().await;
    let answer = app.agent("admin").get("/users").await.ok();
    let uris = answer["uris"].as_array().expect("addresses");
    assert_eq!(uris.len(), app.desk.directory().all().len());
    assert!(answer.get("users").is_none());
}

#[tokio::test]
async fn users_are_filtered_by_skill_sorted_and_paged() {
    let app = TestServer::start().await;
    let supervisor = app.agent("supervisor");
    let names = |answer: serde_json::Value| -> Vec<String> {
        let users = answer["users"].as_array().expect("users").clone();
        users.iter().map(|user| user["userName"].as_str().expect("a name").to_owned()).collect()
    };
    let answer = supervisor.get("/users?fields=*&skills.name=Billing").await.ok();
    assert!(answer["users"][0].get("skills").is_none(), "not asked for");
    assert_eq!(names(answer), ["agent2@demo"]);
    let page =
        supervisor.get("/users?fields=userName&sortBy=userName&order=Descending&limit=2&offset=1").await.ok();
    assert_eq!((page["offset"].clone(), page["limit"].clone()), (json!(1), json!(2)));
    assert_eq!(page["totalCount"], app.desk.directory().all().len());
    assert_eq!(names(page), ["reporting@demo", "nobody@demo"]);
}

#[tokio::test]
async fn an_agent_sees_colleagues_but_not_what_hangs_below_them() {
    let app = TestServer::start().await;
    let (tom, mei) = (app.agent("agent1"), app.id("agent2"));
    let answer = tom.get(&format!("/users/{mei}?subresources=*")).await.ok();
    assert_eq!(answer["user"]["userName"], "agent2@demo");
    assert!(answer["user"].get("skills").is_none());
    tom.get(&format!("/users/{mei}/skills")).await.refused(403, 5);
    tom.get(&format!("/users/{mei}/devices")).await.refused(403, 5);
    let own = app.id("agent1");
    assert_eq!(tom.get(&format!("/users/{own}/skills")).await.ok()["uris"].as_array().map(Vec::len), Some(1));
    let me = tom.get("/me?subresources=*").await.ok();
    assert_eq!(tom.get(&format!("/users/{own}?subresources=*")).await.ok(), me);
}

#[tokio::test]
async fn a_password_hash_never_leaves_the_server() {
    let app = TestServer::start().await;
    let text = app.agent("admin").get("/users?fields=*&subresources=**").await.text;
    assert!(!text.contains("argon2") && !text.contains("assword\":\""), "{text}");
}

#[tokio::test]
async fn without_a_role_nothing_is_shown() {
    let app = TestServer::start().await;
    let nobody = app.agent("nobody");
    for path in ["/users", "/contacts", "/queues", "/services", "/skills", "/devices", "/workbins"] {
        nobody.get(path).await.refused(403, 5);
    }
}

#[tokio::test]
async fn skills_are_for_administrators() {
    let app = TestServer::start().await;
    app.agent("agent1").get("/skills").await.refused(403, 5);
    let admin = app.agent("reporting");
    let answer = admin.get("/skills?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    admin.get("/skills/none").await.refused(404, 6);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    let id = app.id("agent1");
    for path in [
        "/users/none".to_owned(),
        "/users/none/skills".to_owned(),
        format!("/users/{id}/skills/none"),
        "/users/none/devices".to_owned(),
    ] {
        admin.get(&path).await.refused(404, 6);
    }
    admin.get("/users?limit=many").await.refused(400, 2);
}

#[tokio::test]
async fn a_login_name_has_one_bearer() {
    let app = TestServer::start().await;
    let mut impostor = (*app.desk.directory().named("agent1@demo").expect("a user")).clone();
    impostor.id = "another".into();
    impostor.device = None;
    let put = Command::Provision(Provision::PutUser(Box::new(impostor)));
    assert_eq!(
        app.desk.perform(put).await.expect_err("refused").to_string(),
        "User 'agent1@demo' exists already"
    );
}

#[tokio::test]
async fn a_queue_is_not_taken_away_from_those_who_wait_in_it() {
    let app = TestServer::start().await;
    let guest = app.customer("Ines").await;
    let waiting = app.desk.waiting();
    let queue = waiting.first().expect("somebody waits").0.queue.clone();
    let remove = || Command::Provision(Provision::RemoveQueue(queue.clone()));
    assert!(app.desk.perform(remove()).await.expect_err("refused").to_string().ends_with("is in use"));
    guest.leaves().await;
}

//! The tree of disposition codes (spec: admin-and-reporting#6.3).

use domain::centre::AgentGroup;
use serde_json::json;
use testkit::{TestServer, settled};

#[tokio::test]
async fn the_groups_without_what_is_in_them() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/groups?type=dispositions&fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn one_star_embeds_the_first_level_and_two_the_whole_tree() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let one = tom.get("/groups?type=dispositions&fields=*&subresources=*").await.ok();
    insta::assert_json_snapshot!("first_level", settled(&one));
    let all = tom.get("/groups?type=dispositions&fields=*&subresources=**").await.ok();
    insta::assert_json_snapshot!("whole_tree", settled(&all));
    let codes = tom.get("/groups?type=dispositions&fields=*&subresources=dispositions").await.ok();
    assert!(codes["groups"][0]["dispositions"].is_array());
    assert!(codes["groups"][0].get("groups").is_none());
}

#[tokio::test]
async fn business_units_stand_beside_them() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    assert_eq!(tom.get("/groups").await.ok()["uris"].as_array().map(Vec::len), Some(3));
    let units = tom.get("/groups?type=BusinessUnit&fields=*").await.ok();
    assert_eq!(units["groups"], tom.get("/me/groups?fields=*").await.ok()["groups"]);
    assert_eq!(tom.get("/groups?type=AgentGroup&fields=*").await.ok()["groups"], json!([]));
}

#[tokio::test]
async fn supervisors_see_the_groups_that_they_lead_with_their_members() {
    let app = TestServer::with(|centre| {
        let group = |name: &str, leader: &str| AgentGroup {
            name: name.into(),
            leaders: [leader.to_owned()].into(),
            members: ["agent1@demo".to_owned(), "agent2@demo".into(), "gone@demo".into()].into(),
            hidden: false,
        };
        centre.agent_groups = vec![group("Day / A", "supervisor@demo"), group("Night", "admin@demo")];
    })
    .await;
    let sasha = app.agent("supervisor");
    let led = sasha.get("/me/groups?type=AgentGroup&fields=*&subresources=users").await.ok();
    insta::assert_json_snapshot!("led_by_a_supervisor", settled(&led));
    let plain = sasha.get("/me/groups?fields=*").await.ok();
    let names: Vec<_> =
        plain["groups"].as_array().expect("groups").iter().map(|group| &group["type"]).collect();
    assert_eq!(names, ["BusinessUnit", "AgentGroup"]);
    assert!(plain["groups"][1].get("users").is_none());
    let uri = led["groups"][0]["uri"].as_str().expect("an address");
    assert_eq!(sasha.get(&format!("{uri}?subresources=*")).await.ok()["group"], led["groups"][0]);
    assert_eq!(sasha.get("/groups?type=AgentGroup").await.ok()["uris"], json!([uri]));

    let tom = app.agent("agent1");
    assert_eq!(tom.get("/me/groups?type=AgentGroup").await.ok()["uris"], json!([]));
    tom.get(uri).await.refused(404, 6);
    sasha.get("/groups/2-Night").await.refused(404, 6);
    let all = app.agent("admin").get("/groups?type=AgentGroup").await.ok();
    assert_eq!(all["uris"].as_array().map(Vec::len), Some(2));
    let me = sasha.get("/me?subresources=groups").await.ok();
    assert_eq!(me["user"]["groups"], plain["groups"]);
}

#[tokio::test]
async fn a_group_and_a_code_by_their_addresses() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let group = tom.get("/groups/1-complaint?subresources=*").await.ok();
    insta::assert_json_snapshot!(settled(&group));
    let code = &group["group"]["dispositions"][0];
    assert_eq!(tom.get(code["uri"].as_str().expect("an address")).await.ok()["disposition"], *code);
    let list = tom.get("/groups/1-complaint/dispositions?fields=*").await.ok();
    assert_eq!(list["dispositions"], group["group"]["dispositions"]);
    for path in ["/groups/none", "/groups/none/dispositions", "/groups/1-root/dispositions/d3"] {
        tom.get(path).await.refused(404, 6);
    }
}

#[tokio::test]
async fn an_administrator_plants_and_fells_the_tree() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    let reply = admin.post("/groups", json!({"name": "Returns", "parentUri": "/groups/1-root"})).await;
    assert_eq!(reply.status, 201);
    let group = reply.ok();
    insta::assert_json_snapshot!("group_added", settled(&group));
    let path = group["path"].as_str().expect("a path").to_owned();
    let reply = admin.post(&format!("{path}/dispositions"), json!({"name": "Broken"})).await;
    assert_eq!(reply.status, 201);
    let code = reply.ok();
    insta::assert_json_snapshot!("code_added", settled(&code));
    let code = code["path"].as_str().expect("a path");

    let done = json!({"statusCode": 0});
    assert_eq!(admin.put(code, json!({"displayName": "It broke"})).await.ok(), done);
    let read = admin.get(code).await.ok();
    assert_eq!(
        (&read["disposition"]["name"], &read["disposition"]["displayName"]),
        (&json!("Broken"), &json!("It broke"))
    );
    assert_eq!(admin.put(&path, json!({"name": "Returns"})).await.ok(), done);
    assert_eq!(admin.delete(code, None).await.ok(), done);
    admin.get(code).await.refused(404, 6);
    assert_eq!(admin.delete(&path, None).await.ok(), done);
    admin.get(&path).await.refused(404, 6);
}

#[tokio::test]
async fn a_group_goes_with_everything_in_it() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    admin.delete("/groups/1-complaint", None).await.ok();
    admin.get("/groups/1-deep").await.refused(404, 6);
    admin.get("/groups/1-root").await.ok();
}

#[tokio::test]
async fn what_is_wrong_with_a_change_of_the_tree_is_said() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    admin.post("/groups", json!({})).await.refused(400, 1);
    admin.post("/groups", json!({"name": "CallOutcome"})).await.refused(409, 18);
    admin.post("/groups", json!({"name": "x", "type": "BusinessUnit"})).await.refused(400, 2);
    admin.post("/groups", json!({"name": "x", "parentUri": "/users/1"})).await.refused(400, 2);
    admin.post("/groups", json!({"name": "x", "parentUri": "/groups/none"})).await.refused(404, 6);
    admin.put("/groups/1-root", json!({"name": "Other"})).await.refused(400, 11);
    admin.post("/groups/none/dispositions", json!({"name": "x"})).await.refused(404, 6);
    admin.post("/groups/1-root/dispositions", json!({})).await.refused(400, 1);
    admin.post("/groups/1-root/dispositions", json!({"name": "Referred"})).await.refused(409, 18);
    admin
        .put("/groups/1-root/dispositions/d1", json!({"name": "Other", "displayName": "x"}))
        .await
        .refused(400, 11);
    admin.put("/groups/1-root/dispositions/d1", json!({})).await.refused(400, 1);
    admin.delete("/groups/1-root/dispositions/none", None).await.refused(404, 6);
    admin.delete("/groups/none", None).await.refused(404, 6);
    app.agent("agent1").post("/groups", json!({"name": "x"})).await.refused(403, 5);
    app.agent("supervisor").delete("/groups/1-root", None).await.refused(403, 5);
}

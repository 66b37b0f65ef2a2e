//! The internal directory (spec: admin-and-reporting#2.9, client-requirements#26).

use serde_json::json;
use testkit::{Client, TestServer, settled};

async fn names(client: &Client<'_>, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/contacts?{query}")).await.ok();
    let contacts = answer["contacts"].as_array().expect("contacts").clone();
    contacts.iter().map(|contact| contact["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_colleague_with_his_channels() {
    let app = TestServer::start().await;
    app.agent("agent2").ready().await;
    let path = format!("/contacts/{}?type=User", app.id("agent2"));
    let answer = app.agent("agent1").get(&path).await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn the_search_that_desktops_send() {
    let app = TestServer::start().await;
    let query = "type=User&includeUsersInBusinessUnits=true&roles=ROLE_AGENT&limit=2\
                 &filterName=NamesOrPhoneNumberMatches&filterParameters=*&sortBy=name&order=Ascending";
    let tom = app.agent("agent1");
    assert_eq!(names(&tom, query).await, ["agent1@demo", "agent2@demo"]);
    let answer = tom.get(&format!("/contacts?{query}")).await.ok();
    assert_eq!(answer["totalCount"], 4);
}

#[tokio::test]
async fn names_numbers_types_and_channels_narrow_the_search() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    assert_eq!(names(&tom, "name=mei*").await, ["agent2@demo"]);
    assert_eq!(names(&tom, "phoneNumber=50-01,9000").await, ["agent1@demo", "Support"]);
    assert_eq!(names(&tom, "type=Queue").await, ["Sales: north/south", "Support"]);
    assert_eq!(
        names(&tom, "filterName=NamesOrPhoneNumberMatches&filterParameters=a*,*3").await,
        ["agent3@demo"]
    );
    assert!(names(&tom, "channel=chat").await.is_empty());
    app.agent("agent2").ready().await;
    assert_eq!(names(&tom, "channel=chat").await, ["agent2@demo"]);
    assert_eq!(tom.get("/contacts?type=User").await.ok()["totalCount"], 7);
    tom.get("/contacts?filterName=Horoscope").await.refused(400, 2);
}

#[tokio::test]
async fn a_queue_is_known_by_its_own_address() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let answer = tom.get("/contacts/Support?type=Queue").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    let queue = tom.get(answer["contact"]["uri"].as_str().expect("an address")).await.ok();
    assert_eq!(queue["queue"]["name"], "Support");
    let answer = tom.get("/queues?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    tom.get("/queues/none").await.refused(404, 6);
    tom.get("/contacts/Support").await.refused(404, 6);
    tom.get("/contacts/none?type=Queue").await.refused(404, 6);
}

#[tokio::test]
async fn a_chat_is_transferred_to_whatever_the_directory_gives() {
    let app = TestServer::start().await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    for (agent, query) in [(&tom, "name=Mei*"), (&tom, "name=Sales*")] {
        tom.ready().await;
        mei.ready().await;
        let ines = app.customer("Ines").await;
        app.offer(&ines, agent).await;
        tom.accepts(&ines, "Tom").await.ok();
        let found = tom.get(&format!("/contacts?{query}")).await.ok();
        let transfer = json!({"operationName": "Transfer", "targetUri": found["contacts"][0]["uri"]});
        tom.post(&format!("/me/chats/{}", ines.id), transfer).await.ok();
    }
    let waiting: Vec<_> = app.desk.waiting().into_iter().map(|(item, _)| item.queue.to_string()).collect();
    assert_eq!(waiting, ["Sales: north/south"]);
}

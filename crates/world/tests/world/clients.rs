//! The small clients, against the API on a loopback port.

use desk::{Condition, Desk, ServiceState};
use domain::{
    Command, InteractionId,
    command::{CustomerAct, Open},
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;
use world::{
    Faults, World,
    client::{
        ClientIdentity, Http, HttpFault, Jar, Next, Notification, PollClient, ServerAddress, SocketClient,
    },
};

const ENDPOINT: &str = "/api/v2/notifications";
const TOPICS: [&str; 2] = ["/v2/me/chats", "/v2/me/channels"];

/// A world that listens, with its first agent's id.
pub async fn listening() -> (World, Arc<Desk>, ServerAddress) {
    let hash = api::hash_password(demo::centre::PASSWORD).expect("a hash");
    let mut world = World::new(1, Faults::none(), &hash).await.expect("a world");
    let api = world.node().api().await.expect("the API");
    let chat = world.node().chat.router();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let target = ServerAddress::new(listener.local_addr().expect("its address"));
    tokio::spawn(async move { axum::serve(listener, api.router().merge(chat)).await });
    let desk = world.desk();
    (world, desk, target)
}

pub fn agent(number: u32) -> ClientIdentity {
    ClientIdentity::basic(&demo::centre::agent_name(number), demo::centre::PASSWORD)
}

async fn operate(http: &mut Http, path: &str, body: Value) {
    let answer = http.post_json(&format!("/api/v2{path}"), body.to_string()).await.expect("an answer");
    assert_eq!(answer.json()["statusCode"], 0, "{body}: {:?}", answer.body);
}

async fn ready(http: &mut Http) {
    operate(http, "/me", json!({"operationName": "StartContactCenterSession", "channels": ["chat"]})).await;
    operate(http, "/me/channels/chat", json!({"operationName": "Ready"})).await;
}

async fn customer(desk: &Desk, id: &str) {
    let open = Open {
        session: id.into(),
        service: demo::centre::SERVICE.into(),
        participant: "C1".into(),
        nickname: "Ina".into(),
        key_digest: String::new(),
        user_data: domain::UserData::default(),
    };
    desk.open_session(open).await.expect("the customer comes in");
}

async fn says(desk: &Desk, id: &str, text: &str) {
    let act = CustomerAct::Say { text: text.into(), message_type: None };
    desk.perform(Command::Customer { session: InteractionId::from(id), act })
        .await
        .expect("the customer speaks");
}

fn kinds(events: &[Notification]) -> Vec<String> {
    let kind = |event: &Notification| {
        let data = event.json();
        let state = data["chat"]["state"].as_str().or(data["channels"][0]["userState"]["state"].as_str());
        format!("{} {}", data["messageType"].as_str().unwrap_or(""), state.unwrap_or(""))
    };
    events.iter().map(kind).collect()
}

#[tokio::test]
async fn a_poll_hears_what_happens_once_and_in_order() {
    let (_world, desk, target) = listening().await;
    let mut client = PollClient::new(Http::new(target.clone(), agent(1)), ENDPOINT.into(), true);
    client.handshake().await.expect("a session");
    client.subscribe(&TOPICS).await.expect("subscriptions");
    let mut http = Http::new(target, agent(1));
    ready(&mut http).await;
    customer(&desk, "S1").await;
    let mut events = Vec::new();
    while !kinds(&events).contains(&"ChatStateChangeMessage Invited".to_owned()) {
        let heard = client.connect(Some(2_000)).await.expect("a connect");
        assert_eq!(heard.next, Next::Connect);
        events.extend(heard.events);
    }
    // After the login the channel has no state yet, and the customer is offered as soon as the agent is ready.
    let last = &kinds(&events)[1..];
    assert_eq!(
        last[last.len() - 2..],
        ["ChannelStateChangeMessageV2 Ready", "ChatStateChangeMessage Invited"]
    );
    assert!(client.acknowledged() > 0);
    let quiet = client.connect(Some(50)).await.expect("a connect");
    assert!(quiet.events.is_empty(), "nothing comes twice");
    client.disconnect().await.expect("a farewell");
}

#[tokio::test]
async fn a_socket_that_broke_hears_again_what_it_did_not_acknowledge() {
    let (_world, desk, target) = listening().await;
    let mut client = SocketClient::new(target.clone(), ENDPOINT.into(), agent(1), Jar::default(), true);
    client.open().await.expect("a socket");
    client.handshake().await.expect("a session");
    client.subscribe(&TOPICS).await.expect("subscriptions");
    let mut http = Http::new(target, agent(1));
    ready(&mut http).await;
    let heard = client.connect(Some(2_000)).await.expect("a connect");
    assert!(!heard.events.is_empty());
    client.close();
    customer(&desk, "S1").await;
    client.open().await.expect("another socket");
    let mut heard = client.connect(Some(2_000)).await.expect("a connect").events;
    while !kinds(&heard).contains(&"ChatStateChangeMessage Invited".to_owned()) {
        heard.extend(client.connect(Some(2_000)).await.expect("a connect").events);
    }
    operate(&mut http, "/me/chats/S1", json!({"operationName": "Accept", "nickname": "Ada"})).await;
    says(&desk, "S1", "Hello?").await;
    let mut said = Vec::new();
    while said.last() != Some(&json!("Hello?")) {
        for event in client.connect(Some(2_000)).await.expect("a connect").events {
            let data = event.json();
            let texts =
                data["messages"].as_array().into_iter().flatten().map(|message| message["text"].clone());
            said.extend(texts.filter(|text| !text.is_null()));
        }
    }
    assert_eq!(said, ["Hello?"]);
}

#[tokio::test]
async fn without_acknowledgements_a_socket_is_pushed_to() {
    let (_world, _desk, target) = listening().await;
    let mut client = SocketClient::new(target.clone(), ENDPOINT.into(), agent(2), Jar::default(), false);
    client.open().await.expect("a socket");
    client.handshake().await.expect("a session");
    client.subscribe(&TOPICS).await.expect("subscriptions");
    assert!(!client.client_id().is_empty());
    let first = client.connect(Some(0)).await.expect("a connect");
    assert!(first.events.is_empty());
    let mut http = Http::new(target, agent(2));
    let (heard, ()) = tokio::join!(client.connect(Some(5_000)), ready(&mut http));
    assert!(!heard.expect("a connect").events.is_empty());
}

#[tokio::test]
async fn sockets_hear_how_services_stand_with_acknowledgements_and_without() {
    let (_world, desk, target) = listening().await;
    let mut clients = [true, false]
        .map(|acks| SocketClient::new(target.clone(), ENDPOINT.into(), agent(1), Jar::default(), acks));
    for client in &mut clients {
        client.open().await.expect("a socket");
        client.handshake().await.expect("a session");
        client.subscribe(&["/notifications/services"]).await.expect("a subscription");
        let first = client.connect(Some(0)).await.expect("a connect");
        assert!(first.events.is_empty());
    }
    let report = |condition| {
        desk.services().set(ServiceState::connector("sms", "demo-sms", condition, desk.now()));
    };
    let said = |events: &[Notification]| {
        let word = |event: &Notification| event.json()["services"][0]["condition"].clone();
        events.iter().map(word).collect::<Vec<_>>()
    };
    let [acked, pushed] = &mut clients;
    for (condition, word) in [(Condition::Unreachable, "Unreachable"), (Condition::Working, "Working")] {
        let (one, other, ()) =
            tokio::join!(acked.connect(Some(20_000)), pushed.connect(Some(20_000)), async {
                // Until both are held, which nothing tells.
                tokio::time::sleep(Duration::from_millis(50)).await;
                report(condition);
            });
        for heard in [one, other] {
            assert_eq!(said(&heard.expect("a connect").events), [word]);
        }
    }
    // Between two connects it waits for the next, on a socket as on a poll.
    report(Condition::Blocked);
    // Longer than the server gathers what is volatile.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let heard = acked.connect(Some(20_000)).await.expect("a connect");
    assert_eq!(said(&heard.events), ["Blocked"]);
}

#[tokio::test]
async fn a_client_tells_what_was_not_sent_from_what_was_lost() {
    let (_world, _desk, target) = listening().await;
    let mut http = Http::new(target, agent(3));
    assert!(http.get("/api/v2/me").await.expect("an answer").status.is_success());
    assert!(http.jar().header().is_some(), "it keeps its cookies");
    assert!(http.get("/api/v2/me").await.expect("an answer").status.is_success());

    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let nowhere = ServerAddress::new(closed.local_addr().expect("its address"));
    drop(closed);
    let unsent = Http::new(nowhere, ClientIdentity::Cookies).get("/").await.expect_err("nobody is there");
    assert!(matches!(unsent, HttpFault::Unsent(_)) && !unsent.may_be_done());

    let rude = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let target = ServerAddress::new(rude.local_addr().expect("its address"));
    tokio::spawn(async move {
        let (mut socket, _) = rude.accept().await.expect("a client");
        let mut buffer = [0; 16];
        tokio::io::AsyncReadExt::read(&mut socket, &mut buffer).await.expect("a request");
    });
    let lost = Http::new(target, ClientIdentity::Cookies).get("/").await.expect_err("it hangs up");
    assert!(lost.may_be_done(), "{lost}");
}

#[tokio::test]
async fn a_cookie_is_enough_after_the_first_request() {
    let (_world, _desk, target) = listening().await;
    let mut first = Http::new(target.clone(), agent(4));
    first.get("/api/v2/me").await.expect("an answer");
    let mut second = Http::with_jar(target.clone(), ClientIdentity::Cookies, first.jar().clone());
    let me = second.get("/api/v2/me").await.expect("an answer").json();
    assert_eq!(me["user"]["userName"], demo::centre::agent_name(4));
    let stranger = Http::new(target, ClientIdentity::Cookies).get("/api/v2/me").await.expect("an answer");
    assert_eq!(stranger.status, 403);
}

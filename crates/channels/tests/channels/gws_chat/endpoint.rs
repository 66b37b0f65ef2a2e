//! Where a customer comes in: by the name of a service or of its queue, or by the only door there is.

use super::widget::{ROOT, Widget, ask, code};
use crate::chat::server::ChatServer;

use domain::{Command, centre::Centre, command::Provision};
use http::StatusCode;
use serde_json::{Value, json};

async fn requested(server: &ChatServer, endpoint: Value) -> (StatusCode, u64) {
    let body = json!({"operationName": "RequestChat", "nickname": "Ines", "endpoint": endpoint});
    let (status, answer) = ask(server, "POST", ROOT, body.to_string()).await;
    (status, answer["statusCode"].as_u64().expect("a number"))
}

async fn change(server: &ChatServer, change: impl FnOnce(&mut Centre)) {
    let mut centre = Centre::clone(&*server.desk.centre().expect("a centre"));
    change(&mut centre);
    server.done(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
}

fn services(server: &ChatServer) -> Vec<String> {
    server.desk.present().into_iter().map(|(_, _, service)| service.to_string()).collect()
}

#[tokio::test]
async fn an_endpoint_is_a_service_or_a_queue() {
    let server = ChatServer::new().await;
    assert_eq!(requested(&server, json!("other")).await, (StatusCode::OK, 0));
    assert_eq!(services(&server), ["other"]);
    assert_eq!(requested(&server, json!("Help")).await, (StatusCode::OK, 0));
    assert!(services(&server).contains(&"help".into()));
    for wrong in [json!("nowhere"), json!("HELP"), json!(7)] {
        assert_eq!(requested(&server, wrong).await, (StatusCode::BAD_REQUEST, 2));
    }
}

#[tokio::test]
async fn without_an_endpoint_there_must_be_one_service() {
    let server = ChatServer::new().await;
    assert_eq!(requested(&server, Value::Null).await, (StatusCode::BAD_REQUEST, 1));
    change(&server, |centre| drop(centre.services.remove("other"))).await;
    assert_eq!(requested(&server, json!("")).await, (StatusCode::OK, 0));
    assert_eq!(services(&server), ["help"]);
}

#[tokio::test]
async fn without_the_feature_of_its_medium_there_is_no_endpoint() {
    let server = ChatServer::new().await;
    change(&server, |centre| centre.features.clear()).await;
    assert_eq!(requested(&server, json!("help")).await, (StatusCode::BAD_REQUEST, 2));
}

#[tokio::test]
async fn a_full_queue_may_be_tried_again() {
    let server = ChatServer::new().await;
    for _ in 0..3 {
        Widget::open(&server, "Ines").await;
    }
    let body = json!({"operationName": "RequestChat", "nickname": "Jan", "endpoint": "help"}).to_string();
    let (status, answer) = ask(&server, "POST", ROOT, body).await;
    assert_eq!((status, code(&answer)), (StatusCode::SERVICE_UNAVAILABLE, 4));
}

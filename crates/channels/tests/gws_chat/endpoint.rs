//! Where a customer comes in: by the name of a service or of its queue, or by the only door there is.

use crate::{
    house::House,
    widget::{ROOT, Widget, ask, code},
};
use domain::{Command, centre::Centre, command::Provision};
use http::StatusCode;
use serde_json::{Value, json};

async fn requested(house: &House, endpoint: Value) -> (StatusCode, u64) {
    let body = json!({"operationName": "RequestChat", "nickname": "Ines", "endpoint": endpoint});
    let (status, answer) = ask(house, "POST", ROOT, body.to_string()).await;
    (status, answer["statusCode"].as_u64().expect("a number"))
}

async fn change(house: &House, change: impl FnOnce(&mut Centre)) {
    let mut centre = Centre::clone(&*house.desk.centre().expect("a centre"));
    change(&mut centre);
    house.perform(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
}

fn services(house: &House) -> Vec<String> {
    house.desk.present().into_iter().map(|(_, _, service)| service).collect()
}

#[tokio::test]
async fn an_endpoint_is_a_service_or_a_queue() {
    let house = House::new().await;
    assert_eq!(requested(&house, json!("other")).await, (StatusCode::OK, 0));
    assert_eq!(services(&house), ["other"]);
    assert_eq!(requested(&house, json!("Help")).await, (StatusCode::OK, 0));
    assert!(services(&house).contains(&"help".into()));
    for wrong in [json!("nowhere"), json!("HELP"), json!(7)] {
        assert_eq!(requested(&house, wrong).await, (StatusCode::BAD_REQUEST, 2));
    }
}

#[tokio::test]
async fn without_an_endpoint_there_must_be_one_service() {
    let house = House::new().await;
    assert_eq!(requested(&house, Value::Null).await, (StatusCode::BAD_REQUEST, 1));
    change(&house, |centre| drop(centre.services.remove("other"))).await;
    assert_eq!(requested(&house, json!("")).await, (StatusCode::OK, 0));
    assert_eq!(services(&house), ["help"]);
}

#[tokio::test]
async fn without_the_feature_of_its_medium_there_is_no_endpoint() {
    let house = House::new().await;
    change(&house, |centre| centre.features.clear()).await;
    assert_eq!(requested(&house, json!("help")).await, (StatusCode::BAD_REQUEST, 2));
}

#[tokio::test]
async fn a_full_queue_may_be_tried_again() {
    let house = House::new().await;
    for _ in 0..3 {
        Widget::open(&house, "Ines").await;
    }
    let body = json!({"operationName": "RequestChat", "nickname": "Jan", "endpoint": "help"}).to_string();
    let (status, answer) = ask(&house, "POST", ROOT, body).await;
    assert_eq!((status, code(&answer)), (StatusCode::SERVICE_UNAVAILABLE, 4));
}

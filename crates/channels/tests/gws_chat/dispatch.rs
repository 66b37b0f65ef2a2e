//! Agents ask below the same address: what is no customer's request goes on to their API, untouched.

use crate::{
    house::House,
    widget::{Widget, conversation, send},
};
use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Path},
    routing::get,
};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn status(house: &House, request: http::request::Builder) -> StatusCode {
    send(house, request.body(Body::empty()).expect("a request")).await.status()
}

#[tokio::test]
async fn an_agent_reaches_his_own_api() {
    let house = House::new().await;
    Widget::open(&house, "Ines").await;
    let conversation = conversation(&house).chat_id;
    for path in [
        format!("/api/v2/chats/{conversation}"),
        format!("/api/v2/chats/{conversation}/messages"),
        format!("/api/v2/me/chats/{conversation}"),
        "/api/v2/chats".into(),
        "/api/v2/chatsomething".into(),
        "/".into(),
    ] {
        let agent = Request::get(&path).header("authorization", "Basic eDp5");
        assert_eq!(status(&house, agent).await, StatusCode::IM_A_TEAPOT, "{path}");
    }
    let elsewhere = Request::get("/api/v2/me/chats").header("ContactCenterId", "c0");
    assert_eq!(status(&house, elsewhere).await, StatusCode::IM_A_TEAPOT);
    let preflight = Request::options(format!("/api/v2/chats/{conversation}"))
        .header("access-control-request-headers", "authorization,content-type");
    assert_eq!(status(&house, preflight).await, StatusCode::IM_A_TEAPOT);
}

#[tokio::test]
async fn his_address_comes_through_as_it_was() {
    let house = House::new().await;
    let told =
        |OriginalUri(uri): OriginalUri, Path(id): Path<String>| async move { format!("{id} of {uri}") };
    let agents = Router::new().nest("/api/v2", Router::new().route("/chats/{id}", get(told)));
    let app = house.chat.before(agents);
    let answered = async |request: http::request::Builder| {
        let response: Response<Body> =
            app.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        response.into_body().collect().await.expect("a body").to_bytes()
    };
    assert_eq!(answered(Request::get("/api/v2/chats/7?x=1")).await, "7 of /api/v2/chats/7?x=1");
    let customer = answered(Request::get("/api/v2/chats/7").header("ContactCenterId", "c0")).await;
    assert!(customer.starts_with(b"{\"statusCode\":6"));
}

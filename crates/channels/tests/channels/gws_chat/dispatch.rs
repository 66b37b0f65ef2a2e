//! Agents ask below the same address: what is no customer's request goes on to their API, untouched.

use super::widget::{Widget, conversation, send};
use crate::chat::server::ChatServer;

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, Path},
    routing::get,
};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn status(server: &ChatServer, request: http::request::Builder) -> StatusCode {
    send(server, request.body(Body::empty()).expect("a request")).await.status()
}

#[tokio::test]
async fn an_agent_reaches_his_own_api() {
    let server = ChatServer::new().await;
    Widget::open(&server, "Ines").await;
    let conversation = conversation(&server).chat_id;
    for path in [
        format!("/api/v2/chats/{conversation}"),
        format!("/api/v2/chats/{conversation}/messages"),
        format!("/api/v2/me/chats/{conversation}"),
        "/api/v2/chats".into(),
        "/api/v2/chatsomething".into(),
        "/".into(),
    ] {
        let agent = Request::get(&path).header("authorization", "Basic eDp5");
        assert_eq!(status(&server, agent).await, StatusCode::IM_A_TEAPOT, "{path}");
    }
    let elsewhere = Request::get("/api/v2/me/chats").header("ContactCenterId", "c0");
    assert_eq!(status(&server, elsewhere).await, StatusCode::IM_A_TEAPOT);
    let preflight = Request::options(format!("/api/v2/chats/{conversation}"))
        .header("access-control-request-headers", "authorization,content-type");
    assert_eq!(status(&server, preflight).await, StatusCode::IM_A_TEAPOT);
}

#[tokio::test]
async fn his_address_comes_through_as_it_was() {
    let server = ChatServer::new().await;
    let told =
        |OriginalUri(uri): OriginalUri, Path(id): Path<String>| async move { format!("{id} of {uri}") };
    let agents = Router::new().nest("/api/v2", Router::new().route("/chats/{id}", get(told)));
    let app = server.chat.before(agents);
    let answered = async |request: http::request::Builder| {
        let response: Response<Body> =
            app.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        response.into_body().collect().await.expect("a body").to_bytes()
    };
    assert_eq!(answered(Request::get("/api/v2/chats/7?x=1")).await, "7 of /api/v2/chats/7?x=1");
    let customer = answered(Request::get("/api/v2/chats/7").header("ContactCenterId", "c0")).await;
    assert!(customer.starts_with(b"{\"statusCode\":6"));
}

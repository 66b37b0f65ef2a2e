//! Media that are not served answer all the same: their collections are empty (spec: digital-channels#1.1, #5.1, #5.2,
//! #5.3, #5.7).

use serde_json::json;
use testkit::TestServer;

/// Every collection with its other spellings, and the key of its list.
const COLLECTIONS: [(&str, &str); 6] = [
    ("emails", "emails"),
    ("workitems", "workitems"),
    ("tweets", "tweets"),
    ("twitter", "tweets"),
    ("twitters", "tweets"),
    ("facebook", "facebooks"),
];

#[tokio::test]
async fn media_that_are_not_served_have_empty_collections() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    for (collection, key) in COLLECTIONS {
        let path = format!("/me/{collection}");
        assert_eq!(tom.get(&path).await.ok(), json!({"statusCode": 0, "uris": []}));
        for fields in ["*", "id,state"] {
            let listed = tom.get(&format!("{path}?fields={fields}")).await.ok();
            assert_eq!(listed, json!({"statusCode": 0, key: []}), "{path}");
        }
    }
}

#[tokio::test]
async fn nothing_stands_below_them_and_nothing_can_be_begun() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    for (collection, _) in COLLECTIONS {
        let path = format!("/me/{collection}");
        tom.get(&format!("{path}/1")).await.refused(404, 6);
        tom.operate(&format!("{path}/1"), "Accept").await.refused(404, 6);
        // As on chats, which an agent cannot begin either.
        tom.operate(&path, "Create").await.refused(404, 6);
    }
    tom.get("/emails/1/attachments/2").await.refused(404, 6);
    tom.operate("/me/workbins/1", "AddChat").await.refused(404, 6);
}

#[tokio::test]
async fn the_caller_is_shown_them_as_other_conversations() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    for asked in ["*", "emails,workitems,tweets,facebooks"] {
        let user = tom.get(&format!("/me?subresources={asked}")).await.ok()["user"].clone();
        for (_, key) in COLLECTIONS {
            assert_eq!(user[key], json!([]), "{key}");
        }
    }
    let user = tom.get("/me?subresources=chats").await.ok()["user"].clone();
    assert!(user.get("emails").is_none());
}

#[tokio::test]
async fn without_a_feature_for_them_they_are_not_there() {
    let app = TestServer::with(|centre| {
        centre.features = ["api-voice", "api-multimedia-email"].map(str::to_owned).into();
    })
    .await;
    let tom = app.agent("agent1");
    tom.get("/me/emails").await.ok();
    tom.get("/me/workitems").await.refused(404, 6);
}

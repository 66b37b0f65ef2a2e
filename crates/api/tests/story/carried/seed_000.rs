//! The seed for SMS sessions (spec: seeds#000): `SetDisposition`, its answer, and every printed field of its notification.

use super::texter;
use crate::seed::{ID, Seed};
use testkit::TestServer;

const SEED: Seed = Seed {
    collection: "smsessions",
    key: "smsession",
    message_type: "SMSsessionStateChangeMessage",
    topic: "/v2/me/smsessions",
};

#[tokio::test]
async fn set_disposition() {
    let app = TestServer::start().await;
    app.ids.choose(ID);
    let customer = texter(&app).writes("Hello").await;
    SEED.holds(&app, &customer).await;
}

#[tokio::test]
async fn the_other_spelling_answers_and_stands_beside_it() {
    let app = TestServer::start().await;
    let (tom, guest) = super::talking(&app, &texter(&app)).await;
    for collection in ["smsessions", "smssessions"] {
        let read = tom.get(&format!("/me/{collection}/{}", guest.id)).await.ok();
        assert_eq!(read["smsession"], read["smssession"]);
        assert_eq!(
            read["smssession"]["uri"],
            format!("http://localhost:8080/api/v2/smsessions/{}", guest.id)
        );
        let list = tom.get(&format!("/me/{collection}?fields=*")).await.ok();
        assert_eq!(list["smsessions"][0]["id"], guest.id.as_str());
        assert_eq!(list["smsessions"], list["smssessions"]);
    }
    guest.says("More").await;
    let told = &tom.hears().await[0]["data"];
    for name in ["smsession", "smssession"] {
        assert_eq!(told[format!("{name}Path")], format!("/smsessions/{}", guest.id));
        assert_eq!(
            told[format!("{name}Uri")],
            format!("http://localhost:8080/api/v2/smsessions/{}", guest.id)
        );
    }
}

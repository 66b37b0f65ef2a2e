//! `docs/messages.md`: every notification with an example, drawn from the API document. The examples are what stories were
//! told (`documented.rs`).

use api::Shown;
use domain::medium::Media;
use std::{fmt::Write as _, fs, path::Path};
use testkit::Contract;

const HEAD: &str = "# Every message\n\n\
    What a client is told over CometD, by topic, each with an example that a test was told. It comes as `data` of a message on\n\
    its topic; how one subscribes stands in [write-a-client](write-a-client.md#2-hear-what-happens), the members one by one in\n\
    the API document (`/api/v2/openapi.json`, `webhooks`). This page is drawn from it.\n";

#[test]
fn the_page_of_messages_is_that_of_the_document() {
    let contract = Contract::of(&Media::default(), Shown::default());
    let mut page = HEAD.to_owned();
    for (topic, item) in contract.document()["webhooks"].as_object().expect("topics") {
        let about = item["post"]["description"].as_str().expect("a description");
        let about = about.split(" It comes as ").next().expect("a sentence");
        let _ = write!(page, "\n## `{topic}`\n\n{about}\n");
        let examples = &item["post"]["requestBody"]["content"]["application/json"]["examples"];
        for (name, example) in examples.as_object().expect("examples") {
            let text = serde_json::to_string_pretty(&example["value"]).expect("json");
            let _ = write!(page, "\n### `{name}`\n\n```json\n{text}\n```\n");
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/messages.md");
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&file, &page).expect("written");
    }
    let committed = fs::read_to_string(&file).expect("the page");
    assert!(
        committed == page,
        "write docs/messages.md anew with `REGENERATE=1 cargo test -p api --test story messages`"
    );
}

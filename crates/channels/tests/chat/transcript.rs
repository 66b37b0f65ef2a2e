//! The transcript: everything once, in order, from any position.

use crate::house::{House, texts};
use futures::future::join_all;
use serde_json::Value;

fn indexes(answer: &Value) -> Vec<u64> {
    let messages = answer["messages"].as_array().expect("messages");
    messages.iter().map(|message| message["index"].as_u64().expect("index")).collect()
}

#[tokio::test]
async fn from_any_position_it_is_the_end_of_the_whole() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.tom_takes(&window).await;
    // More than is read at once; said together, so that they share commits.
    let words: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    join_all(words.iter().map(|word| house.tom_says(&window, word))).await;
    for _ in 0..3 {
        window.command(&house, "startTyping", &[]).await;
        house.tom_says(&window, "Go on").await;
        house.clock.advance(10_000);
    }
    let whole = window.refresh(&house).await;
    let messages = whole["messages"].as_array().expect("messages");
    assert_eq!(texts(&whole).len(), 303);
    for position in [0, 1, 2, 3, 150, 256, 257, 300, 302, 303, 304, 305, 306, 307, 308, 309, 9_999] {
        let text = position.to_string();
        let answer = window.command(&house, "refresh", &[("transcriptPosition", &text)]).await;
        let rest = messages.iter().filter(|message| message["index"].as_u64() >= Some(position));
        assert_eq!(answer["messages"], rest.cloned().collect::<Value>(), "from {position}");
        assert_eq!(answer["nextPosition"], whole["nextPosition"], "from {position}");
    }
}

#[tokio::test]
async fn a_widget_that_follows_every_position_misses_nothing() {
    let house = House::new().await;
    let mut window = house.customer("Ines").await;
    house.tom_takes(&window).await;
    let mut position = "2".to_owned();
    let mut heard = Vec::new();
    for round in 0..4 {
        house.tom_says(&window, &format!("before {round}")).await;
        // No position is sent, but the one in the answer is followed all the same.
        let sent = window.command(&house, "send", &[("message", &format!("mine {round}"))]).await;
        assert_eq!(indexes(&sent), Vec::<u64>::new());
        window.alias = sent["alias"].as_str().expect("alias").into();
        position = sent["nextPosition"].to_string();
        if round % 2 == 1 {
            let answer = window.command(&house, "refresh", &[("transcriptPosition", &position)]).await;
            heard.extend(indexes(&answer));
            window.alias = answer["alias"].as_str().expect("alias").into();
            position = answer["nextPosition"].to_string();
        }
    }
    assert_eq!(heard, (2..=10).collect::<Vec<_>>());
    assert_eq!(position, "11");
}

#[tokio::test]
async fn it_survives_a_restart() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    window.command(&house, "send", &[("message", "Hello")]).await;
    let before = window.refresh(&house).await;
    let house = house.restarted().await;
    assert_eq!(window.refresh(&house).await, before);
}

#[tokio::test]
async fn a_long_one_comes_in_parts() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    let text = "x".repeat(8 * 1024);
    let fields = [("message", text.as_str())];
    join_all((0..300).map(|_| window.command(&house, "send", &fields))).await;
    let first = window.refresh(&house).await;
    let rest = window
        .command(&house, "refresh", &[("transcriptPosition", &first["nextPosition"].to_string())])
        .await;
    let all: Vec<u64> = indexes(&first).into_iter().chain(indexes(&rest)).collect();
    assert!(!indexes(&rest).is_empty());
    assert_eq!(all, (1..=301).collect::<Vec<_>>());
}

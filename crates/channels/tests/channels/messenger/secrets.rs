//! Secrets stand nowhere but in the settings (spec: channel-connectors#0.2.8).

use super::graph::{Manner, error};
use super::server::{APP_SECRET, HOOK, INES, MessengerServer, PAGE_TOKEN, VERIFY_TOKEN, posted};
use axum::body::Body;
use domain::session::Delivery;
use http::{Request, StatusCode};
use serde_json::Value;
use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex},
};
use testkit::sign::hex;

#[tokio::test]
async fn secrets_are_nowhere() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _heard = tracing::subscriber::set_default(subscriber);

    let server = MessengerServer::on_disk().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.once(Manner::Says(500, Value::Null));
    server.tom_gets(&session, "Good day", Delivery::Unknown).await;
    server.graph.once(Manner::Says(400, error(190, 460)));
    server.tom_gets(&session, "Good day", Delivery::Failed).await;
    let wrong = format!("{HOOK}?hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}x&hub.challenge=1");
    let wrong = Request::get(wrong).body(Body::empty()).expect("a request");
    assert_eq!(server.send(wrong).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.send(posted(HOOK, "{}", Some(APP_SECRET))).await.status, StatusCode::FORBIDDEN);
    let run = tokio::spawn(server.messenger.clone().run());
    testkit::wait::eventually("names are asked for", async || !server.graph.heard("/2002").is_empty()).await;
    run.abort();

    let words = String::from_utf8(log.0.lock().expect("a lock").clone()).expect("text");
    assert!(words.contains("fbtrace_id"), "something was logged: {words}");
    let states = format!("{:?}", server.desk.services().all());
    let errors = format!("{:?}", server.errors().await);
    let proof = hex(APP_SECRET, PAGE_TOKEN);
    let secrets = [APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN, &proof];
    for told in [&words, &states, &errors] {
        for secret in secrets {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
    }
    for path in files(server.directory()) {
        let bytes = fs::read(&path).expect("a file");
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|some| some == secret.as_bytes());
            assert!(!found, "{secret} is in {}", path.display());
        }
    }
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir).expect("a directory").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What is logged by this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a lock").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

//! Secrets stand nowhere but in the settings (spec: channel-connectors#0.2.8).

use super::provider::Manner;
use super::server::{INES, SmsServer, TEXTS, TOKEN, figures, signed};
use channels::{secret::Secret, sms::config::ProviderCredentials};
use desk::Condition;
use domain::session::Delivery;
use http::StatusCode;
use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex},
};
use testkit::wait::eventually;

const KEY: &str = "hush-key-secret";

#[tokio::test]
async fn secrets_are_nowhere() {
    figures();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _heard = tracing::subscriber::set_default(subscriber);

    let server = SmsServer::on_disk(|config| {
        config.credentials = ProviderCredentials::ApiKey { sid: "SK1".into(), secret: Secret::new(KEY) };
    })
    .await;
    let session = server.talk(INES, "SM1").await;
    for manner in [
        Manner::Says(401, None, r#"{"code":20003,"message":"Authenticate"}"#),
        Manner::Says(400, None, r#"{"code":1,"message":"no"}"#),
        Manner::Says(500, None, ""),
    ] {
        server.provider.once(manner);
        server.tom_says(&session, "Good day").await;
        eventually("it is done", async || server.state(&session).await != Some(Delivery::Queued)).await;
    }
    server.tom_says(&session, "Good day").await;
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.post(TEXTS, &[("no", "message")]).await, StatusCode::OK);
    let mut wrong = signed(TEXTS, &[("no", "message")]);
    wrong.headers_mut().insert("X-Twilio-Signature", TOKEN.parse().expect("a value"));
    assert_eq!(server.send(wrong).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.condition("texts"), Condition::Working);

    let words = String::from_utf8(log.0.lock().expect("a lock").clone()).expect("text");
    assert!(words.contains("quarantine"), "something was logged: {words}");
    let states = format!("{:?}", server.desk.services().all());
    let errors = format!("{:?}", server.errors().await);
    assert!(errors.contains("does not accept our account"), "{errors}");
    for told in [&words, &states, &errors, &figures()] {
        assert!(!told.contains(TOKEN) && !told.contains(KEY), "{told}");
    }
    let mut bytes = 0;
    for path in files(server.directory()) {
        let text = fs::read(&path).expect("a file");
        bytes += text.len();
        for secret in [TOKEN, KEY] {
            let found = text.windows(secret.len()).any(|some| some == secret.as_bytes());
            assert!(!found, "{secret} is in {}", path.display());
        }
    }
    assert!(bytes > 10_000, "the journal was looked at: {bytes} bytes");
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

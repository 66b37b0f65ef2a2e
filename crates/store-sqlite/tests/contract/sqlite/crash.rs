//! The process dies at any moment: what was acknowledged is there.

use crate::suite::scene::{Scene, agent, session};
use desk::ports::{FeedQuery, Store};
use domain::State;
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use store_sqlite::{Options, SqliteStore, rebuild};

const DIRECTORY: &str = "JACKFIELD_TEST_CRASH";

/// Not a test of its own: the process that is killed. Prints each disposition once it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test below"]
async fn commit_until_killed() {
    let Ok(dir) = std::env::var(DIRECTORY) else { return };
    let store = SqliteStore::open(Path::new(&dir), Options::default()).expect("open");
    let scene = Arc::new(Scene::set_up(Arc::new(store), 8).await);
    let mut tasks = Vec::new();
    for number in 1..=8 {
        let scene = scene.clone();
        tasks.push(tokio::spawn(async move {
            let id = format!("chat{number}");
            scene.talk(&id, number).await;
            for count in 0.. {
                let value = format!("value-{number}-{count}");
                let done = scene.dispose(&id, number, &value).await;
                let line = format!("acknowledged {value} {}\n", done.reference.expect("an agent's command"));
                std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
            }
        }));
    }
    for task in tasks {
        task.await.expect("goes on until killed");
    }
}

#[tokio::test]
async fn whatever_was_acknowledged_before_a_kill_is_there_after_it() {
    for round in 0..4_u64 {
        let dir = tempfile::tempdir().expect("a directory");
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--ignored", "--exact", "--nocapture", "sqlite::crash::commit_until_killed"])
            .env(DIRECTORY, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a child");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let first = lines.by_ref().find(|line| line.starts_with("acknowledged"));
        std::thread::sleep(Duration::from_millis(60 + 97 * round));
        child.kill().expect("killed");
        child.wait().expect("gone");
        let acknowledged: Vec<String> = first
            .into_iter()
            .chain(lines)
            .filter(|line| line.starts_with("acknowledged") && line.split(' ').count() == 3)
            .collect();
        assert!(acknowledged.len() > 8, "the child got nowhere");

        let store = SqliteStore::open(dir.path(), Options::default()).expect("open");
        let mut found = BTreeSet::new();
        let mut after = 0;
        loop {
            let kinds = vec!["disposition".into()];
            let query = FeedQuery { after, limit: 1_000, kinds, ..FeedQuery::default() };
            let page = store.events(query).await.expect("events");
            let Some(last) = page.rows.last() else { break };
            after = last.seq;
            for row in page.rows {
                if let domain::Event::Session(domain::session::Event {
                    fact: domain::session::Fact::Disposition { value, .. },
                    ..
                }) = row.event
                {
                    found.insert(value.as_str().expect("text").to_owned());
                }
            }
        }
        for line in &acknowledged {
            let mut words = line.split(' ').skip(1);
            let (value, position) = (words.next().expect("a value"), words.next().expect("a position"));
            assert!(found.contains(value), "{value} was acknowledged and is lost");
            let number = value.split('-').nth(1).expect("an agent").parse().expect("a number");
            let position: u64 = position.parse().expect("a number");
            let notes = store.notes(&agent(number), position - 1, 1).await.expect("notes");
            assert!(notes.iter().any(|note| note.pos == position && note.body.contains(value)));
        }
        for number in 1..=8 {
            let state = store.state(&session(&format!("chat{number}"))).await.expect("state");
            assert!(matches!(state.as_deref(), None | Some(State::Session(_))));
        }
        let report = rebuild(dir.path(), false).expect("a report");
        assert_eq!(report.differences, []);
    }
}

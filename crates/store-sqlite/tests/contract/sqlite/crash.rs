//! The process dies at any moment: what was acknowledged is there.

use crate::suite::{
    fixture::{StoreFixture, agent, session},
    post::{outcome, says},
};
use desk::ports::{FeedQuery, Store};
use domain::{NodeId, State, session::Delivery};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use store_sqlite::{Options, SqliteStore, rebuild};

pub const DIRECTORY: &str = "JACKFIELD_TEST_CRASH";
/// So many acknowledgements are more than a beginning.
const SOMEWHERE: usize = 12;

/// Not a test of its own: the process that is killed. Prints each disposition once it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test below"]
async fn commit_until_killed() {
    let Ok(dir) = std::env::var(DIRECTORY) else { return };
    let store = SqliteStore::open(Path::new(&dir), Options::default()).expect("open");
    let fixture = Arc::new(StoreFixture::set_up(Arc::new(store), 8).await);
    let mut tasks = Vec::new();
    for number in 1..=8 {
        let fixture = fixture.clone();
        tasks.push(tokio::spawn(async move {
            let id = format!("chat{number}");
            fixture.talk(&id, number).await;
            for count in 0.. {
                let value = format!("value-{number}-{count}");
                let done = fixture.dispose(&id, number, &value).await;
                let line = format!("acknowledged {value} {}\n", done.reference.expect("an agent's command"));
                std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
            }
        }));
    }
    for task in tasks {
        task.await.expect("goes on until killed");
    }
}

/// Runs a test of this file as a process of its own and kills it some time after it has got somewhere; what it
/// acknowledged.
fn killed(test: &str, dir: &Path, after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "--nocapture", &format!("sqlite::crash::{test}")])
        .env(DIRECTORY, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    let whole = |line: &String| line.starts_with("acknowledged") && line.split(' ').count() == 3;
    // However slow the machine is.
    let mut acknowledged: Vec<String> = lines.by_ref().filter(whole).take(SOMEWHERE).collect();
    std::thread::sleep(after);
    child.kill().expect("killed");
    child.wait().expect("gone");
    acknowledged.extend(lines.filter(whole));
    assert!(acknowledged.len() >= SOMEWHERE, "the child got nowhere");
    acknowledged
}

#[tokio::test]
async fn whatever_was_acknowledged_before_a_kill_is_there_after_it() {
    for round in 0..4_u64 {
        let dir = tempfile::tempdir().expect("a directory");
        let acknowledged = killed("commit_until_killed", dir.path(), Duration::from_millis(60 + 97 * round));

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
                if let domain::Event::Session(domain::session::SessionEvent {
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
            let notes = store.notes(&agent(number), position - 1, 1, usize::MAX).await.expect("notes");
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

/// Not a test of its own: the process that is killed while it sends. Prints each step once it is acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test below"]
async fn send_until_killed() {
    let Ok(dir) = std::env::var(DIRECTORY) else { return };
    let store = SqliteStore::open(Path::new(&dir), Options::default()).expect("open");
    let fixture = Arc::new(StoreFixture::set_up(Arc::new(store), 4).await);
    let acknowledged = |step: &str, task: &str| {
        let line = format!("acknowledged {step} {task}\n");
        std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
    };
    let mut threads = Vec::new();
    for number in 1..=4 {
        let fixture = fixture.clone();
        threads.push(tokio::spawn(async move {
            let id = format!("text{number}");
            fixture.text(&id, &format!("+{number}"), number).await;
            for index in 4.. {
                let task = format!("{id}/{index}");
                fixture.done(says(&id, number, &task)).await;
                acknowledged("asked", &task);
                fixture.store.start(task.clone(), NodeId::default()).await.expect("begun");
                acknowledged("begun", &task);
                if index % 3 == 0 {
                    // It was certainly not sent, and is tried again forever.
                    fixture.store.not_sent(task.clone()).await.expect("not sent");
                    acknowledged("waits", &task);
                } else {
                    fixture.done(outcome(&id, index, Delivery::Sent, &task)).await;
                    acknowledged("settled", &task);
                }
            }
        }));
    }
    for thread in threads {
        thread.await.expect("goes on until killed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_there_after_a_kill_exactly_while_its_message_is_not_settled() {
    for round in 0..3_u64 {
        let dir = tempfile::tempdir().expect("a directory");
        let mut steps: BTreeMap<String, String> = BTreeMap::new();
        for line in killed("send_until_killed", dir.path(), Duration::from_millis(40 + 83 * round)) {
            let mut words = line.split(' ').skip(1).map(str::to_owned);
            let (step, task) = (words.next().expect("a step"), words.next().expect("a task"));
            steps.insert(task, step);
        }
        let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
        let fixture = StoreFixture::at(store, 1_000_000);
        let tasks: BTreeMap<String, bool> = fixture.tasks().await.into_iter().collect();
        let mut settled = BTreeSet::new();
        for number in 1..=4 {
            let id = format!("text{number}");
            for message in fixture.log(&id).await {
                let Some(progress) = message.delivery else { continue };
                let task = format!("{id}/{}", message.index);
                assert_eq!(tasks.contains_key(&task), progress.state == Delivery::Queued, "{task}");
                if progress.state != Delivery::Queued {
                    assert_eq!(fixture.entry(&task).await, Some((id.clone(), message.index)));
                    settled.insert(task);
                }
            }
        }
        for (task, step) in &steps {
            let found = tasks.get(task);
            match &**step {
                "asked" => assert!(found.is_some() || settled.contains(task), "{task}"),
                // The step after it may be on the disk too, though nobody was told.
                "begun" => {
                    let index: u32 = task.split('/').nth(1).and_then(|at| at.parse().ok()).expect("an index");
                    assert!(
                        found == Some(&true) || settled.contains(task) || index.is_multiple_of(3),
                        "{task}"
                    );
                }
                "waits" => assert_eq!(found, Some(&false), "{task}"),
                _ => assert!(settled.contains(task), "{task}"),
            }
        }
        assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    }
}

//! What a process leaves that did not end cleanly.

use super::{crash::DIRECTORY, files::mode};
use crate::suite::fixture::StoreFixture;
use desk::ports::{FeedQuery, StoreFault};
use rusqlite::Connection;
use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};
use store_sqlite::{
    BackupError, OpenError, Options, RebuildError, SqliteReader, SqliteStore, accept_loss, backup, rebuild,
};

const FRAME: u64 = 24 + 4096;

/// What becomes of a directory behind the server's back.
type Spoil = Box<dyn Fn(&Killed)>;

/// A directory as a kill leaves it: a copy of one whose store is open and has answered everybody.
struct Killed(tempfile::TempDir);

impl Killed {
    async fn after(conversations: u32) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
        let fixture = StoreFixture::set_up(store, 1).await;
        for number in 0..conversations {
            fixture.talk(&format!("chat{number}"), 1).await;
        }
        Self::of(dir.path())
    }

    fn of(dir: &Path) -> Self {
        let copy = tempfile::tempdir().expect("a directory");
        for file in fs::read_dir(dir).expect("a directory") {
            let name = file.expect("a file").file_name();
            fs::copy(dir.join(&name), copy.path().join(&name)).expect("copied");
        }
        Self(copy)
    }

    fn again(&self) -> Self {
        Self::of(self.dir())
    }

    fn dir(&self) -> &Path {
        self.0.path()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    fn spoil(&self, name: &str, at: u64) {
        let file = File::options().write(true).open(self.path(name)).expect("open");
        file.write_all_at(&[0x55; 4096], at).expect("written");
    }

    fn cut(&self, name: &str, to: u64) {
        File::options().write(true).open(self.path(name)).expect("open").set_len(to).expect("cut");
    }

    fn length(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).expect("a file").len()
    }

    /// The number of the newest event, once the store was opened and closed.
    fn opened(&self) -> u64 {
        drop(SqliteStore::open(self.dir(), Options::default()).expect("open"));
        head(self.dir())
    }

    fn refused(&self) -> OpenError {
        SqliteStore::open(self.dir(), Options::default()).map(|_| ()).expect_err("refused")
    }
}

fn head(dir: &Path) -> u64 {
    let reader = SqliteReader::open(dir).expect("a reader");
    reader.events(&FeedQuery { limit: 1, ..FeedQuery::default() }).expect("events").head
}

#[tokio::test]
async fn what_a_kill_leaves_is_taken_up_whole_with_or_without_the_index_of_the_wal() {
    let killed = Killed::after(5).await;
    let head = head(killed.again().dir());
    for spoil in [
        |_: &Killed| {},
        |killed: &Killed| fs::remove_file(killed.path("journal.db-shm")).expect("removed"),
        |killed: &Killed| killed.spoil("journal.db-shm", 0),
        |killed: &Killed| fs::write(killed.path("in-use"), "").expect("written"),
        // The beginning of a commit that nobody was told of.
        |killed: &Killed| {
            let mut wal = File::options().append(true).open(killed.path("journal.db-wal")).expect("open");
            wal.write_all(&[0x55; 6000]).expect("written");
        },
    ] {
        let killed = killed.again();
        spoil(&killed);
        drop(SqliteStore::open(killed.dir(), Options::default()).expect("open"));
        assert!(!killed.path("in-use").exists() && !killed.path("journal.db-wal").exists());
        assert_eq!(killed.opened(), head);
        assert_eq!(rebuild(killed.dir(), false).expect("a report").differences, []);
    }
}

#[tokio::test]
async fn a_wal_that_lost_acknowledged_commits_is_refused_with_the_way_out() {
    let killed = Killed::after(5).await;
    let length = killed.length("journal.db-wal");
    let half = 32 + (length - 32) / FRAME / 2 * FRAME;
    let spoils: [(&str, Spoil); 6] = [
        (
            "missing or empty",
            Box::new(|killed| fs::remove_file(killed.path("journal.db-wal")).expect("removed")),
        ),
        ("missing or empty", Box::new(|killed| killed.cut("journal.db-wal", 0))),
        ("cut or damaged", Box::new(move |killed| killed.cut("journal.db-wal", half))),
        ("cut or damaged", Box::new(move |killed| killed.spoil("journal.db-wal", half + 100))),
        ("cut or damaged", Box::new(move |killed| killed.cut("journal.db-wal", length - FRAME))),
        ("damaged at its beginning", Box::new(|killed| killed.spoil("journal.db-wal", 0))),
    ];
    for (what, spoil) in spoils {
        let killed = killed.again();
        spoil(&killed);
        let before = fs::read(killed.path("journal.db")).expect("read");
        let refused = killed.refused();
        assert!(matches!(refused, OpenError::Lost { .. }), "{refused}");
        let told = refused.to_string();
        assert!(told.contains(what) && told.contains("--accept-loss"), "{told}");
        // Nothing is made of it: not by a reader, not in a copy, not by comparing.
        let parent = tempfile::tempdir().expect("a directory");
        assert!(matches!(backup(killed.dir(), &parent.path().join("copy")), Err(BackupError::Source(_))));
        assert!(matches!(rebuild(killed.dir(), false), Err(RebuildError::Open(OpenError::Lost { .. }))));
        assert!(SqliteReader::open(killed.dir()).is_err());
        assert_eq!(fs::read(killed.path("journal.db")).expect("read"), before);
        assert!(matches!(killed.refused(), OpenError::Lost { .. }));
        // Until somebody says that it should be so.
        accept_loss(killed.dir()).expect("taken as it is");
        killed.opened();
        assert_eq!(rebuild(killed.dir(), false).expect("a report").differences, []);
    }
}

#[tokio::test]
async fn a_wal_that_another_program_moved_into_the_journal_is_not_missed() {
    let killed = Killed::after(5).await;
    let before = killed.again().opened();
    let shell = Connection::open(killed.path("journal.db")).expect("open");
    let rows: i64 = shell.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).expect("a count");
    shell.close().expect("closed");
    assert!(rows > 0 && !killed.path("journal.db-wal").exists());
    assert_eq!(killed.opened(), before);
    assert_eq!(rebuild(killed.dir(), false).expect("a report").differences, []);
}

#[tokio::test]
async fn damage_in_the_middle_is_found_without_a_mark_too() {
    let killed = Killed::after(5).await;
    fs::remove_file(killed.path("in-use")).expect("removed");
    let length = killed.length("journal.db-wal");
    killed.spoil("journal.db-wal", 32 + (length - 32) / FRAME / 2 * FRAME + 100);
    let refused = killed.refused().to_string();
    assert!(refused.contains("whole commits lie behind the damage"), "{refused}");
}

#[tokio::test]
async fn a_journal_that_is_missing_or_empty_beside_what_belongs_to_it_does_not_begin_anew() {
    let killed = Killed::after(2).await;
    for name in ["journal.db-wal", "journal.db-shm", "in-use"] {
        let killed = killed.again();
        fs::remove_file(killed.path("journal.db")).expect("removed");
        for other in ["journal.db-wal", "journal.db-shm", "in-use"].into_iter().filter(|other| *other != name)
        {
            fs::remove_file(killed.path(other)).expect("removed");
        }
        let refused = killed.refused();
        assert!(matches!(refused, OpenError::Gone { .. }) && refused.to_string().contains(name), "{refused}");
        assert!(!killed.path("journal.db").exists());
    }
    killed.cut("journal.db", 0);
    assert!(matches!(killed.refused(), OpenError::Gone { .. }));
    for name in ["journal.db-wal", "journal.db-shm", "in-use"] {
        fs::remove_file(killed.path(name)).expect("removed");
    }
    // A journal is never empty, also if nothing else is there.
    assert!(matches!(killed.refused(), OpenError::Gone { .. }));
    fs::remove_file(killed.path("journal.db")).expect("removed");
    killed.opened();
}

#[tokio::test]
async fn another_journal_is_not_mixed_with_the_wal_that_was_left() {
    let killed = Killed::after(2).await;
    let other = tempfile::tempdir().expect("a directory");
    drop(SqliteStore::open(other.path(), Options::default()).expect("open"));
    fs::copy(other.path().join("journal.db"), killed.path("journal.db")).expect("copied");
    let refused = killed.refused();
    assert!(matches!(refused, OpenError::Gone { .. }), "{refused}");
    assert!(refused.to_string().contains("another journal"), "{refused}");
}

#[tokio::test]
async fn a_kill_before_the_first_journal_is_whole_leaves_nothing_in_the_way() {
    let dir = tempfile::tempdir().expect("a directory");
    for name in ["lock", "journal.db.part", "journal.db.part-wal"] {
        fs::write(dir.path().join(name), "half").expect("written");
    }
    drop(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    assert!(!dir.path().join("journal.db.part").exists());
}

#[tokio::test]
async fn whoever_only_reads_leaves_the_wal_where_it_is() {
    let killed = Killed::after(2).await;
    let length = killed.length("journal.db-wal");
    let head = head(killed.dir());
    assert_eq!(killed.length("journal.db-wal"), length);
    rebuild(killed.dir(), false).expect("a report");
    assert_eq!(killed.opened(), head);
}

#[tokio::test]
async fn damaged_pages_are_called_damage_and_nothing_is_made_of_them() {
    let killed = Killed::after(20).await;
    let clean = killed.again();
    clean.opened();
    let pages = clean.length("journal.db") / 4096;
    let (mut found, parent) = (0, tempfile::tempdir().expect("a directory"));
    for page in 1..pages {
        let (damaged, copy) = (clean.again(), parent.path().join(page.to_string()));
        damaged.spoil("journal.db", page * 4096);
        let sound = rebuild(damaged.dir(), false);
        let copied = backup(damaged.dir(), &copy);
        if sound.is_ok() {
            copied.expect("what is sound can be copied");
        } else {
            found += 1;
            copied.expect_err("what is damaged is not copied");
            assert!(!copy.exists());
        }
    }
    // Only a page that holds nothing may be garbage.
    assert!(found + 2 >= pages - 1, "{found} of {pages}");
    let middle = clean.again();
    middle.spoil("journal.db", pages / 2 * 4096);
    let damaged = rebuild(middle.dir(), false).expect_err("damaged");
    assert!(
        matches!(damaged, RebuildError::Damaged(_)) && damaged.to_string().contains("damaged"),
        "{damaged}"
    );
    assert!(matches!(backup(middle.dir(), &parent.path().join("x")), Err(BackupError::Damaged(_))));
}

#[tokio::test]
async fn after_a_kill_damaged_pages_keep_the_server_from_starting() {
    let killed = Killed::after(20).await;
    let head = head(killed.dir());
    // Moved into the file by another program, as it is after a long time; then the kill.
    killed.opened();
    let store = SqliteStore::open(killed.dir(), Options::default()).expect("open");
    let again = killed.again();
    drop(store);
    assert_eq!(again.again().opened(), head);
    again.spoil("journal.db", again.length("journal.db") / 4096 / 2 * 4096);
    let refused = again.refused();
    assert!(refused.to_string().contains("journal.db is damaged"), "{refused}");
}

#[tokio::test]
async fn an_older_copy_in_place_of_the_journal_is_noticed() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::set_up(store, 1).await;
    fixture.talk("first", 1).await;
    drop(fixture);
    let old = fs::read(dir.path().join("journal.db")).expect("read");
    let store = Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    let fixture = StoreFixture::at(store, 9_000);
    fixture.talk("second", 1).await;
    drop(fixture);
    let store = SqliteStore::open(dir.path(), Options::default()).expect("open");
    let killed = Killed::of(dir.path());
    drop(store);
    fs::write(killed.path("journal.db"), old).expect("written");
    let refused = killed.refused().to_string();
    assert!(refused.contains("was committed"), "{refused}");
}

/// Not a test of its own: a process whose disk fails, because its files may not grow. It was told to ignore the signal
/// that goes with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by the test below"]
async fn commit_where_files_cannot_grow() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let Ok(dir) = std::env::var(DIRECTORY) else { return };
    let dir = Path::new(&dir);
    let store = Arc::new(SqliteStore::open(dir, Options::default()).expect("open"));
    let health = store.health();
    let fixture = StoreFixture::set_up(store.clone(), 1).await;
    fixture.talk("one", 1).await;
    let before = fixture.session("one").await;
    let wal = || fs::metadata(dir.join("journal.db-wal")).expect("a WAL").len();
    let limits = getrlimit(Resource::Fsize);
    let limit = |current| {
        setrlimit(Resource::Fsize, rustix::process::Rlimit { current, ..limits }).expect("set");
    };

    limit(Some(wal()));
    let answer = fixture.try_dispose("one", 1, "unknown").await;
    assert!(matches!(answer, Err(StoreFault::Unknown(_))), "{answer:?}");
    assert!(health.is_failing());
    let answer = fixture.try_dispose("one", 1, "refused").await;
    assert!(matches!(answer, Err(StoreFault::Failed(_))), "{answer:?}");
    // What is there can be read.
    assert_eq!(fixture.session("one").await, before);

    limit(limits.current);
    let begun = Instant::now();
    while health.is_failing() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never tried again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(fixture.session("one").await, before);
    fixture.dispose("one", 1, "stored").await;
    // And what a kill at this moment would leave is whole.
    let killed = Killed::of(dir);
    killed.opened();
    let store = Arc::new(SqliteStore::open(killed.dir(), Options::default()).expect("open"));
    assert_eq!(StoreFixture::at(store, 9_000).session("one").await, fixture.session("one").await);
    println!("went through");
}

#[test]
fn a_commit_that_the_disk_failed_is_unknown_and_settled_before_anything_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "--nocapture", "sqlite::left::commit_where_files_cannot_grow"])
        .env(DIRECTORY, dir.path())
        .output()
        .expect("a child");
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("went through"), "{told}");
    drop(SqliteStore::open(dir.path(), Options::default()).expect("open"));
    assert_eq!(rebuild(dir.path(), false).expect("a report").differences, []);
    let conn = Connection::open(dir.path().join("journal.db")).expect("open");
    let count = |words: &str| -> i64 {
        let sql = "SELECT count(*) FROM event WHERE instr(body, ?1)";
        conn.query_row(sql, [words], |row| row.get(0)).expect("sql")
    };
    assert_eq!((count("\"unknown\""), count("\"refused\""), count("\"stored\"")), (0, 0, 1));
    assert_eq!(mode(&dir.path().join("journal.db")), 0o600);
}

//! The server's side of the socket: one request and one answer for each connection, both JSON.

use super::{
    change,
    request::{AdminAnswer, Request},
    sip_trace,
    socket::Socket,
};
use desk::Desk;
use std::{sync::Arc, time::Duration};
use store_sqlite::SqliteDirectory;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::{Mutex, Semaphore},
};
use voice::Voice;

/// The longest request, in bytes: a file of twenty thousand users is a third of it.
pub(super) const LONGEST: u64 = 16 << 20;
/// How many commands are read at once; others wait at the socket.
const AT_ONCE: usize = 4;
/// How long a command may take to say what it wants, and to take its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait when a connection cannot be taken.
const BREATH: Duration = Duration::from_millis(50);

/// Makes the changes that commands ask for.
pub struct Admin {
    desk: Arc<Desk>,
    journal: SqliteDirectory,
    /// The switch, while there is one.
    switch: Option<Arc<Voice>>,
    /// One change at a time: what a file wants is compared with what there is, and nothing may come in between.
    turn: Mutex<()>,
}

/// The user at the other end.
#[derive(Clone, Copy, Debug)]
struct Peer {
    uid: u32,
    pid: Option<i32>,
}

impl Admin {
    /// Over the desk, the journal and the switch of a server.
    pub fn new(desk: Arc<Desk>, journal: SqliteDirectory, switch: Option<Arc<Voice>>) -> Arc<Self> {
        Arc::new(Self { desk, journal, switch, turn: Mutex::new(()) })
    }

    /// Answers commands. Never returns.
    pub async fn serve(self: Arc<Self>, socket: Socket) {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        loop {
            let Ok(place) = room.clone().acquire_owned().await else { return };
            match socket.listener.accept().await {
                Ok((stream, _)) => {
                    let admin = self.clone();
                    // A change that was begun is finished, whether or not anybody waits for its answer.
                    tokio::spawn(async move {
                        admin.answer(stream).await;
                        drop(place);
                    });
                }
                Err(why) => {
                    tracing::warn!(%why, "a command could not be heard");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
    }

    async fn answer(&self, mut stream: UnixStream) {
        let own = rustix::process::geteuid().as_raw();
        let answer = match peer(&stream) {
            Some(peer) if may(peer, own) => self.hear(&mut stream, peer).await,
            peer => {
                metrics::counter!("jackfield_admin_requests_total", "operation" => "unknown", "outcome" => "stranger")
                    .increment(1);
                tracing::warn!(?peer, "a command of another user was refused");
                AdminAnswer::refused("only root and the user that runs the server may administer it")
            }
        };
        let Ok(text) = serde_json::to_vec(&answer) else { return };
        let write = async {
            stream.write_all(&text).await?;
            stream.shutdown().await
        };
        match tokio::time::timeout(PATIENCE, write).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::debug!(%why, "a command did not hear its answer"),
            Err(_) => tracing::debug!("a command did not take its answer"),
        }
    }

    async fn hear(&self, stream: &mut UnixStream, peer: Peer) -> AdminAnswer {
        let request = match tokio::time::timeout(PATIENCE, read(stream)).await {
            Ok(Ok(request)) => request,
            Ok(Err(why)) => return AdminAnswer::refused(why),
            Err(_) => return AdminAnswer::refused("the request did not come in time"),
        };
        let operation = request.name();
        let answer = match request {
            // It changes nothing, and must not wait for what does.
            Request::SipTrace { of } => sip_trace::find(self.switch.clone(), of, self.desk.now()).await,
            change => {
                let _turn = self.turn.lock().await;
                change::make(&self.desk, &self.journal, change).await
            }
        };
        let outcome = if answer.refused.is_some() { "refused" } else { "done" };
        metrics::counter!("jackfield_admin_requests_total", "operation" => operation, "outcome" => outcome)
            .increment(1);
        tracing::info!(operation, outcome, uid = peer.uid, pid = peer.pid, "administration");
        answer
    }
}

fn peer(stream: &UnixStream) -> Option<Peer> {
    let found = stream.peer_cred().ok()?;
    Some(Peer { uid: found.uid(), pid: found.pid() })
}

/// Whether a user may administer a server that runs as `own`.
fn may(peer: Peer, own: u32) -> bool {
    peer.uid == 0 || peer.uid == own
}

/// The one request of a connection, up to where the other side stops writing.
async fn read(stream: &mut UnixStream) -> Result<Request, String> {
    let mut text = Vec::new();
    stream.take(LONGEST + 1).read_to_end(&mut text).await.map_err(|why| why.to_string())?;
    if text.len() as u64 > LONGEST {
        return Err(format!("a request has at most {LONGEST} bytes"));
    }
    serde_json::from_slice(&text).map_err(|why| {
        format!("the server does not understand the request, perhaps it is of another release: {why}")
    })
}

#[cfg(test)]
mod tests {
    use super::{super::request::SipTraceBy, *};

    async fn said(bytes: Vec<u8>) -> Result<Request, String> {
        let (mut here, mut there) = UnixStream::pair().expect("a pair");
        let writing = tokio::spawn(async move {
            // A reader that stops may not take all of it.
            let _ = here.write_all(&bytes).await;
            let _ = here.shutdown().await;
        });
        let read = read(&mut there).await;
        drop(there);
        writing.await.expect("written");
        read
    }

    #[test]
    fn root_and_the_user_of_the_server_may_administer_it_and_nobody_else() {
        let may = |uid, own| may(Peer { uid, pid: None }, own);
        assert!(may(0, 1_000) && may(1_000, 1_000) && !may(1_001, 1_000) && !may(1_000, 0));
    }

    #[tokio::test]
    async fn a_request_is_read_whole_and_not_beyond_its_bound() {
        let whole = br#"{"operation":"erase","person":"Ines"}"#;
        assert!(matches!(said(whole.to_vec()).await, Ok(Request::Erase { person }) if person == "Ines"));
        let trace = br#"{"operation":"sip-trace","of":{"dn":"5001"}}"#;
        let read = said(trace.to_vec()).await;
        assert!(matches!(read, Ok(Request::SipTrace { of: SipTraceBy::Dn(dn) }) if dn == "5001"));
        for wrong in [&b""[..], b"{}", br#"{"operation":"erase"}"#, br#"{"operation":"dance"}"#, &whole[..20]]
        {
            let why = said(wrong.to_vec()).await.expect_err("refused");
            assert!(why.contains("does not understand"), "{why}");
        }
        let long = vec![b' '; usize::try_from(LONGEST).expect("a size") + 2];
        assert!(said(long).await.expect_err("refused").contains("at most"));
    }

    #[tokio::test]
    async fn the_user_at_the_other_end_is_known() {
        let (here, _there) = UnixStream::pair().expect("a pair");
        assert_eq!(peer(&here).expect("a peer").uid, rustix::process::geteuid().as_raw());
    }
}

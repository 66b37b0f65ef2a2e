//! The stream of a connection, which ends when its client keeps it waiting.
//!
//! `tokio-io-timeout` limits a read and a write, but not according to the phase of the connection, and its times cannot
//! be set any more once hyper has the stream.

use super::{
    patience::{RequestTimer, Timer, Writing},
    phase::Phase,
};
use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// How long a client is read from that was answered before all of its request came. Closing at once would make its
/// system throw the answer away (RFC 9112 §9.6).
const LINGER: Duration = Duration::from_secs(2);
/// How much of it is thrown away, in bytes.
const LINGER_BYTES: usize = 256 * 1024;

/// A stream that gives up on clients that neither send requests nor take their answers.
pub struct Watched<S> {
    stream: S,
    phase: Arc<Phase>,
    reading: RequestTimer,
    writing: Writing,
    closing: Option<Box<Closing>>,
}

struct Closing {
    until: Instant,
    thrown_away: usize,
    timer: Timer,
}

impl<S> Watched<S> {
    /// Watches over a stream.
    pub fn new(stream: S, phase: Arc<Phase>) -> Self {
        Self { stream, phase, reading: RequestTimer::default(), writing: Writing::default(), closing: None }
    }

    fn wrote(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match wrote {
            Poll::Ready(Ok(bytes)) => {
                if self.writing.is_blocked() {
                    self.phase.is_free();
                }
                self.writing.took(bytes);
                self.reading.stir();
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(failed) => Poll::Ready(failed),
            Poll::Pending => self.writing.poll_wait(cx).map(Err),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                if buf.filled().len() > before {
                    this.reading.came(&this.phase);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(failed) => Poll::Ready(failed),
            // A client that is late with taking an answer is not late with asking.
            Poll::Pending if this.writing.is_blocked() => {
                this.phase.look_again(cx);
                Poll::Pending
            }
            Poll::Pending => this.reading.poll_wait(&this.phase, cx).map(Err),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Says that nothing more comes, and if the client has not sent everything yet, reads from it for a while.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.closing.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        if !this.phase.leaves_unread() {
            return Poll::Ready(Ok(()));
        }
        let closing = this.closing.get_or_insert_with(|| {
            let until = Instant::now() + LINGER;
            Box::new(Closing { until, thrown_away: 0, timer: Timer::default() })
        });
        while closing.thrown_away < LINGER_BYTES {
            let mut room = [MaybeUninit::uninit(); 4096];
            let mut room = ReadBuf::uninit(&mut room);
            match Pin::new(&mut this.stream).poll_read(cx, &mut room) {
                Poll::Pending => return closing.timer.poll(closing.until, cx).map(Ok),
                Poll::Ready(Ok(())) if !room.filled().is_empty() => {
                    closing.thrown_away += room.filled().len();
                }
                // The client has read the end, or is gone.
                Poll::Ready(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::phase::Count;
    use edge::{Bounds, Connection, Crowd};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    fn watched(room: usize, is_trusted: bool) -> (Watched<DuplexStream>, Arc<Phase>, DuplexStream) {
        let (ours, theirs) = duplex(room);
        let crowd = Crowd::new(Bounds { total: 10, per_network: 10 });
        let phase = Phase::new(Connection::enter(&crowd, None), is_trusted, Arc::<Count>::default().add());
        (Watched::new(ours, phase.clone()), phase, theirs)
    }

    /// After how many seconds a read is given up.
    async fn given_up(stream: &mut Watched<DuplexStream>) -> u64 {
        let began = Instant::now();
        let ended = stream.read_u8().await.expect_err("nothing comes");
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        began.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_asks_nothing_is_closed_soon() {
        let (mut stream, _phase, _client) = watched(64, false);
        assert_eq!(given_up(&mut stream).await, 15);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_has_no_more_time_than_one_that_stalls() {
        let (mut stream, phase, mut client) = watched(64, false);
        drop(phase.answer());
        let trickle = tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let began = Instant::now();
        while stream.read_u8().await.is_ok() {}
        assert_eq!(began.elapsed().as_secs(), 15);
        drop(stream);
        trickle.await.expect("the client ends");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_stays_longer_when_somebody_is_known_on_it() {
        for (is_trusted, is_known, seconds) in [(false, false, 30), (true, false, 75), (false, true, 75)] {
            let (mut stream, phase, mut client) = watched(64, is_trusted);
            client.write_all(b"x").await.expect("room");
            stream.read_u8().await.expect("a byte");
            if is_known {
                phase.connection.known();
            }
            drop(phase.answer());
            assert_eq!(given_up(&mut stream).await, seconds);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_being_answered_is_not_idle() {
        let (mut stream, phase, _client) = watched(64, false);
        let answering = phase.answer();
        let hour = Duration::from_secs(3_600);
        assert!(tokio::time::timeout(hour, stream.read_u8()).await.is_err(), "it is not given up");
        answering.upgraded();
        assert!(
            tokio::time::timeout(hour, stream.read_u8()).await.is_err(),
            "nor is what it was upgraded to"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_cut() {
        let (mut stream, phase, _client) = watched(64, false);
        let _answering = phase.answer();
        let began = Instant::now();
        assert!(stream.write_all(&[0; 65]).await.is_err());
        assert_eq!(began.elapsed(), STALL);
    }

    const STALL: Duration = Duration::from_secs(20);

    async fn read_at(mut client: DuplexStream, bytes: usize, every: Duration) {
        let mut taken = vec![0; bytes];
        while client.read_exact(&mut taken).await.is_ok() {
            tokio::time::sleep(every).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_a_little_now_and_then_is_cut() {
        let (mut stream, phase, client) = watched(1024, false);
        let _answering = phase.answer();
        let reader = tokio::spawn(read_at(client, 1024, Duration::from_secs(10)));
        let began = Instant::now();
        assert!(stream.write_all(&vec![0; 1024 * 1024]).await.is_err());
        let seconds = began.elapsed().as_secs();
        assert!((60..90).contains(&seconds), "{seconds}");
        drop(stream);
        reader.await.expect("the reader ends");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_on_a_slow_line_has_its_answer_whole() {
        let (mut stream, phase, client) = watched(16 * 1024, false);
        let _answering = phase.answer();
        let reader = tokio::spawn(read_at(client, 1024, Duration::from_millis(50)));
        stream.write_all(&vec![0; 4 * 1024 * 1024]).await.expect("the reader keeps up");
        drop(stream);
        reader.await.expect("the reader ends");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_its_answer_after_it_was_given_is_not_idle() {
        let (mut stream, phase, client) = watched(16 * 1024, false);
        drop(phase.answer());
        let reader = tokio::spawn(read_at(client, 1024, Duration::from_millis(50)));
        let (mut reads, mut writes) = tokio::io::split(&mut stream);
        let answer = vec![0; 4 * 1024 * 1024];
        tokio::select! {
            wrote = writes.write_all(&answer) => wrote.expect("the reader keeps up"),
            read = reads.read_u8() => panic!("given up: {read:?}"),
        }
        drop(stream);
        reader.await.expect("the reader ends");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_was_answered_early_is_heard_for_a_while() {
        let (mut stream, phase, mut client) = watched(64, false);
        phase.leave_unread();
        let talker = tokio::spawn(async move {
            client.write_all(&[0; 1_000]).await.expect("it is listened to");
            client
        });
        let began = Instant::now();
        stream.shutdown().await.expect("closed");
        assert_eq!(began.elapsed(), LINGER);
        talker.await.expect("the client was heard");
    }
}

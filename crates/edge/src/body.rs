//! Reads the body of a request: limited in bytes, in time, and in how many are read at once.

use super::{Bounds, Client, Crowd};
use crate::crowd::Member;
use axum::body::{Body, Bytes, HttpBody};
use futures::FutureExt;
use http::{Extensions, StatusCode};
use http_body_util::BodyExt;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long a body may take from a client that is not known yet, unless the settings say otherwise.
const STRANGERS_TIME: Duration = Duration::from_secs(10);
/// How long a body may take from a known client.
const KNOWN_TIME: Duration = Duration::from_secs(30);
/// How much the slow bodies of all strangers may hold, in bytes, unless the settings say otherwise.
const STRANGERS_BYTES: usize = 16 * 1024 * 1024;
/// How much of that the bodies of one network may hold: two of the largest bodies there are, or some hundred small
/// ones.
const SHARE: usize = 8;
/// How much the slow bodies of all known clients may hold, in bytes.
const KNOWN_BYTES: usize = 64 * 1024 * 1024;
/// What a body weighs, in bytes, before anything of it has come: the tasks, timers and headers that wait for it.
const EMPTY: usize = 4 * 1024;
/// The least by which the memory of a body grows; otherwise it doubles. The weight is the memory that is held.
const STEP: usize = 4 * 1024;

/// Whose body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Anybody who can send packets.
    Stranger,
    /// Somebody whose credentials were found to be right before the body was looked at.
    Known,
}

/// Why a body was not read. The connection must be closed after the answer, since the rest of the body is still to
/// come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than it may be.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// Too many bodies were still on their way, and this one had been for longest.
    Crowded,
    /// The connection broke, or the body is not what HTTP calls one.
    Broken,
}

impl Unread {
    /// The status to answer with: 413, 408 (RFC 9110 §15.5.9) or 400.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow | Self::Crowded => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "size",
            Self::TooSlow => "slow",
            Self::Crowded => "crowd",
            Self::Broken => "broken",
        }
    }
}

/// What slow bodies may take, as an extension of every request.
#[derive(Clone, Debug)]
pub struct Bodies(Arc<Queues>);

#[derive(Debug)]
struct Queues {
    strangers: BodyQueue,
    known: BodyQueue,
}

#[derive(Debug)]
struct BodyQueue {
    time: Duration,
    crowd: Crowd,
}

impl Bodies {
    /// `time` is how long a stranger's body may take, `bytes` how much those of all strangers may hold together.
    pub fn new(time: Duration, bytes: usize) -> Self {
        let strangers = Crowd::new(Bounds { total: bytes, per_network: bytes / SHARE });
        let known = Crowd::new(Bounds { total: KNOWN_BYTES, per_network: KNOWN_BYTES });
        let strangers = BodyQueue { time, crowd: strangers };
        Self(Arc::new(Queues { strangers, known: BodyQueue { time: KNOWN_TIME, crowd: known } }))
    }

    async fn read(
        &self,
        client: Client,
        mut body: Body,
        sender: Sender,
        most: usize,
    ) -> Result<Bytes, Unread> {
        if body.size_hint().lower() > most as u64 {
            return Err(Unread::TooLarge);
        }
        let queue = match sender {
            Sender::Stranger => &self.0.strangers,
            Sender::Known => &self.0.known,
        };
        let mut so_far = Vec::new();
        // The part that came with the head is here at once, and costs nobody's place.
        if let Some(gathered) = gather(&mut body, &mut so_far, most, None).now_or_never() {
            return gathered.map(|()| so_far.into());
        }
        let until = Instant::now() + queue.time;
        let member = queue.crowd.enter(client.network(), EMPTY + so_far.capacity());
        tokio::select! {
            biased;
            gathered = gather(&mut body, &mut so_far, most, Some(&member)) => gathered,
            () = member.cut() => Err(Unread::Crowded),
            () = tokio::time::sleep_until(until) => Err(Unread::TooSlow),
        }?;
        Ok(so_far.into())
    }
}

impl Default for Bodies {
    fn default() -> Self {
        Self::new(STRANGERS_TIME, STRANGERS_BYTES)
    }
}

/// Reads a whole body of at most `most` bytes. `of` are the extensions of its request. This is the only way in which
/// bodies are read: each has a time, and those that are slow are a [`Crowd`].
pub async fn read_body(of: &Extensions, body: Body, sender: Sender, most: usize) -> Result<Bytes, Unread> {
    let client = of.get::<Client>().copied().unwrap_or_default();
    let bodies = of.get::<Bodies>().cloned().unwrap_or_default();
    let read = Box::pin(bodies.read(client, body, sender, most)).await;
    read.inspect_err(|why| {
        metrics::counter!("jackfield_bodies_refused_total", "why" => why.word()).increment(1);
    })
}

/// Takes what comes, to the end. It can be dropped and called again without losing anything.
async fn gather(
    body: &mut Body,
    so_far: &mut Vec<u8>,
    most: usize,
    member: Option<&Member>,
) -> Result<(), Unread> {
    // A length that is too large is refused before anything of the body comes.
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if so_far.len().saturating_add(announced) > most {
        return Err(Unread::TooLarge);
    }
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Unread::Broken) };
        let Ok(data) = frame.into_data() else { continue };
        if so_far.len() + data.len() > most {
            return Err(Unread::TooLarge);
        }
        let (held, needed) = (so_far.capacity(), so_far.len() + data.len());
        if held < needed {
            let wanted = (2 * held).max(STEP).min(most).max(needed);
            so_far.reserve_exact(wanted - so_far.len());
            if let Some(member) = member {
                member.grow(so_far.capacity() - held);
            }
        }
        so_far.extend_from_slice(&data);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use std::convert::Infallible;

    const MOST: usize = 1_000;

    fn stalled(first: usize) -> Body {
        let sent = stream::iter([Ok::<_, Infallible>(vec![b'x'; first])]);
        Body::from_stream(sent.chain(stream::pending()))
    }

    fn of(ip: &str, bodies: &Bodies) -> Extensions {
        let mut extensions = Extensions::new();
        extensions.insert(Client::at(ip.parse().expect("an address")));
        extensions.insert(bodies.clone());
        extensions
    }

    async fn read(body: Body, sender: Sender) -> Result<Bytes, Unread> {
        read_body(&Extensions::new(), body, sender, MOST).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        for (sender, seconds) in [(Sender::Stranger, 10), (Sender::Known, 30)] {
            let began = Instant::now();
            assert_eq!(read(stalled(10), sender).await, Err(Unread::TooSlow));
            assert_eq!(began.elapsed().as_secs(), seconds);
        }
        assert_eq!(Unread::TooSlow.status(), StatusCode::REQUEST_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_has_no_more_time_than_one_that_stalls() {
        let trickle = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, Infallible>("x"), ()))
        });
        let began = Instant::now();
        assert_eq!(read(Body::from_stream(trickle), Sender::Stranger).await, Err(Unread::TooSlow));
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_bound() {
        assert_eq!(read(Body::from(vec![b'x'; MOST]), Sender::Stranger).await.map(|it| it.len()), Ok(MOST));
        assert_eq!(read(Body::from(vec![b'x'; MOST + 1]), Sender::Stranger).await, Err(Unread::TooLarge));
        let without_length = stream::iter(vec![Ok::<_, Infallible>(vec![b'x'; MOST]); 2]);
        let without_length = Body::from_stream(without_length);
        assert_eq!(read(without_length, Sender::Stranger).await, Err(Unread::TooLarge));
        assert_eq!(read(Body::empty(), Sender::Stranger).await, Ok(Bytes::new()));
    }

    /// A body that says how long it is, but never comes.
    struct Announced(u64);

    impl HttpBody for Announced {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            std::task::Poll::Pending
        }

        fn size_hint(&self) -> http_body::SizeHint {
            http_body::SizeHint::with_exact(self.0)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_length_that_is_too_much_is_refused_before_the_body_comes() {
        let began = Instant::now();
        let announced = |length| read(Body::new(Announced(length)), Sender::Stranger);
        assert_eq!(announced(MOST as u64 + 1).await, Err(Unread::TooLarge));
        assert_eq!(announced(u64::MAX).await, Err(Unread::TooLarge));
        assert_eq!(began.elapsed().as_secs(), 0);
        assert_eq!(announced(MOST as u64).await, Err(Unread::TooSlow));
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_in_pieces_is_whole() {
        let pieces = stream::iter(["a", "b", "c"]).then(|piece| async move {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Ok::<_, Infallible>(piece)
        });
        assert_eq!(read(Body::from_stream(pieces), Sender::Stranger).await, Ok(Bytes::from("abc")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_stalled_strangers_hold_no_more_than_their_share_and_keep_nobody_out() {
        let bodies = Bodies::new(STRANGERS_TIME, 1024 * 1024);
        let mut stalled_ones = tokio::task::JoinSet::new();
        for _ in 0..1_000 {
            let of = of("192.0.2.1", &bodies);
            stalled_ones.spawn(async move { read_body(&of, stalled(900), Sender::Stranger, MOST).await });
        }
        tokio::task::yield_now().await;
        let slow = stream::once(async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok::<_, Infallible>("honest")
        });
        let honest = of("192.0.2.2", &bodies);
        let read = read_body(&honest, Body::from_stream(slow), Sender::Stranger, MOST).await;
        assert_eq!(read, Ok(Bytes::from("honest")));
        assert!(bodies.0.strangers.crowd.weight() <= 1024 * 1024 / SHARE);
        let ends = stalled_ones.join_all().await;
        let cut = ends.iter().filter(|end| **end == Err(Unread::Crowded)).count();
        assert!((900..1_000).contains(&cut), "{cut} were cut, the others ran out of time");
        assert_eq!(bodies.0.strangers.crowd.weight(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_take_nothing_from_those_who_are_known() {
        let bodies = Bodies::new(STRANGERS_TIME, 8 * EMPTY);
        let of = of("192.0.2.1", &bodies);
        let slow = Body::from_stream(stream::once(async {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Ok::<_, Infallible>("known")
        }));
        let (known, first, second) = tokio::join!(
            read_body(&of, slow, Sender::Known, MOST),
            read_body(&of, stalled(1), Sender::Stranger, MOST),
            read_body(&of, stalled(1), Sender::Stranger, MOST),
        );
        assert_eq!(known, Ok(Bytes::from("known")));
        assert_eq!((first, second), (Err(Unread::Crowded), Err(Unread::Crowded)));
    }
}

//! What a call says and hears, and what was agreed about it.

use super::{
    HeardAudio,
    audio_receiver::AudioReceiver,
    stream::{Agreement, AudioStream},
};
use crate::{Say, line_shared::LineShared, lock::lock};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use voice::media::{
    Direction,
    sdp::{Agreed, SdpSession},
};

pub(crate) struct CallAudio {
    terms: Mutex<Terms>,
    receiver: Arc<AudioReceiver>,
    /// None says nothing and hears nothing.
    stream: Option<AudioStream>,
}

struct Terms {
    session: SdpSession,
    /// Whether we hold the other side.
    holding: bool,
    agreed: Option<Agreed>,
}

impl CallAudio {
    /// # Errors
    /// No socket can be had.
    pub async fn open(line: &LineShared, say: Say) -> io::Result<Self> {
        let receiver = Arc::new(AudioReceiver::default());
        let (stream, port) = if matches!(say, Say::Nothing) {
            (None, line.unread_port)
        } else {
            let (stream, port) = AudioStream::open(line.local.ip(), say, receiver.clone()).await?;
            (Some(stream), port)
        };
        let address = SocketAddr::new(line.local.ip(), port);
        // A session id is a number of 63 bits at most for some readers.
        let session = SdpSession::new(u64::from(fastrand::u32(..)), address);
        Ok(Self { terms: Mutex::new(Terms { session, holding: false, agreed: None }), receiver, stream })
    }

    /// The offer as things stand.
    pub fn offer_again(&self) -> Vec<u8> {
        let mut terms = lock(&self.terms);
        let wish = terms.wish();
        terms.session.offer(wish).into_bytes()
    }

    /// An offer that holds or takes back.
    pub fn offer_held(&self, hold: bool) -> Vec<u8> {
        lock(&self.terms).holding = hold;
        self.offer_again()
    }

    /// The last offer was refused: all is as before (RFC 3261, 14.1).
    pub fn offer_refused(&self, hold: bool) {
        lock(&self.terms).holding = !hold;
    }

    /// The answer to an offer; `None` when nothing in it can be used.
    pub fn answer(&self, offer: &[u8]) -> Option<Vec<u8>> {
        let mut terms = lock(&self.terms);
        let wish = terms.wish();
        let (answer, agreed) = terms.session.answer(std::str::from_utf8(offer).ok()?, wish).ok()?;
        self.agree(&mut terms, agreed);
        Some(answer.into_bytes())
    }

    /// Takes the answer to our offer. One that does not fit changes nothing.
    pub fn take_answer(&self, answer: &[u8]) {
        let mut terms = lock(&self.terms);
        let text = std::str::from_utf8(answer).unwrap_or_default();
        match terms.session.accept(text) {
            Ok(agreed) => self.agree(&mut terms, agreed),
            Err(why) => tracing::debug!(%why, "an answer did not fit"),
        }
    }

    fn agree(&self, terms: &mut Terms, agreed: Agreed) {
        terms.agreed = Some(agreed);
        if let Some(stream) = &self.stream {
            stream.agree(Agreement {
                target: agreed.target.filter(|_| agreed.direction.sends()),
                codec: agreed.codec,
                event_out: agreed.event_out,
                event_in: agreed.event_in,
            });
        }
    }

    pub fn is_held(&self) -> bool {
        lock(&self.terms).agreed.is_some_and(|agreed| agreed.remote_holds)
    }

    /// The call is answered: begins to speak.
    pub fn speak(&self) {
        if let Some(stream) = &self.stream {
            stream.speak();
        }
    }

    /// Says something else from now on; a call without voice stays silent.
    pub fn say(&self, say: Say) {
        if let Some(stream) = &self.stream {
            stream.say(say);
        }
    }

    /// Returns when all was said after which the phone should hang up; else never.
    pub async fn has_said_all(&self) {
        match &self.stream {
            Some(stream) => stream.has_said_all().await,
            None => std::future::pending().await,
        }
    }

    /// Sends digits as events; `false` when the other side takes none.
    pub async fn send_digits(&self, digits: &str) -> bool {
        let takes = lock(&self.terms).agreed.is_some_and(|agreed| agreed.event_out.is_some());
        match &self.stream {
            Some(stream) if takes => stream.send_digits(digits).await,
            _ => false,
        }
    }

    pub fn digit_by_info(&self, digit: char) {
        self.receiver.digit(digit);
    }

    pub fn digits(&self) -> String {
        self.receiver.digits()
    }

    pub async fn receives(&self, digits: &str, within: Duration) -> bool {
        self.receiver.until(within, |receiver| receiver.digits().contains(digits)).await
    }

    pub fn heard(&self) -> HeardAudio {
        self.receiver.heard()
    }

    pub async fn until(&self, within: Duration, holds: impl Fn(&HeardAudio) -> bool) -> bool {
        self.receiver.until(within, |receiver| holds(&receiver.heard())).await
    }

    pub fn packets(&self) -> u64 {
        self.receiver.packets()
    }

    pub fn close(&self) {
        if let Some(stream) = &self.stream {
            stream.close();
        }
    }
}

impl Terms {
    fn wish(&self) -> Direction {
        if self.holding { Direction::SendOnly } else { Direction::SendRecv }
    }
}

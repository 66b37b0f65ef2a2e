//! What one leg has offered, answered and agreed.

use super::{
    Direction, SdpError,
    answer::answer,
    read::{MediaDescription, read},
    write::{Ours, write},
};
use crate::media::Codec;
use std::net::SocketAddr;

/// The number for telephone-event that we offer; a peer may have its own.
const EVENT: u8 = 101;

/// What both ends agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Where to send; `None` when the other end wants nothing.
    pub target: Option<SocketAddr>,
    /// Where to send reports to: what `a=rtcp` says (RFC 3605), or the port behind that of the stream.
    pub reports: Option<SocketAddr>,
    /// The codec that we send.
    pub codec: Codec,
    /// The number of telephone-event that the other end wants to get; `None` when it takes none.
    pub event_out: Option<u8>,
    /// The number of telephone-event that we told the other end to send.
    pub event_in: Option<u8>,
    /// Who sends and who listens, seen from us.
    pub direction: Direction,
    /// Whether the other end asked us to be quiet.
    pub remote_holds: bool,
}

/// The descriptions of one leg. Its session id stays for its life; the version grows by one with every description of
/// ours that differs from the one before (RFC 3264 §8).
#[derive(Clone, Debug)]
pub struct SdpSession {
    id: u64,
    version: u64,
    address: SocketAddr,
    codecs: Vec<Codec>,
    /// The description that we sent last.
    said: Option<Vec<Ours>>,
    /// The offer that is not answered yet.
    offered: Option<Vec<Ours>>,
    /// The streams as of the last agreement: later offers keep their number and order.
    agreed: Option<Vec<Ours>>,
    /// The origin (`o=`) of the other end's last description: the same again is nothing new (RFC 3264 §8).
    origin: Option<String>,
}

impl SdpSession {
    /// A leg without any description so far, heard at `address`.
    pub fn new(id: u64, address: SocketAddr) -> Self {
        let codecs = vec![Codec::Pcmu, Codec::Pcma];
        Self { id, version: 0, address, codecs, said: None, offered: None, agreed: None, origin: None }
    }

    /// Where the other end should send to, from the next description on.
    pub fn address(&mut self, address: SocketAddr) {
        self.address = address;
    }

    /// Offers only this codec from now on: the second try after 488 (spec: voice-sip#7).
    pub fn only(&mut self, codec: Codec) {
        self.codecs = vec![codec];
    }

    /// An offer. The same offer again is the same text.
    pub fn offer(&mut self, wish: Direction) -> String {
        let mut streams = self.agreed.clone().unwrap_or_else(|| vec![self.fresh()]);
        for stream in &mut streams {
            if let Ours::Audio { codecs, event, direction, .. } = stream {
                codecs.clone_from(&self.codecs);
                event.get_or_insert(EVENT);
                *direction = wish;
            }
        }
        self.offered = Some(streams.clone());
        self.say(streams)
    }

    /// Whether an offer says again that both should talk; a refresh of the session repeats what was said.
    pub fn resumes(&self, offer: &str) -> bool {
        let sendrecv =
            |stream: &MediaDescription| stream.is_audio() && stream.direction == Direction::SendRecv;
        origin(offer) != self.origin.as_deref() && read(offer).is_ok_and(|it| it.streams.iter().any(sendrecv))
    }

    /// Our answer to an offer, and the agreement that follows. A refused offer changes nothing.
    pub fn answer(&mut self, offer: &str, wish: Direction) -> Result<(String, Agreed), SdpError> {
        let remote = read(offer)?;
        let choice = answer(&remote, wish)?;
        let (Some(theirs), Some(ours)) = (remote.streams.get(choice.taken), choice.streams.get(choice.taken))
        else {
            return Err(SdpError::NoAudio);
        };
        let agreed = agree(theirs, ours, theirs.direction.reversed().and(wish), !theirs.direction.listens())?;
        self.agreed = Some(choice.streams.clone());
        self.origin = origin(offer).map(str::to_owned);
        self.offered = None;
        Ok((self.say(choice.streams), agreed))
    }

    /// The agreement that follows from the answer to our offer. Fails without an offer, and when the answer does not
    /// fit it.
    pub fn accept(&mut self, answer: &str) -> Result<Agreed, SdpError> {
        let offered = self.offered.as_ref().ok_or(SdpError::Unfitting)?;
        let remote = read(answer)?;
        let spoken = offered.iter().position(|stream| matches!(stream, Ours::Audio { .. }));
        let (ours, theirs) = spoken
            .and_then(|at| Some((offered.get(at)?, remote.streams.get(at)?)))
            .ok_or(SdpError::Unfitting)?;
        if !theirs.is_audio() {
            return Err(SdpError::NoAudio);
        }
        let Ours::Audio { direction: wished, .. } = ours else { return Err(SdpError::Unfitting) };
        let direction = wished.and(theirs.direction.reversed());
        let held = wished.sends() && !theirs.direction.listens();
        let agreed = agree(theirs, ours, direction, held)?;
        // Later answers of other branches (forking) may follow the same offer, so it stays open.
        self.agreed = self.offered.clone();
        self.origin = origin(answer).map(str::to_owned);
        Ok(agreed)
    }

    fn fresh(&self) -> Ours {
        Ours::Audio {
            proto: "RTP/AVP".to_owned(),
            codecs: self.codecs.clone(),
            event: Some(EVENT),
            mid: None,
            direction: Direction::SendRecv,
        }
    }

    fn say(&mut self, streams: Vec<Ours>) -> String {
        if self.said.as_ref() != Some(&streams) {
            self.version += 1;
        }
        let text = write(self.id, self.version, self.address, &streams);
        self.said = Some(streams);
        text
    }
}

fn origin(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("o="))
}

fn agree(
    theirs: &MediaDescription,
    ours: &Ours,
    direction: Direction,
    held: bool,
) -> Result<Agreed, SdpError> {
    let Ours::Audio { codecs, event, .. } = ours else { return Err(SdpError::NoAudio) };
    let codec =
        theirs.codecs.iter().copied().find(|codec| codecs.contains(codec)).ok_or(SdpError::NoCodec)?;
    Ok(Agreed {
        target: theirs.target()?,
        reports: theirs.reports(),
        codec,
        event_out: theirs.event,
        event_in: *event,
        direction,
        remote_holds: held,
    })
}

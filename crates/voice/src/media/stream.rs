//! The media of one leg, as signalling sees it.

use super::{
    Codec, Direction, DtmfWay, Engine, MediaError, SdpError, Stats, StreamEvent, held,
    leg_media::LegMedia,
    ports,
    sdp::{Agreed, SdpSession},
};
use domain::call::{HeardBy, LegId, Playback, RoomId};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, Weak},
};
use tokio::sync::mpsc::UnboundedSender;

/// The answer to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The description to send.
    pub sdp: String,
    /// Whether the other end holds: it listens to nobody (`sendonly`, `inactive`, an address of zeros).
    pub remote_holds: bool,
    /// What is sent from now on.
    pub codec: Codec,
}

/// What the answer to our offer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Whether the other end holds although we wished to send.
    pub remote_holds: bool,
    /// What is sent from now on.
    pub codec: Codec,
}

/// The media of one leg. Clones are the same stream. It ends with [`MediaStream::close`], or when the last clone is
/// gone.
#[derive(Clone)]
pub struct MediaStream(Arc<OpenMedia>);

/// The figures of a stream, for whoever watches it without keeping it open.
#[derive(Clone, Default)]
pub struct MediaFigures(Weak<OpenMedia>);

impl MediaFigures {
    /// What passed over the stream so far; `None` when it is gone.
    pub fn read(&self) -> Option<Stats> {
        self.0.upgrade().map(|open| open.line.stats())
    }
}

impl fmt::Debug for MediaFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaFigures(..)")
    }
}

struct OpenMedia {
    engine: Arc<Engine>,
    line: Arc<LegMedia>,
    session: Mutex<SdpSession>,
}

impl Drop for OpenMedia {
    fn drop(&mut self) {
        self.engine.close(&self.line);
    }
}

impl Engine {
    /// Opens a stream for a leg: an even port for RTP and the next for RTCP. It takes nothing and sends nothing until
    /// a description is agreed. Must be called within a tokio runtime.
    pub fn open(
        self: &Arc<Self>,
        leg: LegId,
        events: UnboundedSender<StreamEvent>,
    ) -> Result<MediaStream, MediaError> {
        let (line, session) = self.line(leg, events)?;
        Ok(MediaStream(Arc::new(OpenMedia { engine: Arc::clone(self), line, session: Mutex::new(session) })))
    }
}

impl MediaStream {
    #[cfg(test)]
    pub(super) fn line(&self) -> &Arc<LegMedia> {
        &self.0.line
    }

    /// The address that descriptions name.
    pub fn local(&self) -> SocketAddr {
        let settings = self.0.engine.settings();
        ports::advertised(settings, self.0.line.port(), held(&self.0.line.inward).latch.signalled())
    }

    /// An offer; the same again, when nothing changed, is the same text. It takes effect with [`MediaStream::accept`].
    pub fn offer(&self, wish: Direction) -> String {
        let address = self.local();
        let mut session = held(&self.0.session);
        session.address(address);
        session.offer(wish)
    }

    /// Whether an offer says again that both should talk: a refresh of the session repeats what was said.
    pub fn resumes(&self, offer: &str) -> bool {
        held(&self.0.session).resumes(offer)
    }

    /// The answer to an offer of the other end, narrowed to what we want. A refused offer changes nothing.
    pub fn answer(&self, offer: &str, wish: Direction) -> Result<Answered, SdpError> {
        let address = self.local();
        let mut session = held(&self.0.session);
        session.address(address);
        let (sdp, agreed) = session.answer(offer, wish)?;
        self.agree(&agreed);
        Ok(Answered { sdp, remote_holds: agreed.remote_holds, codec: agreed.codec })
    }

    /// Takes the answer to our offer. A refused answer changes nothing.
    pub fn accept(&self, answer: &str) -> Result<Accepted, SdpError> {
        let agreed = held(&self.0.session).accept(answer)?;
        self.agree(&agreed);
        Ok(Accepted { remote_holds: agreed.remote_holds, codec: agreed.codec })
    }

    fn agree(&self, agreed: &Agreed) {
        self.0.line.agree(agreed);
    }

    /// Offers only this codec from now on: the second try after 488 (spec: voice-sip#7).
    pub fn only(&self, codec: Codec) {
        held(&self.0.session).only(codec);
    }

    /// Notes where the signalling of this leg comes from: behind a NAT, media from that host are followed to whichever
    /// port they come from (`docs/calls.md`, "Sound"), and an unspecified bound address is resolved towards it.
    pub fn signalled_from(&self, ip: IpAddr) {
        held(&self.0.line.inward).latch.signalled_from(ip);
    }

    /// Marks the leg as behind a NAT: it cannot name the address where its media come from.
    pub fn behind_nat(&self, nat: bool) {
        held(&self.0.line.inward).latch.behind_nat(nat);
    }

    /// Whether the call was answered. Until then nothing is sent, whatever was agreed: most phones stop ringing back by
    /// themselves at
    /// the first packet.
    pub fn answered(&self, is: bool) {
        self.0.line.wait(!is);
    }

    /// Puts the leg into a room, in which these hear it; it leaves the one it was in, and what it was played stops at once. Alone in a room it
    /// hears silence. Fails when the room is full.
    pub fn join(&self, room: RoomId, heard_by: HeardBy) -> Result<(), MediaError> {
        self.0.engine.join(room, &self.0.line, heard_by)
    }

    /// Takes the leg out of its room, if it is in one, and plays this to it. No packet that comes in after this call is
    /// heard in the room.
    pub fn part(&self, then: Playback) {
        self.0.engine.part(&self.0.line, then);
    }

    /// Replaces what the leg says by silence in its room, also its keys; or stops doing so.
    pub fn mute(&self, on: bool) {
        held(&self.0.line.inward).muted = on;
    }

    /// Sends keys (0-9, `*`, `#`, A-D; a comma waits 500 ms; anything else is skipped) as telephone events (RFC 4733),
    /// if the other end takes them. At most 64 wait at a time.
    pub fn dtmf(&self, keys: &str) -> DtmfWay {
        self.0.line.dtmf(keys)
    }

    /// Sends keys as tones in the audio.
    pub fn dtmf_in_band(&self, keys: &str) {
        self.0.line.dtmf_in_band(keys);
    }

    /// Silence is not counted while the leg is held.
    pub fn held(&self, on: bool) {
        self.0.line.hold(on);
    }

    /// Ends the stream: leaves the room, sends a BYE of RTCP, frees the ports.
    pub fn close(&self) {
        self.0.engine.close(&self.0.line);
    }

    /// Its figures, for whoever watches it.
    pub fn figures(&self) -> MediaFigures {
        MediaFigures(Arc::downgrade(&self.0))
    }

    /// What passed over it.
    pub fn stats(&self) -> Stats {
        self.0.line.stats()
    }
}

//! Our answer to an offer (RFC 3264 §6).

use super::{
    Direction, SdpError,
    read::{MediaDescription, Remote},
    write::Ours,
};

/// Which stream of an offer is taken, and all of our answer's, in the offer's order.
pub(super) struct Choice {
    pub taken: usize,
    pub streams: Vec<Ours>,
}

/// The first usable audio is taken with the first codec of the offer that we speak; everything else is refused.
pub(super) fn answer(offer: &Remote, wish: Direction) -> Result<Choice, SdpError> {
    let taken = take(offer)?;
    let streams = offer
        .streams
        .iter()
        .enumerate()
        .map(|(at, stream)| if at == taken { spoken(stream, wish) } else { refused(stream) })
        .collect();
    Ok(Choice { taken, streams })
}

fn take(offer: &Remote) -> Result<usize, SdpError> {
    let audio = || offer.streams.iter().enumerate().filter(|(_, stream)| stream.is_audio());
    let speaks = || audio().filter(|(_, stream)| !stream.codecs.is_empty());
    if let Some((at, _)) = speaks().find(|(_, stream)| stream.target().is_ok()) {
        return Ok(at);
    }
    Err(if speaks().next().is_some() {
        SdpError::Address
    } else if audio().next().is_some() {
        SdpError::NoCodec
    } else {
        SdpError::NoAudio
    })
}

fn spoken(stream: &MediaDescription, wish: Direction) -> Ours {
    Ours::Audio {
        proto: stream.proto.clone(),
        codecs: stream.codecs.first().copied().into_iter().collect(),
        event: stream.event,
        mid: stream.mid.clone(),
        direction: stream.direction.reversed().and(wish),
    }
}

fn refused(stream: &MediaDescription) -> Ours {
    Ours::Refused {
        media: stream.media.clone(),
        proto: stream.proto.clone(),
        formats: stream.formats.clone(),
        mid: stream.mid.clone(),
    }
}

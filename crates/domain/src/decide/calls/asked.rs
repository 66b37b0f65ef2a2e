//! What an agent asked a queue for is over with their part.

use super::super::{DecideError, Draft};
use crate::{
    call::{Call, Fact, Overflowing, Party, PartyOrigin},
    request::Request,
    session::EndedBy,
};

/// The party that waits for a request to be taken.
pub(super) fn asker<'c>(call: &'c Call, request: &Request) -> Option<&'c Party> {
    call.live().find(|party| party.origin == PartyOrigin::Consult && Some(party.line) == request.line)
}

/// The fact that a request is over, and nobody has taken it.
pub(super) fn ended(call: &Call, request: &Request, closer: EndedBy, why: Option<Overflowing>) -> Fact {
    Fact::RequestEnded {
        request: request.number,
        line: request.line.unwrap_or_default(),
        help: request.help,
        asks: request.queue.clone(),
        agent: request.from.clone(),
        user_name: asker(call, request).and_then(Party::user_name).unwrap_or_default().to_owned(),
        closer,
        why,
    }
}

/// Runs when a part is to end: an agent who waits in a queue waits no longer.
pub(super) fn leaves(
    draft: &mut Draft<'_>,
    call: &Call,
    party: &Party,
    closer: EndedBy,
) -> Result<(), DecideError> {
    match call.request_in(party.line).filter(|request| asker(call, request) == Some(party)) {
        Some(request) => draft.tell_call(&call.id, ended(call, request, closer, None)),
        None => Ok(()),
    }
}

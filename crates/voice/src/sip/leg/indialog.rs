//! Changes of a session that the other end makes.

use super::{session_timer::SessionTimer, state::Leg};
use crate::{
    media::Direction,
    sip::{call::unacceptable, headers, transport::mark},
};
use domain::call::LegEvent;
use futures::FutureExt;
use rsipstack::{
    dialog::dialog::{Dialog, TransactionHandle},
    sip::{Header, HeadersExt, Method, Request, StatusCode, Uri},
};

impl Leg {
    /// Handles a re-INVITE or an UPDATE.
    pub(super) fn updated(&mut self, request: &Request, handle: &TransactionHandle) {
        // It came over some stream, so the phone is still there.
        self.lost_at = None;
        let (status, with, body) = self.consider(request);
        if request.method == Method::Invite && status == StatusCode::OK {
            self.their_change();
        }
        // There is room for the only answer, so it is taken at once.
        let _ = handle.respond(status, Some(with), body).now_or_never();
    }

    fn consider(&mut self, request: &Request) -> (StatusCode, Vec<Header>, Option<Vec<u8>>) {
        let changes = request.method == Method::Invite || !request.body.is_empty();
        if changes && self.changes.running() {
            return (StatusCode::RequestPending, Vec::new(), None);
        }
        let session = match SessionTimer::asked(request, &self.core.settings.timers) {
            Ok(session) => session,
            Err(least) => {
                let least = Header::MinSE(least.as_secs().to_string().into());
                return (StatusCode::SessionIntervalTooSmall, vec![least], None);
            }
        };
        let mut with = session.agreed();
        with.push(headers::allow());
        // The phone is held by us, and goes on by its own key (spec: voice-sip#5.4).
        let back = self.changes.held
            && headers::is_sdp(request)
            && self.stream.resumes(&String::from_utf8_lossy(&request.body));
        let wish = if self.changes.held && !back { Direction::Inactive } else { Direction::SendRecv };
        let body = if request.body.is_empty() {
            // No offer: ours is in the 200, theirs comes as the answer in the ACK (RFC 3261 §14.2).
            let offers = request.method == Method::Invite;
            if offers {
                self.changes.answer_in = request.cseq_header().and_then(rsipstack::sip::CSeq::seq).ok();
            }
            offers.then(|| self.stream.offer(wish))
        } else if headers::is_sdp(request) {
            match self.stream.answer(&String::from_utf8_lossy(&request.body), wish) {
                Ok(answered) => {
                    if back {
                        (self.changes.held, self.phone_holds) = (false, true);
                    }
                    self.phone_holds(answered.remote_holds);
                    Some(answered.sdp)
                }
                Err(why) => {
                    let (status, with) = unacceptable(&self.core, &why);
                    return (status, with, None);
                }
            }
        } else {
            return (
                StatusCode::UnsupportedMediaType,
                vec![Header::Accept("application/sdp, multipart/mixed".into())],
                None,
            );
        };
        self.session = session;
        self.session.begin();
        if body.is_some() {
            with.push(headers::sdp());
        }
        (StatusCode::OK, with, body.map(String::into_bytes))
    }

    /// A phone whose stream was closed may have registered over another: then its dialog goes on there.
    pub(super) fn come_back(&mut self) {
        let (Some(phone), Some(dialog)) = (&self.phone, self.dialog()) else { return };
        let bindings = self.core.registrar.bindings(&phone.dn);
        let Some(binding) = bindings.iter().rev().find(|binding| phone.has(binding)) else { return };
        let Ok(mut target) = Uri::try_from(binding.contact.as_str()) else { return };
        mark(&mut target, binding.flow, &binding.path);
        Dialog::Invite(dialog.clone()).set_remote_target(target, None);
        self.stream.signalled_from(binding.sender.ip());
        self.flow = binding.flow;
        self.lost_at = None;
    }

    /// Handles the hold key of the phone.
    pub(super) fn phone_holds(&mut self, on: bool) {
        if self.phone_holds != on {
            self.phone_holds = on;
            self.teller.tell(LegEvent::PhoneHold(on));
        }
        self.show_hold();
    }

    /// Whether the phone holds, for the sound and for what the phone does by its keys.
    pub(super) fn show_hold(&self) {
        let on = self.changes.held || self.phone_holds;
        self.stream.held(on);
        if let Some(phone) = &self.phone {
            self.core.phone_legs.hold(&phone.dn, &self.id, on);
        }
    }
}

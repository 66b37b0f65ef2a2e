//! A leg that came in.

use super::state::{Incoming, Leg, LegEnding, LegPhone, LegSide, PeerSupport};
use crate::{
    media::{self, Direction, MediaStream},
    sip::{
        causes,
        core::{Core, LegInput},
        headers,
        phone_legs::DialogStands,
    },
};
use desk::ports::Arrival;
use domain::call::{Cause, LegEvent, LegId};
use rsipstack::{
    dialog::dialog::DialogStateReceiver,
    sip::{Request, StatusCode},
};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

impl Leg {
    /// A leg for a call that came in.
    pub fn incoming(
        core: &Arc<Core>,
        id: LegId,
        acts: UnboundedReceiver<LegInput>,
        media: (MediaStream, UnboundedReceiver<media::StreamEvent>),
        events: DialogStateReceiver,
        incoming: Incoming,
        request: &Request,
    ) -> Self {
        let mut leg = {
            let flow = incoming.origin.flow;
            Self::new(core, id, acts, media, events, LegSide::In(incoming), flow)
        };
        leg.able = PeerSupport::read(request);
        leg
    }

    /// Tells the listener of the call, and runs.
    pub async fn arrive(mut self, arrival: Arrival) {
        let sender = match &self.side {
            LegSide::In(incoming) => incoming.origin.sender,
            LegSide::Out(_) => self.flow,
        };
        self.phone = arrival.device.clone().map(|dn| {
            let bindings = self.core.registrar.bindings(&dn);
            let own = bindings.iter().find(|binding| binding.sender == sender);
            LegPhone::of(dn, &bindings, own)
        });
        if let (Some(phone), LegSide::In(incoming)) = (&self.phone, &self.side) {
            let (dn, dialog) = (phone.dn.clone(), incoming.dialog.id());
            self.core.phone_legs.enter(dn, self.id.clone(), sender.ip(), dialog, DialogStands::Calls);
        }
        let listener = self.core.listener.clone();
        self.teller.begin(Box::pin(async move { listener.arrived(arrival).await }));
        self.run().await;
    }

    /// Sends 180.
    pub(super) fn ring(&mut self) {
        if let LegSide::In(incoming) = &self.side
            && !incoming.answered
            && let Err(why) = incoming.dialog.ringing(Some(vec![headers::allow()]), None)
        {
            tracing::debug!(leg = %self.id, %why, "180 was not sent");
        }
    }

    /// Sends 200 with our session description. [`LegEvent::Up`] follows with the ACK.
    pub(super) fn accept(&mut self) {
        let LegSide::In(incoming) = &mut self.side else { return };
        if incoming.answered {
            return;
        }
        let sdp = incoming.answer.take().unwrap_or_else(|| self.stream.offer(Direction::SendRecv));
        let mut with = vec![headers::sdp(), headers::allow()];
        with.extend(incoming.session.agreed());
        if let Err(why) = incoming.dialog.accept(Some(with), Some(sdp.into_bytes())) {
            // The caller was faster with a CANCEL: the news of the end is on its way to us.
            tracing::debug!(leg = %self.id, %why, "200 was not sent");
            return;
        }
        incoming.answered = true;
        if let Some(phone) = &self.phone {
            self.core.phone_legs.answered(&phone.dn, &self.id);
        }
        self.stream.answered(true);
        self.take_place();
    }

    /// Handles the ACK of our 200, or of the answer to a change.
    pub(super) fn acknowledged(&mut self) {
        if !self.up {
            let LegSide::In(incoming) = &self.side else { return };
            if let Some(answer) = incoming.dialog.last_remote_ack().filter(|ack| !ack.body.is_empty())
                && incoming.dialog.initial_request().body.is_empty()
                && let Err(why) = self.stream.accept(&String::from_utf8_lossy(&answer.body))
            {
                tracing::info!(leg = %self.id, %why, "the answer in an ACK does not fit");
                return self.hang_up(Cause::Incompatible, Some(488));
            }
            let LegSide::In(incoming) = &mut self.side else { return };
            if let Some(guest) = &mut incoming.guest {
                guest.prove();
            }
            self.session = std::mem::take(&mut incoming.session);
            self.session.begin();
            self.up = true;
            self.teller.tell(LegEvent::Up);
        }
        self.their_change_is_done();
    }

    /// Ends a call that was not answered.
    pub(super) fn refuse(&mut self, cause: Cause) {
        let LegSide::In(incoming) = &self.side else { return };
        let code = causes::refusal(cause);
        let status = StatusCode::from(code);
        if let Err(why) = incoming.dialog.reject(Some(status), None) {
            tracing::debug!(leg = %self.id, %why, "a refusal was not sent");
        }
        self.end(cause, Some(code), LegEnding::Done);
    }
}

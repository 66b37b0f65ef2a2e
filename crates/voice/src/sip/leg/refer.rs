//! The transfer key of a phone: REFER, and the NOTIFYs that tell what becomes of it (RFC 3515, RFC 4488;
//! spec: voice-sip#5.12).

use super::{
    state::{Leg, LegWorkOutcome},
    transfers::{News, NewsSent, Subscription},
};
use crate::sip::{
    causes, headers,
    phone_legs::NamedLeg,
    refer_to::{self, ReferTarget},
};
use domain::call::{Cause, LegEvent, Referral};
use futures::FutureExt;
use rsipstack::{
    dialog::{dialog::TransactionHandle, invite_dialog::InviteDialog},
    sip::{Header, HeadersExt, Request, StatusCode},
};
use std::time::Duration;

/// For how many T1 the end of a leg waits until its phone has taken the news of its transfer: 2 s.
const TAKES_NEWS: u32 = 4;
/// For how long a phone may count on news of its transfer, in seconds: longer than any phone rings.
const EXPIRES: u32 = 120;

impl Leg {
    /// Handles a REFER.
    pub(super) fn refers(&mut self, request: &Request, handle: &TransactionHandle) {
        let answer = self.takes_refer(request);
        let with = match answer {
            Ok(false) => vec![Header::Other("Refer-Sub".into(), "false".into())],
            Err(StatusCode::ServerInternalError) => vec![headers::retry_after(1)],
            _ => Vec::new(),
        };
        let status = answer.map_or_else(|status| status, |_| StatusCode::Accepted);
        if status != StatusCode::Accepted {
            metrics::counter!("jackfield_sip_refused_total", "code" => status.code().to_string())
                .increment(1);
        }
        // There is room for the only answer, so it is taken at once.
        let _ = handle.respond(status, Some(with), None).now_or_never();
    }

    /// Begins a transfer: answers whether the phone wants to be told of it, or the status of a refusal.
    fn takes_refer(&mut self, request: &Request) -> Result<bool, StatusCode> {
        let Some(phone) = self.phone.as_ref().filter(|_| self.up) else { return Err(StatusCode::Forbidden) };
        let target = refer_to::read(request)?;
        if self.transfers.running.is_some() {
            // One at a time: until it is known what became of the one before.
            return Err(StatusCode::ServerInternalError);
        }
        let referral = match target {
            ReferTarget::Number(number) => Ok(Referral::Number(number)),
            ReferTarget::Dialog(named) => match self.core.phone_legs.named(&phone.dn, &named) {
                NamedLeg::Own(leg) => Ok(Referral::Leg(leg)),
                NamedLeg::Foreign => Err(403),
                NamedLeg::Unknown => Err(481),
            },
        };
        let cseq = request.cseq_header().and_then(rsipstack::sip::CSeq::seq).unwrap_or_default();
        let is_wanted =
            headers::find(request, "Refer-Sub").is_none_or(|wish| !wish.eq_ignore_ascii_case("false"));
        let is_later = std::mem::replace(&mut self.transfers.is_later, true);
        let event = if is_later { format!("refer;id={cseq}") } else { "refer".to_owned() };
        self.transfers.running = Some(Subscription { event, is_wanted });
        self.tell_phone(100, false);
        match referral {
            Ok(referral) => self.teller.tell(LegEvent::Refers(referral)),
            Err(code) => self.tell_phone(code, true),
        }
        Ok(is_wanted)
    }

    /// The desk knows what became of a transfer.
    pub(super) fn referred(&mut self, refused: Option<Cause>) {
        self.tell_phone(refused.map_or(200, causes::refusal), true);
    }

    /// Tells the phone how its transfer stands.
    fn tell_phone(&mut self, code: u16, is_last: bool) {
        let Some(Subscription { event, is_wanted }) = self.transfers.running.clone() else { return };
        if is_last {
            self.transfers.running = None;
        }
        if is_wanted {
            self.transfers.news.push(News { event, code, is_last });
            self.next_news();
        }
    }

    /// Sends the next NOTIFY, as soon as nothing else is going on in the dialog.
    pub(super) fn next_news(&mut self) {
        let Some(dialog) = self.dialog().filter(|dialog| dialog.state().is_confirmed()).cloned() else {
            return;
        };
        let Some(news) = self.transfers.news.first().filter(|_| !self.transfers.sending).cloned() else {
            return;
        };
        self.transfers.sending = true;
        self.start(async move { LegWorkOutcome::Notified(send(&dialog, &news).await) });
    }

    /// A NOTIFY was answered.
    pub(super) fn notified(&mut self, sent: NewsSent) {
        self.transfers.sending = false;
        if sent == NewsSent::Done && !self.transfers.news.is_empty() {
            self.transfers.news.remove(0);
        }
        self.next_news();
    }

    /// Tells the phone the rest when the leg ends, so that no transfer is left open. It is not waited for longer than a
    /// phone takes that is there.
    pub(super) async fn tell_rest(&mut self) {
        if let Some(Subscription { event, is_wanted: true }) = self.transfers.running.take() {
            self.transfers.news.push(News { event, code: 487, is_last: true });
        }
        let most: Duration = self.core.settings.timers.t1 * TAKES_NEWS;
        if tokio::time::timeout(most, self.tell_all()).await.is_err() {
            tracing::debug!(leg = %self.id, "a phone did not take the news of its transfer");
        }
    }

    async fn tell_all(&mut self) {
        while !self.transfers.news.is_empty() {
            if self.transfers.sending {
                match self.outcomes.recv().await {
                    Some(LegWorkOutcome::Notified(sent)) => self.notified(sent),
                    Some(_) => {}
                    None => return,
                }
                continue;
            }
            match self.dialog().map(InviteDialog::state) {
                Some(state) if state.is_confirmed() => self.next_news(),
                Some(state) if !state.is_terminated() => {
                    if self.events.recv().await.is_none() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }
}

async fn send(dialog: &InviteDialog, news: &News) -> NewsSent {
    let News { event, code, is_last } = news;
    let state = if *is_last {
        "terminated;reason=noresource".to_owned()
    } else {
        format!("active;expires={EXPIRES}")
    };
    let with = vec![
        Header::Event(event.as_str().into()),
        Header::SubscriptionState(state.into()),
        headers::allow(),
        Header::ContentType("message/sipfrag;version=2.0".into()),
    ];
    let status = StatusCode::from(*code);
    let body = format!("SIP/2.0 {code} {}\r\n", status.text()).into_bytes();
    match dialog.notify(Some(with), Some(body)).await {
        Ok(None) => NewsSent::NotNow,
        Ok(Some(_)) | Err(_) => NewsSent::Done,
    }
}

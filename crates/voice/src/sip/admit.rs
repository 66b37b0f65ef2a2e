//! Who calls: never what From says (voice-sip §3).

use super::{core::Core, digest::Verdict, flow::Flow, headers};
use domain::call::Dn;
use rsipstack::sip::{HeadersExt, Request, Uri};

/// Who calls.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// A phone of ours.
    Device(Dn),
    /// A peer.
    Outside,
    /// He is to prove it (407).
    Challenge {
        /// His proof was right but for its nonce.
        stale: bool,
    },
    /// He is not answered.
    Silence,
}

/// Decides who calls: a number over the flow it registered over, or with credentials; or a peer by its address.
pub(super) fn admit(core: &Core, request: &Request, flow: Flow) -> Admission {
    let blocked = core.logins.blocked(flow.ip());
    if blocked && !core.answers_to(flow) {
        return Admission::Silence;
    }
    let from = request.from_header().ok().and_then(|from| from.uri().ok());
    let contact = request
        .typed_contact_headers()
        .ok()
        .and_then(|all| all.into_iter().next())
        .map(|contact| contact.uri);
    let registered = [from, contact]
        .into_iter()
        .flatten()
        .filter_map(|uri: Uri| uri.user().map(Dn::new))
        .find(|dn| core.registrar.is_flow_of(dn, flow));
    if let Some(dn) = registered {
        return Admission::Device(dn);
    }
    let proved = core.digest.verify(
        &core.settings.accounts,
        &request.method.to_string(),
        request.uri.user(),
        headers::authorizations(request),
    );
    match proved {
        // Among too many failures nobody learns that he guessed right.
        Verdict::Right(_) | Verdict::Stale(_) if blocked && !core.is_peer(flow) => Admission::Silence,
        Verdict::Right(dn) => Admission::Device(dn),
        Verdict::Stale(_) => Admission::Challenge { stale: true },
        Verdict::Wrong if core.failed_login(flow) => Admission::Silence,
        Verdict::Absent if core.is_peer(flow) => Admission::Outside,
        Verdict::Wrong | Verdict::Absent => Admission::Challenge { stale: false },
    }
}

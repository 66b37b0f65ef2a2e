//! Who calls: never what From says (voice-sip §3).

use super::{address::Address, core::Core, digest::Verdict, flow::Flow, headers};
use domain::call::Dn;
use rsipstack::sip::Request;

/// Who calls.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// A phone of ours.
    Device {
        /// Its number.
        dn: Dn,
        /// Whether this very call proves it: by a password, or by the stream that it registered over. The source of a
        /// datagram proves nothing.
        proved: bool,
    },
    /// A peer.
    Outside,
    /// They are to prove it (407).
    Challenge {
        /// The nonce of their proof is no good any more.
        stale: bool,
    },
    /// They are not answered.
    Silence,
}

/// Decides who calls: a number over the flow it registered over, or with credentials; or a peer by its address.
pub(super) fn admit(core: &Core, request: &Request, flow: Flow) -> Admission {
    let blocked = core.logins.blocked(flow.ip());
    if blocked && !core.answers_to(flow) {
        return Admission::Silence;
    }
    let named = [headers::find(request, "From"), headers::find(request, "Contact")];
    let registered = named
        .into_iter()
        .flatten()
        .filter_map(|header| Address::first(header)?.user().map(Dn::new))
        .find(|dn| core.registrar.is_flow_of(dn, flow));
    let verdict = core.digest.verify(
        &core.settings.accounts,
        flow,
        &request.method.to_string(),
        &headers::target(request),
        headers::authorizations(request),
    );
    match (verdict, registered) {
        (Verdict::Right(dn), Some(own)) if dn == own => Admission::Device { dn, proved: true },
        (Verdict::Right(dn), _) if !blocked || core.is_peer(flow) => Admission::Device { dn, proved: true },
        (_, Some(dn)) => Admission::Device { dn, proved: flow.is_stream() },
        // Among too many failures nobody learns that they guessed right.
        (Verdict::Right(_), None) => Admission::Silence,
        (Verdict::Stale, None) => Admission::Challenge { stale: true },
        (Verdict::Wrong, None) if core.failed_login(flow) => Admission::Silence,
        (Verdict::Absent, None) if core.is_peer(flow) => Admission::Outside,
        (Verdict::Wrong | Verdict::Absent, None) => Admission::Challenge { stale: false },
    }
}

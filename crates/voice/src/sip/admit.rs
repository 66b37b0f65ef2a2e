//! Decides who calls: never by what From says (spec: voice-sip#3).

use super::{address::Address, core::Core, digest::DigestCheck, headers, origin::RequestOrigin};
use domain::call::Dn;
use rsipstack::sip::Request;

/// The caller of a request.
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
    /// The caller must prove who they are (407).
    Challenge {
        /// Whether the nonce of their proof is not valid any more.
        stale: bool,
    },
    /// The request is not answered.
    Silence,
}

/// Decides who calls: a phone with credentials; a number over the flow that it alone registered over, from its phone
/// itself; or a peer by its address. Behind an edge the address is the one that the edge names, and a flow counts for
/// nothing.
pub(super) fn admit(core: &Core, request: &Request, origin: RequestOrigin) -> Admission {
    let blocked = core.logins.blocked(origin.sender.ip());
    if blocked && !core.answers_to(origin) {
        return Admission::Silence;
    }
    let named = [headers::find(request, "From"), headers::find(request, "Contact")];
    let alone = named
        .into_iter()
        .flatten()
        .filter_map(|header| Address::first(header)?.user().map(Dn::new))
        .find(|dn| core.is_known_by_flow(dn, origin));
    let verdict = core.digest.verify(
        &core.settings.accounts,
        origin.sender,
        &request.method.to_string(),
        &headers::target(request),
        headers::authorizations(request),
    );
    match (verdict, alone) {
        (DigestCheck::Right(dn), _) if !blocked || core.is_peer(origin) || core.may_prove(&dn, origin) => {
            Admission::Device { dn, proved: true }
        }
        (_, Some(dn)) => Admission::Device { dn, proved: origin.is_stream() },
        // After too many failures nobody learns that they guessed right.
        (DigestCheck::Right(_), None) => Admission::Silence,
        (DigestCheck::Stale, None) => Admission::Challenge { stale: true },
        (DigestCheck::Wrong, None) if core.failed_login(request, origin) => Admission::Silence,
        (DigestCheck::Absent, None) if core.is_peer(origin) => Admission::Outside,
        (DigestCheck::Wrong | DigestCheck::Absent, None) => Admission::Challenge { stale: false },
    }
}

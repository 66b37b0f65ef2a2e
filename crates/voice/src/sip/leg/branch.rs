//! The calls of a leg that we make: one to each phone of the number, until one answers (spec: voice-sip#5.2).

use crate::sip::registrar::{Binding, Registrar};
use domain::call::{Dn, Originate};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use rsipstack::{dialog::invite_dialog::InviteDialog, sip::Response};
use tokio::time::Instant;

/// The end of one call, or its answer: our tag, and the final response; `None` when there was none.
pub(super) type BranchEnd = (String, Option<Response>);

/// Whether a phone was asked to answer, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerRequest {
    /// It was not.
    Nothing,
    /// With `Event: talk`.
    Talk,
    /// It was ended by us, to be called again.
    Again,
    /// It was called with the headers for answering by itself.
    Auto,
}

/// One call.
pub(super) struct Branch {
    /// Our tag of its dialog, which is its name: the other end's comes later and may change.
    pub tag: String,
    pub dialog: InviteDialog,
    pub binding: Binding,
    pub asking: AnswerRequest,
    /// Whether a provisional response named the other end.
    pub ringing: bool,
    /// Whether it was made once more after a refusal that a second try may avoid.
    pub retried: bool,
}

/// All calls of a leg.
pub(super) struct Branches {
    pub originate: Originate,
    pub all: Vec<Branch>,
    /// Codes of those that failed.
    pub codes: Vec<u16>,
    /// The number that a phone named instead, with the code that did.
    pub diverted: Option<(Dn, u16)>,
    /// Whether it rang somewhere, so that the listener was told.
    pub rang: bool,
    /// Whether an Answer is being carried out.
    pub answering: bool,
    /// Until when the phone may take to answer by itself.
    pub answer_until: Option<Instant>,
    /// Until when it rings.
    pub ring_until: Option<Instant>,
    /// A phone declined: until when the others may show that they are there.
    pub decline_until: Option<Instant>,
    /// When phones that have said nothing are asked whether they are there.
    pub doubt_at: Option<Instant>,
    running: FuturesUnordered<BoxFuture<'static, BranchEnd>>,
    won: Option<InviteDialog>,
}

impl Branches {
    pub fn new(originate: Originate) -> Self {
        Self {
            originate,
            all: Vec::new(),
            codes: Vec::new(),
            diverted: None,
            rang: false,
            answering: false,
            answer_until: None,
            ring_until: None,
            decline_until: None,
            doubt_at: None,
            running: FuturesUnordered::new(),
            won: None,
        }
    }

    /// Adds a call, whose end is awaited with [`Branches::ended`].
    pub fn add(&mut self, branch: Branch, end: impl Future<Output = Option<Response>> + Send + 'static) {
        let tag = branch.tag.clone();
        self.all.push(branch);
        self.running.push(end.map(|response| (tag, response)).boxed());
    }

    /// The next call that ended; waits forever when there is none.
    pub async fn ended(&mut self) -> BranchEnd {
        match self.running.next().await {
            Some(ended) => ended,
            None => std::future::pending().await,
        }
    }

    /// The dialog of the phone that answered.
    pub fn won(&self) -> Option<&InviteDialog> {
        self.won.as_ref()
    }

    /// This call was answered first: answers the others, which must be ended.
    pub fn win(&mut self, tag: &str) -> Option<(Branch, Vec<Branch>)> {
        let winner = self.take(tag)?;
        self.won = Some(winner.dialog.clone());
        (self.answer_until, self.ring_until) = (None, None);
        (self.decline_until, self.doubt_at) = (None, None);
        Some((winner, std::mem::take(&mut self.all)))
    }

    pub fn get(&mut self, tag: &str) -> Option<&mut Branch> {
        self.all.iter_mut().find(|branch| branch.tag == tag)
    }

    pub fn take(&mut self, tag: &str) -> Option<Branch> {
        let at = self.all.iter().position(|branch| branch.tag == tag)?;
        Some(self.all.remove(at))
    }

    /// Has phones that have said nothing asked whether they are there.
    pub fn doubt(&self, registrar: &Registrar) {
        for branch in self.all.iter().filter(|branch| !branch.ringing) {
            registrar.doubt(&self.originate.to, branch.binding.serial);
        }
    }

    /// All dialogs there are.
    pub fn dialogs(&self) -> Vec<InviteDialog> {
        self.won.iter().chain(self.all.iter().map(|branch| &branch.dialog)).cloned().collect()
    }

    /// The next moment at which something is due.
    pub fn due(&self) -> Option<Instant> {
        [self.answer_until, self.ring_until, self.decline_until, self.doubt_at].into_iter().flatten().min()
    }
}

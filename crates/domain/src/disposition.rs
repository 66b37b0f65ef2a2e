//! The disposition rule: which key, which values, and until when (spec: decisions#6).

pub use crate::requirement::{Required, Requirement};
use crate::{
    InteractionId, Millis, UserId,
    agent::Agent,
    interaction::{Interaction, Part},
    medium::MediumName,
    queue::Queue,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Which values a disposition may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Any.
    #[default]
    Open,
    /// Any; those not in the book are marked in the feed.
    Warn,
    /// Only those of the book.
    Strict,
}

/// How long an agent who owes a disposition is held at most where the settings say nothing, in milliseconds.
pub const REQUIRED_TIMEOUT: Millis = 600_000;

const fn required_timeout() -> Millis {
    REQUIRED_TIMEOUT
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_usual(timeout: &Millis) -> bool {
    *timeout == REQUIRED_TIMEOUT
}

/// The centre's settings about dispositions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The user-data key when the request names none.
    pub key: String,
    /// How long after its completion a conversation takes a disposition, in milliseconds.
    pub late: Millis,
    /// Policy by medium; media not named are open.
    #[serde(default)]
    pub policy: BTreeMap<MediumName, Policy>,
    /// Whether a disposition is required; queues may say something else.
    #[serde(default, skip_serializing_if = "Requirement::is_silent")]
    pub required: Requirement,
    /// How long an agent who owes one is held at most, in milliseconds.
    #[serde(default = "required_timeout", skip_serializing_if = "is_usual")]
    pub required_timeout: Millis,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            key: "DispositionCode".into(),
            late: 3_600_000,
            policy: BTreeMap::new(),
            required: Requirement::default(),
            required_timeout: REQUIRED_TIMEOUT,
        }
    }
}

impl Rule {
    /// The policy of a medium.
    pub fn policy(&self, medium: &MediumName) -> Policy {
        self.policy.get(medium).copied().unwrap_or_default()
    }

    /// What is asked of a part of a queue's work, or of one that no queue gave.
    pub fn required(&self, queue: Option<&Queue>, medium: &MediumName) -> Required {
        let of_queue = queue.and_then(|queue| queue.required.of(medium));
        of_queue.or_else(|| self.required.of(medium)).unwrap_or_default()
    }

    /// Whether desktops are to ask for dispositions: the server asks for one of some medium, in the centre or in a queue.
    /// They know one option for all that they show.
    pub fn is_mandatory<'q>(&self, queues: impl IntoIterator<Item = &'q Queue>) -> bool {
        self.required.asks() || queues.into_iter().any(|queue| queue.required.asks())
    }

    /// Until when an agent's part that is over still takes a disposition; `None` when it takes none any more, while the
    /// part is live, and when the agent never took it. `agent` is the one whose part it is. The last moment is still in
    /// time.
    pub fn late_until<I: Interaction>(
        &self,
        interaction: &I,
        part: &I::Part,
        agent: Option<&Agent>,
        now: Millis,
    ) -> Option<LateUntil> {
        let until =
            part.ended_at().filter(|_| !part.is_live() && part.took_part())?.saturating_add(self.late);
        if now <= until {
            return Some(LateUntil::Moment(until));
        }
        let is_kept =
            agent.is_some_and(|agent| agent.remembers(&interaction.medium(), interaction.known_as(part)));
        is_kept.then_some(LateUntil::KeptByRecency)
    }

    /// The part of an agent, known to them under a name, that is over and still takes a disposition, and until when;
    /// `None` when there is none.
    pub fn late_part<'i, I: Interaction>(
        &self,
        interaction: &'i I,
        named: &InteractionId,
        id: &UserId,
        agent: Option<&Agent>,
        now: Millis,
    ) -> Option<(&'i I::Part, LateUntil)> {
        let part = interaction.ended_part(id, named)?;
        Some((part, self.late_until(interaction, part, agent, now)?))
    }

    /// Whether a part has a disposition: a value under the key that is not empty. Without a part, whether the interaction
    /// has.
    pub fn is_set<I: Interaction>(&self, interaction: &I, part: Option<&I::Part>) -> bool {
        interaction.disposition(part, &self.key).is_some_and(|value| !is_empty(value))
    }
}

/// Until when a part that is over takes a disposition (spec: decisions#6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateUntil {
    /// Until this moment.
    Moment(Millis),
    /// Its time is over, but it is among the last that the agent completed: until later ones push it out of these.
    KeptByRecency,
}

/// Whether a value clears the disposition.
pub fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

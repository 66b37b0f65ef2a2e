//! Differences between clients.

/// How the other parties of a call are written (spec: core-and-voice#5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Participants {
    /// As objects: the current form.
    #[default]
    Objects,
    /// As numbers, with objects beside them in `participantsInfo`: the form of 8.5.0, which some clients need.
    Legacy,
}

/// The differences between clients, which an operator chooses from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// How the other parties of a call are written.
    pub participants: Participants,
    /// Whether agents are shown the `messageType` that the writer of a message gave it: the server option
    /// `includeMessageType` (spec: digital-channels#2.5).
    pub message_types: bool,
}

//! What a provider's error code means for us, and what an agent is told of it (spec: channel-connectors#1B.1).

/// Why a message was refused or did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// 21211: the address is no telephone number.
    BadNumber,
    /// 21408: the account may not send to that country.
    Region,
    /// 21610: the customer wants no messages from this sender.
    OptedOut,
    /// 21614: the number cannot receive text messages.
    NotMobile,
    /// 20429, 30001: too much at once.
    Busy,
    /// 30003: the telephone is off or out of reach.
    Unreachable,
    /// 30004: the customer or their network blocks the message.
    Blocked,
    /// 30005: nobody has the number.
    UnknownNumber,
    /// 30006: the number is a landline.
    Landline,
    /// 30007: the network took the message for spam.
    Filtered,
    /// 30008: the network gave no reason.
    Unknown,
    /// 30034: the sender is not registered where the message goes.
    SenderNotRegistered,
    /// 20003: the provider does not accept our credentials.
    Credentials,
    /// Another code about our account or its settings: a matter for the administrator.
    Account,
    /// A code that is not in this list, or none.
    Other,
}

impl Reason {
    /// What an error code means.
    pub const fn of(code: u32) -> Self {
        match code {
            20003 => Self::Credentials,
            20429 | 30001 => Self::Busy,
            21211 => Self::BadNumber,
            21408 => Self::Region,
            21610 => Self::OptedOut,
            21614 => Self::NotMobile,
            30003 => Self::Unreachable,
            30004 => Self::Blocked,
            30005 => Self::UnknownNumber,
            30006 => Self::Landline,
            30007 => Self::Filtered,
            30008 => Self::Unknown,
            30034 => Self::SenderNotRegistered,
            _ => Self::Other,
        }
    }

    /// A sentence for the agent.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::BadNumber => "This is not a valid telephone number.",
            Self::Region => "Messages to this country are not allowed for our account.",
            Self::OptedOut => "The customer has opted out and must not be sent messages.",
            Self::NotMobile => "This number cannot receive text messages.",
            Self::Busy => "Too many messages are being sent at the moment; try again later.",
            Self::Unreachable => "The customer's telephone is switched off or out of reach.",
            Self::Blocked => "The message was blocked by the customer or by the network.",
            Self::UnknownNumber => "Nobody has this number.",
            Self::Landline => "This number is a landline and cannot receive text messages.",
            Self::Filtered => "The network took the message for spam and did not deliver it.",
            Self::Unknown => "The message did not arrive; the network gave no reason.",
            Self::SenderNotRegistered => "Our number is not registered for sending to this network.",
            Self::Credentials | Self::Account => {
                "The provider does not accept our account; tell the administrator."
            }
            Self::Other => "The provider did not accept the message.",
        }
    }

    /// Whether it says that the customer has opted out, so that their consent must be set to *out*
    /// (spec: channel-connectors#1D).
    pub const fn withdraws_consent(self) -> bool {
        matches!(self, Self::OptedOut)
    }

    /// Whether the same message may succeed a little later.
    pub const fn passes(self) -> bool {
        matches!(self, Self::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason::*, *};

    #[test]
    fn every_code_of_the_table_has_its_meaning() {
        let table = [
            (20003, Credentials),
            (20429, Busy),
            (21211, BadNumber),
            (21408, Region),
            (21610, OptedOut),
            (21614, NotMobile),
            (30001, Busy),
            (30003, Unreachable),
            (30004, Blocked),
            (30005, UnknownNumber),
            (30006, Landline),
            (30007, Filtered),
            (30008, Unknown),
            (30034, SenderNotRegistered),
            (0, Other),
            (30002, Other),
        ];
        for (code, reason) in table {
            assert_eq!(Reason::of(code), reason, "{code}");
            assert_eq!(reason.withdraws_consent(), code == 21610, "{code}");
            assert_eq!(reason.passes(), [20429, 30001].contains(&code), "{code}");
        }
    }
}

//! The names of operations on conversations.

use domain::session::Operation;

/// The name of an operation, as `capabilities` lists it.
pub const fn operation_name(operation: Operation) -> &'static str {
    match operation {
        Operation::Accept => "Accept",
        Operation::Reject => "Reject",
        Operation::Transfer => "Transfer",
        Operation::Leave => "Leave",
        Operation::Complete => "Complete",
        Operation::SetInFocus => "SetInFocus",
        Operation::SetDisposition => "SetDisposition",
        Operation::AttachUserData => "AttachUserData",
        Operation::DeleteUserData => "DeleteUserData",
        Operation::UpdateUserData => "UpdateUserData",
        Operation::SetComment => "SetComment",
        Operation::SendMessage => "SendMessage",
        Operation::SendUrl => "SendUrl",
        Operation::StartTyping => "SendStartTypingNotification",
        Operation::StopTyping => "SendStopTypingNotification",
        Operation::SendCustomNotice => "SendCustomNotice",
        Operation::ChangeNickname => "SendNicknameUpdatedNotice",
        Operation::ResendMessage => "ResendMessage",
    }
}

//! The names of operations on conversations.

use domain::session::SessionOperation;

/// The name of an operation, as `capabilities` lists it.
pub const fn operation_name(operation: SessionOperation) -> &'static str {
    match operation {
        SessionOperation::Accept => "Accept",
        SessionOperation::Reject => "Reject",
        SessionOperation::Transfer => "Transfer",
        SessionOperation::Leave => "Leave",
        SessionOperation::Complete => "Complete",
        SessionOperation::SetInFocus => "SetInFocus",
        SessionOperation::SetDisposition => "SetDisposition",
        SessionOperation::AttachUserData => "AttachUserData",
        SessionOperation::DeleteUserData => "DeleteUserData",
        SessionOperation::UpdateUserData => "UpdateUserData",
        SessionOperation::SetComment => "SetComment",
        SessionOperation::SendMessage => "SendMessage",
        SessionOperation::SendUrl => "SendUrl",
        SessionOperation::StartTyping => "SendStartTypingNotification",
        SessionOperation::StopTyping => "SendStopTypingNotification",
        SessionOperation::SendCustomNotice => "SendCustomNotice",
        SessionOperation::ChangeNickname => "SendNicknameUpdatedNotice",
        SessionOperation::ResendMessage => "ResendMessage",
    }
}

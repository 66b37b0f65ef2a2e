//! The customer's side of a chat on the wire, in the two protocols that widgets speak: what is asked for and what is
//! answered. Who may ask, and what is done, stands in `channels`.

mod chat;
mod door;
mod mobile;

pub use chat::{
    CustomerChat, CustomerChatAnswer, CustomerChatState, CustomerDoneAnswer, CustomerMessage,
    CustomerMessageType, CustomerMessagesAnswer, CustomerOperation, CustomerParticipant, CustomerPartyType,
    CustomerRequestChatRequest, CustomerRequestedAnswer, CustomerSendMessageRequest, OPERATIONS,
    REQUEST_CHAT,
};
pub use door::CustomerServiceAnswer;
pub use mobile::{
    COMMANDS, ChatApiAnswer, ChatApiError, ChatApiMessage, ChatApiMessageType, ChatApiParticipant,
    ChatApiPartyType, Command, Field, REQUEST,
};

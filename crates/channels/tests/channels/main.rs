//! How customers come in, each channel over HTTP on a desk with a real journal, and what the server asks of others. One
//! program, so that it is linked once.

mod chat;
mod gws_chat;
mod messenger;
mod outbound;
mod sms;

//! The Messenger platform: one page, its people, and the Graph calls of an app (spec: channel-connectors#2).

mod access;
mod envelope;
mod inbound;
mod object;
mod page;
mod send;
mod send_request;
mod simulated_fault;
mod trouble;
mod usage;
mod verify;
mod window;

pub(super) use inbound::{Attachment, CustomerAction, PageAction, WebhookDelivery};
pub(super) use object::{grant, object};
pub(super) use page::Page;
pub(super) use send::send;
pub(super) use verify::verify;

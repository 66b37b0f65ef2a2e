//! What the phones and the calls of a line share: its socket and the SIP library over it.

use crate::target;
use rsipstack::{
    dialog::dialog_layer::DialogLayer,
    sip::{Method, Transport, Uri},
    transaction::endpoint::EndpointInnerRef,
};
use std::{
    net::{SocketAddr, UdpSocket},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// The methods phones understand.
pub(crate) const METHODS: [Method; 8] = [
    Method::Invite,
    Method::Ack,
    Method::Cancel,
    Method::Bye,
    Method::Options,
    Method::Notify,
    Method::Info,
    Method::Update,
];

/// What the phones and the calls of a line share. The line is closed with the last of them.
pub(crate) struct LineShared {
    pub endpoint: EndpointInnerRef,
    pub dialogs: Arc<DialogLayer>,
    pub server: SocketAddr,
    pub local: SocketAddr,
    pub transport: Transport,
    pub over: CancellationToken,
    /// The port that calls without voice name in their SDP. Nobody reads it: the kernel throws away what comes, and
    /// the sender is not told that nobody listens.
    pub unread_port: u16,
    pub(crate) _unread: UdpSocket,
}

impl LineShared {
    /// Where a phone of this line wants to be called.
    pub fn contact(&self, user: &str) -> Uri {
        target::uri(user, self.local, self.transport)
    }
}

impl Drop for LineShared {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

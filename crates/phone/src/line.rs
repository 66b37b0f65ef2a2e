use crate::{
    Account, Phone, PhoneError,
    dispatch::{self, Called},
    line_shared::{LineShared, METHODS},
    spelling::Spelling,
    weak_map::WeakMap,
};
use rsipstack::{
    EndpointBuilder,
    dialog::dialog_layer::DialogLayer,
    sip::Transport,
    transaction::endpoint::EndpointOption,
    transport::{TransportLayer, udp::UdpConnection},
};
use std::{
    net::{SocketAddr, UdpSocket},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// How the phones name themselves on the wire.
const USER_AGENT: &str = "Jackfield phone";
/// What the Call-IDs of the phones end with.
const CALL_ID_SUFFIX: &str = "phone.jackfield.invalid";

/// One SIP socket that any number of phones share. It lives as long as it, one of its phones or one of their calls.
#[derive(Clone)]
pub struct PhoneLine {
    wire: Arc<LineShared>,
    called: Called,
}

/// What a line keeps at the moment; for tests that nothing leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Calls that have not ended.
    pub calls: usize,
    /// Dialogs the SIP library keeps.
    pub dialogs: usize,
    /// Transactions that run; finished ones stay 32 s more and are not counted.
    pub transactions: usize,
}

impl PhoneLine {
    /// Opens a line over UDP at `bind` (port 0 takes a free one). Numbers and registrations go to `server`.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn open(bind: SocketAddr, server: SocketAddr) -> Result<Self, PhoneError> {
        Self::over(Transport::Udp, bind, server).await
    }

    /// Opens a line over TCP: one connection to `server`, made with the first request and again when it broke.
    /// Others cannot connect to it; calls come in over that connection.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn open_tcp(bind: SocketAddr, server: SocketAddr) -> Result<Self, PhoneError> {
        Self::over(Transport::Tcp, bind, server).await
    }

    async fn over(transport: Transport, bind: SocketAddr, server: SocketAddr) -> Result<Self, PhoneError> {
        let over = CancellationToken::new();
        // A line over TCP has it too: the library names itself in Via after a listener.
        let socket = UdpConnection::create_connection(bind, None, Some(over.child_token())).await?;
        let local = socket.get_addr().get_socketaddr()?;
        let layer = TransportLayer::new(over.child_token());
        layer.add_transport(socket.into());
        let endpoint = EndpointBuilder::new()
            .with_transport_layer(layer)
            .with_cancel_token(over.clone())
            .with_user_agent(USER_AGENT)
            .with_allows(METHODS.to_vec())
            .with_inspector(Box::new(Spelling))
            .with_option(EndpointOption {
                callid_suffix: Some(CALL_ID_SUFFIX.to_owned()),
                ..EndpointOption::default()
            })
            .build();
        let incoming = endpoint.incoming_transactions()?;
        let dialogs = Arc::new(DialogLayer::new(endpoint.inner.clone()));
        let unread = UdpSocket::bind((local.ip(), 0))?;
        let wire = Arc::new(LineShared {
            unread_port: unread.local_addr()?.port(),
            _unread: unread,
            endpoint: endpoint.inner.clone(),
            dialogs,
            server,
            local,
            transport,
            over,
        });
        tokio::spawn(async move { endpoint.serve().await });
        let called = Called { phones: WeakMap::new(), legs: WeakMap::new() };
        tokio::spawn(dispatch::run(Arc::downgrade(&wire), called.clone(), incoming));
        Ok(Self { wire, called })
    }

    /// Where the line is reached, over UDP.
    pub fn addr(&self) -> SocketAddr {
        self.wire.local
    }

    /// A phone on this line. It is called by its user name; a later phone of the same name takes its place.
    pub fn phone(&self, account: Account) -> Phone {
        Phone::on(&self.wire, &self.called.phones, &self.called.legs, account)
    }

    /// What the line keeps at the moment.
    pub fn load(&self) -> Load {
        Load {
            calls: self.called.legs.len(),
            dialogs: self.wire.dialogs.len(),
            transactions: self.wire.endpoint.get_stats().running_transactions,
        }
    }

    /// Closes the socket under all phones and calls, without a word to anybody.
    pub fn close(&self) {
        self.wire.over.cancel();
    }
}

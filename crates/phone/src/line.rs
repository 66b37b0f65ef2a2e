use crate::{Account, Phone, PhoneError, call::Leg, dispatch, phone::Desk, spelling::Spelling, target};
use rsipstack::{
    EndpointBuilder,
    dialog::dialog_layer::DialogLayer,
    sip::{Method, Transport, Uri},
    transaction::endpoint::{EndpointInnerRef, EndpointOption},
    transport::{TransportLayer, udp::UdpConnection},
};
use std::{
    collections::HashMap,
    net::{SocketAddr, UdpSocket},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tokio_util::sync::CancellationToken;

/// How the phones name themselves on the wire.
const USER_AGENT: &str = "Jackfield phone";
/// What the Call-IDs of the phones end with.
const CALL_ID_SUFFIX: &str = "phone.jackfield.invalid";

/// One SIP socket that any number of phones share. It lives as long as it, one of its phones or one of their calls.
#[derive(Clone)]
pub struct Line {
    shared: Arc<Shared>,
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

impl Line {
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
        let shared = Arc::new(Shared {
            unread_port: unread.local_addr()?.port(),
            _unread: unread,
            endpoint: endpoint.inner.clone(),
            dialogs,
            server,
            local,
            transport,
            desks: Mutex::default(),
            legs: Mutex::default(),
            over,
        });
        tokio::spawn(async move { endpoint.serve().await });
        tokio::spawn(dispatch::run(Arc::downgrade(&shared), incoming));
        Ok(Self { shared })
    }

    /// Where the line is reached, over UDP.
    pub fn addr(&self) -> SocketAddr {
        self.shared.local
    }

    /// A phone on this line. It is called by its user name; a later phone of the same name takes its place.
    pub fn phone(&self, account: Account) -> Phone {
        Phone::on(&self.shared, account)
    }

    /// What the line keeps at the moment.
    pub fn load(&self) -> Load {
        Load {
            calls: lock(&self.shared.legs).len(),
            dialogs: self.shared.dialogs.len(),
            transactions: self.shared.endpoint.get_stats().running_transactions,
        }
    }

    /// Closes the socket under all phones and calls, without a word to anybody.
    pub fn close(&self) {
        self.shared.over.cancel();
    }
}

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

/// What the phones of a line share.
pub(crate) struct Shared {
    pub endpoint: EndpointInnerRef,
    pub dialogs: Arc<DialogLayer>,
    pub server: SocketAddr,
    pub local: SocketAddr,
    pub transport: Transport,
    pub over: CancellationToken,
    /// The port that calls without voice name in their SDP. Nobody reads it: the kernel throws away what comes, and
    /// the sender is not told that nobody listens.
    pub unread_port: u16,
    _unread: UdpSocket,
    desks: Mutex<HashMap<String, Weak<Desk>>>,
    legs: Mutex<HashMap<LegKey, Weak<Leg>>>,
}

/// Call-ID and our tag: what of a dialog's id does not change while it comes into being.
pub(crate) type LegKey = (String, String);

impl Shared {
    /// Where a phone of this line wants to be called.
    pub fn contact(&self, user: &str) -> Uri {
        target::uri(user, self.local, self.transport)
    }

    pub fn add_desk(&self, user: &str, desk: &Arc<Desk>) {
        lock(&self.desks).insert(user.to_owned(), Arc::downgrade(desk));
    }

    /// Forgets a phone that was dropped, unless another has taken its place.
    pub fn remove_desk(&self, user: &str) {
        let mut desks = lock(&self.desks);
        if desks.get(user).is_some_and(|desk| desk.strong_count() == 0) {
            desks.remove(user);
        }
    }

    pub fn desk(&self, user: &str) -> Option<Arc<Desk>> {
        lock(&self.desks).get(user)?.upgrade()
    }

    pub fn add_leg(&self, key: LegKey, leg: &Arc<Leg>) {
        lock(&self.legs).insert(key, Arc::downgrade(leg));
    }

    pub fn remove_leg(&self, key: &LegKey) {
        lock(&self.legs).remove(key);
    }

    pub fn leg(&self, key: &LegKey) -> Option<Arc<Leg>> {
        lock(&self.legs).get(key)?.upgrade()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.over.cancel();
    }
}

/// What a panic elsewhere left behind is still a map.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

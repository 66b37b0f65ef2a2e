//! Two phones made of the library itself, and audio between them.

use crate::switch::{TestSwitch, settings};
use domain::call::{Cause, HeardBy, LegCommand, LegEvent, RoomId};
use rsipstack::{
    EndpointBuilder,
    dialog::{
        dialog::{DialogState, DialogStateReceiver},
        dialog_layer::DialogLayer,
        invitation::InviteOption,
    },
    sip::{
        Header, Method, SipMessage, Uri,
        typed::{From, To},
    },
    transaction::{
        Transaction,
        key::{TransactionKey, TransactionRole},
        make_tag,
    },
    transport::{SipAddr, TransportLayer, udp::UdpConnection},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use testkit::sip::{authorization, sdp};
use tokio::{net::UdpSocket, sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

struct Softphone {
    layer: Arc<DialogLayer>,
    addr: SocketAddr,
    rtp: UdpSocket,
    calls: mpsc::UnboundedReceiver<(u16, DialogStateReceiver)>,
    token: CancellationToken,
}

impl Drop for Softphone {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

fn port_of(body: &[u8]) -> u16 {
    testkit::sip::SipMessage(format!("\r\n\r\n{}", String::from_utf8_lossy(body))).rtp_port()
}

impl Softphone {
    /// A phone that answers whatever comes, after ringing.
    async fn new(user: &str, server: SocketAddr, registered: bool) -> Self {
        let token = CancellationToken::new();
        let transport = TransportLayer::new(token.clone());
        let local = "127.0.0.1:0".parse().expect("an address");
        let udp =
            UdpConnection::create_connection(local, None, Some(token.child_token())).await.expect("a socket");
        let addr = udp.get_addr().get_socketaddr().expect("an address");
        transport.add_transport(udp.into());
        let endpoint =
            EndpointBuilder::new().with_transport_layer(transport).with_cancel_token(token.clone()).build();
        let mut incoming = endpoint.incoming_transactions().expect("requests");
        let layer = Arc::new(DialogLayer::new(endpoint.inner.clone()));
        tokio::spawn(async move { endpoint.serve().await });
        let rtp = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let media = rtp.local_addr().expect("an address").port();
        let (tell, calls) = mpsc::unbounded_channel();
        let (answering, contact) = (layer.clone(), format!("sip:{user}@{addr}"));
        tokio::spawn(async move {
            while let Some(mut tx) = incoming.recv().await {
                if let Some(mut dialog) = answering.match_dialog(&tx) {
                    tokio::spawn(async move { dialog.handle(&mut tx).await });
                    continue;
                }
                let (events, heard) = answering.new_dialog_state_channel();
                let contact = Uri::try_from(contact.as_str()).expect("a URI");
                let mut dialog = answering
                    .get_or_create_server_invite(&tx, events, None, Some(contact))
                    .expect("a dialog");
                let _ = tell.send((port_of(&tx.original.body), heard));
                let kind = Header::ContentType("application/sdp".into());
                dialog.ringing(None, None).expect("180");
                dialog.accept(Some(vec![kind]), Some(sdp(media, "sendrecv").into_bytes())).expect("200");
                tokio::spawn(async move { dialog.handle(&mut tx).await });
            }
        });
        let phone = Self { layer, addr, rtp, calls, token };
        if registered {
            phone.register(user, server).await;
        }
        phone
    }

    /// The library's own registration cannot read the challenge for SHA-256, so this one answers that for MD5.
    async fn register(&self, user: &str, server: SocketAddr) {
        let endpoint = &self.layer.endpoint;
        let uri = |text: String| Uri::try_from(text.as_str()).expect("a URI");
        let mut proof = None;
        for cseq in 1..=2 {
            let who = uri(format!("sip:{user}@{server}"));
            let from = From { display_name: None, uri: who.clone(), params: Vec::new() }.with_tag(make_tag());
            let to = To { display_name: None, uri: who, params: Vec::new() };
            let via = endpoint.get_via(None, None).expect("a Via");
            let to_server = uri(format!("sip:{server}"));
            let mut request = endpoint.make_request(Method::Register, to_server, via, from, to, cseq, None);
            request.headers.push(Header::Contact(format!("<sip:{user}@{}>", self.addr).into()));
            request.headers.extend(proof.take().into_iter().collect());
            let key = TransactionKey::from_request(&request, TransactionRole::Client).expect("a key");
            let mut tx = Transaction::new_client(key, request, endpoint.clone(), None);
            tx.send().await.expect("sent");
            let Some(SipMessage::Response(answer)) = tx.receive().await else {
                panic!("no answer to REGISTER")
            };
            let challenge = answer.headers.iter().find_map(|header| match header {
                Header::WwwAuthenticate(value) if value.value().contains("MD5") => Some(value.value()),
                _ => None,
            });
            let Some(challenge) = challenge else {
                return assert_eq!(answer.status_code.code(), 200);
            };
            let text = authorization(user, challenge, "REGISTER", &format!("sip:{server}"), 1, "demo");
            proof = Some(Header::Authorization(text.into()));
        }
        panic!("not registered");
    }

    /// Says something until it is heard there.
    async fn is_heard_by(&self, port: u16, other: &Self, payload: u8) -> bool {
        let mut packet = vec![0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, payload];
        packet.extend([payload; 160]);
        let say = async {
            for n in 0..100_u16 {
                packet[2..4].copy_from_slice(&n.to_be_bytes());
                packet[4..8].copy_from_slice(&(u32::from(n) * 160).to_be_bytes());
                self.rtp.send_to(&packet, ("127.0.0.1", port)).await.expect("sent");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let mut buffer = [0; 2048];
        let listen = async {
            loop {
                let (len, _) = other.rtp.recv_from(&mut buffer).await.expect("received");
                if len == 172 && buffer[12..172] == [payload; 160] {
                    return;
                }
            }
        };
        tokio::select! { () = say => false, () = listen => true }
    }
}

async fn until(events: &mut DialogStateReceiver, what: impl Fn(&DialogState) -> bool) {
    let wait = async { while !what(&events.recv().await.expect("events")) {} };
    timeout(Duration::from_secs(5), wait).await.expect("an event");
}

#[tokio::test]
async fn two_phones_of_another_make_talk_through_us() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut agent = Softphone::new("5001", switch.server, true).await;
    switch.next().await;
    let customer = Softphone::new("15550199", switch.server, false).await;
    let (tell, mut events) = customer.layer.new_dialog_state_channel();
    let media = customer.rtp.local_addr().expect("an address").port();
    let option = InviteOption {
        caller: Uri::try_from(format!("sip:15550199@{}", customer.addr).as_str()).expect("a URI"),
        callee: Uri::try_from(format!("sip:9000@{}", switch.server).as_str()).expect("a URI"),
        contact: Uri::try_from(format!("sip:15550199@{}", customer.addr).as_str()).expect("a URI"),
        destination: Some(SipAddr::from(switch.server)),
        offer: Some(sdp(media, "sendrecv").into_bytes()),
        ..InviteOption::default()
    };
    let (dialog, calling) = customer.layer.do_invite_async(option, tell).expect("a call");
    let from = switch.arrived().await.leg;
    switch.act(&from, LegCommand::Ring);
    switch.act(&from, LegCommand::Answer);
    let (_, answer) = calling.await.expect("a task").expect("a call");
    let to_customer = port_of(&answer.expect("an answer").body);
    assert_eq!(switch.heard(&from).await, LegEvent::Up);

    let to = switch.call("5001", false);
    let (to_agent, mut agents) = agent.calls.recv().await.expect("a call");
    assert_eq!(switch.heard(&to).await, LegEvent::Ringing);
    assert_eq!(switch.heard(&to).await, LegEvent::Up);
    let room = RoomId { call: "together".into(), line: 0 };
    switch.act(&from, LegCommand::Join(room.clone(), HeardBy::Everyone));
    switch.act(&to, LegCommand::Join(room, HeardBy::Everyone));
    assert!(customer.is_heard_by(to_customer, &agent, 0x31).await);
    assert!(agent.is_heard_by(to_agent, &customer, 0x52).await);

    dialog.bye().await.expect("a BYE");
    assert_eq!(switch.heard(&from).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    switch.act(&to, LegCommand::Release(Cause::Normal));
    assert_eq!(switch.heard(&to).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    until(&mut agents, DialogState::is_terminated).await;
    until(&mut events, DialogState::is_terminated).await;
}

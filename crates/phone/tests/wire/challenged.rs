use crate::{
    pair::{line, soon},
    registrar::{Hash, is_right},
};
use phone::{Account, Say};
use tokio::net::UdpSocket;

async fn next(socket: &UdpSocket, method: &str) -> (String, std::net::SocketAddr) {
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = soon(socket.recv_from(&mut buffer)).await.expect("read");
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if text.starts_with(method) {
            return (text, from);
        }
    }
}

fn answer(request: &str, status: &str, header: &str) -> String {
    let names = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
    let copied = request.lines().filter(|line| names.iter().any(|name| line.starts_with(name)));
    let head = copied.fold(format!("SIP/2.0 {status}\r\n"), |answer, line| {
        answer + line + if line.starts_with("To:") { ";tag=s\r\n" } else { "\r\n" }
    });
    format!("{head}{header}Content-Length: 0\r\n\r\n")
}

#[tokio::test]
async fn a_challenged_invite_is_sent_again_with_the_digest() {
    for hash in [Hash::Md5, Hash::Sha256] {
        let server = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let addr = server.local_addr().expect("bound");
        let caller = line().await.phone(Account::new("5001").password("secret"));
        let call = caller.call(&format!("9000@{addr}"), Say::Nothing, &[]).await.expect("an INVITE");
        let (invite, from) = next(&server, "INVITE ").await;
        assert!(!invite.contains("Proxy-Authorization"));
        let challenge = format!(
            "Proxy-Authenticate: Digest realm=\"test\", nonce=\"n0\", qop=\"auth\", algorithm={}\r\n",
            hash.name()
        );
        let refusal = answer(&invite, "407 Proxy Authentication Required", &challenge);
        server.send_to(refusal.as_bytes(), from).await.expect("sent");
        next(&server, "ACK ").await;
        let (again, _) = next(&server, "INVITE ").await;
        let digest =
            again.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: ")).expect("a digest");
        assert!(is_right(hash, "INVITE", "secret", digest), "{digest}");
        assert!(!again.to_lowercase().contains("rsip"), "{again}");
        server.send_to(answer(&again, "486 Busy Here", "").as_bytes(), from).await.expect("sent");
        assert_eq!(soon(call.ended()).await.code, 486);
    }
}

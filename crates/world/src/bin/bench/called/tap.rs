//! A tap on the wire between phones and the server: passes datagrams on, and notes when one begins with a word.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Instant,
};
use tokio::{net::UdpSocket, sync::mpsc};

/// The largest datagram.
const LARGEST: usize = 65_536;

/// A tap. Phones register with its address; one line of phones for each tap.
pub struct Tap {
    /// What phones take for the server.
    pub addr: SocketAddr,
    seen: mpsc::UnboundedReceiver<Instant>,
}

impl Tap {
    /// Opens a tap before a server; it notes what the server sends that begins with `word`.
    pub async fn open(server: SocketAddr, word: &'static [u8]) -> anyhow::Result<Self> {
        let near = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let far = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let addr = near.local_addr()?;
        let (tell, seen) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let (mut from_phones, mut from_server) = (vec![0; LARGEST], vec![0; LARGEST]);
            let mut phones = None;
            loop {
                tokio::select! {
                    came = far.recv_from(&mut from_server) => {
                        let now = Instant::now();
                        let (Ok((length, _)), Some(phones)) = (came, phones) else { continue };
                        let datagram = &from_server[..length];
                        near.send_to(datagram, phones).await.ok();
                        if datagram.starts_with(word) && tell.send(now).is_err() {
                            return;
                        }
                    }
                    came = near.recv_from(&mut from_phones) => {
                        let Ok((length, from)) = came else { continue };
                        phones = Some(from);
                        far.send_to(&from_phones[..length], server).await.ok();
                    }
                }
            }
        });
        Ok(Self { addr, seen })
    }

    /// When the next one came.
    pub async fn next(&mut self) -> Option<Instant> {
        self.seen.recv().await
    }
}

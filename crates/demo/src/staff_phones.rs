//! The telephones of agents 5 to 8: they register, answer when their agent says so over the API, and listen.

use crate::{
    centre::{AGENTS, FIRST_DN, PASSWORD},
    staff::FIRST,
};
use phone::{Account, AnswerMode, Incoming, Phone, PhoneLine, Say};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// The time asked for with REGISTER; it is refreshed before.
const EXPIRES: Duration = Duration::from_secs(300);
/// How long to wait after a registration that failed: the server may not be there yet.
const RETRY: Duration = Duration::from_secs(5);

/// Keeps the telephones registered with a SIP server on this machine, for as long as it is polled.
pub async fn staff_phones(sip: SocketAddr) {
    let line = loop {
        match PhoneLine::open((Ipv4Addr::LOCALHOST, 0).into(), sip).await {
            Ok(line) => break line,
            Err(why) => {
                tracing::warn!(%why, "the scripted agents have no telephone line");
                tokio::time::sleep(RETRY).await;
            }
        }
    };
    let phones = (FIRST..=AGENTS).map(|number| {
        let phone = line.phone(Account::new((FIRST_DN + number - 1).to_string()).password(PASSWORD));
        phone.on_incoming(Incoming { answer: AnswerMode::Manual, say: Say::Silence, hang_up_after: None });
        stay(phone)
    });
    futures::future::join_all(phones).await;
}

async fn stay(phone: Phone) {
    while let Err(why) = phone.register(EXPIRES).await {
        tracing::debug!(%why, "a scripted agent's phone could not register");
        tokio::time::sleep(RETRY).await;
    }
    // It refreshes by itself until it is dropped.
    std::future::pending::<()>().await;
}

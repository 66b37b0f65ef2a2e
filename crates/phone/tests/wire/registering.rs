use crate::{
    pair::soon,
    registrar::{Hash, Registrar},
};
use phone::{Account, PhoneError, PhoneLine};
use std::{net::SocketAddr, time::Duration};

const HOUR: Duration = Duration::from_secs(3600);
const ANY: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

async fn line(server: SocketAddr) -> PhoneLine {
    PhoneLine::open(ANY.into(), server).await.expect("a line")
}

#[tokio::test]
async fn a_phone_answers_the_challenge_by_either_hash() {
    for hash in [Hash::Md5, Hash::Sha256] {
        let registrar = Registrar::udp(hash, "secret", 300).await;
        let line = line(registrar.addr).await;
        let phone = line.phone(Account::new("5001").password("secret"));
        assert!(!phone.is_registered().await);
        soon(phone.register(HOUR)).await.expect("registered");
        assert!(phone.is_registered().await);
        assert_eq!(*registrar.accepted.borrow(), [3600]);
        soon(phone.unregister()).await.expect("taken back");
        assert!(!phone.is_registered().await);
        assert_eq!(*registrar.accepted.borrow(), [3600, 0]);
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_once_and_for_all() {
    let registrar = Registrar::udp(Hash::Md5, "secret", 300).await;
    let line = line(registrar.addr).await;
    let phone = line.phone(Account::new("5001").password("guess"));
    let refused = soon(phone.register(HOUR)).await;
    assert!(matches!(refused, Err(PhoneError::Refused(403))), "{refused:?}");
    assert!(!phone.is_registered().await);
}

#[tokio::test]
async fn a_registration_is_refreshed_until_the_phone_is_dropped() {
    let mut registrar = Registrar::udp(Hash::Sha256, "secret", 1).await;
    let line = line(registrar.addr).await;
    let phone = line.phone(Account::new("5001").password("secret"));
    soon(phone.register(HOUR)).await.expect("registered");
    soon(registrar.accepted.wait_for(|all| all.len() >= 3)).await.expect("refreshed twice");
    drop(phone);
    registrar.accepted.mark_unchanged();
    let again = tokio::time::timeout(Duration::from_secs(2), registrar.accepted.changed()).await;
    assert!(again.is_err(), "a dropped phone registers no more");
}

#[tokio::test]
async fn a_line_over_tcp_registers_too() {
    let registrar = Registrar::tcp(Hash::Sha256, "secret", 300).await;
    let line = PhoneLine::open_tcp(ANY.into(), registrar.addr).await.expect("a line");
    let phone = line.phone(Account::new("5001").password("secret"));
    soon(phone.register(HOUR)).await.expect("registered");
    assert_eq!(*registrar.accepted.borrow(), [3600]);
}

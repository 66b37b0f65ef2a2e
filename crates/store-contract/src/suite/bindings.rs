//! Where phones are.

use super::StoreBackend;
use desk::ports::BindingRow;

/// A binding in which everything says something.
pub fn row(dn: &str, contact: &str) -> BindingRow {
    BindingRow {
        dn: dn.into(),
        contact: contact.into(),
        instance: Some("<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>".into()),
        reg_id: Some(1),
        path: vec!["<sip:edge.example;lr>".into(), "<sip:inner.example;lr>".into()],
        transport: "udp".into(),
        received: "192.0.2.7:5062".into(),
        sender: "tcp:198.51.100.7:40000".into(),
        expires: 4_200,
        call_id: "a84b4c76e66710".into(),
        cseq: u32::MAX,
        talks: true,
        refused_talk: false,
        by_hand: true,
    }
}

fn bare(dn: &str, contact: &str) -> BindingRow {
    BindingRow { instance: None, reg_id: None, path: Vec::new(), expires: -1, ..row(dn, contact) }
}

pub async fn the_bindings_of_a_number_are_those_that_were_given_last(backend: &dyn StoreBackend) {
    let store = backend.open();
    let kept = async || store.bindings().await.expect("read");
    let (first, second) = (row("5001", "sip:b@192.0.2.7"), bare("5001", "sip:a@192.0.2.7"));
    store.bind(vec![("5001".into(), vec![first.clone(), second.clone()])]).await.expect("bound");
    assert_eq!(kept().await, [first.clone(), second.clone()], "in the order in which they came");
    store.bind(vec![("5001".into(), vec![second.clone()])]).await.expect("bound");
    assert_eq!(kept().await, std::slice::from_ref(&second));
    store.bind(vec![("5002".into(), Vec::new())]).await.expect("of whom nothing is known");
    assert_eq!(kept().await, [second]);
    store.bind(vec![("5001".into(), Vec::new())]).await.expect("bound");
    assert_eq!(kept().await, [] as [BindingRow; 0]);
}

pub async fn bindings_of_many_numbers_are_written_at_once_and_outlive_the_store(backend: &dyn StoreBackend) {
    let store = backend.open();
    // Two numbers may have the same contact: of a phone with two lines.
    let rows: Vec<BindingRow> = (5_001..5_301).map(|dn| row(&dn.to_string(), "sip:line@192.0.2.7")).collect();
    let phones = rows.iter().map(|row| (row.dn.clone(), vec![row.clone()])).collect();
    store.bind(phones).await.expect("bound");
    drop(store);
    assert_eq!(backend.open().bindings().await.expect("read"), rows);
}

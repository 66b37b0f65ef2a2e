//! Units that nobody understood.

use super::StoreBackend;
use desk::ports::Quarantined;

fn unit(raw: &[u8]) -> Quarantined {
    let (service, why) = ("texts".into(), "not JSON".into());
    Quarantined { id: 0, at: 7, service, why, raw: raw.to_vec() }
}

pub async fn a_unit_stays_until_it_is_released_and_no_number_comes_again(backend: &dyn StoreBackend) {
    let store = backend.open();
    let mut kept = Vec::new();
    for raw in [&b"\xff\x00{"[..], b"", b"three"] {
        kept.push(Quarantined { id: store.quarantine(unit(raw)).await.expect("kept"), ..unit(raw) });
    }
    assert!(kept.is_sorted_by(|a, b| a.id < b.id) && kept[0].id > 0);
    let list = async |after, limit| store.quarantined(after, limit, usize::MAX).await.expect("listed");
    assert_eq!(list(0, 10).await, kept);
    assert_eq!(list(kept[0].id, 1).await, kept[1..2]);
    assert_eq!(list(kept[2].id, 10).await, []);
    // A number that was given is never given again, not even the newest.
    let newest = kept[2].id;
    assert!(store.release(newest).await.expect("released"));
    assert!(!store.release(newest).await.expect("there is none"));
    assert_eq!(list(0, 10).await, kept[..2]);
    drop(store);

    let store = backend.open();
    assert_eq!(store.quarantined(0, 10, usize::MAX).await.expect("listed"), kept[..2]);
    assert!(store.quarantine(unit(b"four")).await.expect("kept") > newest);
}

pub async fn what_lies_there_for_longer_than_conversations_are_kept_goes(backend: &dyn StoreBackend) {
    let store = backend.open();
    for at in [5, 7, 9] {
        store.quarantine(Quarantined { at, ..unit(b"?") }).await.expect("kept");
    }
    store.retire(7, 100).await.expect("retired");
    let left: Vec<_> =
        store.quarantined(0, 10, usize::MAX).await.expect("listed").iter().map(|unit| unit.at).collect();
    assert_eq!(left, [7, 9]);
}

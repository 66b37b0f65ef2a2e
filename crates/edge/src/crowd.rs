//! A bounded crowd in which a newcomer always finds room.

use super::Network;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// How much a crowd may weigh. Its owner decides what weight means: a count, or bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// All members together.
    pub total: usize,
    /// The members of one network. It does not limit members whose network is not known.
    pub per_network: usize,
}

/// Members that wait for something and have shown nothing yet. When there is no more room for another, the one that
/// has waited longest is cut off, from the network whose members weigh most: a thousand that only wait cannot
/// keep out one that has something to say, and members from a quiet network are the last to be cut off.
#[derive(Clone, Debug)]
pub struct Crowd {
    bounds: Bounds,
    inside: Arc<Mutex<Inside>>,
}

/// A member, until it is dropped or cut off.
#[derive(Debug)]
pub struct Member {
    crowd: Crowd,
    network: Option<Network>,
    number: u64,
    cut: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Inside {
    next: u64,
    weight: usize,
    groups: HashMap<Option<Network>, NetworkGroup>,
    /// The groups by weight; among those of equal weight, the one whose first member has waited longest is last.
    ranks: BTreeSet<Rank>,
}

type Rank = (usize, Reverse<u64>, Option<Network>);

/// The members of one network, by their number.
#[derive(Debug, Default)]
struct NetworkGroup {
    weight: usize,
    members: BTreeMap<u64, CrowdEntry>,
}

#[derive(Debug)]
struct CrowdEntry {
    weight: usize,
    cut: Arc<Notify>,
}

impl Crowd {
    /// A crowd without members.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, inside: Arc::default() }
    }

    /// Lets a member in, and cuts off others until there is room.
    pub fn enter(&self, network: Option<Network>, weight: usize) -> Member {
        let cut = Arc::new(Notify::new());
        let mut inside = self.inside();
        let number = inside.number();
        inside.put(network, number, CrowdEntry { weight, cut: cut.clone() });
        inside.make_room(self.bounds, network);
        Member { crowd: self.clone(), network, number, cut }
    }

    /// Cuts one member off, the next whose turn it is; answers whether there was one.
    pub fn thin_out(&self) -> bool {
        self.inside().cut_of_heaviest()
    }

    /// How much all members weigh.
    pub fn weight(&self) -> usize {
        self.inside().weight
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// Adds to the weight of this member; others are cut off for that, or this member itself.
    pub fn grow(&self, by: usize) {
        let mut inside = self.crowd.inside();
        if let Some(mut place) = inside.take(self.network, self.number) {
            place.weight += by;
            inside.put(self.network, self.number, place);
            inside.make_room(self.crowd.bounds, self.network);
        }
    }

    /// Counts from now on as having just come.
    pub fn renew(&mut self) {
        let mut inside = self.crowd.inside();
        if let Some(place) = inside.take(self.network, self.number) {
            self.number = inside.number();
            inside.put(self.network, self.number, place);
        }
    }

    /// Waits until this member is cut off; forever if it leaves before. Only one may wait for it.
    pub fn cut(&self) -> impl Future<Output = ()> + Send + use<> {
        let cut = self.cut.clone();
        async move { cut.notified().await }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.crowd.inside().take(self.network, self.number);
    }
}

impl Inside {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn put(&mut self, network: Option<Network>, number: u64, place: CrowdEntry) {
        self.ranked(network, |group| {
            group.weight += place.weight;
            group.members.insert(number, place);
        });
    }

    fn take(&mut self, network: Option<Network>, number: u64) -> Option<CrowdEntry> {
        self.ranked(network, |group| {
            let place = group.members.remove(&number)?;
            group.weight -= place.weight;
            Some(place)
        })
    }

    /// Changes a group, and updates its rank and the weight of all.
    fn ranked<T>(&mut self, network: Option<Network>, change: impl FnOnce(&mut NetworkGroup) -> T) -> T {
        let group = self.groups.entry(network).or_default();
        if let Some(rank) = group.rank(network) {
            self.ranks.remove(&rank);
        }
        self.weight -= group.weight;
        let changed = change(group);
        self.weight += group.weight;
        match group.rank(network) {
            Some(rank) => {
                self.ranks.insert(rank);
            }
            None => {
                self.groups.remove(&network);
            }
        }
        changed
    }

    fn make_room(&mut self, bounds: Bounds, network: Option<Network>) {
        let is_too_heavy = |inside: &Self| {
            network.is_some()
                && inside.groups.get(&network).is_some_and(|group| group.weight > bounds.per_network)
        };
        while is_too_heavy(self) && self.cut_first(network) {}
        while self.weight > bounds.total && self.cut_of_heaviest() {}
    }

    fn cut_of_heaviest(&mut self) -> bool {
        let heaviest = self.ranks.last().map(|(_, _, network)| *network);
        heaviest.is_some_and(|network| self.cut_first(network))
    }

    fn cut_first(&mut self, network: Option<Network>) -> bool {
        let first = self.groups.get(&network).and_then(|group| group.members.keys().next().copied());
        let place = first.and_then(|first| self.take(network, first));
        place.inspect(|place| place.cut.notify_one()).is_some()
    }
}

impl NetworkGroup {
    /// The rank of a group; one without members has none.
    fn rank(&self, network: Option<Network>) -> Option<Rank> {
        self.members.keys().next().map(|first| (self.weight, Reverse(*first), network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    fn crowd(total: usize, per_network: usize) -> Crowd {
        Crowd::new(Bounds { total, per_network })
    }

    fn at(ip: &str) -> Network {
        Network::of(ip.parse().expect("an address"))
    }

    fn is_cut(member: &Member) -> bool {
        member.cut().now_or_never().is_some()
    }

    #[test]
    fn a_newcomer_takes_the_place_of_the_first_of_the_same_network() {
        let crowd = crowd(100, 2);
        let members: Vec<_> = (0..3).map(|_| crowd.enter(Some(at("192.0.2.1")), 1)).collect();
        let other = crowd.enter(Some(at("192.0.2.2")), 1);
        assert_eq!(members.iter().map(is_cut).collect::<Vec<_>>(), [true, false, false]);
        assert!(!is_cut(&other));
        assert_eq!(crowd.weight(), 3);
    }

    #[test]
    fn when_all_is_full_the_network_that_has_most_gives_way() {
        let crowd = crowd(4, 4);
        let quiet = crowd.enter(Some(at("192.0.2.1")), 1);
        let crowded: Vec<_> = (0..3).map(|_| crowd.enter(Some(at("192.0.2.2")), 1)).collect();
        let newcomer = crowd.enter(Some(at("192.0.2.3")), 1);
        assert!(!is_cut(&quiet) && !is_cut(&newcomer));
        assert_eq!(crowded.iter().map(is_cut).collect::<Vec<_>>(), [true, false, false]);
    }

    #[test]
    fn of_networks_that_have_as_much_the_one_that_waited_longest_gives_way() {
        let crowd = crowd(2, 2);
        let first = crowd.enter(Some(at("192.0.2.1")), 1);
        let mut second = crowd.enter(Some(at("192.0.2.9")), 1);
        let third = crowd.enter(Some(at("192.0.2.5")), 1);
        assert_eq!([&first, &second, &third].map(is_cut), [true, false, false]);
        second.renew();
        let fourth = crowd.enter(Some(at("192.0.2.4")), 1);
        assert_eq!([&second, &third, &fourth].map(is_cut), [false, true, false]);
    }

    #[test]
    fn members_of_unknown_networks_are_bounded_together_with_all_others() {
        let crowd = crowd(3, 1);
        let members: Vec<_> = (0..4).map(|_| crowd.enter(None, 1)).collect();
        assert_eq!(members.iter().map(is_cut).collect::<Vec<_>>(), [true, false, false, false]);
    }

    #[test]
    fn who_grows_too_heavy_is_cut_off_and_weighs_nothing_any_more() {
        let crowd = crowd(100, 10);
        let member = crowd.enter(Some(at("192.0.2.1")), 4);
        member.grow(6);
        assert!(!is_cut(&member));
        member.grow(1);
        assert!(is_cut(&member));
        member.grow(50);
        assert_eq!(crowd.weight(), 0);
    }

    #[test]
    fn who_leaves_is_forgotten() {
        let crowd = crowd(2, 2);
        drop(crowd.enter(Some(at("192.0.2.1")), 1));
        assert_eq!(crowd.weight(), 0);
        assert!(!crowd.thin_out(), "nobody is there");
        let inside = crowd.inside();
        assert!(inside.groups.is_empty() && inside.ranks.is_empty());
    }

    #[test]
    fn a_member_that_waits_to_be_cut_off_is_woken() {
        let crowd = crowd(1, 1);
        let member = crowd.enter(Some(at("192.0.2.1")), 1);
        let mut cut = Box::pin(member.cut());
        assert!(cut.as_mut().now_or_never().is_none());
        assert!(crowd.thin_out());
        assert!(cut.as_mut().now_or_never().is_some());
    }
}

//! Strangers guess, owners come in.

use super::*;
use sha2::{Digest as _, Sha256};

const OWNER: &str = "ann";

struct World {
    guesses: Guesses,
    now: Instant,
}

impl World {
    fn new() -> Self {
        Self { guesses: Guesses::default(), now: Instant::now() }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// Whether a password is looked at; a right one is then known to be right.
    fn ask(&mut self, name: &str, password: &str, from: Option<&str>, login: Option<&str>) -> bool {
        let digest: Digest = Sha256::digest(format!("{name}:{password}")).into();
        let network = from.map(|ip| Network::of(ip.parse().expect("an address")));
        let asking = Asking { name, network, login, digest: &digest };
        if self.guesses.is_wrong(&digest, self.now) || !self.guesses.may(&asking, self.now) {
            return false;
        }
        let Some(taken) = self.guesses.take(&asking, self.now) else { return false };
        if password == "right" {
            self.guesses.was_right(&asking, Some(taken), self.now);
        } else {
            self.guesses.remember_wrong(&digest, self.now);
        }
        true
    }

    /// A guesser from some addresses, each guess another, so many a second for so many seconds; how many were looked
    /// at.
    fn attack(&mut self, seconds: u32, a_second: u32, addresses: u32, repeats: u32, salt: &str) -> u32 {
        let mut seen = 0;
        for number in 0..seconds * a_second {
            self.pass(Duration::from_secs(1) / a_second);
            let guess = format!("{salt}{}", number / repeats);
            let from = format!("198.51.{}.{}", number % addresses / 250, number % addresses % 250);
            seen += u32::from(self.ask(OWNER, &guess, Some(&from), None));
        }
        seen
    }
}

#[test]
fn ten_guesses_a_minute_are_looked_at_for_one_name_from_however_many_networks() {
    for addresses in [1, 7, 200] {
        let mut world = World::new();
        let burst = world.attack(60, 50, addresses, 1, "a");
        assert!((10..=20).contains(&burst), "{burst} in the first minute from {addresses}");
        let then = world.attack(120, 50, addresses, 1, "b");
        assert!((18..=20).contains(&then), "{then} in two more minutes from {addresses}");
    }
}

#[test]
fn a_guesser_who_repeats_each_guess_is_bounded_too() {
    for repeats in [2, 3, 5, 50, 400] {
        let mut world = World::new();
        world.attack(60, 60, 3, repeats, "a");
        let seen = world.attack(300, 60, 3, repeats, "b");
        assert!(seen <= 5 * 22 + 4, "{seen} in five minutes, {repeats} times each");
    }
}

#[test]
fn a_wrong_password_that_comes_again_costs_nothing() {
    let mut world = World::new();
    assert!(world.ask(OWNER, "typo", Some("192.0.2.1"), None));
    for _ in 0..100 {
        assert!(!world.ask(OWNER, "typo", Some("192.0.2.1"), None));
    }
    assert!(world.ask(OWNER, "right", Some("192.0.2.1"), None));
}

/// The time until an owner who says the same again and again is let in.
fn let_in(world: &mut World, from: &str, repeats: u32) -> Option<Duration> {
    let began = world.now;
    for round in 0..60 {
        if world.ask(OWNER, "right", Some(from), None) {
            return Some(world.now.saturating_duration_since(began));
        }
        world.attack(1, 60, 1, repeats, &format!("r{round}-"));
    }
    None
}

#[test]
fn an_owner_who_says_it_again_comes_in_within_seconds_even_from_the_guessers_own_address() {
    for repeats in [1, 2, 3] {
        let mut world = World::new();
        world.attack(30, 60, 1, repeats, "a");
        let after = let_in(&mut world, "198.51.0.0", repeats);
        assert!(
            after.is_some_and(|after| after <= Duration::from_secs(12)),
            "{repeats} times each: {after:?}"
        );
    }
}

#[test]
fn guesses_from_elsewhere_do_not_touch_a_network_the_name_comes_in_from() {
    let mut world = World::new();
    assert!(world.ask(OWNER, "right", Some("192.0.2.1"), None));
    world.attack(60, 60, 100, 1, "a");
    assert!(!world.ask(OWNER, "new1", Some("203.0.113.9"), None));
    assert!(world.ask(OWNER, "right", Some("192.0.2.1"), None));
    world.pass(KNOWN);
    world.attack(60, 60, 100, 1, "b");
    assert!(!world.ask(OWNER, "right", Some("192.0.2.1"), None), "nobody is known forever");
}

#[test]
fn the_owners_login_gives_guessers_at_the_same_address_nothing() {
    let mut world = World::new();
    world.attack(60, 60, 1, 1, "a");
    assert!(let_in(&mut world, "198.51.0.0", 1).is_some());
    let seen = world.attack(60, 60, 1, 1, "b");
    assert!(seen <= 11, "{seen}");
}

#[test]
fn a_live_login_has_an_allowance_of_its_own() {
    let mut world = World::new();
    world.attack(60, 60, 1, 1, "a");
    assert!(!world.ask(OWNER, "x", Some("198.51.0.0"), None));
    assert!(world.ask(OWNER, "right", Some("198.51.0.0"), Some("its digest")));
}

#[test]
fn a_morning_of_right_logins_from_one_address_uses_nothing_up() {
    let mut world = World::new();
    for number in 0..1_000 {
        assert!(world.ask(&format!("agent{number}"), "right", Some("192.0.2.1"), None), "{number}");
    }
}

#[test]
fn one_network_guesses_so_many_names_and_others_go_on() {
    let mut world = World::new();
    let mut seen = 0;
    for number in 0..6_000 {
        world.pass(Duration::from_millis(10));
        seen += u32::from(world.ask(&format!("agent{number}"), "guess", Some("192.0.2.1"), None));
    }
    assert!((240..=301).contains(&seen), "{seen}");
    assert!(world.ask("agent1", "right", Some("192.0.2.2"), None));
}

#[test]
fn clients_of_unknown_address_share_a_bound_and_an_owner_comes_in_all_the_same() {
    let mut world = World::new();
    let seen = (0..2_000).filter(|number| world.ask(&format!("n{number}"), "guess", None, None)).count();
    assert_eq!(seen, 300);
    assert!(!world.ask(OWNER, "right", None, None));
    world.pass(Duration::from_secs(1));
    assert!(world.ask(OWNER, "right", None, None));
}

#[test]
fn inventing_names_takes_no_memory_without_bound_and_frees_no_name_under_attack() {
    let mut world = World::new();
    for number in 0..40 {
        world.ask(OWNER, &format!("g{number}"), Some("192.0.2.1"), None);
    }
    for number in 0..3 * u32::try_from(MAX_ALLOWANCES).expect("a number") {
        let from = format!("10.{}.{}.{}", number >> 16, number >> 8 & 255, number & 255);
        world.ask(&format!("n{number}"), "guess", Some(&from), None);
    }
    assert!(world.guesses.allowances.len() <= MAX_ALLOWANCES + 8);
    assert!(!world.ask(OWNER, "another", Some("192.0.2.1"), None));
}

//! How the centre is set up (spec: admin-and-reporting#6.3 for the book).

use super::*;
use crate::{
    command::Provision::{self, PutQueue, PutUser, RemoveQueue, RemoveUser},
    disposition_tree::DispositionTreeEvent as Book,
};

fn put(change: Provision) -> Command {
    Command::Provision(change)
}

fn book(change: Book) -> Command {
    put(Provision::Book(change))
}

#[test]
fn writing_what_is_there_changes_nothing() {
    check(TestCentre::new(), put(PutUser(Box::new(test_centre::user("ann")))), "");
    check(TestCentre::new(), put(PutQueue(Box::new(test_centre::queue("Sales")))), "");
    check(TestCentre::new(), centre_with(|_| ()), "");
    check(TestCentre::new(), put(PutUser(Box::new(test_centre::user("dan")))), "user.put");
    check(TestCentre::new(), put(PutQueue(Box::new(test_centre::queue("New")))), "queue.put");
    check(TestCentre::new(), centre_with(|centre| centre.name = "New".into()), "centre.put");
}

#[test]
fn a_user_needs_a_name_that_basic_authentication_can_carry() {
    let named = |name: &str| {
        put(PutUser(Box::new(crate::user::User { user_name: name.into(), ..test_centre::user("dan") })))
    };
    check(TestCentre::new(), named(""), "no: Required parameter 'userName' is missing");
    check(
        TestCentre::new(),
        named("a:b"),
        "no: 'userName' cannot contain a colon: HTTP Basic could not carry it",
    );
}

#[test]
fn what_is_in_use_stays() {
    check(TestCentre::new(), put(RemoveUser("ann".into())), "no: User 'ann' is in use");
    let gone = check(TestCentre::new().then(log_out("ann")), put(RemoveUser("ann".into())), "user.removed");
    check(gone.clone(), put(RemoveUser("ann".into())), "no: User 'ann' was not found");
    check(gone.clone(), log_in("ann"), "no: User 'ann' was not found");
    check(gone, put(PutUser(Box::new(test_centre::user("ann")))), "user.put");
    check(TestCentre::new(), put(RemoveQueue("Support".into())), "no: Queue 'Support' is in use");
    let gone = check(TestCentre::new(), put(RemoveQueue("Sales".into())), "queue.removed");
    check(gone, put(RemoveQueue("Sales".into())), "no: Queue 'Sales' was not found");
}

#[test]
fn groups_of_the_book_have_ids_and_sibling_names_of_their_own() {
    let added = |name: &str, parent| book(Book::GroupAdded(test_centre::group(name, parent, &[])));
    check(TestCentre::new(), added("Praise", None), "book.group-added");
    check(TestCentre::new(), added("Praise", Some("DispositionCode")), "book.group-added");
    check(TestCentre::new(), added("Praise", Some("Ghost")), "no: Group 'group-Ghost' was not found");
    check(
        TestCentre::new(),
        added("DispositionCode", None),
        "no: Group 'group-DispositionCode' exists already",
    );
    let twin = crate::disposition_tree::DispositionGroup {
        id: "other".into(),
        ..test_centre::group("Complaint", Some("DispositionCode"), &[])
    };
    check(TestCentre::new(), book(Book::GroupAdded(twin)), "no: Group 'Complaint' exists already");
    check(TestCentre::new(), added("", None), "no: Required parameter 'name' is missing");
    let full = book(Book::GroupAdded(test_centre::group("Praise", None, &["A", "A"])));
    check(TestCentre::new(), full, "no: Disposition 'A' exists already");
    check(TestCentre::default().then(centre_with(|_| ())), added("First", None), "book.group-added");
}

#[test]
fn a_group_goes_with_everything_in_it() {
    let gone = TestCentre::new().then(book(Book::GroupRemoved { id: "group-DispositionCode".into() }));
    check(
        gone.clone(),
        book(Book::GroupRemoved { id: "group-Complaint".into() }),
        "no: Group 'group-Complaint' was not found",
    );
    check(
        gone,
        book(Book::CodeRemoved { id: "code-Billing".into() }),
        "no: Disposition 'code-Billing' was not found",
    );
}

#[test]
fn codes_are_added_renamed_and_removed() {
    let add = |group: &str, name: &str| {
        book(Book::CodeAdded { group: group.into(), code: test_centre::code(name) })
    };
    check(TestCentre::new(), add("group-Complaint", "Quality"), "book.code-added");
    check(TestCentre::new(), add("group-Complaint", "Billing"), "no: Disposition 'Billing' exists already");
    check(TestCentre::new(), add("group-Complaint", "Referred"), "no: Disposition 'Referred' exists already");
    check(TestCentre::new(), add("group-Ghost", "Quality"), "no: Group 'group-Ghost' was not found");
    check(
        TestCentre::new(),
        add("group-Complaint", &"n".repeat(256)),
        "no: 'name' is longer than 255 characters",
    );
    let rename = |id: &str| book(Book::CodeRenamed { id: id.into(), display: "New".into() });
    check(TestCentre::new(), rename("code-Billing"), "book.code-renamed");
    check(TestCentre::new(), rename("code-Ghost"), "no: Disposition 'code-Ghost' was not found");
    let gone =
        check(TestCentre::new(), book(Book::CodeRemoved { id: "code-Billing".into() }), "book.code-removed");
    let crate::State::Book(kept) = &*gone.states[&crate::Key::Book] else { panic!("a book") };
    assert_eq!(kept.named("Billing"), None);
}

#[test]
fn of_several_changes_all_are_made_or_none() {
    let all = |name: &str| {
        put(Provision::All(vec![
            PutQueue(Box::new(test_centre::queue("New"))),
            PutUser(Box::new(crate::user::User { user_name: name.into(), ..test_centre::user("dan") })),
        ]))
    };
    check(TestCentre::new(), all("dan"), "queue.put; user.put");
    let refused = check(
        TestCentre::new(),
        all("a:b"),
        "no: 'userName' cannot contain a colon: HTTP Basic could not carry it",
    );
    assert!(!refused.states.contains_key(&crate::Key::Queue("New".into())));
    let later =
        Provision::All(vec![RemoveUser("dan".into()), Provision::All(vec![RemoveQueue("New".into())])]);
    check(TestCentre::new().then(all("dan")), put(later), "user.removed; queue.removed");
}

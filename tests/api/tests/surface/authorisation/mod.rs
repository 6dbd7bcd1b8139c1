//! The authorisation matrix: every operation, every kind of caller, every state of what it is about.

mod gateway;
pub(crate) mod scene;
mod states;
pub(crate) mod table;

use std::collections::BTreeSet;

use api::{
    beep::{Database, shared},
    contract,
    http::{Answer, Caller},
    people::Person,
    trace,
};
use scene::{Account, Cast, NEVER, Place};
use table::{Inside, Outcome, Row, Rule, rows};

#[track_caller]
fn check(answer: &Answer, outcome: Outcome, what: &str) {
    match outcome {
        Outcome::Done(status) => assert_eq!(answer.status, status, "{what}: {}", answer.text()),
        Outcome::Refused(status, code) => {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (status, code),
                "{what}: {}",
                answer.text()
            );
        }
    }
}

const SIGNED_OUT: Outcome = Outcome::Refused(401, "not_signed_in");

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_contract_has_a_row() {
    let beep = shared(Database::Sqlite).await;
    let documented = contract::operations(&beep).await;
    let rows = rows();
    let written: BTreeSet<(String, String)> = rows
        .iter()
        .map(|row| (row.method.to_owned(), row.path.to_owned()))
        .collect();
    assert_eq!(written.len(), rows.len(), "an operation has two rows");
    let without: Vec<_> = documented.difference(&written).collect();
    let too_many: Vec<_> = written
        .difference(&documented)
        .map(same_up_to_names(&documented))
        .collect();
    assert!(
        without.is_empty() && too_many.is_empty(),
        "without a row in authorisation/table/: {without:?}; not in the contract: {too_many:?}"
    );
}

/// Names of parameters differ between a row and the contract only by mistake: shown side by side.
fn same_up_to_names(documented: &BTreeSet<(String, String)>) -> impl Fn(&(String, String)) -> String {
    move |(method, path)| {
        let count = |path: &str| path.split('/').count();
        let near = documented
            .iter()
            .filter(|(other, near)| other == method && count(near) == count(path))
            .map(|(_, near)| near.as_str());
        format!("{method} {path} (perhaps {})", near.collect::<Vec<_>>().join(" or "))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_for_those_who_are_signed_in() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        for row in rows() {
            let (signed_in, signed_out) = match row.rule {
                Rule::Everybody(outcome) => (outcome, outcome),
                Rule::SignedIn(outcome) => (outcome, SIGNED_OUT),
                Rule::Inside(_) => continue,
            };
            let what = format!("{database:?}: {} {}", row.method, row.path);
            let person = Person::sign_up(&beep).await;
            if signed_out == SIGNED_OUT {
                let account = Account::of(&person).await;
                for (name, caller) in &cast.signed_out {
                    check(
                        &account.try_row(&row, caller).await,
                        signed_out,
                        &format!("{what}, {name}"),
                    );
                }
            } else {
                // Some of these use something up: one trial each, for the plainest and for the worst.
                for (name, caller) in [&cast.signed_out[0], &cast.signed_out[3]] {
                    let account = Account::of(&person).await;
                    check(
                        &account.try_row(&row, caller).await,
                        signed_out,
                        &format!("{what}, {name}"),
                    );
                }
            }
            let account = Account::of(&person).await;
            check(&account.try_row(&row, &person).await, signed_in, &what);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_a_server_everybody_may_what_they_may_and_sees_no_more() {
    let trials = Database::all().into_iter().flat_map(|database| {
        let both = ["public", "private"];
        both.map(|visibility| try_all_rows(database, visibility))
    });
    futures::future::join_all(trials).await;
}

async fn try_all_rows(database: Database, visibility: &str) {
    let beep = shared(database).await;
    let cast = Cast::new(&beep).await;
    for row in rows() {
        let Rule::Inside(inside) = row.rule else { continue };
        let what = format!("{database:?}: {} {} of a {visibility} server", row.method, row.path);
        let callers = callers(&cast, inside, visibility, row.path.ends_with("/join"));
        refused_first(&cast, &row, visibility, &callers, &what).await;
        // Those for whom it is done have a place each: it is another place afterwards.
        for (name, caller, outcome) in callers {
            if let Outcome::Done(_) = outcome {
                let place = Place::new(&cast, visibility).await;
                check(&place.try_row(&row, caller).await, outcome, &format!("{what}, {name}"));
                place.end(&cast).await;
            }
        }
    }
}

/// Everybody, with what they are to be answered.
fn callers<'a>(cast: &'a Cast, inside: Inside, visibility: &str, joining: bool) -> Vec<(&'a str, &'a Caller, Outcome)> {
    let outside = if visibility == "public" {
        inside.visitor
    } else {
        inside.outsider
    };
    let inside = match inside.members_of_private.filter(|_| visibility == "private") {
        Some(outcome) => Inside {
            member: outcome,
            other_member: outcome,
            ..inside
        },
        None => inside,
    };
    let signed_out = cast.signed_out.iter().map(|(name, caller)| (*name, caller, SIGNED_OUT));
    // The banned are answered like strangers, but when they would join what they can see.
    let banned = match outside {
        Outcome::Done(_) if joining => Outcome::Refused(403, "banned"),
        outside => outside,
    };
    let signed_in: [(&str, &Caller, Outcome); 6] = [
        ("somebody banned", &cast.banned, banned),
        ("a stranger", &cast.stranger, outside),
        ("a former member", &cast.former, outside),
        ("a member", &cast.member, inside.member),
        ("another member", &cast.other_member, inside.other_member),
        ("the owner", &cast.owner, inside.owner),
    ];
    signed_out.chain(signed_in).collect()
}

/// Whoever is refused changes nothing, and whoever is kept out cannot tell what there is from what there is not.
async fn refused_first(cast: &Cast, row: &Row, visibility: &str, callers: &[(&str, &Caller, Outcome)], what: &str) {
    let place = Place::new(cast, visibility).await;
    let nowhere = Place {
        server: api::people::Server {
            id: NEVER.to_owned(),
            ..place.server.clone()
        },
        ..place.clone()
    };
    let before = place.seen_by_owner(cast).await;
    for (name, caller, outcome) in callers {
        let Outcome::Refused(status, _) = outcome else { continue };
        let answer = place.try_row(row, caller).await;
        check(&answer, *outcome, &format!("{what}, {name}"));
        if *status == 404 {
            let of_nothing = nowhere.try_row(row, caller).await;
            assert_eq!(
                trace::of(&answer),
                trace::of(&of_nothing),
                "{what}, {name}: it can be told that it is there"
            );
        }
    }
    assert_eq!(
        place.seen_by_owner(cast).await,
        before,
        "{what}: who was refused changed it"
    );
    place.end(cast).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_ended_by_whose_they_are() {
    for database in Database::all() {
        let beep = shared(database).await;
        let (victim, attacker) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let sessions = victim.get("/users/@me/sessions").await.expect(200);
        let path = |id: &str| format!("/users/@me/sessions/{id}");
        let theirs = attacker.delete(&path(&api::people::id(&sessions["items"][0]))).await;
        theirs.is_problem(404, "session_not_found");
        assert_eq!(trace::of(&theirs), trace::of(&attacker.delete(&path(NEVER)).await));
        victim.get("/users/@me").await.expect(200);
    }
}

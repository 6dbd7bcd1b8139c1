//! The authorisation matrix: every operation, every kind of caller, every state of what it is about.

mod accounts;
pub(crate) mod actors;
mod gateway;
mod inside;
pub(crate) mod scene;
mod states;
pub(crate) mod table;

use std::collections::BTreeSet;

use actors::Actor;
use api::{
    beep::{Database, shared},
    contract,
    http::Answer,
    people::Person,
    trace,
};
use scene::NEVER;
use table::{Outcome, Row, rows};

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

/// Operations that were tried, and by whom.
#[derive(Default)]
struct Tried(BTreeSet<(&'static str, &'static str, Actor)>);

impl Tried {
    fn note(&mut self, row: &Row, actor: Actor) {
        self.0.insert((row.method, row.path, actor));
    }

    /// Fails unless every actor has tried all of these.
    #[track_caller]
    fn is_all_of(&self, rows: &[Row], what: &str) {
        let all = rows
            .iter()
            .flat_map(|row| Actor::ALL.map(|actor| (row.method, row.path, actor)));
        let missing: Vec<_> = all.filter(|one| !self.0.contains(one)).collect();
        assert!(missing.is_empty(), "{what}: never tried: {missing:?}");
    }
}

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

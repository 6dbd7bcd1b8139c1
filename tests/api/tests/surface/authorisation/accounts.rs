//! Operations that are not about one server: for whoever is signed in, or for everybody, and what they are to servers is
//! all the same.

use api::{
    beep::{Database, shared},
    http::Caller,
};

use super::{
    Tried,
    actors::{Actor, SIGNED_OUT},
    check,
    scene::{Account, Cast, Place},
    table::{Outcome, Row, Rule, rows},
};

/// What whoever is signed in is answered, and who is not.
fn answers(row: &Row) -> Option<(Outcome, Outcome)> {
    match row.rule {
        Rule::Everybody(outcome) => Some((outcome, outcome)),
        Rule::SignedIn(outcome) => Some((outcome, SIGNED_OUT)),
        Rule::Inside(_) => None,
    }
}

fn rows_outside() -> Vec<Row> {
    rows().into_iter().filter(|row| answers(row).is_some()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_for_those_who_are_signed_in() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        // Here they are in whatever state they can be in.
        Place::new(&cast, "private").await;
        let mut tried = Tried::default();
        for actor in Actor::ALL {
            if actor == Actor::SignedOut {
                nobody(database, &cast, &mut tried).await;
                continue;
            }
            let person = cast.person(actor);
            let account = Account::of(person).await;
            for row in rows_outside() {
                let what = format!("{database:?}: {} {}, {actor:?}", row.method, row.path);
                // Whoever logs out would be nobody in all that follows.
                let caller = match row.path {
                    "/auth/logout" => &person.sign_in_again().await,
                    _ => person,
                };
                let expected = answers(&row).unwrap().0;
                check(&account.try_row(&row, caller).await, expected, &what);
                tried.note(&row, actor);
            }
        }
        tried.is_all_of(&rows_outside(), &format!("{database:?}"));
    }
}

/// Callers whom nobody may take for anybody. Some operations use something up: then there is one trial each, for the
/// plainest and for the worst.
async fn nobody(database: Database, cast: &Cast, tried: &mut Tried) {
    let all: Vec<&(&str, Caller)> = cast.signed_out.iter().collect();
    let mut account = Account::of(&cast.stranger).await;
    for row in rows_outside() {
        let expected = answers(&row).unwrap().1;
        let callers = if expected == SIGNED_OUT {
            &all[..]
        } else {
            &[all[0], all[3]]
        };
        for (name, caller) in callers {
            let what = format!("{database:?}: {} {}, {name}", row.method, row.path);
            check(&account.try_row(&row, caller).await, expected, &what);
            if expected != SIGNED_OUT {
                account = Account::of(&cast.stranger).await;
            }
        }
        tried.note(&row, Actor::SignedOut);
    }
}

/// Lists that are not of one server, in which one could be found.
fn lists(name: &str) -> [String; 3] {
    [
        "/users/@me/servers".to_owned(),
        "/users/@me/invitations".to_owned(),
        format!("/servers/discover?query={name}"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_server_is_named_to_its_members_alone() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let place = Place::new(&cast, "private").await;
        let name = format!("club-{}", place.server.id);
        let renamed = serde_json::json!({ "name": name });
        cast.owner.patch(&place.server.path(), renamed).await.expect(200);
        for actor in Actor::ALL {
            for (who, caller) in actor.played_by(&cast) {
                for list in lists(&name) {
                    let answer = caller.get(&list).await;
                    let named = answer.text().contains(&place.server.id);
                    let expected = actor.is_member() && list == "/users/@me/servers";
                    assert_eq!(named, expected, "{database:?}: {list}, {who}: {}", answer.text());
                }
            }
        }
    }
}

//! What is gone, or belongs elsewhere, is answered like what never was, to everybody.

use api::{
    beep::{Beep, Database, shared},
    http::Caller,
    people::{Server, id, text},
    trace,
};
use serde_json::{Value, json};

use super::{
    actors::Actor,
    check,
    scene::{Cast, NEVER, NO_CODE, Place, make},
    table::{Outcome::Refused, Row, Rule, rows},
};

/// Rows about a server, a channel or a message: whatever their path ends up naming.
fn rows_with(parameter: &str) -> Vec<Row> {
    let inside = |row: &Row| matches!(row.rule, Rule::Inside(_)) && row.path.contains(parameter);
    rows().into_iter().filter(inside).collect()
}

/// A place that differs from a good one in something.
struct State {
    name: &'static str,
    place: Place,
}

/// Tries every row on every state, and compares the answer with that of the last state, in which it never was.
async fn compare(cast: &Cast, rows: &[Row], states: &[State], code: &'static str, insiders_only: bool) {
    let all: [(&str, &Caller); 5] = [
        ("the owner", &cast.owner),
        ("the member", &cast.member),
        ("another member", &cast.other_member),
        ("a stranger", &cast.stranger),
        ("a former member", &cast.former),
    ];
    let [.., never] = states else { panic!("no states") };
    for row in rows {
        for (name, caller) in &all[..if insiders_only { 3 } else { 5 }] {
            let of_nothing = never.place.try_row(row, caller).await;
            let what = format!("{} {}, {name}", row.method, row.path);
            check(&of_nothing, Refused(404, code), &format!("{what}, {}", never.name));
            for state in states {
                let answer = state.place.try_row(row, caller).await;
                assert_eq!(
                    trace::of(&answer),
                    trace::of(&of_nothing),
                    "{what}: {} differs from {}",
                    state.name,
                    never.name
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destroyed_server_never_was() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let gone = Place::new(&cast, "public").await;
        gone.end(&cast).await;
        let mut never = gone.clone();
        NEVER.clone_into(&mut never.server.id);
        let states =
            [("a destroyed server", gone), ("one that never was", never)].map(|(name, place)| State { name, place });
        compare(&cast, &rows_with("{server_id}"), &states, "server_not_found", false).await;
    }
}

/// A place with another channel in its path.
fn elsewhere(place: &Place, channel_id: &str) -> Place {
    Place {
        server: Server {
            channel_id: channel_id.to_owned(),
            ..place.server.clone()
        },
        ..place.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_gone_or_of_another_server_never_was() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let place = Place::new(&cast, "private").await;
        let own = Place::new(&cast, "private").await;
        let foreign = foreign_place(&beep).await;
        let gone = cast.owner.create_channel(&place.server, "gone").await;
        let path = format!("{}/channels/{gone}", place.server.path());
        cast.owner.delete(&path).await.expect(204);
        let states = [
            ("a deleted channel", elsewhere(&place, &gone)),
            (
                "a channel of another server of theirs",
                elsewhere(&place, &own.server.channel_id),
            ),
            (
                "a channel of somebody else's server",
                elsewhere(&place, &foreign.channel_id),
            ),
            ("one that never was", elsewhere(&place, NEVER)),
        ]
        .map(|(name, place)| State { name, place });
        // The order of channels names them in its body; that is told apart there.
        compare(&cast, &rows_with("/{channel_id}"), &states, "channel_not_found", true).await;
        let seen = cast.owner.get(&own.server.channel()).await.expect(200);
        assert_eq!(seen["id"], own.server.channel_id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_gone_or_of_another_channel_never_was() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let place = Place::new(&cast, "private").await;
        let own = Place::new(&cast, "private").await;
        let other_channel = cast.owner.create_channel(&place.server, "other").await;
        let there = elsewhere(&place, &other_channel);
        let gone = id(&cast.member.send_message(&place.server, "soon gone").await);
        let path = format!("{}/{gone}", place.server.messages());
        cast.member.delete(&path).await.expect(204);
        let with = |place: &Place, message_id: &str| Place {
            message_id: message_id.to_owned(),
            ..place.clone()
        };
        let states = [
            ("a deleted message", with(&place, &gone)),
            ("a message of another channel", with(&there, &place.message_id)),
            ("a message of another server", with(&place, &own.message_id)),
            ("one that never was", with(&place, NEVER)),
        ]
        .map(|(name, place)| State { name, place });
        compare(&cast, &rows_with("{message_id}"), &states, "message_not_found", true).await;
        let seen = cast
            .member
            .get(&format!("{}/{}", own.server.messages(), own.message_id))
            .await;
        assert_eq!(seen.expect(200)["content"], "a secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_moved_among_those_of_their_server_only() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let place = Place::new(&cast, "private").await;
        let foreign = foreign_place(&beep).await;
        let order = |id: &str| json!({ "channels": [{ "id": id, "position": 0 }] });
        let path = format!("{}/channels", place.server.path());
        let theirs = cast.owner.patch(&path, order(&foreign.channel_id)).await;
        theirs.is_problem(422, "invalid");
        assert_eq!(
            trace::of(&theirs),
            trace::of(&cast.owner.patch(&path, order(NEVER)).await)
        );
        let into = |id: &str| json!({ "name": "x", "kind": "text", "parent_id": id });
        let theirs = cast.owner.post(&path, into(&foreign.channel_id)).await;
        theirs.is_problem(422, "invalid");
        assert_eq!(
            trace::of(&theirs),
            trace::of(&cast.owner.post(&path, into(NEVER)).await)
        );
    }
}

/// An invitation of the owner's to a place; its code.
async fn invite(cast: &Cast, place: &Place, body: Value) -> String {
    let path = format!("{}/invitations", place.server.path());
    text(&cast.owner.post(&path, body).await.expect(201)["code"])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_one_may_not_use_never_was() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let (place, gone) = (Place::new(&cast, "private").await, Place::new(&cast, "private").await);
        let revoked = invite(&cast, &place, json!({})).await;
        cast.owner.delete(&format!("/invitations/{revoked}")).await.expect(204);
        let of_destroyed = invite(&cast, &gone, json!({})).await;
        gone.end(&cast).await;
        let somebody = api::people::Person::sign_up(&beep).await;
        let for_somebody = invite(&cast, &place, json!({ "user_id": somebody.id })).await;
        let open = invite(&cast, &place, json!({})).await;
        let everybody = [revoked, of_destroyed, for_somebody];
        let banned = [open.clone()];
        let rows: Vec<Row> = rows().into_iter().filter(|row| row.path.contains("{code}")).collect();
        assert_eq!(rows.len(), 4);
        // These two manage invitations: one of them is an administrator here.
        let manages = |actor: &Actor| matches!(actor, Actor::Owner | Actor::ByRole);
        for actor in Actor::ALL.into_iter().filter(|actor| !manages(actor)) {
            let hidden = everybody.iter().chain(banned.iter().filter(|_| actor == Actor::Banned));
            for code in hidden {
                for row in &rows {
                    for (name, caller) in actor.played_by(&cast) {
                        let answer = make(row, caller, &[("{code}", code)]).await;
                        let of_nothing = make(row, caller, &[("{code}", NO_CODE)]).await;
                        let what = format!("{database:?}: {} {} of {code}, {name}", row.method, row.path);
                        assert_eq!(trace::of(&answer), trace::of(&of_nothing), "{what}");
                    }
                }
            }
        }
        // Those who may know of it do: one who has the link, and the one whom it names.
        let path = |code: &str| format!("/invitations/{code}");
        cast.stranger.get(&path(&open)).await.expect(200);
        somebody.get(&path(&everybody[2])).await.expect(200);
        place.end(&cast).await;
    }
}

/// A private server of somebody whom nobody of the cast knows.
async fn foreign_place(beep: &Beep) -> Server {
    api::people::Person::sign_up(beep).await.create_server("private").await
}

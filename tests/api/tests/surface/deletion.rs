//! The end of an account: begun by its owner, taken back, and what is left of somebody who was here.

use std::time::Duration;

use api::{
    beep::{Database, Setup, shared},
    gateway::Live,
    http::Credentials,
    patience,
    people::{Person, Server, id, picture},
};
use serde_json::{Value, json};

const DELETION: &str = "/users/@me/deletion";
/// How soon all connections are closed.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How soon an account is erased without a time of grace.
const WITHIN: Duration = Duration::from_secs(20);

fn shown(person: &Person) -> Value {
    json!({ "current_password": person.password })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_deleted_by_its_owner_who_can_take_it_back_for_a_while() {
    for database in Database::all() {
        let beep = shared(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let server = ada.create_server("public").await;
        bob.join(&server).await;
        let refused = ada.post(DELETION, shown(&ada)).await;
        assert_eq!(
            refused.json()["errors"],
            json!([{ "field": "servers", "code": "owned", "detail": "Chess club" }]),
            "{database:?}"
        );
        refused.is_problem(409, "owns_servers");
        let to_bob = json!({ "owner_id": bob.id });
        ada.patch(&server.path(), to_bob).await.expect(200);
        let guess = json!({ "current_password": "a guess" });
        ada.post(DELETION, guess).await.is_problem(403, "wrong_password");
        ada.with(Credentials::None)
            .post(DELETION, shown(&ada))
            .await
            .is_problem(401, "not_signed_in");
        // Another's password opens nothing.
        let bobs = json!({ "current_password": bob.password.clone() + "x" });
        ada.post(DELETION, bobs).await.is_problem(403, "wrong_password");

        let elsewhere = ada.sign_in_again().await;
        let (mut here, _) = Live::identify(&ada).await;
        let (mut there, _) = Live::identify(&elsewhere).await;
        let begun = ada.post(DELETION, shown(&ada)).await.expect(202);
        let ended = async |live: &mut Live| {
            // Each device is told why.
            let told = live.event_among_others("user.updated").await;
            assert_eq!(told["deletion_at"], begun["erased_at"], "{database:?}");
            live.close_code().await
        };
        let closed = async { (ended(&mut here).await, ended(&mut there).await) };
        let closed = tokio::time::timeout(AT_ONCE, closed).await;
        assert_eq!(closed, Ok((Some(4013), Some(4013))), "{database:?}");
        for device in [&ada, &elsewhere] {
            let what = format!("{database:?}: the token is refused");
            patience::until(AT_ONCE, &what, async || {
                (device.get("/users/@me").await.status == 401).then_some(())
            })
            .await;
        }
        // Bob has nothing to do with it.
        bob.get("/users/@me").await.expect(200);

        let back = ada.sign_in_again().await;
        let me = back.get("/users/@me").await.expect(200);
        assert_eq!(me["deletion_at"], begun["erased_at"], "{database:?}");
        let (mut live, ready) = Live::identify(&back).await;
        assert_eq!(ready["user"]["deletion_at"], begun["erased_at"], "{database:?}");
        bob.delete(DELETION).await.expect(204);
        let me = back.get("/users/@me").await.expect(200);
        assert_eq!(
            me["deletion_at"], begun["erased_at"],
            "{database:?}: Bob's word is for Bob"
        );
        back.delete(DELETION).await.expect(204);
        let told = live.event_among_others("user.updated").await;
        assert_eq!(
            (&told["email"], &told["deletion_at"]),
            (&json!(ada.email), &Value::Null),
            "{database:?}"
        );
        back.delete(DELETION).await.expect(204);
        let me = back.get("/users/@me").await.expect(200);
        assert_eq!(me["deletion_at"], Value::Null, "{database:?}");
        let members = bob.get(&format!("{}/members", server.path())).await.expect(200);
        assert_eq!(
            members["items"].as_array().unwrap().len(),
            2,
            "{database:?}: nothing has happened"
        );
    }
}

/// Until the member list of the server names one less.
async fn is_alone(person: &Person, server: &Server, what: &str) {
    patience::until(WITHIN, what, async || {
        let members = person.get(&format!("{}/members", server.path())).await.expect(200);
        (members["items"].as_array().unwrap().len() == 1).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_has_left_and_what_they_wrote_stays_by_a_deleted_user() {
    for database in Database::all() {
        let beep = Setup::default().without_grace().start(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        ada.put_avatar(picture(1)).await.expect(200);
        ada.put_banner(picture(2)).await.expect(200);
        let server = bob.create_server("public").await;
        ada.join(&server).await;
        let message = ada.send_message(&server, "I was here").await;
        let (mut live, _) = Live::identify(&bob).await;
        ada.post(DELETION, shown(&ada)).await.expect(202);

        let told = live.event_among_others("user.updated").await;
        let shown = ["id", "display_name", "avatar_url", "banner_url"].map(|field| told[field].clone());
        let left = [json!(ada.id), json!("Deleted user"), Value::Null, Value::Null];
        assert_eq!(shown, left, "{database:?}");
        let left = live.event_among_others("member.left").await;
        assert_eq!(left["user_id"], json!(ada.id), "{database:?}");
        is_alone(&bob, &server, "Ada has left").await;
        let read = bob.read_all(&server.channel()).await;
        let kept = read.iter().find(|one| id(one) == id(&message)).unwrap();
        assert_eq!(
            (
                &kept["content"],
                &kept["author"]["display_name"],
                &kept["author"]["avatar_url"]
            ),
            (&json!("I was here"), &json!("Deleted user"), &Value::Null),
            "{database:?}"
        );
        let profile = bob.get(&format!("/users/{}", ada.id)).await.expect(200);
        assert_eq!(
            (&profile["display_name"], &profile["banner_url"]),
            (&json!("Deleted user"), &Value::Null),
            "{database:?}"
        );
        let found = bob.search("/users", &ada.username).await.expect(200);
        assert_eq!(found["items"], json!([]), "{database:?}");
        let nobody = ada.with(Credentials::None);
        let credentials = json!({ "email": ada.email, "password": ada.password });
        let refused = nobody.post("/auth/login", credentials).await;
        refused.is_problem(401, "invalid_credentials");

        // Her name is kept from others, and her address is free.
        let mut anew = json!({
            "first_name": "Ada", "last_name": "Again", "username": ada.username, "email": ada.email,
            "password": ada.password,
        });
        let taken = nobody.post("/auth/register", anew.clone()).await;
        taken.is_problem(409, "username_taken");
        anew["username"] = json!(format!("{}-again", ada.username));
        let again = Person::sign_up_as(&beep, anew).await;
        assert_ne!(again.id, ada.id, "{database:?}");
        let mine = again.get("/users/@me/servers").await.expect(200);
        assert_eq!(mine["items"], json!([]), "{database:?}: nothing of hers comes back");
    }
}

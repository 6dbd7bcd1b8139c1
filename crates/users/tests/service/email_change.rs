//! Another e-mail address (U3): confirmed there, told here, and no news of who has it.

use std::time::Duration;

use contracts::events::{Audience, EventKind};
use futures::future::join_all;
use platform::http::testing::Answer;
use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World, worlds};

async fn begin(world: &World, person: &Person, email: &str) -> Answer {
    let body = json!({"email": email, "current_password": PASSWORD});
    world.app.user(person.id).post("/users/@me/email", body).await
}

async fn verify(world: &World, token: &str) -> Answer {
    world.nobody().post("/auth/email/verify", json!({"token": token})).await
}

async fn pending(world: &World, person: &Person) -> Value {
    world.app.user(person.id).get("/users/@me/security").await.expect(200)["email_change"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_counts_once_it_is_confirmed_and_the_old_one_is_told() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        assert_eq!(pending(&world, &ada).await, Value::Null, "{}", world.kind);
        begin(&world, &ada, "New@Example.org").await.expect(202);
        assert_eq!(
            pending(&world, &ada).await["email"],
            "new@example.org",
            "{}",
            world.kind
        );
        let (first, second) = (world.mailbox.next().await, world.mailbox.next().await);
        assert_eq!(first.to, ["new@example.org"], "{}", world.kind);
        assert_eq!(second.to, ["ada@example.org"], "{}", world.kind);
        assert!(!second.says("#token="), "{second:?}");
        // Until then the old one counts, and the new one does not.
        world
            .sign_in("new@example.org", PASSWORD)
            .await
            .is_problem(401, "invalid_credentials");
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
        world.events().await;
        let token = first.token();
        verify(&world, &token).await.expect(204);
        let own = Audience::User { user_id: ada.id };
        let mut whole = false;
        for event in world.events().await {
            let tells = event.data.get().contains("new@example.org");
            assert!(!tells || event.audience == own, "{}: {event:?}", world.kind);
            whole |= tells && event.kind == EventKind::UserUpdated;
        }
        assert!(whole, "{}", world.kind);
        verify(&world, &token).await.is_problem(410, "link_expired");
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "invalid_credentials");
        world.sign_in("new@example.org", PASSWORD).await.expect(200);
        assert_eq!(pending(&world, &ada).await, Value::Null, "{}", world.kind);
        let notice = world.mailbox.next().await;
        assert_eq!(notice.to, ["ada@example.org"], "{}", world.kind);
        assert!(notice.says("Subject: Your e-mail address was changed"), "{notice:?}");
        world.refresh(&ada.refresh).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_somebody_has_the_address_is_told_to_them_alone() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let free = begin(&world, &ada, "free@example.org").await;
        let first_link = world.mailbox.next_to("free@example.org").await.token();
        let taken = begin(&world, &ada, &eve.email).await;
        let headers = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers
        };
        assert_eq!(
            (free.status, &free.bytes),
            (taken.status, &taken.bytes),
            "{}",
            world.kind
        );
        assert_eq!(headers(&free), headers(&taken), "{}", world.kind);
        assert_eq!(free.status, 202);
        assert_eq!(
            pending(&world, &ada).await["email"],
            "eve@example.org",
            "{}",
            world.kind
        );
        let told = world.mailbox.next_to(&eve.email).await;
        assert!(
            told.says("Hello eve") && !told.says("#token=") && !told.says("ada@"),
            "{told:?}"
        );
        // The link to the first address is void, since another one is wanted.
        verify(&world, &first_link).await.is_problem(410, "link_expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_want_an_address_the_first_to_confirm_gets_it() {
    for world in worlds().await {
        let mut tokens = Vec::new();
        for name in ["ada", "bob", "eve"] {
            let person = world.sign_up(name).await;
            begin(&world, &person, "one@example.org").await.expect(202);
            tokens.push(world.mailbox.next_to("one@example.org").await.token());
        }
        let answers = join_all(tokens.iter().map(|token| verify(&world, token))).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409, 409], "{}", world.kind);
        for lost in answers.into_iter().filter(|answer| answer.status == 409) {
            lost.is_problem(409, "email_taken");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_the_password_and_the_second_factor() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, _) = world.turn_totp_on(&ada).await;
        let me = world.acting(&ada);
        let change = async |fields: Value| {
            let mut body = json!({"email": "new@example.org", "current_password": PASSWORD});
            body.as_object_mut()
                .unwrap()
                .extend(fields.as_object().unwrap().clone());
            me.post("/users/@me/email", body).await
        };
        change(json!({"current_password": "a guess"}))
            .await
            .is_problem(403, "wrong_password");
        change(json!({})).await.is_problem(403, "second_factor_required");
        change(json!({"code": "000000"}))
            .await
            .is_problem(403, "second_factor_wrong");
        assert_eq!(pending(&world, &ada).await, Value::Null, "{}", world.kind);
        let code = world.code(&secret);
        change(json!({"code": code, "email": "nobody"}))
            .await
            .is_invalid("email", "invalid_format");
        change(json!({"code": code})).await.expect(202);
        change(json!({"code": code}))
            .await
            .is_problem(403, "second_factor_wrong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_void_when_it_is_cancelled_too_old_or_the_password_changed() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.app.user(ada.id);
        begin(&world, &ada, &ada.email).await.is_invalid("email", "unchanged");
        begin(&world, &ada, "one@example.org").await.expect(202);
        let token = world.mailbox.next_to("one@example.org").await.token();
        me.delete("/users/@me/email").await.expect(204);
        me.delete("/users/@me/email").await.expect(204);
        assert_eq!(pending(&world, &ada).await, Value::Null, "{}", world.kind);
        verify(&world, &token).await.is_problem(410, "link_expired");
        begin(&world, &ada, "one@example.org").await.expect(202);
        let token = world.mailbox.next_to("one@example.org").await.token();
        world.pass(Duration::from_hours(25));
        verify(&world, &token).await.is_problem(410, "link_expired");
        assert_eq!(pending(&world, &ada).await, Value::Null, "{}", world.kind);
        begin(&world, &ada, "one@example.org").await.expect(202);
        let token = world.mailbox.next_to("one@example.org").await.token();
        let new = json!({"current_password": PASSWORD, "new_password": "another horse battery"});
        me.put("/users/@me/password", new).await.expect(204);
        verify(&world, &token).await.is_problem(410, "link_expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_the_password_is_void_when_the_address_changed() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        world
            .nobody()
            .post("/auth/password/forgot", json!({"email": ada.email}))
            .await
            .expect(202);
        let reset = world.mailbox.next().await.token();
        begin(&world, &ada, "new@example.org").await.expect(202);
        let token = world.mailbox.next_to("new@example.org").await.token();
        verify(&world, &token).await.expect(204);
        let body = json!({"token": reset, "new_password": "another horse battery"});
        world
            .nobody()
            .post("/auth/password/reset", body)
            .await
            .is_problem(410, "link_expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_strangers_sent_mail_without_end() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        for number in 0..3 {
            begin(&world, &ada, &format!("{number}@example.org")).await.expect(202);
        }
        begin(&world, &ada, "4@example.org")
            .await
            .is_problem(429, "too_many_attempts");
    }
}

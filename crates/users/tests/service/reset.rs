//! A forgotten password: a link by mail, good for once, and no way round the second factor.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use contracts::events::EventKind;
use futures::future::join_all;
use platform::http::testing::Answer;
use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World, worlds};

const NEW: &str = "another horse battery";

async fn forgot(world: &World, email: &str) -> Answer {
    world
        .nobody()
        .post("/auth/password/forgot", json!({"email": email}))
        .await
}

async fn reset(world: &World, token: &str, password: &str, code: Value) -> Answer {
    let body = json!({"token": token, "new_password": password, "code": code});
    world.nobody().post("/auth/password/reset", body).await
}

/// The token of a link that the person has asked for.
async fn link(world: &World, person: &Person) -> String {
    forgot(world, &person.email).await.expect(202);
    loop {
        // Notices come to the same address.
        let mail = world.mailbox.next_to(&person.email).await;
        if mail.says("/reset-password#") {
            return mail.token();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_sets_the_password_once_and_ends_all_sign_ins() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let token = link(&world, &ada).await;
        // A weak password does not use it up.
        reset(&world, &token, "password1", Value::Null)
            .await
            .is_invalid("new_password", "too_common");
        world.events().await;
        let done = reset(&world, &token, NEW, Value::Null).await;
        assert!(
            done.headers.get("set-cookie").is_none(),
            "nobody is signed in by a link"
        );
        done.expect(204);
        let kinds: Vec<_> = world.events().await.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [EventKind::SessionRevoked, EventKind::UserSecurityChanged],
            "{}",
            world.kind
        );
        world
            .refresh(&ada.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "invalid_credentials");
        world.sign_in(&ada.email, NEW).await.expect(200);
        reset(&world, &token, PASSWORD, Value::Null)
            .await
            .is_problem(410, "link_expired");
        let notice = world.mailbox.next_to(&ada.email).await;
        assert!(
            notice.says("Subject: Your password was changed") && !notice.says("#token="),
            "{notice:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_a_link_at_once_one_sets_the_password() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let token = link(&world, &ada).await;
        let passwords: Vec<String> = (0..8).map(|number| format!("{NEW} {number}")).collect();
        let answers = join_all(
            passwords
                .iter()
                .map(|password| reset(&world, &token, password, Value::Null)),
        )
        .await;
        let winners: Vec<usize> = (0..8).filter(|number| answers[*number].status == 204).collect();
        assert_eq!(winners.len(), 1, "{}", world.kind);
        for (number, answer) in answers
            .into_iter()
            .enumerate()
            .filter(|(number, _)| !winners.contains(number))
        {
            assert_eq!(answer.is_problem(410, "link_expired")["status"], 410, "{number}");
        }
        world.sign_in(&ada.email, &passwords[winners[0]]).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_who_has_an_account() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let headers = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers
        };
        let known = forgot(&world, &ada.email).await;
        for strange in ["nobody@example.org", "no address", "", &"x".repeat(9_000)] {
            let unknown = forgot(&world, strange).await;
            assert_eq!(headers(&known), headers(&unknown), "{}: {strange}", world.kind);
            assert_eq!(
                (known.status, &known.bytes),
                (unknown.status, &unknown.bytes),
                "{}",
                world.kind
            );
        }
        // What waits for an address that nobody has goes without a mail.
        assert_eq!(world.mailbox.next().await.to, ["ada@example.org"]);
        let bob = world.sign_up("bob").await;
        forgot(&world, &bob.email).await.expect(202);
        assert_eq!(world.mailbox.next().await.to, ["bob@example.org"], "{}", world.kind);
        // Neither does the limit tell: the fourth in an hour is answered as the first.
        for email in [ada.email.as_str(), "nobody@example.org"] {
            for last in 0..5 {
                let from = world.nobody().at(IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)));
                let answer = from.post("/auth/password/forgot", json!({"email": email})).await;
                assert_eq!((answer.status, &answer.bytes), (202, &known.bytes), "{}", world.kind);
            }
        }
        let eve = world.sign_up("eve").await;
        forgot(&world, &eve.email).await.expect(202);
        let mut to_ada = 0;
        while world.mailbox.next().await.to != ["eve@example.org"] {
            to_ada += 1;
        }
        assert_eq!(to_ada, 2, "{}: three in an hour, one of which came before", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_does_not_go_round_the_second_factor() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, codes) = world.turn_totp_on(&ada).await;
        let token = link(&world, &ada).await;
        reset(&world, &token, NEW, Value::Null)
            .await
            .is_problem(401, "second_factor_required");
        reset(&world, &token, NEW, json!("000000"))
            .await
            .is_problem(401, "second_factor_wrong");
        world
            .sign_in(&ada.email, NEW)
            .await
            .is_problem(401, "invalid_credentials");
        let code = world.code(&secret);
        reset(&world, &token, NEW, json!(code)).await.expect(204);
        // It is asked for as before, and the code is used up.
        world
            .sign_in(&ada.email, NEW)
            .await
            .is_problem(401, "second_factor_required");
        let body = |code: &str| json!({"email": ada.email, "password": NEW, "code": code});
        let again = world.nobody().post("/auth/login", body(&code)).await;
        again.is_problem(401, "second_factor_wrong");
        let token = link(&world, &ada).await;
        reset(&world, &token, PASSWORD, json!(codes[0])).await.expect(204);
        // Guessing here is guessing at the other doors.
        let token = link(&world, &ada).await;
        for _ in 0..6 {
            reset(&world, &token, NEW, json!("000000"))
                .await
                .is_problem(401, "second_factor_wrong");
        }
        reset(&world, &token, NEW, json!(codes[1]))
            .await
            .is_problem(429, "too_many_attempts");
        world
            .sign_in_with_code(&ada.email, &codes[1])
            .await
            .is_problem(429, "too_many_attempts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_its_time_and_with_the_password_it_was_for() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let old = link(&world, &ada).await;
        world.pass(Duration::from_hours(1) - Duration::from_millis(1));
        let late = link(&world, &ada).await;
        world.pass(Duration::from_millis(1));
        reset(&world, &old, NEW, Value::Null)
            .await
            .is_problem(410, "link_expired");
        let body = json!({"current_password": PASSWORD, "new_password": NEW});
        world
            .app
            .user(ada.id)
            .put("/users/@me/password", body)
            .await
            .expect(204);
        reset(&world, &late, PASSWORD, Value::Null)
            .await
            .is_problem(410, "link_expired");
        // A link is its user's, and what is no link is none.
        let token = link(&world, &eve).await;
        for wrong in ["", "x", &token[1..], &format!("{token}A"), &"A".repeat(9_000)] {
            reset(&world, wrong, NEW, Value::Null)
                .await
                .is_problem(410, "link_expired");
        }
        let verify = world.nobody().post("/auth/email/verify", json!({"token": token})).await;
        verify.is_problem(410, "link_expired");
        reset(&world, &token, "the battery of eve", Value::Null)
            .await
            .expect(204);
        world.sign_in(&ada.email, NEW).await.expect(200);
        world.sign_in(&eve.email, "the battery of eve").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_stands_in_the_database() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let token = link(&world, &ada).await;
        let rows: Vec<(Vec<u8>,)> = world.db.all("SELECT hash FROM account_links", []).await.unwrap();
        assert_eq!(rows.len(), 1, "{}", world.kind);
        assert!(!String::from_utf8_lossy(&rows[0].0).contains(&token), "{}", world.kind);
    }
}

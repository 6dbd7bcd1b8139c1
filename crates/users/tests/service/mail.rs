//! Mail: in the user's language, once, and again when the server was away.

use std::time::Duration;

use serde_json::json;

use crate::world::{World, worlds};

async fn forgot(world: &World, email: &str) {
    let body = json!({"email": email});
    world.nobody().post("/auth/password/forgot", body).await.expect(202);
}

async fn waiting(world: &World) -> i64 {
    let (count,): (i64,) = world.db.one("SELECT COUNT(*) FROM mails", []).await.unwrap();
    count
}

/// Until nothing waits to be sent.
async fn settled(world: &World) {
    let settled = async {
        while waiting(world).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), settled).await.unwrap();
}

/// Until the mail that was refused is put off, for as long as after a first attempt.
async fn put_off(world: &World) {
    let put_off = async {
        loop {
            let (due_at, created_at): (i64, i64) =
                world.db.one("SELECT due_at, created_at FROM mails", []).await.unwrap();
            if due_at - created_at == 30_000 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), put_off).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_in_the_language_of_whoever_gets_it_as_text_and_as_html() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        forgot(&world, &ada.email).await;
        let english = world.mailbox.next().await;
        let me = world.acting(&ada);
        me.patch("/users/@me/settings", json!({"language": "fr"}))
            .await
            .expect(200);
        forgot(&world, &ada.email).await;
        let french = world.mailbox.next().await;
        assert!(
            english.says("Subject: Set a new password") && english.says("Hello ada"),
            "{english:?}"
        );
        assert!(french.says("Bonjour ada") && !french.says("Hello"), "{french:?}");
        for mail in [english, french] {
            assert!(
                mail.says("From: Beep <beep@beep.test>") && mail.says("To: ada@example.org"),
                "{mail:?}"
            );
            assert!(
                mail.says("Content-Type: text/plain") && mail.says("Content-Type: text/html"),
                "{mail:?}"
            );
            assert!(mail.says("http://beep.test/reset-password#token="), "{mail:?}");
            assert!(!mail.says("<img") && !mail.says("src="), "{mail:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_did_not_take_is_sent_later_and_what_it_never_takes_is_not() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        world.mailbox.refuse_next("451 later");
        forgot(&world, &ada.email).await;
        world.mailbox.refused().await;
        assert_eq!(
            (world.mailbox.waiting(), waiting(&world).await),
            (0, 1),
            "{}",
            world.kind
        );
        put_off(&world).await;
        world.pass(Duration::from_secs(30));
        assert_eq!(world.mailbox.next().await.to, ["ada@example.org"], "{}", world.kind);
        settled(&world).await;
        world.mailbox.refuse_next("550 never");
        forgot(&world, &ada.email).await;
        world.mailbox.refused().await;
        settled(&world).await;
        world.pass(Duration::from_mins(10));
        forgot(&world, &eve.email).await;
        assert_eq!(
            world.mailbox.next().await.to,
            ["eve@example.org"],
            "{}: the other one is gone",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_instances_one_sends_it() {
    for world in worlds().await {
        let _others = [world.another_instance().await, world.another_instance().await];
        for number in 0..8 {
            let person = world.sign_up(&format!("user-{number}")).await;
            forgot(&world, &person.email).await;
        }
        settled(&world).await;
        let mut to = Vec::new();
        while world.mailbox.waiting() > 0 {
            to.extend(world.mailbox.next().await.to);
        }
        to.sort_unstable();
        let expected: Vec<String> = (0..8).map(|number| format!("user-{number}@example.org")).collect();
        assert_eq!(to, expected, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_nobody_waits_for_any_more_is_not_sent() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        world.mailbox.refuse_next("451 later");
        forgot(&world, &ada.email).await;
        world.mailbox.refused().await;
        put_off(&world).await;
        world.pass(Duration::from_hours(2));
        settled(&world).await;
        assert_eq!(world.mailbox.waiting(), 0, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_asks_for_links_as_often_as_a_class_would_and_then_waits() {
    for world in worlds().await {
        for _ in 0..60 {
            forgot(&world, "no address").await;
        }
        let body = json!({"email": "no address"});
        let refused = world.nobody().post("/auth/password/forgot", body).await;
        refused.is_problem(429, "too_many_attempts");
        world.pass(Duration::from_hours(1));
        forgot(&world, "no address").await;
    }
}

//! An instance is told to stop while requests come in a stream.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use api::{
    beep::{Database, Setup},
    http::{Caller, Credentials},
    left_out::{WITHOUT_POSTGRES, left_out},
    patience,
    people::Person,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
const SENDERS: usize = 4;
/// Requests that are answered before and after something is stopped.
const MANY: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn not_one_request_fails_when_one_of_two_instances_is_told_to_stop() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let both = ["users", "servers", "messages"];
    let setup = both
        .iter()
        .fold(Setup::default(), |setup, service| setup.with_instances(service, 2));
    let beep = setup.start_apart().await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let (sent, end) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (person, server, sent, end) = (person.clone(), server.clone(), Arc::clone(&sent), end.clone());
            tokio::spawn(async move {
                while !end.is_cancelled() {
                    // Not tried again when it fails: neither here nor by the edge.
                    person.send_message(&server, "on and on").await;
                    person.get(&server.path()).await.expect(200);
                    person.get("/users/@me").await.expect(200);
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let many_more = async |what: &str| {
        let before = sent.load(Ordering::Relaxed);
        patience::until(PATIENCE, what, async || {
            let failed = senders.iter().any(tokio::task::JoinHandle::is_finished);
            (failed || sent.load(Ordering::Relaxed) >= before + MANY).then_some(())
        })
        .await;
    };
    for service in both {
        let going = beep.instances_of(service)[0];
        many_more("requests before").await;
        assert_eq!(beep.stop(going).await, Some(0), "{going} did not end well");
        many_more("requests after").await;
        beep.restart(going).await;
    }
    end.cancel();
    for sender in senders {
        sender.await.expect("no request fails");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_is_told_to_stop_says_so_and_takes_new_connections_for_a_while() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    // Long enough that nothing below depends on how fast this machine is; a second signal cuts it short.
    let beep = Setup::default().with("HTTP__DRAIN_SECONDS", "60").start_apart().await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let instance = beep.instances_of("messages")[0];
    // Each asks on a connection of its own.
    let directly = || Caller::nobody(beep.address_of(instance)).with(Credentials::Bearer(person.token.clone()));
    assert_eq!(directly().get("//readyz").await.status, 200);
    beep.signal(instance, "TERM");
    patience::until(PATIENCE, "it says that it is going", async || {
        (directly().get("//readyz").await.status == 503).then_some(())
    })
    .await;
    let body = json!({ "content": "still here" });
    directly().post(&server.messages(), body).await.expect(201);
    person
        .send_message(&server, "through the edge, which knows no other")
        .await;
    assert_eq!(
        beep.stop(instance).await,
        Some(0),
        "it is told once more, and stops at once"
    );
}

//! Who is shown as connected, to whom: the same wherever the connections lead, though each gateway has only some of them.

use std::time::Duration;

use api::{
    beep::{Database, shared},
    gateway::Live,
    patience::until,
    people::Person,
    watcher::Watcher,
};
use serde_json::json;
use tokio::time::sleep;

/// Gateways report every few seconds, and show for some seconds more who has just gone.
const REPORTED_WITHIN: Duration = Duration::from_secs(40);

async fn all_see(watchers: &mut [Watcher], expected: &[(&Person, &str)]) {
    for watcher in watchers {
        watcher.sees(expected).await;
    }
}

async fn show_and_look(database: Database) {
    let beep = shared(database).await;
    let mut people = Vec::new();
    for _ in 0..5 {
        people.push(Person::sign_up(&beep).await);
    }
    let [owner, first, second, third, outsider] = &people[..] else {
        unreachable!()
    };
    let server = owner.create_server("public").await;
    for person in [first, second, third] {
        person.join(&server).await;
    }
    let mut all = Vec::new();
    for person in [owner, first, second, third] {
        all.push(Watcher::new(person, &server).await);
    }
    let (_elsewhere, _) = Live::identify(outsider).await;
    let online = [owner, first, second, third].map(|person| (person, "online"));
    all_see(&mut all, &online).await;

    // The last wish counts, on whichever device it is made.
    let mut device = Watcher::new(first, &server).await;
    device.wish("away").await;
    let with_first = |status| {
        [
            (owner, "online"),
            (first, status),
            (second, "online"),
            (third, "online"),
        ]
    };
    all_see(&mut all, &with_first("away")).await;
    all[1].wish("do_not_disturb").await;
    all_see(&mut all, &with_first("do_not_disturb")).await;
    device.sees(&with_first("do_not_disturb")).await;

    // Who is invisible is offline for all, themselves included, also for who looks only now.
    all[2].wish("invisible").await;
    let without_second = [(owner, "online"), (first, "do_not_disturb"), (third, "online")];
    all_see(&mut all, &without_second).await;
    Watcher::new(third, &server).await.sees(&without_second).await;
    Watcher::new(second, &server).await.sees(&without_second).await;

    // Who leaves the server is gone from it at once, and connected still.
    third.leave(&server).await;
    all.truncate(3);
    all_see(&mut all, &[(owner, "online"), (first, "do_not_disturb")]).await;

    // One device less is no difference; the last is.
    drop(device);
    let mut others = all.split_off(2);
    drop(all.pop());
    others.extend(all);
    all_see(&mut others, &[(owner, "online")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_the_same_of_each_other_wherever_they_are_connected() {
    futures::future::join_all(Database::all().into_iter().map(show_and_look)).await;
}

/// Those outside are told how many are there: in discovery, and on the page of an invitation.
async fn count_from_outside(database: Database) {
    let beep = shared(database).await;
    let [owner, member, outsider] = [
        Person::sign_up(&beep).await,
        Person::sign_up(&beep).await,
        Person::sign_up(&beep).await,
    ];
    let server = owner.create_server("public").await;
    member.join(&server).await;
    let name = format!("counted{}", server.id);
    owner.patch(&server.path(), json!({ "name": name })).await.expect(200);
    let invitation = owner
        .post(&format!("{}/invitations", server.path()), json!({}))
        .await
        .expect(201);
    let preview = format!("/invitations/{}", invitation["code"].as_str().unwrap());
    let counts = async |expected: i64| {
        until(REPORTED_WITHIN, &format!("{expected} online"), async || {
            sleep(Duration::from_millis(100)).await;
            let found = outsider.search("/servers/discover", &name).await.expect(200);
            let (found, invited) = (&found["items"][0], &outsider.get(&preview).await.expect(200)["server"]);
            assert_eq!(
                (&found["member_count"], &invited["member_count"]),
                (&json!(2), &json!(2))
            );
            (found["online_count"] == expected && invited["online_count"] == expected).then_some(())
        })
        .await;
    };
    counts(0).await;
    let mut first = Watcher::new(&owner, &server).await;
    let _second = Watcher::new(&owner, &server).await;
    counts(1).await;
    let there = Watcher::new(&member, &server).await;
    counts(2).await;
    first.wish("invisible").await;
    counts(1).await;
    drop(there);
    counts(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_outside_are_told_how_many_are_online() {
    futures::future::join_all(Database::all().into_iter().map(count_from_outside)).await;
}

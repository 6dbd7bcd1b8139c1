//! Signing up by Beep's form: both halves are there, or neither.

use std::time::Duration;

use api::{http::Answer, patience};
use serde_json::json;

use crate::{
    bridge::Does,
    world::{PASSWORD, World, account, new_name},
};

/// Longer than the lease of a sign-up and the pause between two sweeps.
const SWEPT_WITHIN: Duration = Duration::from_mins(1);
const CREATE: &str = "POST /admin/realms/beep/users";

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_is_known_to_both_and_signed_in() {
    for own_form in [true, false] {
        let Some(world) = World::start(own_form).await else {
            return;
        };
        let name = new_name();
        let signed_up = world.nobody().post("/auth/register", account(&name)).await.expect(201);
        let known = world.keycloak.user(&name).await;
        assert_eq!(known["attributes"]["beep_user_id"], json!([signed_up["user"]["id"]]));
        assert_eq!(
            (&known["firstName"], &known["lastName"]),
            (&json!("Ada"), &json!("Byron"))
        );
        let refresh = json!({"refresh_token": signed_up["refresh_token"]});
        world.nobody().post("/auth/refresh", refresh).await.expect(200);
        assert_eq!(world.keycloak.sessions(&name).await.len(), usize::from(own_form));
        let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
        let signed_in = world.nobody().post("/auth/login", credentials).await;
        if own_form {
            assert_eq!(signed_in.expect(200)["user"]["id"], signed_up["user"]["id"]);
        } else {
            signed_in.is_problem(403, "sign_in_elsewhere");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_the_same_one_gets_it() {
    let Some(world) = World::start(true).await else { return };
    let nobody = world.nobody();
    let (name, other) = (new_name(), new_name());
    let mut same_email = account(&other);
    same_email["email"] = account(&name)["email"].clone();
    let wishes = [
        account(&name),
        account(&name),
        same_email.clone(),
        account(&name),
        same_email,
    ];
    let answers: Vec<Answer> =
        futures::future::join_all(wishes.into_iter().map(|wish| nobody.post("/auth/register", wish))).await;
    let mut codes: Vec<(u16, String)> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    codes.sort();
    assert_eq!(codes[0].0, 201, "{codes:?}");
    for (status, code) in &codes[1..] {
        assert!(
            *status == 409 && ["username_taken", "email_taken"].contains(&code.as_str()),
            "{codes:?}"
        );
    }
    let known = world
        .keycloak
        .users(&format!("exact=true&email={name}@beep.example"))
        .await;
    assert_eq!(known.len(), 1);
    // What Keycloak alone knows is taken, too, and nothing of the attempt stays.
    let there = new_name();
    world.keycloak.add(&there, PASSWORD, None).await;
    let mut wish = account(&there);
    nobody
        .post("/auth/register", wish.clone())
        .await
        .is_problem(409, "username_taken");
    wish["username"] = json!(new_name());
    wish["email"] = json!(format!("{there}@keycloak.example"));
    nobody
        .post("/auth/register", wish.clone())
        .await
        .is_problem(409, "email_taken");
    wish["email"] = json!(format!("{}@beep.example", new_name()));
    nobody.post("/auth/register", wish).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_leaves_neither_half() {
    let Some(world) = World::start(true).await else { return };
    let ways = [
        (Does::CutBefore(CREATE), new_name()),
        (Does::CutAfter(CREATE), new_name()),
    ];
    for (breaks, name) in &ways {
        world.bridge.now(breaks.clone());
        let refused = world.nobody().post("/auth/register", account(name)).await;
        refused.is_problem(503, "identity_unavailable");
        world.bridge.now(Does::Pass);
        let there = world.keycloak.users(&format!("exact=true&username={name}")).await;
        assert_eq!(
            there.len(),
            usize::from(matches!(breaks, Does::CutAfter(_))),
            "{breaks:?}"
        );
        let taken = world.nobody().post("/auth/register", account(name)).await;
        assert!(
            taken.status == 409 && taken.code().ends_with("_taken"),
            "{}",
            taken.text()
        );
    }
    // One wait is for both.
    for (breaks, name) in &ways {
        let what = format!("{breaks:?}: swept, and the name is free");
        let signed_up = patience::until(SWEPT_WITHIN, &what, async || {
            let answer = world.nobody().post("/auth/register", account(name)).await;
            (answer.status == 201).then(|| answer.json())
        })
        .await;
        let known = world.keycloak.user(name).await;
        assert_eq!(known["attributes"]["beep_user_id"], json!([signed_up["user"]["id"]]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_leaves_neither_half() {
    let Some(world) = World::start_together(true, |setup, _| setup).await else {
        return;
    };
    let name = new_name();
    world.bridge.now(Does::CutAfter(CREATE));
    let nobody = world.nobody();
    let _ = nobody.post("/auth/register", account(&name)).await;
    world.beep.kill("beep");
    world.bridge.now(Does::Pass);
    assert_eq!(
        world.keycloak.users(&format!("exact=true&username={name}")).await.len(),
        1
    );
    world.beep.restart("beep").await;
    patience::until(SWEPT_WITHIN, "the identity is gone", async || {
        let there = world.keycloak.users(&format!("exact=true&username={name}")).await;
        there.is_empty().then_some(())
    })
    .await;
    patience::until(SWEPT_WITHIN, "the name is free", async || {
        let answer = nobody.post("/auth/register", account(&name)).await;
        (answer.status == 201).then_some(())
    })
    .await;
}

//! Access that is lost is lost everywhere, at once: ways to lose it × places where it must act. What can be given back is
//! had again, with what was said meanwhile.

mod places;
mod scene;
mod ways;

use std::time::Duration;

use api::{
    beep::{Database, Shape, shared},
    gateway::{Heard, Live},
    patience,
    people::Person,
};
use futures::StreamExt;
use places::{ALL, Place};
use scene::Scene;
use ways::{MATRIX, Way};

/// Within this time, on the node where it was lost.
const WITHIN: Duration = Duration::from_secs(1);

/// Ways that are tried at the same time.
const AT_ONCE: usize = 5;

async fn lose_and_look(database: Database, way: Way, ends: &[Place]) {
    let beep = shared(database).await;
    let mut scene = Scene::new(&beep).await;
    let repeatable = || ALL.into_iter().filter(|place| !place.is_used_up());
    for place in repeatable() {
        is_open(
            &mut scene,
            place,
            &format!("{database:?}: {place:?} is open before {way:?}"),
        )
        .await;
    }
    scene.until_found().await;
    scene.lose(way).await;
    for place in ALL.into_iter().filter(|place| ends.contains(place)) {
        let what = format!("{database:?}: {way:?} ends {place:?}");
        patience::until(way.within(), &what, async || {
            (!scene.is_open(place).await).then_some(())
        })
        .await;
    }
    // When rights have changed, another gateway than the one that has the session lets it begin anew.
    let elsewhere = Shape::told() == Shape::Apart;
    let begins_anew = |place: &Place| elsewhere && way.changes_rights() && place.resumes();
    let stays = ALL
        .into_iter()
        .filter(|place| !ends.contains(place) && !begins_anew(place));
    for place in stays {
        is_open(
            &mut scene,
            place,
            &format!("{database:?}: {way:?} does not end {place:?}"),
        )
        .await;
    }
    if scene.restore(way).await {
        let again = |place: &Place| !place.is_used_up() || ends.contains(place);
        for place in ALL
            .into_iter()
            .filter(|place| again(place) && !(elsewhere && place.resumes()))
        {
            is_open(
                &mut scene,
                place,
                &format!("{database:?}: {place:?} is open again after {way:?}"),
            )
            .await;
        }
    }
}

async fn is_open(scene: &mut Scene<'_>, place: Place, what: &str) {
    patience::until(WITHIN, what, async || scene.is_open(place).await.then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_is_lost_is_lost_everywhere_at_once_and_had_again() {
    for database in Database::all() {
        let ways = MATRIX.map(|(way, ends)| Box::pin(lose_and_look(database, way, ends)));
        let all = futures::stream::iter(ways).buffer_unordered(AT_ONCE);
        all.collect::<Vec<()>>().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_told_what_they_lose_and_have_again() {
    for database in Database::all() {
        let beep = shared(database).await;
        for (way, _) in MATRIX {
            let Some(told) = way.is_told_by() else { continue };
            let mut scene = Scene::new(&beep).await;
            scene.lose(way).await;
            hears(
                (&mut scene, way.within()),
                told,
                &format!("{database:?}: {way:?} is told by {told}"),
            )
            .await;
            if scene.restore(way).await {
                let told = way.is_had_again_by();
                hears(
                    (&mut scene, WITHIN),
                    told,
                    &format!("{database:?}: after {way:?} is told {told}"),
                )
                .await;
            }
        }
    }
}

/// The member's connection hears this type of event, or is closed with this code.
async fn hears((scene, within): (&mut Scene<'_>, Duration), told: &str, what: &str) {
    patience::until(within, what, async || match scene.live.next_within(within).await {
        Some(Heard::Closed(code)) => (code.to_string() == told).then_some(()),
        Some(Heard::Frame(frame)) => (frame["type"] == told).then_some(()),
        Some(Heard::Gone) | None => None,
    })
    .await;
}

/// `model::limits::SESSIONS_PER_USER`.
const SIGN_INS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_too_many_ends_the_oldest() {
    for database in Database::all() {
        let beep = shared(database).await;
        let first = Person::sign_up(&beep).await;
        let second = first.sign_in_again().await;
        let (mut live, _) = Live::identify(&first).await;
        for _ in 2..SIGN_INS {
            first.sign_in_again().await;
        }
        first.get("/users/@me").await.expect(200);
        let last = first.sign_in_again().await;
        patience::until(WITHIN, "the first sign-in ends", async || {
            (first.get("/users/@me").await.status == 401).then_some(())
        })
        .await;
        assert_eq!(live.close_code().await, Some(4013), "{database:?}");
        for person in [&second, &last] {
            person.get("/users/@me").await.expect(200);
        }
    }
}

//! What was decided stays decided when Beep is started again.

use api::{
    beep::{Beep, Database},
    gateway::Live,
    people::Person,
};
use futures::future::join_all;
use serde_json::{Value, json};

async fn end_and_restart(database: Database) {
    let beep = Beep::start(database).await;
    let (gone, ended, stays) = tokio::join!(Person::sign_up(&beep), Person::sign_up(&beep), Person::sign_up(&beep));
    let elsewhere = ended.sign_in_again().await;
    gone.post("/auth/logout", Value::Null).await.expect(204);
    let sessions = elsewhere.get("/users/@me/sessions").await.expect(200);
    let sessions = sessions["items"].as_array().unwrap();
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/users/@me/sessions/{}", api::people::id(other));
    elsewhere.delete(&path).await.expect(204);
    for part in beep.processes() {
        beep.kill(part);
        beep.restart(part).await;
    }
    for person in [&gone, &ended] {
        let answer = person.get("/users/@me").await;
        assert_eq!(answer.status, 401, "{database:?}: {}", answer.text());
        let mut live = Live::connect(beep.address).await;
        live.send(&json!({ "op": "identify", "token": person.token })).await;
        assert_eq!(live.close_code().await, Some(4013), "{database:?}");
    }
    for person in [&stays, &elsewhere] {
        person.get("/users/@me").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_was_ended_stays_so() {
    join_all(Database::all().into_iter().map(end_and_restart)).await;
}

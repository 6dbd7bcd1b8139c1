//! The life of an account: what an administrator does to it beside a running Beep, and names that change.

use std::{
    io::Write,
    process::{Output, Stdio},
    time::Duration,
};

use api::{
    beep::{Beep, Database, shared},
    gateway::Live,
    http::{Caller, Credentials},
    patience,
    people::{Person, id, text},
};
use serde_json::{Value, json};

/// How soon a disabled user is out.
const WITHIN: Duration = Duration::from_secs(5);

/// `beep admin …`, as it is given on the machine of the users service.
async fn admin(beep: &Beep, words: &[&str], input: &str) -> Output {
    let part = beep.instances_of("users").first().copied().map(str::to_owned);
    let part = part.unwrap_or_else(|| beep.parts()[0].to_owned());
    let mut command = beep.command(&part, &[&["admin"], words].concat());
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // Whoever needs no input does not read it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    tokio::task::spawn_blocking(move || child.wait_with_output().unwrap())
        .await
        .unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The acts that the command wrote to the audit log.
fn acts(output: &Output) -> Vec<String> {
    let log = String::from_utf8(output.stderr.clone()).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["kind"] == "audit")
        .map(|line| text(&line["act"]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_an_account_takes_it_and_gives_it_back_while_beep_runs() {
    for database in Database::all() {
        let beep = shared(database).await;
        let nobody = Caller::nobody(beep.address);
        let name = format!("eve-{:08x}", rand::random::<u32>());
        let email = format!("{name}@example.org");
        let create = ["create", &name, &email, "--first-name", "Eve", "--last-name", "Newton"];
        let created = admin(
            &beep,
            &[&create[..], &["--password-stdin"]].concat(),
            "correct horse battery\n",
        )
        .await;
        assert_eq!(said(&created), "The account is there.\n", "{database:?}");
        assert_eq!(acts(&created), ["account_created"], "{database:?}");
        let credentials = json!({ "email": email, "password": "correct horse battery" });
        let signed_in = nobody.post("/auth/login", credentials.clone()).await.expect(200);
        let eve = nobody.with(Credentials::Bearer(text(&signed_in["access_token"])));
        let mut live = Live::connect(beep.address).await;
        live.send(&json!({ "op": "identify", "token": signed_in["access_token"] }))
            .await;
        live.event("ready").await;

        let disabled = admin(&beep, &["disable", &name], "").await;
        assert_eq!(said(&disabled), "The account is disabled, and signed out everywhere.\n");
        assert_eq!(acts(&disabled), ["account_disabled"], "{database:?}");
        let what = format!("{database:?}: the token is refused");
        patience::until(WITHIN, &what, async || {
            (eve.get("/users/@me").await.status == 401).then_some(())
        })
        .await;
        assert_eq!(live.close_code().await, Some(4013), "{database:?}");
        let refresh = json!({ "refresh_token": signed_in["refresh_token"] });
        nobody
            .post("/auth/refresh", refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        let refused = nobody.post("/auth/login", credentials.clone()).await;
        refused.is_problem(403, "account_disabled");
        let guess = json!({ "email": email, "password": "a guess" });
        nobody
            .post("/auth/login", guess)
            .await
            .is_problem(401, "invalid_credentials");

        let listed = said(&admin(&beep, &["list"], "").await);
        let row = listed.lines().find(|row| row.contains(&name)).unwrap();
        assert!(row.contains("disabled") && row.ends_with(&email), "{row}");
        said(&admin(&beep, &["make-administrator", &email], "").await);
        let listed = said(&admin(&beep, &["list", "--json"], "").await);
        let accounts = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let eve = accounts
            .into_iter()
            .find(|account| account["username"] == *name)
            .unwrap();
        assert!(
            eve["disabled_at"].is_string() && eve["administrator_since"].is_string(),
            "{eve}"
        );
        assert_eq!(
            said(&admin(&beep, &["enable", &name], "").await),
            "The account is enabled.\n"
        );
        nobody.post("/auth/login", credentials).await.expect(200);

        let other = format!("other-{email}");
        let mut again = create;
        again[2] = &other;
        for (words, complaint) in [
            (&["disable", "nobody-at-all"][..], "there is no such user"),
            (&again[..], "somebody has this username, or had it lately"),
        ] {
            let output = admin(&beep, words, "").await;
            assert_eq!(output.status.code(), Some(1), "{words:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), format!("beep: {complaint}\n"));
            assert!(output.stdout.is_empty(), "{words:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_mentions_stay_right_when_a_name_changes() {
    for database in Database::all() {
        let beep = shared(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let server = bob.create_server("public").await;
        ada.join(&server).await;
        let before = bob.send_message(&server, &format!("hello @{}", ada.username)).await;
        assert_eq!(before["mentions"]["user_ids"], json!([ada.id]), "{before}");
        let renamed = format!("new-{:08x}", rand::random::<u32>());
        let body = json!({ "username": renamed });
        ada.patch("/users/@me", body).await.expect(200);
        let read = bob.read_all(&server.channel()).await;
        let read = read.iter().find(|message| id(message) == id(&before)).unwrap();
        assert_eq!(read["mentions"], before["mentions"], "{database:?}: it is still she");
        // Her old name names nobody, and whoever wants it does not get it.
        let after = bob
            .send_message(&server, &format!("@{} @{renamed}", ada.username))
            .await;
        assert_eq!(after["mentions"]["user_ids"], json!([ada.id]), "{after}");
        assert_eq!(after["mentions"]["tokens"].as_array().map(Vec::len), Some(1), "{after}");
        let poses = bob.patch("/users/@me", json!({ "username": ada.username })).await;
        poses.is_problem(409, "username_taken");
    }
}

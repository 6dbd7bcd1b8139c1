//! What somebody who is not signed in can send as often as they like fills no log that an operator reads.

use api::{
    beep::{Database, Setup},
    http::{Body, Caller},
};
use serde_json::Value;

/// How often each of them is sent.
const TIMES: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_the_identity_managers_are_counted_and_no_warnings() {
    let secret = "x".repeat(32);
    let setup = Setup::default()
        .with("IDENTITY__PROVIDER", "keycloak")
        .with("IDENTITY__KEYCLOAK__URL", "http://127.0.0.1:1")
        .with("IDENTITY__KEYCLOAK__WEB_SECRET", &secret)
        .with("IDENTITY__KEYCLOAK__USERS_SECRET", &secret);
    let beep = setup.start_together(Database::Sqlite).await;
    let nobody = Caller::nobody(beep.address);
    for number in 0..TIMES {
        let form = format!("logout_token=a.b{number}.c").into_bytes();
        let form = Body::Raw("application/x-www-form-urlencoded", form);
        let answer = nobody.send("POST", "/auth/backchannel-logout", form).await;
        assert_eq!(answer.code(), "logout_token_invalid");
    }
    let log = beep.log();
    let warnings: Vec<&str> = log
        .lines()
        .filter(|line| {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            ["WARN", "ERROR"].iter().any(|level| line["level"] == *level)
        })
        .collect();
    // Keycloak is away, of which there may be a line now and then.
    assert!(warnings.len() < TIMES / 2, "{warnings:?}");
    let metrics = nobody.get("//metrics").await.text();
    let counted = format!("identity_manager_refused_total{{what=\"log_out\"}} {TIMES}");
    assert!(metrics.contains(&counted), "{metrics}");
}

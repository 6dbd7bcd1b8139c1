//! One process that speaks HTTPS itself, without anything in front of it.

use api::{
    beep::{Database, Setup},
    gateway::Live,
    http::{Body, Caller},
    people::Person,
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn one_process_speaks_https_and_nothing_else() {
    let beep = Setup::default().with_https().start_together(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    let (mut live, _) = Live::identify(&person).await;
    person.send_message(&server, "over TLS").await;
    assert_eq!(live.event("message.created").await["content"], "over TLS");
    let plain = Caller::nobody(beep.listens_at("beep"));
    assert!(plain.try_send("GET", "//readyz", Body::Empty).await.is_err());
    assert_eq!(Live::open(beep.listens_at("beep"), &[]).await.err(), Some(None));
    // Browsers send its cookies back by TLS only.
    let credentials = json!({ "email": person.email, "password": person.password });
    let answer = Caller::nobody(beep.address).post("/auth/login", credentials).await;
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert!(!cookies.is_empty() && cookies.iter().all(|cookie| cookie.to_str().unwrap().contains("Secure")));
}

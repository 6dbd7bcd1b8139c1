//! How people sign in, where Beep sends mail: a forgotten password, codes, another e-mail address; and what the log says of it.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Setup, foreign_server},
    gateway::Live,
    http::{Answer, Body, Caller, Credentials},
    mailbox::{Login, Mailbox, Manner, Tls},
    patience,
    people::Person,
};
use futures::future::join_all;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

const NEW: &str = "another horse battery";

async fn with_mail(database: Database) -> (Beep, Mailbox) {
    let mailbox = Mailbox::start().await;
    let setup = Setup::default()
        .with("MAIL__SMTP_URL", &mailbox.url())
        .with("MAIL__FROM", "Beep <beep@example.org>");
    (setup.start(database).await, mailbox)
}

/// The code of this moment, and that of the next.
fn codes(secret: &str) -> [String; 2] {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let next = totp.next_step_current();
    [totp.generate_current().to_string(), totp.generate(next).to_string()]
}

async fn sign_in(nobody: &Caller, email: &str, password: &str, code: Value) -> Answer {
    let body = json!({"email": email, "password": password, "code": code});
    nobody.post("/auth/login", body).await
}

fn token_of(answer: &Answer) -> Credentials {
    Credentials::Bearer(answer.json()["access_token"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_forgotten_and_codes_hold_at_every_door() {
    for database in Database::all() {
        let (beep, mailbox) = with_mail(database).await;
        let ada = Person::sign_up(&beep).await;
        let nobody = ada.with(Credentials::None);
        assert_eq!(nobody.get("/instance").await.expect(200)["mail"], true, "{database:?}");
        // Codes are turned on.
        let begun = ada
            .post("/users/@me/totp", json!({"current_password": ada.password}))
            .await
            .expect(200);
        let secret = begun["secret"].as_str().unwrap().to_owned();
        let [now, next] = codes(&secret);
        let on = ada
            .post("/users/@me/totp/confirm", json!({"code": now}))
            .await
            .expect(200);
        let recovery = on["recovery_codes"][0].as_str().unwrap();
        assert!(
            mailbox.next_to(&ada.email).await.says("Codes are asked for"),
            "{database:?}"
        );
        // The one that confirmed them is used up; of many who have the next one, one gets in.
        let refused = sign_in(&nobody, &ada.email, &ada.password, json!(now)).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (401, "second_factor_wrong"),
            "{database:?}"
        );
        let at_once = (0..4).map(|_| sign_in(&nobody, &ada.email, &ada.password, json!(next)));
        let inside = join_all(at_once)
            .await
            .iter()
            .filter(|answer| answer.status == 200)
            .count();
        assert_eq!(inside, 1, "{database:?}");
        // The password is forgotten.
        let (mut live, _) = Live::identify(&ada).await;
        nobody
            .post("/auth/password/forgot", json!({"email": ada.email}))
            .await
            .expect(202);
        let link = mailbox.next_to(&ada.email).await;
        assert!(link.says("/reset-password#token="), "{link:?}");
        let reset = async |code: Value| {
            let body = json!({"token": link.token(), "new_password": NEW, "code": code});
            nobody.post("/auth/password/reset", body).await
        };
        assert_eq!(
            reset(Value::Null).await.code(),
            "second_factor_required",
            "{database:?}"
        );
        assert_eq!(
            reset(json!("000000")).await.code(),
            "second_factor_wrong",
            "{database:?}"
        );
        reset(json!(recovery)).await.expect(204);
        assert_eq!(
            reset(json!(on["recovery_codes"][1])).await.code(),
            "link_expired",
            "{database:?}"
        );
        // All sign-ins are over, connections included.
        assert_eq!(live.close_code().await, Some(4013), "{database:?}");
        assert_eq!(ada.get("/users/@me").await.status, 401, "{database:?}");
        let renewed = nobody
            .post("/auth/refresh", json!({"refresh_token": ada.refresh_token}))
            .await;
        assert_eq!(renewed.status, 401, "{database:?}");
        assert_eq!(
            sign_in(&nobody, &ada.email, NEW, Value::Null).await.code(),
            "second_factor_required"
        );
        assert_eq!(
            sign_in(&nobody, &ada.email, NEW, json!(recovery)).await.code(),
            "second_factor_wrong"
        );
        sign_in(&nobody, &ada.email, NEW, json!(on["recovery_codes"][2]))
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_counts_once_it_is_confirmed_and_the_log_names_nobody() {
    for database in Database::all() {
        let (beep, mailbox) = with_mail(database).await;
        let (ada, eve) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let nobody = ada.with(Credentials::None);
        let (mut live, _) = Live::identify(&ada).await;
        let change = |email: &str| json!({"email": email, "current_password": ada.password});
        ada.post("/users/@me/email", change("moved@example.net"))
            .await
            .expect(202);
        assert_eq!(
            live.event_among_others("user.security_changed").await,
            Value::Null,
            "{database:?}"
        );
        let link = mailbox.next_to("moved@example.net").await;
        nobody
            .post("/auth/email/verify", json!({"token": link.token()}))
            .await
            .expect(204);
        let told = live.event_among_others("user.updated").await;
        assert_eq!(told["email"], "moved@example.net", "{database:?}");
        assert!(
            mailbox.next_to(&ada.email).await.says("is to be changed"),
            "{database:?}"
        );
        assert!(mailbox.next_to(&ada.email).await.says("was changed"), "{database:?}");
        // The same answer for an address that somebody has.
        ada.post("/users/@me/email", change(&eve.email)).await.expect(202);
        assert!(
            mailbox.next_to(&eve.email).await.says("entered elsewhere"),
            "{database:?}"
        );
        let notice = mailbox.next_to("moved@example.net").await;
        assert!(notice.says("is to be changed"), "{database:?}");
        let here = sign_in(&nobody, "moved@example.net", &ada.password, Value::Null).await;
        let again = nobody.with(token_of(&here));
        let body = json!({"current_password": ada.password, "new_password": NEW, "end_other_sessions": true});
        again
            .send("PUT", "/users/@me/password", Body::Json(body))
            .await
            .expect(204);
        assert_eq!(ada.get("/users/@me").await.status, 401, "{database:?}");
        again.get("/users/@me").await.expect(200);
        sign_in(&nobody, "moved@example.net", "a guess", Value::Null).await;
        assert!(
            mailbox
                .next_to("moved@example.net")
                .await
                .says("password of your account"),
            "{database:?}"
        );
        let log = beep.log();
        for act in [
            "signed_up",
            "signed_in",
            "sign_in_refused",
            "email_change_begun",
            "email_changed",
            "password_changed",
        ] {
            let found = log
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok())
                .find(|line| line["act"] == act);
            assert_eq!(found.unwrap_or_default()["kind"], "audit", "{database:?}: {act}");
        }
        let token = link.token();
        for personal in [
            "example.net",
            ada.email.as_str(),
            eve.email.as_str(),
            &token,
            "horse battery",
        ] {
            assert!(!log.contains(personal), "{database:?}: {personal}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_is_believed_by_its_own_authority_and_a_login_that_it_refuses_is_told() {
    let (server, authority) = foreign_server();
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("ca.crt");
    std::fs::write(&authorities, authority).unwrap();
    for (tls, password) in [
        (Tls::AtOnce, "s3cret"),
        (Tls::OnRequest, "s3cret"),
        (Tls::AtOnce, "s3cret-of-before"),
    ] {
        let login = Login {
            user: "beep",
            password: "s3cret",
            mechanism: "LOGIN",
        };
        let manner = Manner {
            tls: Some((tls, server.clone())),
            login: Some(login),
            silent_after: None,
        };
        let mailbox = Mailbox::with(manner).await;
        let url = match tls {
            Tls::AtOnce => format!("smtps://beep:{password}@{}", mailbox.address),
            Tls::OnRequest => format!("smtp://beep:{password}@{}?tls=required", mailbox.address),
        };
        let setup = Setup::default()
            .with("MAIL__SMTP_URL", &url)
            .with("MAIL__AUTHORITIES", &authorities.display().to_string())
            .with("MAIL__FROM", "Beep <beep@example.org>");
        let beep = setup.start(Database::Sqlite).await;
        let ada = Person::sign_up(&beep).await;
        let nobody = ada.with(Credentials::None);
        let body = json!({"email": ada.email});
        nobody.post("/auth/password/forgot", body).await.expect(202);
        if password == login.password {
            let link = mailbox.next_to(&ada.email).await;
            assert!(link.says("/reset-password#token="), "{tls:?}: {link:?}");
        } else {
            let told = async || {
                let log = beep.log();
                let mut lines = log.lines();
                let told = lines.find(|line| line.contains("a mail was not sent and is tried again"));
                told.map(str::to_owned)
            };
            let line = patience::until(Duration::from_mins(1), "the refused login is told", told).await;
            assert!(line.contains("the server does not accept the login (535)"), "{line}");
            assert_eq!(mailbox.waiting(), 0);
        }
        let log = beep.log();
        assert!(!log.contains("s3cret") && !log.contains(&ada.email), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_mail_it_is_said() {
    let beep = api::beep::shared(Database::Sqlite).await;
    let nobody = Caller::nobody(beep.address);
    assert_eq!(nobody.get("/instance").await.expect(200)["mail"], false);
    let answer = nobody
        .post("/auth/password/forgot", json!({"email": "ada@example.org"}))
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "mail_not_configured"));
}

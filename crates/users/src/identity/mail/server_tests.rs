#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use platform::{
    auth::Secret,
    testing::certificates::Authority,
    tls::{Authorities, Files},
};

use super::{
    letter::Letter,
    mailbox::{Login, Mailbox, Manner, Tls},
    sender::{MailSender, NotSent, WHOLE},
};

const PASSWORD: &str = "s3cret: 50% @/";
/// The same in an address.
const IN_ADDRESS: &str = "s3cret%3A%2050%25%20%40%2F";
/// Where the server is, by its certificate.
const HERE: &str = "127.0.0.1";
/// The ways to log in.
const MECHANISMS: [&str; 2] = ["PLAIN", "LOGIN"];

fn letter() -> Letter {
    Letter {
        address: "ada@example.org".to_owned(),
        subject: "Salut",
        text: "text\n".to_owned(),
        html: "<p>text</p>".to_owned(),
    }
}

fn manner(tls: Option<(Tls, &Authority, &str)>, mechanism: &'static str) -> Manner {
    Manner {
        tls: tls.map(|(tls, authority, name)| (tls, Arc::new(authority.server(name)))),
        login: Some(Login {
            user: "beep",
            password: PASSWORD,
            mechanism,
        }),
        silent_after: None,
    }
}

/// What whoever believes this authority reads from the operator's file.
fn authorities(authority: &Authority) -> Authorities {
    let folder = tempfile::tempdir().unwrap();
    let Files { authorities, .. } = authority.write(folder.path(), HERE, authority);
    Authorities::read(&authorities.unwrap()).unwrap()
}

/// A sender that speaks so with the server.
fn sender(mailbox: &Mailbox, tls: Tls, password: &str, believed: &Authority) -> MailSender {
    let address = mailbox.address;
    let url = match tls {
        Tls::AtOnce => format!("smtps://beep:{password}@{address}"),
        Tls::OnRequest => format!("smtp://beep:{password}@{address}?tls=required"),
    };
    MailSender::new(&Secret::new(url), "beep@example.org", Some(&authorities(believed))).unwrap()
}

async fn send(sender: &MailSender) -> Result<(), NotSent> {
    sender.send(letter(), "beep.test").await
}

/// Why it may be sent later.
fn later(sent: Result<(), NotSent>) -> String {
    match sent {
        Err(NotSent::Now(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn with_tls_from_either_moment_on_a_mail_goes_to_whom_the_login_is_told() {
    let ours = Authority::new("ours");
    for tls in [Tls::AtOnce, Tls::OnRequest] {
        for mechanism in MECHANISMS {
            let mailbox = Mailbox::with(manner(Some((tls, &ours, HERE)), mechanism)).await;
            assert_eq!(
                send(&sender(&mailbox, tls, IN_ADDRESS, &ours)).await,
                Ok(()),
                "{mechanism}"
            );
            let mail = mailbox.next().await;
            assert!(
                mail.to == ["ada@example.org"] && mail.says("Subject: Salut"),
                "{mail:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_believed_is_told_neither_the_password_nor_a_mail() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    for tls in [Tls::AtOnce, Tls::OnRequest] {
        for (authority, name, problem) in [
            (&theirs, HERE, "UnknownIssuer"),
            (&ours, "mail.example", "not valid for name"),
        ] {
            let mailbox = Mailbox::with(manner(Some((tls, authority, name)), "PLAIN")).await;
            let why = later(send(&sender(&mailbox, tls, IN_ADDRESS, &ours)).await);
            assert!(why.starts_with("TLS failed: ") && why.contains(problem), "{why}");
            let before: &[&str] = match tls {
                Tls::AtOnce => &[],
                Tls::OnRequest => &["EHLO [127.0.0.1]", "STARTTLS"],
            };
            assert_eq!(mailbox.heard(), before, "{why}");
        }
    }
}

#[tokio::test]
async fn authorities_of_one_s_own_take_the_place_of_those_of_the_system() {
    let ours = Authority::new("ours");
    let mailbox = Mailbox::with(manner(Some((Tls::AtOnce, &ours, HERE)), "PLAIN")).await;
    let url = format!("smtps://beep:{IN_ADDRESS}@{}", mailbox.address);
    let by_the_system = MailSender::new(&Secret::new(url), "beep@example.org", None).unwrap();
    let why = later(send(&by_the_system).await);
    assert!(why.contains("UnknownIssuer"), "{why}");
    assert_eq!(mailbox.heard(), [""; 0]);
}

#[tokio::test]
async fn where_tls_is_required_and_not_offered_nothing_is_said() {
    let ours = Authority::new("ours");
    for mechanism in MECHANISMS {
        let mailbox = Mailbox::with(manner(None, mechanism)).await;
        let why = later(send(&sender(&mailbox, Tls::OnRequest, IN_ADDRESS, &ours)).await);
        assert_eq!(why, "the server offers no TLS (STARTTLS)");
        assert_eq!(mailbox.heard(), ["EHLO [127.0.0.1]"]);
        let why = later(send(&sender(&mailbox, Tls::AtOnce, IN_ADDRESS, &ours)).await);
        assert!(why.starts_with("TLS failed: "), "{why}");
    }
}

#[tokio::test]
async fn a_login_that_the_server_does_not_accept_loses_no_mail_and_is_not_repeated_to_anybody() {
    let ours = Authority::new("ours");
    for mechanism in MECHANISMS {
        let mailbox = Mailbox::with(manner(Some((Tls::AtOnce, &ours, HERE)), mechanism)).await;
        let why = later(send(&sender(&mailbox, Tls::AtOnce, "another", &ours)).await);
        assert_eq!(why, "the server does not accept the login (535)");
        assert!(!mailbox.heard().iter().any(|line| line.starts_with("MAIL")));
    }
    // Nor does one without a login where the server wants one, nor one by a way that nobody here knows.
    let mailbox = Mailbox::with(manner(None, "PLAIN")).await;
    let nameless = MailSender::new(&Secret::new(mailbox.url()), "beep@example.org", None).unwrap();
    assert_eq!(later(send(&nameless).await), "the server wants a login (530)");
    let mailbox = Mailbox::with(manner(Some((Tls::OnRequest, &ours, HERE)), "GSSAPI")).await;
    let why = later(send(&sender(&mailbox, Tls::OnRequest, IN_ADDRESS, &ours)).await);
    assert!(why.contains("offers no login by a password"), "{why}");
    assert!(!mailbox.heard().iter().any(|line| line.starts_with("AUTH")));
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_one_that_hangs_at_the_end_has_the_mail() {
    let ours = Authority::new("ours");
    for silent_after in ["EHLO", "AUTH", "MAIL", "DATA"] {
        let mut manner = manner(Some((Tls::AtOnce, &ours, HERE)), "PLAIN");
        manner.silent_after = Some(silent_after);
        let mailbox = Mailbox::with(manner).await;
        let sender = sender(&mailbox, Tls::AtOnce, IN_ADDRESS, &ours);
        let sending = tokio::spawn(async move { send(&sender).await });
        mailbox.fell_silent().await;
        // Nothing is on its way any more: from here on the clock goes ahead to what is waited for.
        tokio::time::pause();
        let sent = tokio::time::timeout(WHOLE.saturating_mul(2), sending).await;
        tokio::time::resume();
        let why = later(sent.expect("given up in time").unwrap());
        assert_eq!(why, "the server took too long", "{silent_after}");
    }
    let mut manner = manner(Some((Tls::AtOnce, &ours, HERE)), "PLAIN");
    manner.silent_after = Some("QUIT");
    let mailbox = Mailbox::with(manner).await;
    let sender = sender(&mailbox, Tls::AtOnce, IN_ADDRESS, &ours);
    let sending = tokio::spawn(async move { send(&sender).await });
    mailbox.fell_silent().await;
    tokio::time::pause();
    let sent = tokio::time::timeout(WHOLE.saturating_mul(2), sending).await;
    assert_eq!(sent.expect("given up in time").unwrap(), Ok(()));
    assert_eq!(mailbox.waiting(), 1);
}

//! The service on a database of its own, with a clock that a test moves.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::body::Body;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use contracts::events::Event;
use http::{Request, header};
use model::{SessionId, Timestamp, UserId, limits};
use platform::{
    auth::{InstanceKey, Secret},
    bus::{EventBus, LocalBus},
    clock::{Clock, Ids},
    db::Db,
    http::testing::{Actor, Answer, App},
    service::Context,
    testing::{self, Listener, PictureStore, TestDatabase},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use users::MailSender;

use crate::mailbox::Mailbox;

/// How long a sign-in lives that is not used.
pub(crate) const LIFETIME: Duration = Duration::from_hours(24 * 30);
/// A password that is good for everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The service, wired.
pub(crate) struct World {
    pub(crate) kind: &'static str,
    pub(crate) app: App,
    pub(crate) server: users::Peer,
    pub(crate) db: Db,
    /// What is sent arrives here.
    pub(crate) mailbox: Mailbox,
    /// What the storage service keeps.
    pub(crate) store: PictureStore,
    now: Arc<AtomicI64>,
    key: InstanceKey,
    context: Context,
    listener: Listener,
    shutdown: CancellationToken,
    _database: TestDatabase,
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Somebody who has signed up.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// A world on each kind of database.
pub(crate) async fn worlds() -> Vec<World> {
    let mut all = Vec::new();
    for database in testing::databases().await {
        all.push(world(database).await);
    }
    all
}

async fn world(database: TestDatabase) -> World {
    let now = Arc::new(AtomicI64::new(1_800_000_000_000));
    let reads = Arc::clone(&now);
    let clock = Clock::from_fn(move || Timestamp::from_millis(reads.load(Ordering::SeqCst)));
    let bus = Arc::new(LocalBus::default());
    let shutdown = CancellationToken::new();
    let context = Context {
        db: database.db.clone(),
        bus: Arc::clone(&bus) as Arc<dyn EventBus>,
        ids: Ids::new(clock.clone(), 1),
        clock: clock.clone(),
        shutdown: shutdown.clone(),
    };
    let (issuer, key, mailbox) = (App::issuer(), InstanceKey::ephemeral(), Mailbox::start().await);
    let store = PictureStore::default();
    let mut needs = needs(&context, &key, issuer.clone(), &store, true);
    needs.settings.mail = Some(sender(&mailbox));
    let wired = users::wire(needs).await.unwrap();
    for task in wired.tasks {
        tokio::spawn(task.work);
    }
    World {
        kind: database.kind,
        app: App::new(wired.public, &users::contract(), issuer, clock),
        server: wired.peer,
        db: database.db.clone(),
        mailbox,
        store,
        now,
        key,
        context,
        listener: Listener::on(&bus).await,
        shutdown,
        _database: database,
    }
}

fn sender(mailbox: &Mailbox) -> MailSender {
    MailSender::new(&Secret::new(mailbox.url()), "Beep <beep@beep.test>", None).unwrap()
}

fn needs(
    context: &Context,
    key: &InstanceKey,
    tokens: platform::auth::TokenIssuer,
    store: &PictureStore,
    registration_open: bool,
) -> users::Needs {
    users::Needs {
        context: context.clone(),
        storage: store.client(),
        tokens,
        key: key.clone(),
        settings: users::Settings {
            public_url: "http://beep.test".to_owned(),
            registration_open,
            refresh_token_lifetime: LIFETIME,
            password_hash_concurrency: 2,
            deletion_grace: limits::ACCOUNT_DELETION_GRACE,
            keycloak: None,
            mail: None,
        },
    }
}

impl World {
    /// Another instance of the service on the same database.
    pub(crate) async fn another_instance(&self) -> App {
        let mut needs = needs(&self.context, &self.key, App::issuer(), &self.store, true);
        needs.settings.mail = Some(sender(&self.mailbox));
        let wired = users::wire(needs).await.unwrap();
        for task in wired.tasks {
            tokio::spawn(task.work);
        }
        self.app.with_routes(wired.public)
    }

    /// The same where nobody can sign up, and no mail is sent.
    pub(crate) async fn closed(&self) -> App {
        let needs = needs(&self.context, &self.key, App::issuer(), &self.store, false);
        let wired = users::wire(needs).await.unwrap();
        self.app.with_routes(wired.public)
    }

    /// The same at an address where browsers ask for passkeys.
    pub(crate) async fn encrypted(&self) -> App {
        let mut needs = needs(&self.context, &self.key, App::issuer(), &self.store, true);
        crate::device::PLACE.clone_into(&mut needs.settings.public_url);
        needs.settings.mail = Some(sender(&self.mailbox));
        let wired = users::wire(needs).await.unwrap();
        self.app.with_routes(wired.public)
    }

    /// The same where Keycloak is the identity manager.
    pub(crate) async fn managed(&self, keycloak: users::KeycloakSettings) -> App {
        self.managed_with_peer(keycloak).await.0
    }

    /// The same, and what its peers call.
    pub(crate) async fn managed_with_peer(&self, keycloak: users::KeycloakSettings) -> (App, users::Peer) {
        let mut needs = needs(&self.context, &self.key, App::issuer(), &self.store, true);
        needs.settings.keycloak = Some(keycloak);
        needs.settings.mail = Some(sender(&self.mailbox));
        let wired = users::wire(needs).await.unwrap();
        (self.app.with_routes(wired.public), wired.peer)
    }

    /// What a browser carries of somebody whom Keycloak knows as this subject.
    pub(crate) fn newcomer(&self, subject: &str, email: &str) -> String {
        let until = self.now.load(Ordering::SeqCst) + 60_000;
        let text = json!({
            "subject": subject, "client": "beep-web", "session": null, "refresh_token": null, "email": email,
            "first_name": "Ada", "last_name": "Byron", "return_to": "/", "until": until,
        });
        let sealed = self
            .key
            .sealing("users: newcomers")
            .seal(text.to_string().as_bytes(), b"");
        format!("beep_newcomer={}", BASE64_URL_SAFE_NO_PAD.encode(sealed.unwrap()))
    }

    /// What a browser carries of the user who has just signed in once more, in the sign-in of the actors of tests.
    pub(crate) fn fresh(&self, user: UserId) -> String {
        let until = self.now.load(Ordering::SeqCst) + 60_000;
        let text = json!({"user_id": user, "session_id": SessionId(1), "until": until});
        let sealed = self
            .key
            .sealing("users: sign-ins once more")
            .seal(text.to_string().as_bytes(), b"");
        format!("beep_fresh={}", BASE64_URL_SAFE_NO_PAD.encode(sealed.unwrap()))
    }

    /// Changes the database behind the back of the service.
    pub(crate) async fn meddle(&self, sql: &str, arguments: &[platform::db::Value]) {
        let mut tx = self.db.begin().await.unwrap();
        tx.run(sql, arguments.to_vec()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.now
            .fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The code that an authenticator with this secret shows now.
    pub(crate) fn code(&self, secret: &str) -> String {
        let seconds = u64::try_from(self.now.load(Ordering::SeqCst) / 1_000).unwrap();
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        totp.generate(seconds).to_string()
    }

    /// Begins and confirms a second factor; its secret and its recovery codes.
    pub(crate) async fn turn_totp_on(&self, person: &Person) -> (String, Vec<String>) {
        let me = self.acting(person);
        let begun = me.post("/users/@me/totp", json!({"current_password": PASSWORD})).await;
        let secret = begun.expect(200)["secret"].as_str().unwrap().to_owned();
        let body = json!({"code": self.code(&secret)});
        let confirmed = me.post("/users/@me/totp/confirm", body).await.expect(200);
        self.pass(Duration::from_secs(30));
        (
            secret,
            serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap(),
        )
    }

    /// Somebody without a token.
    pub(crate) const fn nobody(&self) -> Actor<'_> {
        self.app.nobody()
    }

    /// Somebody with the token of their sign-in.
    pub(crate) const fn acting<'a>(&'a self, person: &'a Person) -> Actor<'a> {
        self.app.nobody().with_token(person.access.as_str())
    }

    pub(crate) async fn sign_up(&self, username: &str) -> Person {
        let answer = self.nobody().post("/auth/register", new_account(username)).await;
        person(&answer.expect(201))
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.nobody().post("/auth/login", body).await
    }

    pub(crate) async fn sign_in_with_code(&self, email: &str, code: &str) -> Answer {
        let body = json!({"email": email, "password": PASSWORD, "code": code});
        self.nobody().post("/auth/login", body).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.nobody()
            .post("/auth/refresh", json!({"refresh_token": token}))
            .await
    }

    /// What was told since this was asked last.
    pub(crate) async fn events(&self) -> Vec<Arc<Event>> {
        self.listener.told().await
    }
}

/// What one needs to sign up.
pub(crate) fn new_account(username: &str) -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "username": username, "email": format!("{username}@example.org"),
        "password": PASSWORD
    })
}

/// A new account but for some fields.
pub(crate) fn account_with(username: &str, fields: Value) -> Value {
    let mut account = new_account(username);
    for (name, value) in fields.as_object().unwrap() {
        account[name] = value.clone();
    }
    account
}

/// Who was signed in.
pub(crate) fn person(tokens: &Value) -> Person {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Person {
        id: text(&tokens["user"]["id"]).parse().unwrap(),
        email: text(&tokens["user"]["email"]),
        access: text(&tokens["access_token"]),
        refresh: text(&tokens["refresh_token"]),
    }
}

/// A form with one part, for one of the pictures.
pub(crate) fn form(picture: &str, part: &str, content: &[u8]) -> Request<Body> {
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"x.png\"\r\n\r\n");
    let body = [head.as_bytes(), content, b"\r\n--b--\r\n"].concat();
    Request::put(format!("/api/v1/users/@me/{picture}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(body.into())
        .unwrap()
}

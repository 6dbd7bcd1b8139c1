//! Keycloak as its administrator sees it.

use std::net::SocketAddr;

use serde_json::{Value, json};

/// What a test reads of how `scripts/with-keycloak` has started it; `None` without it.
#[expect(clippy::disallowed_methods, reason = "the environment tells tests where Keycloak is")]
pub(crate) fn told(name: &str) -> Option<String> {
    std::env::var(format!("BEEP_TEST_KEYCLOAK_{name}")).ok()
}

/// Keycloak.
#[derive(Clone)]
pub(crate) struct Keycloak {
    client: reqwest::Client,
    /// Its private address.
    pub(crate) url: String,
    /// Where browsers see it, and Beep.
    pub(crate) public_url: String,
}

impl Keycloak {
    /// The one that was started for the tests.
    pub(crate) fn of_tests() -> Option<Self> {
        Some(Self {
            client: reqwest::Client::new(),
            url: told("URL")?,
            public_url: told("PUBLIC_URL")?,
        })
    }

    /// The same as a socket.
    pub(crate) fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    async fn token(&self) -> String {
        let fields = format!(
            "grant_type=password&client_id=admin-cli&username={}&password={}",
            told("ADMIN").unwrap(),
            told("ADMIN_PASSWORD").unwrap()
        );
        let answer = self
            .client
            .post(format!("{}/realms/master/protocol/openid-connect/token", self.url))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(fields)
            .send()
            .await
            .unwrap();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// What a client with a secret is granted.
    pub(crate) async fn granted(&self, client: &str, fields: &str) -> Value {
        let secret = client.trim_start_matches("beep-").replace('-', "_").to_uppercase();
        let answer = self
            .client
            .post(format!("{}/realms/beep/protocol/openid-connect/token", self.url))
            .basic_auth(client, told(&format!("SECRET_{secret}")))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(fields.to_owned())
            .send()
            .await
            .unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Asks for something below the realm.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.ask_of("beep", method, path, body).await
    }

    /// Asks for something below a realm.
    pub(crate) async fn ask_of(&self, realm: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .client
            .request(method, format!("{}/admin/realms/{realm}{path}", self.url))
            .bearer_auth(self.token().await);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default(),
        )
    }

    /// The users that this query finds.
    pub(crate) async fn users(&self, query: &str) -> Vec<Value> {
        let (status, found) = self.ask("GET", &format!("/users?{query}"), None).await;
        assert_eq!(status, 200, "{found}");
        found.as_array().unwrap().clone()
    }

    /// The one user of this name.
    pub(crate) async fn user(&self, username: &str) -> Value {
        let found = self.users(&format!("exact=true&username={username}")).await;
        assert_eq!(found.len(), 1, "{username}: {found:?}");
        found[0].clone()
    }

    /// Changes fields of a user.
    pub(crate) async fn change(&self, username: &str, fields: Value) {
        let mut user = self.user(username).await;
        for (name, value) in fields.as_object().unwrap() {
            user[name] = value.clone();
        }
        let path = format!("/users/{}", user["id"].as_str().unwrap());
        assert_eq!(self.ask("PUT", &path, Some(user)).await.0, 204);
    }

    /// The ids of the user's sessions.
    pub(crate) async fn sessions(&self, username: &str) -> Vec<String> {
        let id = self.user(username).await["id"].as_str().unwrap().to_owned();
        let (_, sessions) = self.ask("GET", &format!("/users/{id}/sessions"), None).await;
        let sessions = sessions.as_array().unwrap().iter();
        sessions
            .map(|session| session["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Somebody whom Keycloak knows, with a secret for one-time codes.
    pub(crate) async fn add(&self, username: &str, password: &str, code_secret: Option<&str>) {
        let mut credentials = vec![json!({"type": "password", "value": password, "temporary": false})];
        credentials.extend(code_secret.map(|secret| {
            json!({
                "type": "otp", "userLabel": "Phone",
                "secretData": json!({"value": secret}).to_string(),
                "credentialData": json!({
                    "subType": "totp", "digits": 6, "period": 30, "counter": 0, "algorithm": "HmacSHA1"
                }).to_string(),
            })
        }));
        let user = json!({
            "username": username, "email": format!("{username}@keycloak.example"), "firstName": "Ada",
            "lastName": "Byron", "enabled": true, "credentials": credentials,
        });
        let (status, said) = self.ask("POST", "/users", Some(user)).await;
        assert_eq!(status, 201, "{said}");
    }
}

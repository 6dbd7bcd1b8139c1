//! Acts as the people of the community, through the public API.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, bail};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use model::Timestamp;
use platform::clock::Clock;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::community::{Channel, Community, Person, Role, Said, Server};

/// The largest answer that is read.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// A clock that only moves when it is told to.
#[derive(Clone)]
pub(super) struct TravellingClock(Arc<AtomicI64>);

impl TravellingClock {
    pub(super) fn starting_before(now: Timestamp, span: Duration) -> Self {
        let millis = i64::try_from(span.as_millis()).unwrap_or(0);
        Self(Arc::new(AtomicI64::new(now.as_millis() - millis)))
    }

    pub(super) fn clock(&self) -> Clock {
        let now = Arc::clone(&self.0);
        Clock::from_fn(move || Timestamp::from_millis(now.load(Ordering::Relaxed)))
    }

    fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::Relaxed);
    }
}

/// The one who fills.
pub(super) struct Fill {
    router: Router,
    clock: TravellingClock,
    /// By username.
    accounts: HashMap<String, Account>,
}

struct Account {
    id: String,
    access: String,
    password: String,
    email: String,
}

impl Fill {
    pub(super) fn new(router: Router, clock: TravellingClock) -> Self {
        Self {
            router,
            clock,
            accounts: HashMap::new(),
        }
    }

    /// Signs everyone up, then founds the servers and has everything said.
    pub(super) async fn community(mut self, community: &Community, password: &str) -> anyhow::Result<()> {
        for person in &community.people {
            self.sign_up(person, password).await?;
        }
        for server in &community.servers {
            self.server(server)
                .await
                .with_context(|| format!("the server {}", server.name))?;
        }
        Ok(())
    }

    async fn sign_up(&mut self, person: &Person, password: &str) -> anyhow::Result<()> {
        let body = json!({
            "first_name": person.first_name, "last_name": person.last_name, "username": person.username,
            "email": person.email(), "password": password,
        });
        let (status, answer) = self.call(None, Method::POST, "/auth/register", Some(body)).await?;
        if status == StatusCode::CONFLICT {
            bail!(
                "this Beep has a user {} already: `beep demo` fills an instance once",
                person.username
            );
        }
        let access = token(status, &answer)?;
        let account = Account {
            id: text(&answer["user"], "id")?,
            access,
            password: password.to_owned(),
            email: person.email(),
        };
        self.accounts.insert(person.username.clone(), account);
        self.expect(
            &person.username,
            Method::PATCH,
            "/users/@me",
            json!({ "biography": person.biography }),
        )
        .await?;
        Ok(())
    }

    async fn server(&mut self, server: &Server) -> anyhow::Result<()> {
        let owner = server.members.first().context("a server has an owner")?;
        let body = json!({ "name": server.name, "visibility": server.visibility });
        let founded = self.expect(owner, Method::POST, "/servers", body).await?;
        let path = format!("/servers/{}", text(&founded, "id")?);
        self.expect(
            owner,
            Method::PATCH,
            &path,
            json!({ "description": server.description }),
        )
        .await?;
        for member in server.members.iter().skip(1) {
            self.expect(member, Method::POST, &format!("{path}/join"), Value::Null)
                .await?;
        }
        let general = founded["channels"][0]["id"]
            .as_str()
            .context("a new server has a channel")?
            .to_owned();
        self.roles(owner, &path, &server.roles).await?;
        // What is said names channels that come after.
        let mut channels = Vec::new();
        for channel in &server.channels {
            let id = match &*channel.name {
                "general" => general.clone(),
                _ => self.channel(owner, &path, channel, None).await?,
            };
            channels.push((format!("{path}/channels/{id}"), channel));
            for inner in &channel.channels {
                let id_of_inner = self.channel(owner, &path, inner, Some(&id)).await?;
                channels.push((format!("{path}/channels/{id_of_inner}"), inner));
            }
        }
        for (path_of_channel, channel) in channels {
            self.conversation(owner, &path_of_channel, &channel.messages).await?;
        }
        Ok(())
    }

    async fn roles(&mut self, owner: &str, server: &str, roles: &[Role]) -> anyhow::Result<()> {
        let mut of_members: HashMap<&str, Vec<String>> = HashMap::new();
        for role in roles {
            let body = json!({
                "name": role.name, "color": role.color, "permissions": role.permissions, "hoisted": true, "mentionable": true,
            });
            let made = self
                .expect(owner, Method::POST, &format!("{server}/roles"), body)
                .await?;
            for member in &role.members {
                of_members.entry(member).or_default().push(text(&made, "id")?);
            }
        }
        for (member, role_ids) in of_members {
            let id = &self.account(member)?.id;
            let path = format!("{server}/members/{id}");
            self.expect(owner, Method::PATCH, &path, json!({ "role_ids": role_ids }))
                .await?;
        }
        Ok(())
    }

    async fn channel(
        &mut self,
        owner: &str,
        server: &str,
        channel: &Channel,
        folder: Option<&str>,
    ) -> anyhow::Result<String> {
        let body = json!({ "name": channel.name, "kind": channel.kind, "topic": channel.topic, "parent_id": folder });
        let made = self
            .expect(owner, Method::POST, &format!("{server}/channels"), body)
            .await?;
        text(&made, "id")
    }

    async fn conversation(&mut self, owner: &str, channel: &str, messages: &[Said]) -> anyhow::Result<()> {
        let mut ids: Vec<String> = Vec::new();
        for said in messages {
            self.clock.advance(Duration::from_mins(said.after.into()));
            let answered = said.answers.and_then(|back| ids.iter().nth_back(back.checked_sub(1)?));
            let body = json!({ "content": said.says, "reply_to": answered });
            let path = format!("{channel}/messages");
            let sent = self.expect(&said.by, Method::POST, &path, body).await?;
            let id = text(&sent, "id")?;
            for (emoji, people) in &said.reactions {
                let mut reaction = format!("{path}/{id}/reactions/");
                for byte in emoji.bytes() {
                    write!(reaction, "%{byte:02X}")?;
                }
                reaction.push_str("/@me");
                for person in people {
                    self.expect(person, Method::PUT, &reaction, Value::Null).await?;
                }
            }
            if said.pinned {
                self.expect(owner, Method::PUT, &format!("{channel}/pins/{id}"), Value::Null)
                    .await?;
            }
            ids.push(id);
        }
        Ok(())
    }

    fn account(&self, username: &str) -> anyhow::Result<&Account> {
        self.accounts
            .get(username)
            .with_context(|| format!("nobody is called {username}"))
    }

    /// Calls as a person, who signs in again when their token has expired on the way through time.
    async fn expect(&mut self, username: &str, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let body = Some(body).filter(|body| !body.is_null());
        let account = self.account(username)?;
        let (mut status, mut answer) = self
            .call(Some(&account.access), method.clone(), path, body.clone())
            .await?;
        if status == StatusCode::UNAUTHORIZED {
            let login = json!({ "email": account.email, "password": account.password });
            let (signed_in, tokens) = self.call(None, Method::POST, "/auth/login", Some(login)).await?;
            let access = token(signed_in, &tokens)?;
            (status, answer) = self.call(Some(&access), method, path, body).await?;
            if let Some(account) = self.accounts.get_mut(username) {
                account.access = access;
            }
        }
        if status.is_success() {
            Ok(answer)
        } else {
            bail!("{path} answered {status}: {answer}")
        }
    }

    async fn call(
        &self,
        access: Option<&str>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(access) = access {
            request = request.header(header::AUTHORIZATION, format!("Bearer {access}"));
        }
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        }?;
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), ANSWER_BYTES).await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }
}

fn token(status: StatusCode, answer: &Value) -> anyhow::Result<String> {
    if status.is_success() {
        text(answer, "access_token")
    } else {
        bail!("signing in answered {status}: {answer}")
    }
}

fn text(answer: &Value, key: &str) -> anyhow::Result<String> {
    Ok(answer[key]
        .as_str()
        .with_context(|| format!("no {key} in {answer}"))?
        .to_owned())
}

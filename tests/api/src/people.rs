//! People who use Beep: they sign up, create servers, join, write.

use std::{
    ops::Deref,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

use crate::{
    beep::Beep,
    http::{Answer, Body, Caller, Credentials},
};

/// What everybody here signs in with.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody with an account, signed in. Calls are made as them.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their handle.
    pub username: String,
    /// Their e-mail address.
    pub email: String,
    /// What they sign in with.
    pub password: String,
    /// The access token of this sign-in.
    pub token: String,
    /// The refresh token of this sign-in.
    pub refresh_token: String,
    caller: Caller,
}

impl Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

/// Data of a sign-up that nobody else has used.
#[must_use]
pub fn newcomer() -> Value {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let username = format!("person{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    json!({
        "first_name": "Ada", "last_name": "Byron", "username": username,
        "email": format!("{username}@example.org"), "password": PASSWORD,
    })
}

impl Person {
    /// Somebody who has just signed up.
    pub async fn sign_up(beep: &Beep) -> Self {
        Self::sign_up_as(beep, newcomer()).await
    }

    /// Somebody who signs up with these data.
    pub async fn sign_up_as(beep: &Beep, account: Value) -> Self {
        let nobody = Caller::nobody(beep.address);
        let answer = nobody.post("/auth/register", account.clone()).await.expect(201);
        Self::of(&nobody, &answer, text(&account["password"]))
    }

    /// The same person on another device.
    pub async fn sign_in_again(&self) -> Self {
        let nobody = self.caller.with(Credentials::None);
        let credentials = json!({ "email": self.email, "password": self.password });
        let answer = nobody.post("/auth/login", credentials).await.expect(200);
        Self::of(&nobody, &answer, self.password.clone())
    }

    fn of(nobody: &Caller, tokens: &Value, password: String) -> Self {
        let token = text(&tokens["access_token"]);
        Self {
            id: id(&tokens["user"]),
            username: text(&tokens["user"]["username"]),
            email: text(&tokens["user"]["email"]),
            password,
            refresh_token: text(&tokens["refresh_token"]),
            caller: nobody.with(Credentials::Bearer(token.clone())),
            token,
        }
    }

    /// Creates a server, which has one text channel from the start.
    pub async fn create_server(&self, visibility: &str) -> Server {
        let body = json!({ "name": "Chess club", "visibility": visibility });
        Server::of(&self.post("/servers", body).await.expect(201))
    }

    /// Joins a public server.
    pub async fn join(&self, server: &Server) -> Value {
        self.post(&format!("{}/join", server.path()), Value::Null)
            .await
            .expect(200)
    }

    /// Leaves a server.
    pub async fn leave(&self, server: &Server) {
        self.post(&format!("{}/leave", server.path()), Value::Null)
            .await
            .expect(204);
    }

    /// Creates a text channel.
    pub async fn create_channel(&self, server: &Server, name: &str) -> String {
        let body = json!({ "name": name, "kind": "text" });
        id(&self
            .post(&format!("{}/channels", server.path()), body)
            .await
            .expect(201))
    }

    /// Creates a role with these permissions, which nobody holds yet.
    pub async fn create_role(&self, server: &Server, permissions: &[&str]) -> String {
        let body = json!({ "name": "role", "permissions": permissions });
        id(&self.post(&format!("{}/roles", server.path()), body).await.expect(201))
    }

    /// Sends a message into the server's first channel.
    pub async fn send_message(&self, server: &Server, content: &str) -> Value {
        self.post(&server.messages(), json!({ "content": content }))
            .await
            .expect(201)
    }

    /// Sends a message with a file into the server's first channel.
    pub async fn send_file(&self, server: &Server, content: &str, name: &str, bytes: &[u8]) -> Value {
        let file = crate::files::upload(self, server, name, bytes).await;
        let message = json!({ "content": content, "attachment_ids": [file["id"]] });
        self.post(&server.messages(), message).await.expect(201)
    }

    /// All messages of a channel, oldest first.
    pub async fn read_all(&self, channel: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let mut before = String::new();
        loop {
            let page = self
                .get(&format!("{channel}/messages?limit=100{before}"))
                .await
                .expect(200);
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { break };
            before = format!("&before={next}");
        }
        all.reverse();
        all
    }

    /// Takes this picture as their own.
    pub async fn put_avatar(&self, picture: Vec<u8>) -> Answer {
        self.send("PUT", "/users/@me/avatar", Body::File(picture)).await
    }

    /// Takes this picture as their banner.
    pub async fn put_banner(&self, picture: Vec<u8>) -> Answer {
        self.send("PUT", "/users/@me/banner", Body::File(picture)).await
    }
}

/// A server and its first channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The server.
    pub id: String,
    /// Its first channel.
    pub channel_id: String,
}

impl Server {
    /// From the answer to its creation.
    #[must_use]
    pub fn of(created: &Value) -> Self {
        Self {
            id: id(created),
            channel_id: id(&created["channels"][0]),
        }
    }

    /// `/servers/…`
    #[must_use]
    pub fn path(&self) -> String {
        format!("/servers/{}", self.id)
    }

    /// The path of the first channel.
    #[must_use]
    pub fn channel(&self) -> String {
        format!("/servers/{}/channels/{}", self.id, self.channel_id)
    }

    /// The path of the first channel's messages.
    #[must_use]
    pub fn messages(&self) -> String {
        format!("{}/messages", self.channel())
    }
}

/// The id of a resource.
#[must_use]
#[track_caller]
pub fn id(resource: &Value) -> String {
    text(&resource["id"])
}

/// A JSON text.
#[must_use]
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A small picture in PNG, of one pixel in this grey: pictures of different greys are different pictures.
#[must_use]
pub fn picture(grey: u8) -> Vec<u8> {
    picture_of((1, 1), grey)
}

/// The same of a width and a height, which is small enough to be stored in one piece.
#[must_use]
pub fn picture_of((width, height): (u8, u8), grey: u8) -> Vec<u8> {
    fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
        let checked = [&kind[..], data].concat();
        png.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        png.extend(&checked);
        png.extend(crc(&checked).to_be_bytes());
    }
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
            })
        })
    }
    // Rows without a filter, of grey pixels; stored without compression, with the sum of Adler-32.
    let row = [&[0][..], &vec![grey; usize::from(width)]].concat();
    let raw = row.repeat(usize::from(height));
    let (low, high) = raw.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    let adler = (high << 16) | low;
    let length = u16::try_from(raw.len()).unwrap();
    let lengths = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
    let zlib = [&[0x78, 0x01, 0x01][..], &lengths, &raw, &adler.to_be_bytes()].concat();
    let mut png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a];
    chunk(&mut png, *b"IHDR", &[0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0]);
    chunk(&mut png, *b"IDAT", &zlib);
    chunk(&mut png, *b"IEND", &[]);
    png
}

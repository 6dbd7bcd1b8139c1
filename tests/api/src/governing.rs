//! What owners and moderators do to servers and their members.

use std::time::Duration;

use serde_json::{Value, json};
use time::{OffsetDateTime, macros::format_description};

use crate::{
    http::{Answer, Body},
    people::{Person, Server},
};

/// In so long, as the API writes it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "nobody gives a clock to who is outside")]
pub fn time_in(duration: Duration) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    (OffsetDateTime::now_utc() + duration).format(format).unwrap()
}

impl Person {
    /// What this person changes of a member.
    pub async fn change_member(&self, server: &Server, member: &Person, change: Value) -> Answer {
        let path = format!("{}/members/{}", server.path(), member.id);
        self.patch(&path, change).await
    }

    /// From now on the member holds these roles.
    pub async fn give_roles(&self, server: &Server, member: &Person, roles: &[&str]) {
        let roles = json!({ "role_ids": roles });
        self.change_member(server, member, roles).await.expect(200);
    }

    /// The member may only read for an hour.
    pub async fn time_out(&self, server: &Server, member: &Person) {
        let until = json!({ "timeout_until": time_in(Duration::from_hours(1)) });
        self.change_member(server, member, until).await.expect(200);
    }

    /// The member's time-out ends.
    pub async fn end_time_out(&self, server: &Server, member: &Person) {
        let ended = json!({ "timeout_until": null });
        self.change_member(server, member, ended).await.expect(200);
    }

    /// Removes a member.
    pub async fn kick(&self, server: &Server, member: &Person) {
        let path = format!("{}/members/{}", server.path(), member.id);
        self.delete(&path).await.expect(204);
    }

    /// Bans somebody.
    pub async fn ban(&self, server: &Server, user: &Person) {
        let path = format!("{}/bans/{}", server.path(), user.id);
        self.send("PUT", &path, Body::Json(json!({}))).await.expect(200);
    }

    /// Lifts a ban.
    pub async fn lift_ban(&self, server: &Server, user: &Person) {
        let path = format!("{}/bans/{}", server.path(), user.id);
        self.delete(&path).await.expect(204);
    }

    /// Changes what a role allows; `everyone` has the id of the server.
    pub async fn allow_role(&self, server: &Server, role: &str, permissions: Value) -> Answer {
        let path = format!("{}/roles/{role}", server.path());
        self.patch(&path, json!({ "permissions": permissions })).await
    }

    /// Makes the overwrite of a channel for this target be `{ "kind", "allow", "deny" }`.
    pub async fn overwrite(&self, channel: &str, target: &str, overwrite: Value) -> Answer {
        let path = format!("{channel}/overwrites/{target}");
        self.send("PUT", &path, Body::Json(overwrite)).await
    }

    /// Creates a text channel that only administrators and this person see at first; its path.
    pub async fn create_private_channel(&self, server: &Server, name: &str) -> Server {
        let body = json!({ "name": name, "kind": "text", "private": true });
        let made = self
            .post(&format!("{}/channels", server.path()), body)
            .await
            .expect(201);
        server.with_channel(&crate::people::id(&made))
    }
}

impl Server {
    /// The same server, looked at from another of its channels.
    #[must_use]
    pub fn with_channel(&self, channel_id: &str) -> Self {
        Self {
            channel_id: channel_id.to_owned(),
            ..self.clone()
        }
    }
}

//! People of every kind, and servers for them to be let into or kept out of.

use api::{
    beep::Beep,
    http::{Answer, Body, Caller, Credentials},
    people::{Person, Server, id, newcomer, picture, text},
};
use futures::future::join_all;
use serde_json::{Value, json};

use super::table::{Row, Sample};

/// An id that nothing has and nothing will have: older than the first.
pub(crate) const NEVER: &str = "100000000000000001";

/// A code that no invitation has.
pub(crate) const NO_CODE: &str = "neverneverne";

/// The people of a scene. They sign up once and meet in many places.
pub(crate) struct Cast {
    pub(crate) owner: Person,
    pub(crate) member: Person,
    pub(crate) other_member: Person,
    /// Was a member of every place, and left.
    pub(crate) former: Person,
    pub(crate) stranger: Person,
    /// Is banned from every place.
    pub(crate) banned: Person,
    /// Callers whom nobody may take for anybody, by what is wrong with them.
    pub(crate) signed_out: Vec<(&'static str, Caller)>,
}

impl Cast {
    pub(crate) async fn new(beep: &Beep) -> Self {
        let everybody = join_all((0..7).map(|_| Person::sign_up(beep))).await;
        let Ok([owner, member, other_member, former, stranger, banned, ended]) = <[Person; 7]>::try_from(everybody)
        else {
            unreachable!()
        };
        ended.post("/auth/logout", Value::Null).await.expect(204);
        let signed_out = signed_out(&owner, &ended);
        Self {
            owner,
            member,
            other_member,
            former,
            stranger,
            banned,
            signed_out,
        }
    }
}

/// No token, tokens that are none, changed ones of somebody who is signed in, and that of a sign-in that was ended.
fn signed_out(victim: &Person, ended: &Person) -> Vec<(&'static str, Caller)> {
    let parts: Vec<&str> = victim.token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("no token: {}", victim.token)
    };
    // The claims of one sign-in under the signature of another.
    let mixed = format!("{header}.{claims}.{}", ended.token.rsplit('.').next().unwrap());
    // {"typ":"at+jwt","alg":"none"}, in base64.
    let unsigned = format!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJub25lIn0.{claims}.");
    let refresh = victim.refresh_token.clone();
    let bearer = |token: String| victim.with(Credentials::Bearer(token));
    let header = |value: String| victim.with(Credentials::Browser(vec![("authorization", value)]));
    vec![
        ("without a token", victim.with(Credentials::None)),
        ("with a token that is none", bearer("beep".to_owned())),
        ("with an empty token", bearer(String::new())),
        ("with the signature of another token", bearer(mixed)),
        ("with a token that is not signed", bearer(unsigned)),
        ("with half a token", bearer(format!("{claims}.{signature}"))),
        ("with a refresh token", bearer(refresh)),
        (
            "with a token under another scheme",
            header(format!("Basic {}", victim.token)),
        ),
        (
            "with the token of a sign-in that was ended",
            bearer(ended.token.clone()),
        ),
    ]
}

/// A server of the owner's with both members in it, and a message of the member's.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) message_id: String,
    /// A member, for what is about one.
    pub(crate) user_id: String,
    /// A role that nobody holds.
    pub(crate) role_id: String,
    /// Somebody who is banned, for what is about that.
    pub(crate) banned_id: String,
}

impl Place {
    pub(crate) async fn new(cast: &Cast, visibility: &str) -> Self {
        let server = cast.owner.create_server("public").await;
        join_all([&cast.member, &cast.other_member, &cast.former].map(|person| person.join(&server))).await;
        let message_id = id(&cast.member.send_message(&server, "a secret").await);
        cast.former.leave(&server).await;
        let role_id = cast.owner.create_role(&server, &[]).await;
        let ban = format!("{}/bans/{}", server.path(), cast.banned.id);
        cast.owner.send("PUT", &ban, Body::Json(json!({}))).await.expect(200);
        if visibility == "private" {
            let change = json!({ "visibility": "private" });
            cast.owner.patch(&server.path(), change).await.expect(200);
        }
        Self {
            server,
            message_id,
            user_id: cast.member.id.clone(),
            role_id,
            banned_id: cast.banned.id.clone(),
        }
    }

    /// Nobody may own too many of the servers that trials leave behind.
    pub(crate) async fn end(&self, cast: &Cast) {
        let gone = cast.owner.delete(&self.server.path()).await.status;
        assert!(matches!(gone, 204 | 404));
    }

    /// Everything that the owner sees of it.
    pub(crate) async fn seen_by_owner(&self, cast: &Cast) -> [Value; 4] {
        let [server, members, messages, overwrites] = [
            self.server.path(),
            format!("{}/members", self.server.path()),
            self.server.messages(),
            format!("{}/overwrites", self.server.channel()),
        ];
        [
            cast.owner.get(&server).await.expect(200),
            cast.owner.get(&members).await.expect(200),
            cast.owner.get(&messages).await.expect(200),
            cast.owner.get(&overwrites).await.expect(200),
        ]
    }

    /// Makes the row's request about this place.
    pub(crate) async fn try_row(&self, row: &Row, caller: &Caller) -> Answer {
        let about_a_ban = row.path.ends_with("/bans/{user_id}") && row.method != "PUT";
        let user_id = if about_a_ban { &self.banned_id } else { &self.user_id };
        let values = [
            ("{server_id}", self.server.id.as_str()),
            ("{channel_id}", &self.server.channel_id),
            ("{message_id}", &self.message_id),
            ("{user_id}", user_id),
            ("{role_id}", &self.role_id),
            ("{target_id}", &self.role_id),
        ];
        make(row, caller, &values).await
    }
}

/// What requests about an account need: each value is good for one trial.
pub(crate) struct Account {
    values: Vec<(&'static str, String)>,
}

impl Account {
    /// Of this person, who is signed in twice.
    pub(crate) async fn of(person: &Person) -> Self {
        let again = person.sign_in_again().await;
        let sessions = again.get("/users/@me/sessions").await.expect(200);
        let sessions = sessions["items"].as_array().unwrap();
        let current = sessions.iter().find(|session| session["current"] == true).unwrap();
        let pictured = person.put_avatar(picture(77)).await.expect(200);
        let url = text(&pictured["avatar_url"]);
        Self {
            values: vec![
                ("{new_name}", text(&newcomer()["username"])),
                ("{email}", person.email.clone()),
                ("{password}", person.password.clone()),
                ("{refresh_token}", again.refresh_token.clone()),
                ("{session_id}", id(current)),
                ("{user_id}", person.id.clone()),
                ("{code}", NO_CODE.to_owned()),
                ("{name}", url.rsplit('/').next().unwrap().to_owned()),
            ],
        }
    }

    pub(crate) async fn try_row(&self, row: &Row, caller: &Caller) -> Answer {
        let values: Vec<(&str, &str)> = self
            .values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        make(row, caller, &values).await
    }
}

/// Makes the request of a row with these values in place of its placeholders.
pub(crate) async fn make(row: &Row, caller: &Caller, values: &[(&str, &str)]) -> Answer {
    let fill = |text: String| {
        values
            .iter()
            .fold(text, |text, (placeholder, value)| text.replace(placeholder, value))
    };
    let body = match &row.sample {
        Sample::Nothing => Body::Empty,
        Sample::Json(json) => Body::Json(serde_json::from_str(&fill(json.to_string())).unwrap()),
        Sample::Picture => Body::File(picture(99)),
    };
    caller.send(row.method, &fill(row.path.to_owned()), body).await
}

//! People of every kind, and servers for them to be let into or kept out of.

use api::{
    beep::Beep,
    http::{Answer, Body, Caller, Credentials},
    people::{Person, Server, id, newcomer, picture, text},
};
use futures::future::join_all;
use serde_json::{Value, json};

use super::{
    actors::Actor,
    table::{
        Needs::{self, InChannel, InServer, Nothing, Ownership},
        Row, Sample,
    },
};

/// A thumb, as it stands in an address.
const THUMB: &str = "%F0%9F%91%8D";

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
    /// Was a member of every place, and was removed.
    pub(crate) kicked: Person,
    pub(crate) timed_out: Person,
    /// Does not see the first channel of any place.
    pub(crate) blind: Person,
    without_right: Person,
    by_role: Person,
    by_overwrite: Person,
    /// Callers whom nobody may take for anybody, by what is wrong with them.
    pub(crate) signed_out: Vec<(&'static str, Caller)>,
}

impl Cast {
    pub(crate) async fn new(beep: &Beep) -> Self {
        let everybody = join_all((0..13).map(|_| Person::sign_up(beep))).await;
        let Ok(everybody) = <[Person; 13]>::try_from(everybody) else {
            unreachable!()
        };
        let [
            owner,
            member,
            other_member,
            former,
            stranger,
            banned,
            kicked,
            timed_out,
            blind,
            rest @ ..,
        ] = everybody;
        let [without_right, by_role, by_overwrite, ended] = rest;
        ended.post("/auth/logout", Value::Null).await.expect(204);
        let signed_out = signed_out(&owner, &ended);
        Self {
            owner,
            member,
            other_member,
            former,
            stranger,
            banned,
            kicked,
            timed_out,
            blind,
            without_right,
            by_role,
            by_overwrite,
            signed_out,
        }
    }

    /// Who plays an actor that is signed in.
    pub(crate) fn person(&self, actor: Actor) -> &Person {
        match actor {
            Actor::SignedOut => panic!("nobody in particular"),
            Actor::Stranger => &self.stranger,
            Actor::Banned => &self.banned,
            Actor::Former => &self.former,
            Actor::Kicked => &self.kicked,
            Actor::TimedOut => &self.timed_out,
            Actor::Blind => &self.blind,
            Actor::WithoutRight => &self.without_right,
            Actor::ByRole => &self.by_role,
            Actor::ByOverwrite => &self.by_overwrite,
            Actor::Author => &self.member,
            Actor::OtherMember => &self.other_member,
            Actor::Owner => &self.owner,
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

/// A server of the owner's with members in it, a message of the author's, and whoever else is to try something.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) server: Server,
    pub(crate) message_id: String,
    /// A file of the message.
    pub(crate) attachment_id: String,
    /// A member, for what is about one.
    pub(crate) user_id: String,
    /// A role that nobody holds, the lowest.
    pub(crate) role_id: String,
    /// Somebody who is banned, for what is about that.
    pub(crate) banned_id: String,
}

/// All that a role can give, but to be an administrator, whom nothing binds.
pub(crate) const EVERY_RIGHT: [&str; 11] = [
    "create_invitations",
    "kick_members",
    "ban_members",
    "manage_channels",
    "manage_server",
    "view_audit_log",
    "manage_messages",
    "manage_nicknames",
    "manage_roles",
    "time_out_members",
    "manage_invitations",
];

impl Place {
    /// With everybody in it, as far as they are let in.
    pub(crate) async fn new(cast: &Cast, visibility: &str) -> Self {
        Self::with(cast, visibility, &Actor::ALL, Ownership).await
    }

    /// With these actors, and rights shaped after what is needed.
    pub(crate) async fn with(cast: &Cast, visibility: &str, actors: &[Actor], needs: Needs) -> Self {
        let server = cast.owner.create_server("public").await;
        let comes = |actor: &Actor| match actor {
            Actor::Former | Actor::Kicked => true,
            Actor::Author | Actor::Owner => false,
            other => other.is_member(),
        };
        let come: Vec<&Person> = actors
            .iter()
            .copied()
            .filter(comes)
            .map(|actor| cast.person(actor))
            .collect();
        join_all(
            come.into_iter()
                .chain([&cast.member])
                .map(|person| person.join(&server)),
        )
        .await;
        let message = cast
            .member
            .send_file(&server, "a secret", "secret.png", &picture(8))
            .await;
        let mut place = Self {
            server,
            message_id: id(&message),
            attachment_id: id(&message["attachments"][0]),
            user_id: cast.member.id.clone(),
            role_id: String::new(),
            banned_id: cast.banned.id.clone(),
        };
        for actor in actors {
            place.put_into_position(cast, *actor, needs).await;
        }
        // Each new role stands lowest: above this one are those of whoever is to act on it.
        place.role_id = cast.owner.create_role(&place.server, &[]).await;
        cast.owner.ban(&place.server, &cast.banned).await;
        if actors.iter().any(|actor| Actor::RIGHTS.contains(actor)) {
            place.take_from_everyone(cast, needs).await;
        }
        if visibility == "private" {
            let change = json!({ "visibility": "private" });
            cast.owner.patch(&place.server.path(), change).await.expect(200);
        }
        place
    }

    async fn put_into_position(&self, cast: &Cast, actor: Actor, needs: Needs) {
        let right = needs.right();
        match actor {
            Actor::Former => cast.former.leave(&self.server).await,
            Actor::Kicked => cast.owner.kick(&self.server, &cast.kicked).await,
            Actor::TimedOut => {
                self.give(cast, &cast.timed_out, &EVERY_RIGHT).await;
                cast.owner.time_out(&self.server, &cast.timed_out).await;
            }
            Actor::Blind => {
                let hidden = json!({ "kind": "member", "deny": ["view_channel"] });
                let channel = self.server.channel();
                cast.owner.overwrite(&channel, &cast.blind.id, hidden).await.expect(200);
            }
            Actor::ByRole => self.give(cast, &cast.by_role, right.as_slice()).await,
            Actor::ByOverwrite => {
                // Whoever acts on a role stands above it, by a role that gives nothing.
                self.give(cast, &cast.by_overwrite, &[]).await;
                let allowed = right.filter(|right| *right != ADMINISTRATOR);
                let excepted = json!({ "kind": "member", "allow": allowed.as_slice() });
                let (channel, target) = (self.server.channel(), &cast.by_overwrite.id);
                cast.owner.overwrite(&channel, target, excepted).await.expect(200);
            }
            _ => {}
        }
    }

    /// Makes a role with these rights and gives it to somebody.
    async fn give(&self, cast: &Cast, person: &Person, rights: &[&str]) {
        let role_id = cast.owner.create_role(&self.server, rights).await;
        cast.owner.give_roles(&self.server, person, &[&role_id]).await;
    }

    /// Takes the right that is needed from all who do not have it otherwise; where none is needed, every right.
    async fn take_from_everyone(&self, cast: &Cast, needs: Needs) {
        let mut left = cast.owner.get(&self.server.path()).await.expect(200)["roles"][0]["permissions"].clone();
        let left = left.as_array_mut().unwrap();
        match needs {
            Nothing => left.clear(),
            InServer(right) | InChannel(right) => left.retain(|one| *one != right),
            Ownership => {}
        }
        let everyone = &self.server.id;
        cast.owner
            .allow_role(&self.server, everyone, json!(left))
            .await
            .expect(200);
    }

    /// Nobody may own too many of the servers that trials leave behind.
    pub(crate) async fn end(&self, cast: &Cast) {
        let gone = cast.owner.delete(&self.server.path()).await.status;
        assert!(matches!(gone, 204 | 404));
    }

    /// Everything that the owner sees of it.
    pub(crate) async fn seen_by_owner(&self, cast: &Cast) -> Vec<Value> {
        let server = self.server.path();
        let mut paths = vec![
            server.clone(),
            self.server.messages(),
            format!("{}/overwrites", self.server.channel()),
        ];
        paths.extend(["members", "bans", "invitations", "audit-log"].map(|list| format!("{server}/{list}")));
        let mut seen = Vec::new();
        for path in paths {
            seen.push(cast.owner.get(&path).await.expect(200));
        }
        seen
    }

    /// Makes the row's request about this place.
    pub(crate) async fn try_row(&self, row: &Row, caller: &Caller) -> Answer {
        let about_a_ban = row.path.ends_with("/bans/{user_id}") && row.method != "PUT";
        let user_id = if about_a_ban { &self.banned_id } else { &self.user_id };
        let values = [
            ("{server_id}", self.server.id.as_str()),
            ("{channel_id}", &self.server.channel_id),
            ("{message_id}", &self.message_id),
            ("{attachment_id}", &self.attachment_id),
            ("{name}", "secret.png"),
            ("{user_id}", user_id),
            ("{role_id}", &self.role_id),
            ("{target_id}", &self.role_id),
            ("{emoji}", THUMB),
        ];
        make(row, caller, &values).await
    }
}

/// What makes a role's holder an administrator, which no overwrite does.
const ADMINISTRATOR: &str = "administrator";

impl Needs {
    /// The right whose holder may do it, or at least more than others.
    const fn right(self) -> Option<&'static str> {
        match self {
            Nothing => None,
            InServer(right) | InChannel(right) => Some(right),
            Ownership => Some(ADMINISTRATOR),
        }
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
                ("{passkey_id}", "1".to_owned()),
                ("{provider_id}", "google".to_owned()),
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
        Sample::Nothing | Sample::Query(_) => Body::Empty,
        Sample::Json(json) => Body::Json(serde_json::from_str(&fill(json.to_string())).unwrap()),
        Sample::Picture => Body::File(picture(99)),
    };
    let mut path = fill(row.path.to_owned());
    if let Sample::Query(query) = row.sample {
        path = format!("{path}?{query}");
    }
    caller.send(row.method, &path, body).await
}

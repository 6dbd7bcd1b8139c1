//! Who may do what, for every operation of the public API: the one place where that is written down for tests.

use serde_json::{Value, json};

/// What a caller is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done, with this status.
    Done(u16),
    /// A problem with this status and code.
    Refused(u16, &'static str),
}

use Outcome::{Done, Refused};

/// What is sent, with `{placeholders}` that the scene fills.
#[derive(Debug, Clone)]
pub(crate) enum Sample {
    Nothing,
    Json(Value),
    Picture,
}

/// Whom the operation is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// Everybody, signed in or not, with a token or a bad one.
    Everybody(Outcome),
    /// Whoever is signed in; the others are answered 401.
    SignedIn(Outcome),
    /// It is about a server, a channel of it, or a message in that: it depends on what one is there.
    Inside(Inside),
}

/// What it depends on in a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inside {
    /// No member (any more), and the server is public.
    pub(crate) visitor: Outcome,
    /// No member (any more), and the server is private.
    pub(crate) outsider: Outcome,
    /// The member who wrote the message, where it is about one; an ordinary member otherwise.
    pub(crate) member: Outcome,
    /// Another ordinary member.
    pub(crate) other_member: Outcome,
    /// The owner.
    pub(crate) owner: Outcome,
}

/// An operation with an example of its use.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) sample: Sample,
    pub(crate) rule: Rule,
}

const HIDDEN: Outcome = Refused(404, "server_not_found");
const LACKS: Outcome = Refused(403, "missing_permission");

/// Members may; others do not learn that there is anything.
const fn members(done: u16) -> Inside {
    Inside {
        visitor: HIDDEN,
        outsider: HIDDEN,
        member: Done(done),
        other_member: Done(done),
        owner: Done(done),
    }
}

/// The owner may; members lack a permission; others do not learn that there is anything.
const fn owner(done: u16) -> Inside {
    Inside {
        member: LACKS,
        other_member: LACKS,
        ..members(done)
    }
}

fn row(method: &'static str, path: &'static str, sample: Sample, rule: Rule) -> Row {
    Row {
        method,
        path,
        sample,
        rule,
    }
}

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    [instance(), accounts(), servers(), channels(), messages()].concat()
}

fn instance() -> Vec<Row> {
    use Rule::Everybody;
    use Sample::Nothing;
    // Whoever connects says in the first frame who they are: see gateway.rs.
    let no_websocket = Refused(400, "not_a_websocket");
    vec![
        row("GET", "/instance", Nothing, Everybody(Done(200))),
        row("GET", "/openapi.json", Nothing, Everybody(Done(200))),
        row("GET", "/gateway", Nothing, Everybody(no_websocket)),
    ]
}

fn accounts() -> Vec<Row> {
    use Rule::{Everybody, SignedIn};
    use Sample::{Json, Nothing, Picture};
    let newcomer = json!({
        "first_name": "Eve", "last_name": "New", "username": "{new_name}", "email": "{new_name}@example.org",
        "password": "correct horse battery",
    });
    let credentials = json!({ "email": "{email}", "password": "{password}" });
    let refresh = json!({ "refresh_token": "{refresh_token}" });
    vec![
        row("POST", "/auth/register", Json(newcomer), Everybody(Done(201))),
        row("POST", "/auth/login", Json(credentials), Everybody(Done(200))),
        row("POST", "/auth/refresh", Json(refresh), Everybody(Done(200))),
        row("GET", "/auth/providers", Nothing, Everybody(Done(200))),
        row("GET", "/pictures/{name}", Nothing, Everybody(Done(200))),
        row("POST", "/auth/logout", Nothing, SignedIn(Done(204))),
        row("GET", "/users/@me", Nothing, SignedIn(Done(200))),
        row(
            "PATCH",
            "/users/@me",
            Json(json!({ "biography": "x" })),
            SignedIn(Done(200)),
        ),
        row("PUT", "/users/@me/avatar", Picture, SignedIn(Done(200))),
        row("DELETE", "/users/@me/avatar", Nothing, SignedIn(Done(200))),
        row("GET", "/users/@me/sessions", Nothing, SignedIn(Done(200))),
        row(
            "DELETE",
            "/users/@me/sessions/{session_id}",
            Nothing,
            SignedIn(Done(204)),
        ),
        row("GET", "/users/@me/settings", Nothing, SignedIn(Done(200))),
        row(
            "PATCH",
            "/users/@me/settings",
            Json(json!({ "theme": "dark" })),
            SignedIn(Done(200)),
        ),
        row("GET", "/users/{user_id}", Nothing, SignedIn(Done(200))),
        row("GET", "/users/@me/servers", Nothing, SignedIn(Done(200))),
        row("GET", "/servers/discover", Nothing, SignedIn(Done(200))),
        row(
            "POST",
            "/servers",
            Json(json!({ "name": "x", "visibility": "private" })),
            SignedIn(Done(201)),
        ),
    ]
}

fn servers() -> Vec<Row> {
    use Rule::Inside as In;
    use Sample::{Json, Nothing};
    const SERVER: &str = "/servers/{server_id}";
    let everybody_if_public = Inside {
        visitor: Done(200),
        ..members(200)
    };
    let leaving = Inside {
        owner: Refused(409, "owner_cannot_leave"),
        ..members(204)
    };
    vec![
        row("GET", SERVER, Nothing, In(everybody_if_public)),
        row("PATCH", SERVER, Json(json!({ "name": "y" })), In(owner(200))),
        row("DELETE", SERVER, Nothing, In(owner(204))),
        row("POST", "/servers/{server_id}/join", Nothing, In(everybody_if_public)),
        row("POST", "/servers/{server_id}/leave", Nothing, In(leaving)),
        row("GET", "/servers/{server_id}/members", Nothing, In(members(200))),
        row(
            "GET",
            "/servers/{server_id}/members/{user_id}",
            Nothing,
            In(members(200)),
        ),
        row("GET", "/servers/{server_id}/roles", Nothing, In(members(200))),
        row("GET", "/servers/{server_id}/permissions/@me", Nothing, In(members(200))),
    ]
}

fn channels() -> Vec<Row> {
    use Rule::Inside as In;
    use Sample::{Json, Nothing};
    const CHANNELS: &str = "/servers/{server_id}/channels";
    const CHANNEL: &str = "/servers/{server_id}/channels/{channel_id}";
    let channel = json!({ "name": "x", "kind": "text" });
    let order = json!({ "channels": [{ "id": "{channel_id}", "position": 0 }] });
    vec![
        row("GET", CHANNELS, Nothing, In(members(200))),
        row("POST", CHANNELS, Json(channel), In(owner(201))),
        row("PATCH", CHANNELS, Json(order), In(owner(200))),
        row("GET", CHANNEL, Nothing, In(members(200))),
        row("PATCH", CHANNEL, Json(json!({ "name": "y" })), In(owner(200))),
        row("DELETE", CHANNEL, Nothing, In(owner(204))),
    ]
}

fn messages() -> Vec<Row> {
    use Rule::Inside as In;
    use Sample::{Json, Nothing};
    const MESSAGES: &str = "/servers/{server_id}/channels/{channel_id}/messages";
    const MESSAGE: &str = "/servers/{server_id}/channels/{channel_id}/messages/{message_id}";
    let content = || Json(json!({ "content": "y" }));
    let its_author = Inside {
        other_member: Refused(403, "not_the_author"),
        owner: Refused(403, "not_the_author"),
        ..members(200)
    };
    let its_author_or_the_owner = Inside {
        other_member: LACKS,
        ..members(204)
    };
    vec![
        row("GET", MESSAGES, Nothing, In(members(200))),
        row("POST", MESSAGES, content(), In(members(201))),
        row("GET", MESSAGE, Nothing, In(members(200))),
        row("PATCH", MESSAGE, content(), In(its_author)),
        row("DELETE", MESSAGE, Nothing, In(its_author_or_the_owner)),
    ]
}

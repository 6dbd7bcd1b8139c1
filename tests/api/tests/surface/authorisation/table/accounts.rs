//! Accounts, sign-ins, and what is about no server that exists.

use serde_json::json;

use super::{
    Outcome::{Done, Refused},
    Row,
    Rule::{Everybody, SignedIn},
    Sample::{Json, Nothing, Picture},
    row,
};

pub(super) fn rows() -> Vec<Row> {
    [accounts(), security(), passkeys(), managers()].concat()
}

fn accounts() -> Vec<Row> {
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
        row("PUT", "/users/@me/banner", Picture, SignedIn(Done(200))),
        row("DELETE", "/users/@me/banner", Nothing, SignedIn(Done(200))),
        row("GET", "/users/@me/sessions", Nothing, SignedIn(Done(200))),
        row(
            "DELETE",
            "/users/@me/sessions/{session_id}",
            Nothing,
            SignedIn(Done(204)),
        ),
        row("GET", "/users/@me/username", Nothing, SignedIn(Done(200))),
        row("GET", "/users/@me/settings", Nothing, SignedIn(Done(200))),
        row(
            "PATCH",
            "/users/@me/settings",
            Json(json!({ "theme": "dark" })),
            SignedIn(Done(200)),
        ),
        row("GET", "/users/{user_id}", Nothing, SignedIn(Done(200))),
        row("GET", "/users", Nothing, SignedIn(Refused(422, "invalid"))),
        row("GET", "/users/@me/servers", Nothing, SignedIn(Done(200))),
        row("GET", "/users/@me/invitations", Nothing, SignedIn(Done(200))),
        row("GET", "/servers/discover", Nothing, SignedIn(Done(200))),
        row(
            "POST",
            "/servers",
            Json(json!({ "name": "x", "visibility": "private" })),
            SignedIn(Done(201)),
        ),
    ]
}

/// What is for an identity manager: here, nobody has one.
fn managers() -> Vec<Row> {
    let (nowhere, not_begun) = (Refused(404, "provider_not_found"), Refused(409, "sign_in_not_begun"));
    let newcomer = json!({ "username": "{new_name}" });
    let own = json!({ "email": "nobody@example.org", "password": "not the password" });
    let invalid = Refused(400, "logout_token_invalid");
    vec![
        row(
            "GET",
            "/auth/providers/{provider_id}/start",
            Nothing,
            Everybody(nowhere),
        ),
        row("GET", "/auth/callback", Nothing, Everybody(Done(303))),
        row(
            "GET",
            "/auth/complete",
            Nothing,
            Everybody(Refused(409, "sign_in_not_begun")),
        ),
        row(
            "DELETE",
            "/auth/complete",
            Nothing,
            Everybody(Refused(409, "sign_in_not_begun")),
        ),
        row("POST", "/auth/complete", Json(newcomer), Everybody(not_begun)),
        row("POST", "/auth/link", Json(own), Everybody(not_begun)),
        row("POST", "/auth/backchannel-logout", Nothing, Everybody(invalid)),
    ]
}

/// How one signs in.
fn security() -> Vec<Row> {
    let guess = json!({ "current_password": "a guess" });
    // Those who are asked here send none: with mail, see accounts_by_mail.rs.
    let no_mail = Refused(409, "mail_not_configured");
    vec![
        row(
            "POST",
            "/auth/password/forgot",
            Json(json!({ "email": "nobody@example.org" })),
            Everybody(no_mail),
        ),
        row(
            "POST",
            "/auth/password/reset",
            Json(json!({ "token": "x", "new_password": "another horse battery" })),
            Everybody(Refused(410, "link_expired")),
        ),
        row(
            "POST",
            "/auth/email/verify",
            Json(json!({ "token": "x" })),
            Everybody(Refused(410, "link_expired")),
        ),
        // Whoever has a token and not the password changes nothing of how one signs in.
        row("GET", "/users/@me/security", Nothing, SignedIn(Done(200))),
        row(
            "POST",
            "/users/@me/security/actions",
            Json(json!({ "action": "set_up_totp" })),
            SignedIn(Refused(409, "kept_elsewhere")),
        ),
        // With an identity manager: tests/identity.
        row(
            "GET",
            "/users/@me/providers",
            Nothing,
            SignedIn(Refused(409, "kept_elsewhere")),
        ),
        row(
            "DELETE",
            "/users/@me/providers/{provider_id}",
            Json(json!({ "current_password": "a guess" })),
            SignedIn(Refused(409, "kept_elsewhere")),
        ),
        // What a password does, and what stands against it, is seen in deletion.rs.
        row(
            "POST",
            "/users/@me/deletion",
            Json(json!({ "current_password": 7 })),
            SignedIn(Refused(400, "malformed_json")),
        ),
        row("DELETE", "/users/@me/deletion", Nothing, SignedIn(Done(204))),
        row(
            "PUT",
            "/users/@me/password",
            Json(json!({ "current_password": "a guess", "new_password": "short" })),
            SignedIn(Refused(422, "invalid")),
        ),
        row(
            "POST",
            "/users/@me/totp",
            Json(guess.clone()),
            SignedIn(Refused(403, "wrong_password")),
        ),
        row(
            "POST",
            "/users/@me/totp/confirm",
            Json(json!({ "code": "123456" })),
            SignedIn(Refused(409, "totp_not_begun")),
        ),
        row(
            "DELETE",
            "/users/@me/totp",
            Json(guess.clone()),
            SignedIn(Refused(403, "wrong_password")),
        ),
        row(
            "POST",
            "/users/@me/totp/recovery-codes",
            Json(guess.clone()),
            SignedIn(Refused(403, "wrong_password")),
        ),
        row(
            "POST",
            "/users/@me/email",
            Json(json!({ "email": "new@example.org", "current_password": "a guess" })),
            SignedIn(no_mail),
        ),
        row("DELETE", "/users/@me/email", Nothing, SignedIn(Done(204))),
    ]
}

/// Keys of devices.
fn passkeys() -> Vec<Row> {
    let guess = json!({ "current_password": "a guess" });
    vec![
        row("POST", "/auth/passkey/begin", Nothing, Everybody(Done(200))),
        row(
            "POST",
            "/auth/passkey",
            Json(json!({ "state": "x", "credential": {} })),
            Everybody(Refused(401, "passkey_refused")),
        ),
        row(
            "POST",
            "/users/@me/passkeys/begin",
            Json(guess.clone()),
            SignedIn(Refused(403, "wrong_password")),
        ),
        row(
            "POST",
            "/users/@me/passkeys",
            Json(json!({ "state": "x", "name": "Phone", "credential": {} })),
            SignedIn(Refused(422, "passkey_wrong")),
        ),
        row(
            "DELETE",
            "/users/@me/passkeys/{passkey_id}",
            Json(guess),
            SignedIn(Refused(403, "wrong_password")),
        ),
    ]
}

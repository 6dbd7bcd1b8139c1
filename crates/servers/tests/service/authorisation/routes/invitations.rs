//! Routes of invitations. Those with a code are about a link of the owner's.

use serde_json::{Value, json};

use crate::authorisation::{
    HIDDEN,
    Outcome::{Done, Refused},
    Route, route,
};

pub(super) fn routes() -> Vec<Route> {
    const INVITATIONS: &str = "/servers/{server_id}/invitations";
    const INVITATION: &str = "/invitations/{code}";
    let none = Refused(404, "invitation_not_found");
    let mut preview = route("GET", INVITATION, Value::Null, [Done(200); 2], Done(200), Done(200));
    preview.signed_out = Done(200);
    let named = json!({"user_id": "1003"});
    vec![
        route("GET", INVITATIONS, Value::Null, HIDDEN, Done(200), Done(200)),
        Route {
            member_of_private: Some(Refused(403, "missing_permission")),
            ..route("POST", INVITATIONS, named, HIDDEN, Done(201), Done(201))
        },
        route(
            "GET",
            "/users/@me/invitations",
            Value::Null,
            [Done(200); 2],
            Done(200),
            Done(200),
        ),
        preview,
        route(
            "POST",
            "/invitations/{code}/accept",
            Value::Null,
            [Done(200); 2],
            Done(200),
            Done(200),
        ),
        // It is nobody's by name.
        route(
            "POST",
            "/invitations/{code}/decline",
            Value::Null,
            [none; 2],
            none,
            none,
        ),
        route("DELETE", INVITATION, Value::Null, [none; 2], none, Done(204)),
    ]
}

//! Routes of servers.

use model::Permission;
use serde_json::{Value, json};

use crate::authorisation::{
    HIDDEN,
    Outcome::{self, Done, Lacks, Refused},
    Route, route,
};

pub(super) fn routes() -> Vec<Route> {
    const SERVER: &str = "/servers/{server_id}";
    const ICON: &str = "/servers/{server_id}/icon";
    const BANNER: &str = "/servers/{server_id}/banner";
    const NO_FORM: Outcome = Refused(415, "unsupported_media_type");
    let settings = Lacks(Permission::ManageServer);
    vec![
        // First: the next one leaves servers behind.
        route(
            "POST",
            "/users/@me/deletion",
            json!({"current_password": "correct horse battery"}),
            [Done(202); 2],
            Done(202),
            Refused(409, "owns_servers"),
        ),
        route(
            "DELETE",
            "/users/@me/deletion",
            Value::Null,
            [Done(204); 2],
            Done(204),
            Done(204),
        ),
        route(
            "POST",
            "/servers",
            json!({"name": "x", "visibility": "private"}),
            [Done(201); 2],
            Done(201),
            Done(201),
        ),
        route(
            "GET",
            "/users/@me/servers",
            Value::Null,
            [Done(200); 2],
            Done(200),
            Done(200),
        ),
        route(
            "GET",
            "/servers/discover",
            Value::Null,
            [Done(200); 2],
            Done(200),
            Done(200),
        ),
        route("GET", SERVER, Value::Null, [Done(200), HIDDEN[1]], Done(200), Done(200)),
        route(
            "PATCH",
            SERVER,
            json!({"name": "y"}),
            HIDDEN,
            Lacks(Permission::ManageServer),
            Done(200),
        ),
        // Without a form: who may not is told so before anything is read.
        route("PUT", ICON, Value::Null, HIDDEN, settings, NO_FORM),
        route("PUT", BANNER, Value::Null, HIDDEN, settings, NO_FORM),
        route("DELETE", ICON, Value::Null, HIDDEN, settings, Done(200)),
        route("DELETE", BANNER, Value::Null, HIDDEN, settings, Done(200)),
        route(
            "POST",
            "/servers/{server_id}/join",
            Value::Null,
            [Done(200), HIDDEN[1]],
            Done(200),
            Done(200),
        ),
        route(
            "POST",
            "/servers/{server_id}/leave",
            Value::Null,
            HIDDEN,
            Done(204),
            Refused(409, "owner_cannot_leave"),
        ),
        route(
            "DELETE",
            SERVER,
            Value::Null,
            HIDDEN,
            Refused(403, "missing_permission"),
            Done(204),
        ),
    ]
}

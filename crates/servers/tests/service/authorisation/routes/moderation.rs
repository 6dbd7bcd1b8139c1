//! Routes of moderation. The path's user is Bob, the member.

use model::Permission;
use serde_json::{Value, json};

use crate::authorisation::{
    HIDDEN,
    Outcome::{Done, Lacks, Refused},
    Route, route,
};

pub(super) fn routes() -> Vec<Route> {
    const MEMBER: &str = "/servers/{server_id}/members/{user_id}";
    const BANS: &str = "/servers/{server_id}/bans";
    const BAN: &str = "/servers/{server_id}/bans/{user_id}";
    const LOG: &str = "/servers/{server_id}/audit-log";
    let none = || Value::Null;
    let bans = Lacks(Permission::BanMembers);
    let not_banned = Refused(404, "ban_not_found");
    vec![
        route("GET", LOG, none(), HIDDEN, Lacks(Permission::ViewAuditLog), Done(200)),
        route("GET", BANS, none(), HIDDEN, bans, Done(200)),
        route("GET", BAN, none(), HIDDEN, bans, not_banned),
        route("DELETE", BAN, none(), HIDDEN, bans, not_banned),
        route(
            "DELETE",
            MEMBER,
            none(),
            HIDDEN,
            Lacks(Permission::KickMembers),
            Done(204),
        ),
        route("PUT", BAN, json!({}), HIDDEN, bans, Done(200)),
    ]
}

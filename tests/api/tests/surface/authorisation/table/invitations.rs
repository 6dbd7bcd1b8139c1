//! Invitations. Those with a code are about one that never was: what one can do with a code depends on having it
//! (states.rs shows who cannot tell that there is one), and is shown by the tests of the servers service.

use serde_json::json;

use super::{
    Inside, LACKS,
    Needs::InServer,
    Outcome::Refused,
    Row,
    Rule::{Everybody, Inside as In, SignedIn},
    Sample::{Json, Nothing},
    members, row,
};

pub(super) fn rows() -> Vec<Row> {
    const INVITATIONS: &str = "/servers/{server_id}/invitations";
    const INVITATION: &str = "/invitations/{code}";
    let never = Refused(404, "invitation_not_found");
    // Everybody invites to public servers, to private ones who has the right.
    let inviting = Inside {
        members_of_private: Some(LACKS),
        needs: InServer("create_invitations"),
        ..members(201)
    };
    vec![
        row("GET", INVITATIONS, Nothing, In(members(200))),
        row("POST", INVITATIONS, Json(json!({ "max_uses": 1 })), In(inviting)),
        row("GET", INVITATION, Nothing, Everybody(never)),
        row("DELETE", INVITATION, Nothing, SignedIn(never)),
        row("POST", "/invitations/{code}/accept", Nothing, SignedIn(never)),
        row("POST", "/invitations/{code}/decline", Nothing, SignedIn(never)),
    ]
}

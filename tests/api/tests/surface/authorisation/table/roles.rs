//! Roles of a server.

use super::{Row, Rule::Inside as In, Sample::Nothing, members, row};

pub(super) fn rows() -> Vec<Row> {
    vec![row("GET", "/servers/{server_id}/roles", Nothing, In(members(200)))]
}

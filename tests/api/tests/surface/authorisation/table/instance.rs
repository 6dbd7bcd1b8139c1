//! What everybody may ask of the instance itself.

use super::{
    Outcome::{Done, Refused},
    Row,
    Rule::Everybody,
    Sample::Nothing,
    row,
};

pub(super) fn rows() -> Vec<Row> {
    // Whoever connects says in the first frame who they are: see gateway.rs.
    let no_websocket = Refused(400, "not_a_websocket");
    vec![
        row("GET", "/instance", Nothing, Everybody(Done(200))),
        row("GET", "/openapi.json", Nothing, Everybody(Done(200))),
        row("GET", "/gateway", Nothing, Everybody(no_websocket)),
    ]
}

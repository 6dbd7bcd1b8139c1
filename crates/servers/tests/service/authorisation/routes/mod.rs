//! Every route, a file for each area.

mod channels;
mod invitations;
mod members;
mod moderation;
mod overwrites;
mod roles;
mod servers;

use super::Route;

/// All of them. Those that end a server come last.
pub(super) fn routes() -> Vec<Route> {
    [
        members::routes(),
        moderation::routes(),
        roles::routes(),
        channels::routes(),
        invitations::routes(),
        overwrites::routes(),
        servers::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

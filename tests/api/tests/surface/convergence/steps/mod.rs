//! Every operation that changes something anybody sees, in an order in which each can be done; a file for each area.

mod accounts;
mod channels;
mod endings;
mod members;
mod messages;
mod moderation;
mod rights;
mod roles;
mod servers;

use serde_json::Value;

/// Something that changes the world.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) who: Who,
    pub(super) method: &'static str,
    /// As in the contract, but for `{folder_id}`, which is a channel's, and `{newcomer_id}` and others, which are users'.
    pub(super) path: &'static str,
    pub(super) body: Value,
}

#[derive(Clone, Copy)]
pub(super) enum Who {
    Owner,
    Member,
    /// Comes and goes.
    Newcomer,
}

const fn step(who: Who, method: &'static str, path: &'static str, body: Value) -> Step {
    Step {
        who,
        method,
        path,
        body,
    }
}

/// All steps.
pub(super) fn steps() -> Vec<Step> {
    [
        accounts::steps(),
        servers::steps(),
        channels::steps(),
        roles::steps(),
        messages::steps(),
        rights::steps(),
        members::steps(),
        moderation::steps(),
        endings::steps(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

//! Who may do what, for every operation of the public API: the one place where that is written down for tests. A file for
//! each area.

mod accounts;
mod channels;
mod instance;
mod invitations;
mod members;
mod messages;
mod moderation;
mod roles;
mod servers;

use serde_json::Value;

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
    /// What follows the path.
    Query(&'static str),
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
    /// What both members are answered of a private server, where that differs.
    pub(crate) members_of_private: Option<Outcome>,
    /// Another ordinary member.
    pub(crate) other_member: Outcome,
    /// The owner.
    pub(crate) owner: Outcome,
    /// What it needs besides membership.
    pub(crate) needs: Needs,
    /// A member who lacks that.
    pub(crate) lacking: Outcome,
    /// A member who has it, and is not the author of the message.
    pub(crate) granted: Outcome,
}

/// What a member needs for an operation, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing else.
    Nothing,
    /// This right in the server as a whole, whatever is excepted in a channel.
    InServer(&'static str),
    /// This right in the channel.
    InChannel(&'static str),
    /// To own the server.
    Ownership,
}

/// An operation with an example of its use.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) sample: Sample,
    pub(crate) rule: Rule,
}

impl Row {
    /// Whether it changes nothing.
    pub(crate) fn reads(&self) -> bool {
        self.method == "GET"
    }
}

const HIDDEN: Outcome = Refused(404, "server_not_found");
pub(crate) const NO_CHANNEL: Outcome = Refused(404, "channel_not_found");
pub(crate) const LACKS: Outcome = Refused(403, "missing_permission");

/// Members may; others do not learn that there is anything.
const fn members(done: u16) -> Inside {
    Inside {
        visitor: HIDDEN,
        outsider: HIDDEN,
        member: Done(done),
        members_of_private: None,
        other_member: Done(done),
        owner: Done(done),
        needs: Needs::Nothing,
        lacking: LACKS,
        granted: Done(done),
    }
}

/// All members who see the channel may.
const fn viewers(done: u16) -> Inside {
    Inside {
        needs: Needs::InChannel("view_channel"),
        lacking: NO_CHANNEL,
        ..members(done)
    }
}

/// The owner may, and who has the right; other members lack it; others do not learn that there is anything.
const fn allowed(done: u16, needs: Needs) -> Inside {
    Inside {
        member: LACKS,
        other_member: LACKS,
        needs,
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
    [
        instance::rows(),
        accounts::rows(),
        servers::rows(),
        members::rows(),
        roles::rows(),
        channels::rows(),
        invitations::rows(),
        messages::rows(),
        messages::rows_of_conversation(),
        messages::rows_of_files(),
        messages::rows_of_search(),
        moderation::rows(),
    ]
    .concat()
}

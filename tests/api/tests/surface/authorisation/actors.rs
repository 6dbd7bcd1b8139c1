//! Who tries: every kind of caller, and what each of them is to be answered. An actor without an answer does not compile.

use api::http::Caller;

use super::{
    scene::Cast,
    table::{
        Inside, LACKS, NO_CHANNEL,
        Needs::{InChannel, InServer, Nothing, Ownership},
        Outcome::{self, Done, Refused},
        Row,
    },
};

/// What nobody is answered who is signed in.
pub(super) const SIGNED_OUT: Outcome = Refused(401, "not_signed_in");

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Actor {
    SignedOut,
    Stranger,
    Banned,
    /// Was a member, and left.
    Former,
    /// Was a member a moment ago, and was removed.
    Kicked,
    /// May only read, though a role gives every right.
    TimedOut,
    /// A member who does not see the channel.
    Blind,
    /// A member of a server where nobody has the right that it needs.
    WithoutRight,
    /// The same, but a role gives the right.
    ByRole,
    /// The same, but an overwrite of the channel gives the right.
    ByOverwrite,
    /// The member who wrote the message, where it is about one.
    Author,
    OtherMember,
    Owner,
}

use Actor::{
    Author, Banned, Blind, ByOverwrite, ByRole, Former, Kicked, OtherMember, Owner, SignedOut, Stranger, TimedOut,
    WithoutRight,
};

impl Actor {
    pub(crate) const ALL: [Self; 13] = [
        SignedOut,
        Stranger,
        Banned,
        Former,
        Kicked,
        TimedOut,
        Blind,
        WithoutRight,
        ByRole,
        ByOverwrite,
        Author,
        OtherMember,
        Owner,
    ];

    /// Those for whom the server's rights are shaped after what the operation needs.
    pub(crate) const RIGHTS: [Self; 3] = [WithoutRight, ByRole, ByOverwrite];

    /// Whether they belong to the server.
    pub(crate) const fn is_member(self) -> bool {
        !matches!(self, SignedOut | Stranger | Banned | Former | Kicked)
    }

    /// Who plays them; one person, but for those whom nobody may take for anybody.
    pub(crate) fn played_by(self, cast: &Cast) -> Vec<(String, &Caller)> {
        let person = match self {
            SignedOut => {
                let all = cast.signed_out.iter();
                return all.map(|(name, caller)| ((*name).to_owned(), caller)).collect();
            }
            _ => cast.person(self),
        };
        vec![(format!("{self:?}"), person)]
    }

    /// What they are answered in a server of this visibility.
    pub(crate) fn answered(self, row: &Row, inside: Inside, visibility: &str) -> Outcome {
        let private = visibility == "private";
        let outside = if private { inside.outsider } else { inside.visitor };
        let member = |outcome| inside.members_of_private.filter(|_| private).unwrap_or(outcome);
        let own = ["/join", "/leave", "/read", "/draft"]
            .iter()
            .any(|end| row.path.ends_with(end));
        let joining = row.path.ends_with("/join");
        // What they have said they may take back.
        let takes_back = ["/@me", "/attachments/{attachment_id}"];
        let own = own || (row.method == "DELETE" && takes_back.iter().any(|end| row.path.ends_with(end)));
        match self {
            SignedOut => SIGNED_OUT,
            // They are answered like strangers, but when they would join what they can see.
            Banned if joining && matches!(outside, Done(_)) => Refused(403, "banned"),
            Stranger | Banned | Former | Kicked => outside,
            TimedOut if row.reads() || own => member(inside.other_member),
            TimedOut => LACKS,
            Blind if row.path.contains("/{channel_id}") => NO_CHANNEL,
            Blind if row.path.contains("/files/") => Refused(404, "attachment_not_found"),
            Blind | OtherMember => member(inside.other_member),
            Author => member(inside.member),
            Owner => inside.owner,
            WithoutRight | ByRole | ByOverwrite => match (inside.needs, self) {
                (Nothing, _) => inside.other_member,
                (Ownership, _) => LACKS,
                (InServer(_) | InChannel(_), WithoutRight) | (InServer(_), ByOverwrite) => inside.lacking,
                (InServer(_) | InChannel(_), _) => inside.granted,
            },
        }
    }
}

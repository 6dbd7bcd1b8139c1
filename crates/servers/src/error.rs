//! Everything that a request about servers can fail with.

use model::{Permission, PermissionSet};
use platform::{
    db::DbError,
    http::{Fields, Problem},
    rpc,
};
use tonic::Status;

use crate::placement::Misplaced;

/// Why it did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is no such server, or the caller may not know of it.
    #[error("the server does not exist")]
    ServerNotFound,
    /// There is no such channel, or the caller cannot see it.
    #[error("the channel does not exist")]
    ChannelNotFound,
    /// The user is not a member.
    #[error("the member does not exist")]
    MemberNotFound,
    /// There is no such user.
    #[error("the user does not exist")]
    UserNotFound,
    /// The user is not banned.
    #[error("the ban does not exist")]
    BanNotFound,
    /// Administrators cannot be timed out.
    #[error("the member is an administrator")]
    MemberIsAdministrator,
    /// There is no such role.
    #[error("the role does not exist")]
    RoleNotFound,
    /// The role stands no lower than the actor.
    #[error("the role stands too high")]
    RoleTooHigh,
    /// The member stands no lower than the actor.
    #[error("the member stands too high")]
    MemberTooHigh,
    /// The actor would give, or take, permissions that they lack.
    #[error("the actor lacks what they would grant")]
    CannotGrant(PermissionSet),
    /// There is no such invitation, or it is not for the caller, or cannot be accepted any more.
    #[error("the invitation does not exist")]
    InvitationNotFound,
    /// The user is a member already.
    #[error("the user is a member already")]
    AlreadyMember,
    /// The user has been invited already.
    #[error("the user has been invited already")]
    AlreadyInvited,
    /// The server has as many invitations as one can have.
    #[error("the server has too many invitations")]
    TooManyInvitations,
    /// Every server has the role `everyone` as it is.
    #[error("this cannot be done to the role everyone")]
    EveryoneRole,
    /// The server has as many roles as one can have.
    #[error("the server has too many roles")]
    TooManyRoles,
    /// The channel has as many overwrites as one can have.
    #[error("the channel has too many overwrites")]
    TooManyOverwrites,
    /// A field names what cannot be meant.
    #[error("{field}: {detail}")]
    Field {
        /// The field of the request.
        field: String,
        /// The stable code.
        code: &'static str,
        /// A sentence for people.
        detail: &'static str,
    },
    /// The user is banned from the server.
    #[error("the user is banned")]
    Banned,
    /// The member lacks a permission.
    #[error("the permission {} is missing", .0.name())]
    MissingPermission(Permission),
    /// Only the owner may do this.
    #[error("only the owner may do this")]
    NotTheOwner,
    /// The owner cannot leave the server behind.
    #[error("the owner cannot leave")]
    OwnerCannotLeave,
    /// The user is in as many servers as one can be.
    #[error("the user is in too many servers")]
    TooManyServers,
    /// The user owns as many servers as one can own.
    #[error("the user owns too many servers")]
    TooManyOwned,
    /// The user owns servers of these names.
    #[error("the user owns servers")]
    OwnsServers(Vec<String>),
    /// The server has as many channels as one can have.
    #[error("the server has too many channels")]
    TooManyChannels,
    /// A channel cannot stand where it should.
    #[error("{field}: {why}")]
    Misplaced {
        /// The field of the request that says where.
        field: String,
        /// Why not.
        why: Misplaced,
    },
    /// The caller's account does not exist any more.
    #[error("the caller's account does not exist")]
    NoAccount,
    /// A peer failed.
    #[error("a peer failed: {0}")]
    Peer(#[from] Status),
    /// A field of the request names something that cannot be there.
    #[error("{field}: {detail}")]
    Unfit {
        /// The field.
        field: &'static str,
        /// The stable code.
        code: &'static str,
        /// Why, for people.
        detail: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// An event cannot be written as JSON.
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::ServerNotFound => Self::not_found("server_not_found"),
            Error::ChannelNotFound => Self::not_found("channel_not_found"),
            Error::MemberNotFound => Self::not_found("member_not_found"),
            Error::UserNotFound => Self::not_found("user_not_found"),
            Error::BanNotFound => Self::not_found("ban_not_found"),
            Error::MemberIsAdministrator => {
                Self::forbidden("member_is_administrator", "An administrator cannot be timed out.")
            }
            Error::RoleNotFound => Self::not_found("role_not_found"),
            Error::RoleTooHigh => {
                Self::forbidden("role_too_high", "The role does not stand below the highest of yours.")
            }
            Error::MemberTooHigh => Self::forbidden(
                "member_too_high",
                "The member's highest role does not stand below the highest of yours.",
            ),
            Error::CannotGrant(lacking) => {
                let names: Vec<&str> = lacking.iter().map(Permission::name).collect();
                Self::forbidden(
                    "cannot_grant",
                    format!("You cannot give or take what you lack: {}.", names.join(", ")),
                )
            }
            Error::InvitationNotFound => Self::not_found("invitation_not_found"),
            Error::AlreadyMember => Self::conflict("already_member", "The user is a member of the server already."),
            Error::AlreadyInvited => Self::conflict("already_invited", "The user has been invited already."),
            Error::TooManyInvitations => Self::conflict(
                "too_many_invitations",
                "The server has as many invitations as it can have. Revoke some.",
            ),
            Error::EveryoneRole => Self::conflict(
                "everyone_role",
                "Of the role everyone only the permissions can be changed.",
            ),
            Error::TooManyRoles => Self::conflict("too_many_roles", "The server has as many roles as it can have."),
            Error::TooManyOverwrites => Self::conflict(
                "too_many_overwrites",
                "The channel has as many overwrites as it can have.",
            ),
            Error::Field { field, code, detail } => {
                let mut fields = Fields::default();
                fields.add(field, code, detail);
                fields.problem()
            }
            Error::Banned => Self::forbidden("banned", "You are banned from this server."),
            Error::MissingPermission(permission) => Self::missing_permission(permission),
            Error::NotTheOwner => Self::forbidden("missing_permission", "Only the owner of the server may do this."),
            Error::OwnerCannotLeave => Self::conflict(
                "owner_cannot_leave",
                "The owner cannot leave: destroy the server or give it to someone else.",
            ),
            Error::OwnsServers(names) => names.into_iter().fold(
                Self::conflict(
                    "owns_servers",
                    "You own servers: give them to somebody else, or destroy them, first.",
                ),
                |problem, name| problem.with_field("servers", "owned", name),
            ),
            Error::TooManyServers => Self::conflict("too_many_servers", "You are in as many servers as one can be."),
            Error::TooManyOwned => Self::conflict("too_many_owned_servers", "You own as many servers as one can own."),
            Error::TooManyChannels => {
                Self::conflict("too_many_channels", "The server has as many channels as it can have.")
            }
            Error::Misplaced { field, why } => {
                let mut fields = Fields::default();
                let code = match why {
                    Misplaced::Unknown => "unknown_channel",
                    Misplaced::Twice => "duplicate",
                    Misplaced::NotAFolder => "not_a_folder",
                    Misplaced::FolderInFolder => "folder_in_folder",
                };
                fields.add(field, code, why.to_string());
                fields.problem()
            }
            Error::Unfit { field, code, detail } => {
                let mut fields = Fields::default();
                fields.add(field, code, detail);
                fields.problem()
            }
            Error::NoAccount => Self::not_signed_in(),
            Error::Peer(status) => Self::from(status),
            Error::Database(error) => Self::from(error),
            Error::Event(error) => {
                tracing::error!(error = %error, "an event cannot be written as JSON");
                Self::internal()
            }
        }
    }
}

/// For calls of peers, which only read.
impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => rpc::database_status(&error),
            Error::Peer(status) => status,
            other => {
                tracing::error!(error = %other, "an internal call failed");
                rpc::internal("the call failed")
            }
        }
    }
}

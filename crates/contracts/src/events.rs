//! The closed set of events: what one service tells the others, and the gateway its clients.

use std::sync::Arc;

use model::{ChannelId, EventId, ServerId, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::trace::Trace;

/// What happened. The names are those of the gateway protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// A message was sent.
    #[serde(rename = "message.created")]
    MessageCreated,
    /// A message was edited.
    #[serde(rename = "message.updated")]
    MessageUpdated,
    /// A message was deleted.
    #[serde(rename = "message.deleted")]
    MessageDeleted,
    /// Somebody reacted to a message.
    #[serde(rename = "message.reaction_added")]
    MessageReactionAdded,
    /// A reaction to a message was taken back, or removed.
    #[serde(rename = "message.reaction_removed")]
    MessageReactionRemoved,
    /// A message was pinned to its channel.
    #[serde(rename = "message.pinned")]
    MessagePinned,
    /// A message is not pinned any more.
    #[serde(rename = "message.unpinned")]
    MessageUnpinned,
    /// Somebody begins to write, or still does. Of the moment: it is told to whoever has the server on screen, and not again.
    #[serde(rename = "typing.started")]
    TypingStarted,
    /// How far a user has read a channel changed. Goes to that user alone.
    #[serde(rename = "read_state.updated")]
    ReadStateUpdated,
    /// What a user has begun to write in a channel changed. Goes to that user alone.
    #[serde(rename = "draft.updated")]
    DraftUpdated,
    /// A channel or folder was created.
    #[serde(rename = "channel.created")]
    ChannelCreated,
    /// A channel or folder was renamed, moved or otherwise changed.
    #[serde(rename = "channel.updated")]
    ChannelUpdated,
    /// A channel or folder was deleted.
    #[serde(rename = "channel.deleted")]
    ChannelDeleted,
    /// A user gained a server: created it or joined it. Goes to that user alone.
    #[serde(rename = "server.created")]
    ServerCreated,
    /// A server's name, description or visibility changed.
    #[serde(rename = "server.updated")]
    ServerUpdated,
    /// A server was destroyed (to its members), or the user is no longer a member of it (to that user).
    #[serde(rename = "server.deleted")]
    ServerDeleted,
    /// Someone joined a server.
    #[serde(rename = "member.joined")]
    MemberJoined,
    /// A member's nickname, roles or time-out changed.
    #[serde(rename = "member.updated")]
    MemberUpdated,
    /// Someone left a server or was removed from it.
    #[serde(rename = "member.left")]
    MemberLeft,
    /// A user was banned, and messages of theirs go with them: data is [`Sweep`]. Never told to clients.
    #[serde(rename = "member.banned")]
    MemberBanned,
    /// A role was created.
    #[serde(rename = "role.created")]
    RoleCreated,
    /// A role changed.
    #[serde(rename = "role.updated")]
    RoleUpdated,
    /// A role was deleted.
    #[serde(rename = "role.deleted")]
    RoleDeleted,
    /// What a member may do changed: in the server, or in a channel of it that they see. Goes to that user alone; made by
    /// the gateway, not by a service.
    #[serde(rename = "permissions.updated")]
    PermissionsUpdated,
    /// A user was invited to a server. Goes to that user alone.
    #[serde(rename = "invitation.received")]
    InvitationReceived,
    /// An invitation was accepted. Goes to whoever invited.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// An invitation was declined. Goes to whoever invited.
    #[serde(rename = "invitation.declined")]
    InvitationDeclined,
    /// An invitation of a user was taken back, or ended with its server. Goes to that user alone.
    #[serde(rename = "invitation.revoked")]
    InvitationRevoked,
    /// A user's profile changed.
    #[serde(rename = "user.updated")]
    UserUpdated,
    /// A user's settings changed. Goes to that user alone.
    #[serde(rename = "settings.updated")]
    SettingsUpdated,
    /// How a user signs in changed: password, second factor, e-mail address. Goes to that user alone; has no data.
    #[serde(rename = "user.security_changed")]
    UserSecurityChanged,
    /// An account was erased, for good: whoever keeps something of the user lets go of it. Data is the profile that is left, which
    /// says nothing of anybody. Never told to clients.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// A sign-in was ended. Never told to clients: gateways close its connections, services refuse its tokens.
    #[serde(rename = "session.revoked")]
    SessionRevoked,
}

impl EventKind {
    /// The name in the gateway protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MessageCreated => "message.created",
            Self::MessageUpdated => "message.updated",
            Self::MessageDeleted => "message.deleted",
            Self::MessageReactionAdded => "message.reaction_added",
            Self::MessageReactionRemoved => "message.reaction_removed",
            Self::MessagePinned => "message.pinned",
            Self::MessageUnpinned => "message.unpinned",
            Self::TypingStarted => "typing.started",
            Self::ReadStateUpdated => "read_state.updated",
            Self::DraftUpdated => "draft.updated",
            Self::ChannelCreated => "channel.created",
            Self::ChannelUpdated => "channel.updated",
            Self::ChannelDeleted => "channel.deleted",
            Self::ServerCreated => "server.created",
            Self::ServerUpdated => "server.updated",
            Self::ServerDeleted => "server.deleted",
            Self::MemberJoined => "member.joined",
            Self::MemberUpdated => "member.updated",
            Self::MemberLeft => "member.left",
            Self::MemberBanned => "member.banned",
            Self::RoleCreated => "role.created",
            Self::RoleUpdated => "role.updated",
            Self::RoleDeleted => "role.deleted",
            Self::PermissionsUpdated => "permissions.updated",
            Self::InvitationReceived => "invitation.received",
            Self::InvitationAccepted => "invitation.accepted",
            Self::InvitationDeclined => "invitation.declined",
            Self::InvitationRevoked => "invitation.revoked",
            Self::UserUpdated => "user.updated",
            Self::SettingsUpdated => "settings.updated",
            Self::UserSecurityChanged => "user.security_changed",
            Self::UserDeleted => "user.deleted",
            Self::SessionRevoked => "session.revoked",
        }
    }

    /// Whether clients may ever see it.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::SessionRevoked | Self::MemberBanned | Self::UserDeleted)
    }

    /// Whether a server's channels, roles, owner or existence may have changed, so that a snapshot of it is out of date.
    #[must_use]
    pub const fn changes_tenant(self) -> bool {
        matches!(
            self,
            Self::ChannelCreated
                | Self::ChannelUpdated
                | Self::ChannelDeleted
                | Self::ServerUpdated
                | Self::ServerDeleted
                | Self::RoleCreated
                | Self::RoleUpdated
                | Self::RoleDeleted
        )
    }

    /// Whether a message is another one than before, or gone.
    #[must_use]
    pub const fn changes_message(self) -> bool {
        matches!(
            self,
            Self::MessageUpdated | Self::MessageDeleted | Self::MessagePinned | Self::MessageUnpinned
        )
    }

    /// Whether a membership may have changed.
    #[must_use]
    pub const fn changes_membership(self) -> bool {
        matches!(self, Self::MemberJoined | Self::MemberUpdated | Self::MemberLeft)
    }
}

/// Which messages of a banned user are deleted; data of [`EventKind::MemberBanned`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// The server whose messages they are.
    pub server_id: ServerId,
    /// Who wrote them.
    pub author_id: UserId,
    /// The earliest that goes.
    pub since: Timestamp,
    /// When the ban was made.
    pub banned_at: Timestamp,
}

/// Who may learn of an event. The gateway decides at the moment of delivery, by the permissions of that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum Audience {
    /// One user, on all their devices.
    User {
        /// The user.
        user_id: UserId,
    },
    /// All members of a server.
    Server {
        /// The server.
        server_id: ServerId,
    },
    /// The members of a server who can see the channel.
    Channel {
        /// The server.
        server_id: ServerId,
        /// The channel.
        channel_id: ChannelId,
    },
    /// All who share a server with the user, and the user.
    AroundUser {
        /// The user.
        user_id: UserId,
    },
    /// No client: an event between services.
    Services,
}

/// One change, as it is told after its commit. Consumers drop an `id` that they have seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// Unique; the same when the event is told again.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// Who may learn of it.
    pub audience: Audience,
    /// The server's version after the change, for what [`EventKind::changes_tenant`] or
    /// [`EventKind::changes_membership`]: a snapshot of a lower version is out of date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_version: Option<i64>,
    /// The user whom the event is about, for events of members, users and sign-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The sign-in that was ended, for [`EventKind::SessionRevoked`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The message's number in its channel, for the events of messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// The request that caused it. Never told to clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// What clients get as `data`: the resource as the REST API shows it.
    pub data: Arc<RawValue>,
}

impl Event {
    /// An event with nothing but what every event has.
    ///
    /// # Errors
    /// When `data` cannot be written as JSON, which no resource of ours can cause.
    pub fn new(
        id: EventId,
        kind: EventKind,
        audience: Audience,
        data: &(impl Serialize + ?Sized),
    ) -> Result<Self, serde_json::Error> {
        let data = Arc::from(serde_json::value::to_raw_value(data)?);
        Ok(Self {
            id,
            kind,
            audience,
            tenant_version: None,
            user_id: None,
            session_id: None,
            seq: None,
            trace: None,
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn an_event_survives_the_outbox() {
        let audience = Audience::Channel {
            server_id: ServerId(1),
            channel_id: ChannelId(2),
        };
        let event = Event::new(
            EventId(9),
            EventKind::MessageCreated,
            audience,
            &serde_json::json!({"content": "é\n"}),
        )
        .unwrap();
        let trace = Trace {
            trace_id: [1; 16],
            span_id: [2; 8],
        };
        let event = Event {
            seq: Some(3),
            trace: Some(trace),
            ..event
        };
        let read: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!(
            (read.id, read.kind, read.audience, read.seq, read.trace),
            (event.id, event.kind, event.audience, Some(3), Some(trace))
        );
        assert_eq!(read.data.get(), event.data.get());
    }

    #[test]
    fn names_are_those_of_the_wire() {
        for kind in [
            EventKind::MessageCreated,
            EventKind::MessageReactionAdded,
            EventKind::MessageReactionRemoved,
            EventKind::MessagePinned,
            EventKind::MessageUnpinned,
            EventKind::TypingStarted,
            EventKind::ReadStateUpdated,
            EventKind::DraftUpdated,
            EventKind::ServerDeleted,
            EventKind::MemberLeft,
            EventKind::PermissionsUpdated,
            EventKind::InvitationReceived,
            EventKind::InvitationAccepted,
            EventKind::InvitationDeclined,
            EventKind::InvitationRevoked,
            EventKind::SettingsUpdated,
            EventKind::UserSecurityChanged,
            EventKind::UserDeleted,
            EventKind::SessionRevoked,
        ] {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        }
    }
}

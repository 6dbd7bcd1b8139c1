//! Permissions and sets of them.
//!
//! Positions are those of Discord's published model where it has the same permission, so that an import keeps its
//! numbers; the rest stand at 60 and above. Position 18 once meant something else and stays empty. A position never
//! changes its meaning: sets are stored as numbers.

use std::ops::{BitAnd, BitOr, BitOrAssign, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeSeq};

macro_rules! permissions {
    ($($(#[$doc:meta])* $variant:ident = $bit:literal $name:literal,)*) => {
        /// One thing that a member may or may not do. The names are those of the public API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Permission { $($(#[$doc])* $variant = $bit,)* }

        impl Permission {
            /// Every permission there is, by position.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in the public API, e.g. `manage_channels`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The permission of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

permissions! {
    /// Make invitation links and invite users.
    CreateInvitations = 0 "create_invitations",
    /// Remove members, who may come back.
    KickMembers = 1 "kick_members",
    /// Remove members for good.
    BanMembers = 2 "ban_members",
    /// Everything, in every channel.
    Administrator = 3 "administrator",
    /// Create, edit, order and delete channels.
    ManageChannels = 4 "manage_channels",
    /// Change the server's name, pictures, description, visibility.
    ManageServer = 5 "manage_server",
    /// React to messages.
    AddReactions = 6 "add_reactions",
    /// Read the audit log.
    ViewAuditLog = 7 "view_audit_log",
    /// Be heard above others.
    PrioritySpeaker = 8 "priority_speaker",
    /// Share the screen in calls.
    ShareScreen = 9 "share_screen",
    /// See a channel. Without it nothing of the channel exists for the member.
    ViewChannel = 10 "view_channel",
    /// Write messages.
    SendMessages = 11 "send_messages",
    /// Delete others' messages.
    ManageMessages = 13 "manage_messages",
    /// Have links previewed.
    EmbedLinks = 14 "embed_links",
    /// Attach files.
    AttachFiles = 15 "attach_files",
    /// Read what was written before.
    ReadHistory = 16 "read_history",
    /// Ping everyone at once.
    MentionEveryone = 17 "mention_everyone",
    /// Join calls.
    Connect = 20 "connect",
    /// Speak in calls.
    Speak = 21 "speak",
    /// Mute others in calls.
    MuteMembers = 22 "mute_members",
    /// Deafen others in calls.
    DeafenMembers = 23 "deafen_members",
    /// Move others between calls.
    MoveMembers = 24 "move_members",
    /// Choose one's own nickname.
    ChangeNickname = 26 "change_nickname",
    /// Choose others' nicknames.
    ManageNicknames = 27 "manage_nicknames",
    /// Create, edit and assign roles below one's own.
    ManageRoles = 28 "manage_roles",
    /// Create, edit and delete webhooks.
    ManageWebhooks = 29 "manage_webhooks",
    /// Silence members for a time.
    TimeOutMembers = 40 "time_out_members",
    /// Pin messages.
    PinMessages = 51 "pin_messages",
    /// Revoke others' invitations.
    ManageInvitations = 60 "manage_invitations",
    /// Share the camera in calls.
    Video = 61 "video",
    /// Post links to other sites. Who lacks it cannot send a message, nor change one of theirs, so that it has a link to
    /// anywhere but this Beep.
    UseExternalLinks = 62 "use_external_links",
}

/// A set of permissions, as 64 bits; an array of names in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// No permission.
    pub const EMPTY: Self = Self(0);
    /// Every permission.
    pub const ALL: Self = Self::of(Permission::ALL);
    /// What someone in a time-out keeps: reading.
    pub const TIMED_OUT: Self = Self::of(&[Permission::ViewChannel, Permission::ReadHistory]);
    /// What `everyone` of a new private server may do.
    pub const PRIVATE_DEFAULT: Self = Self::of(&[
        Permission::AddReactions,
        Permission::ViewChannel,
        Permission::SendMessages,
        Permission::EmbedLinks,
        Permission::AttachFiles,
        Permission::ReadHistory,
        Permission::Connect,
        Permission::Speak,
        Permission::Video,
        Permission::ShareScreen,
        Permission::ChangeNickname,
        Permission::UseExternalLinks,
    ]);
    /// What `everyone` of a new public server may do: the same, and invite (S10).
    pub const PUBLIC_DEFAULT: Self = Self(Self::PRIVATE_DEFAULT.0 | 1 << Permission::CreateInvitations as u8);

    /// The set of these permissions.
    #[must_use]
    pub const fn of(permissions: &[Permission]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < permissions.len() {
            bits |= 1 << permissions[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// From the database's 64-bit integer; bits that mean nothing are dropped.
    #[must_use]
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits.cast_unsigned() & Self::ALL.0)
    }

    /// For the database's 64-bit integer.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0.cast_signed()
    }

    /// Whether `permission` is in the set. Does not look at `administrator`: see [`crate::access`].
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The permissions in the set, by position.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.contains(*permission))
    }
}

impl BitOr for PermissionSet {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for PermissionSet {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for PermissionSet {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// What is in the left set and not in the right one.
impl Sub for PermissionSet {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions
            .into_iter()
            .fold(Self::EMPTY, |set, permission| set | Self::of(&[permission]))
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = serializer.serialize_seq(None)?;
        for permission in self.iter() {
            names.serialize_element(permission.name())?;
        }
        names.end()
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Vec<std::borrow::Cow<'de, str>>>::deserialize(deserializer)?
            .iter()
            .map(|name| {
                Permission::from_name(name).ok_or_else(|| de::Error::custom(format!("unknown permission `{name}`")))
            })
            .collect()
    }
}

/// In the contract an enumeration of its own, so that clients get a closed set of names.
impl utoipa::PartialSchema for Permission {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::{ObjectBuilder, schema::Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("One thing that a member may or may not do."))
            .examples(["send_messages"])
            .enum_values(Some(Self::ALL.iter().map(|permission| permission.name())))
            .into()
    }
}

impl utoipa::ToSchema for Permission {}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl utoipa::PartialSchema for PermissionSet {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::{ArrayBuilder, Ref};
        ArrayBuilder::new()
            .items(Ref::from_schema_name(<Permission as utoipa::ToSchema>::name()))
            .description(Some("Names of permissions."))
            .examples([["view_channel", "send_messages"]])
            .into()
    }
}

impl utoipa::ToSchema for PermissionSet {
    fn name() -> std::borrow::Cow<'static, str> {
        "Permissions".into()
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        let name = <Permission as utoipa::ToSchema>::name();
        schemas.push((name.into_owned(), <Permission as utoipa::PartialSchema>::schema()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_a_bijection() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_name(permission.name()), Some(*permission));
        }
        assert_eq!(PermissionSet::ALL.iter().count(), Permission::ALL.len());
    }

    #[test]
    fn json_is_an_array_of_names() {
        let set = PermissionSet::of(&[Permission::SendMessages, Permission::ViewChannel]);
        let json = serde_json::to_string(&set).unwrap_or_default();
        assert_eq!(json, r#"["view_channel","send_messages"]"#);
        assert!(serde_json::from_str::<PermissionSet>(&json).is_ok_and(|read| read == set));
        assert!(serde_json::from_str::<PermissionSet>(r#"["fly"]"#).is_err());
    }

    #[test]
    fn unknown_bits_of_the_database_are_dropped() {
        assert_eq!(PermissionSet::from_bits(-1), PermissionSet::ALL);
        assert_eq!(PermissionSet::from_bits(PermissionSet::ALL.bits()), PermissionSet::ALL);
    }

    #[test]
    fn positions_stay_what_they_are() {
        // What is stored in every database. Whoever changes a line here breaks servers that exist.
        assert_eq!(PermissionSet::PUBLIC_DEFAULT.bits(), 0x6000_0000_0431_CE41);
        assert_eq!(Permission::Administrator as u8, 3);
        assert_eq!(Permission::UseExternalLinks as u8, 62);
        assert!(PermissionSet::from_bits(1 << 18).is_empty(), "once use_external_emoji");
    }

    #[test]
    fn everyone_invites_to_public_servers_only() {
        assert!(PermissionSet::PUBLIC_DEFAULT.contains(Permission::CreateInvitations));
        assert!(!PermissionSet::PRIVATE_DEFAULT.contains(Permission::CreateInvitations));
    }
}

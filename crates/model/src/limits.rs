//! Every limit of Beep, in one place. Lengths of texts are in Unicode scalar values unless a name says bytes.

use std::time::Duration;

/// A user's handle.
pub const USERNAME_MIN: usize = 2;
/// A user's handle.
pub const USERNAME_MAX: usize = 32;
/// How often a user may change their handle within [`USERNAME_CHANGES_WITHIN`].
pub const USERNAME_CHANGES: usize = 2;
/// See [`USERNAME_CHANGES`]: 14 days.
pub const USERNAME_CHANGES_WITHIN: Duration = Duration::from_hours(14 * 24);
/// How long nobody else can have a handle that a user has given up, so that nobody poses as them: 30 days.
pub const USERNAME_KEPT: Duration = Duration::from_hours(30 * 24);
/// How long an account that is to be deleted can still be kept by signing in, where nothing else is configured: 14 days.
pub const ACCOUNT_DELETION_GRACE: Duration = Duration::from_hours(14 * 24);
/// First and last name, each.
pub const PERSON_NAME_MAX: usize = 64;
/// An e-mail address (RFC 5321, 4.5.3.1.3, less the angle brackets).
pub const EMAIL_MAX: usize = 254;
/// A password; the lower bound of NIST SP 800-63B for a single factor of choice.
pub const PASSWORD_MIN: usize = 8;
/// A password; bounds the work of hashing.
pub const PASSWORD_MAX: usize = 256;
/// A user's biography.
pub const BIOGRAPHY_MAX: usize = 500;
/// The text beside a user's status.
pub const STATUS_TEXT_MAX: usize = 128;
/// A server's name.
pub const SERVER_NAME_MAX: usize = 100;
/// A server's description.
pub const SERVER_DESCRIPTION_MAX: usize = 1_000;
/// A channel's name.
pub const CHANNEL_NAME_MAX: usize = 100;
/// A channel's topic.
pub const CHANNEL_TOPIC_MAX: usize = 1_024;
/// A role's name.
pub const ROLE_NAME_MAX: usize = 100;
/// What a member is called in a server.
pub const NICKNAME_MAX: usize = 64;
/// Why somebody did what the audit log keeps.
pub const REASON_MAX: usize = 512;
/// A message's content.
pub const MESSAGE_CONTENT_MAX: usize = 4_000;
/// A message's nonce.
pub const NONCE_MAX: usize = 64;
/// What one message mentions: users, roles and channels together; the rest stays text.
pub const MENTIONS_PER_MESSAGE: usize = 50;
/// Characters of a message that are shown where it is answered.
pub const QUOTE_MAX: usize = 200;
/// Different emoji that a message is reacted to with.
pub const REACTIONS_PER_MESSAGE: usize = 20;
/// An emoji, in bytes.
pub const EMOJI_BYTES: usize = 64;
/// Messages that are pinned to a channel.
pub const PINS_PER_CHANNEL: usize = 250;
/// Previews of links in one message; the links after them have none.
pub const EMBEDS_PER_MESSAGE: usize = 5;
/// A link that is looked at for a preview, in bytes.
pub const EMBED_URL_BYTES: usize = 2_048;
/// The title of a preview; what is longer is cut.
pub const EMBED_TITLE_MAX: usize = 200;
/// The description of a preview.
pub const EMBED_DESCRIPTION_MAX: usize = 350;
/// Whose page it is that a preview shows, and who wrote it.
pub const EMBED_NAME_MAX: usize = 80;
/// What is read of a page for its preview, in bytes.
pub const EMBED_PAGE_BYTES: usize = 512 * 1024;
/// The longer side of a preview's picture, in pixels.
pub const EMBED_PICTURE_SIDE: u32 = 800;
/// Drafts that are listed of one user.
pub const DRAFTS_LISTED: i64 = 100;
/// Messages that one request deletes.
pub const DELETED_AT_ONCE: usize = 100;
/// A search term of a list (servers, members).
pub const QUERY_MAX: usize = 100;
/// What is looked for in messages.
pub const SEARCH_QUERY_MAX: usize = 200;
/// Words and phrases that are looked for at once.
pub const SEARCH_TERMS: usize = 16;
/// Authors, channels or kinds that one search names, each.
pub const SEARCH_NAMED: usize = 10;
/// How many of the messages that a search has found are counted.
pub const SEARCH_COUNTED: usize = 10_000;
/// The largest page of found messages.
pub const SEARCH_PAGE_MAX: usize = 50;
/// The page of found messages when nothing is asked.
pub const SEARCH_PAGE_DEFAULT: usize = 25;

/// Channels of a server, folders included.
pub const CHANNELS_PER_SERVER: usize = 500;
/// Servers that a user is a member of.
pub const SERVERS_PER_USER: usize = 200;
/// Servers that a user owns.
pub const SERVERS_OWNED_PER_USER: usize = 50;
/// Roles of a server, `everyone` included.
pub const ROLES_PER_SERVER: usize = 250;
/// Roles of a member besides `everyone`.
pub const ROLES_PER_MEMBER: usize = 100;
/// Overwrites of a channel or folder.
pub const OVERWRITES_PER_CHANNEL: usize = 500;
/// Invitations of a server that can still be accepted.
pub const INVITATIONS_PER_SERVER: usize = 1_000;
/// How often an invitation can be accepted, when that is limited.
pub const INVITATION_USES_MAX: u32 = 1_000_000;
/// How long an invitation lasts, when it ends, in seconds: a year.
pub const INVITATION_SECONDS_MAX: u32 = 365 * 24 * 60 * 60;
/// How long a member waits between two messages in a channel with slow mode, in seconds: six hours.
pub const SLOW_MODE_SECONDS_MAX: u32 = 21_600;
/// How long a time-out lasts: 28 days.
pub const TIME_OUT_MAX: Duration = Duration::from_hours(28 * 24);
/// How far back a ban deletes messages, in seconds: seven days.
pub const BAN_SWEEP_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;
/// Sign-ins of a user that live at the same time; the oldest ends when one more begins.
pub const SESSIONS_PER_USER: usize = 50;
/// Passkeys of a user.
pub const PASSKEYS_PER_USER: usize = 20;
/// The longest name of a passkey.
pub const PASSKEY_NAME_MAX: usize = 64;

/// The largest page of any list.
pub const PAGE_MAX: usize = 100;
/// The page of a list when nothing is asked.
pub const PAGE_DEFAULT: usize = 50;

/// The body of a JSON request, in bytes.
pub const JSON_BODY_BYTES: usize = 64 * 1024;
/// How deep JSON may be nested.
pub const JSON_DEPTH: usize = 32;
/// An uploaded picture, in bytes.
pub const PICTURE_BYTES: usize = 8 * 1024 * 1024;
/// The width and height of an uploaded picture, in pixels, each.
pub const PICTURE_SIDE: u32 = 8_192;
/// The memory that decoding a picture may take, in bytes.
pub const PICTURE_MEMORY_BYTES: u64 = 128 * 1024 * 1024;

/// Files of one message.
pub const ATTACHMENTS_PER_MESSAGE: usize = 10;
/// A file's name; what is longer loses its middle, not its ending.
pub const FILE_NAME_MAX: usize = 160;
/// Uploads of a user that are not finished.
pub const UPLOADS_PER_USER: usize = 20;
/// How long an upload may take, and how long a file may wait to be sent: a day.
pub const UPLOAD_LIFETIME: Duration = Duration::from_hours(24);
/// A part in which an upload is kept, in bytes.
pub const UPLOAD_PART_BYTES: usize = 1024 * 1024;
/// The same once an upload has shown that it is large ([`UPLOAD_LARGE_AFTER`]), as long as the process has room, in bytes.
pub const UPLOAD_LARGE_PART_BYTES: usize = 4 * UPLOAD_PART_BYTES;
/// Bytes of an upload that come in parts of the smaller size.
pub const UPLOAD_LARGE_AFTER: i64 = 2 * 1024 * 1024;
/// Parts of an upload that are smaller, because requests broke off.
pub const UPLOAD_SMALL_PARTS: usize = 1_000;
/// Bodies of uploads that one process takes at the same time; each takes the memory of two parts of the smaller size.
pub const UPLOADS_AT_ONCE: usize = 128;
/// Parts of one upload that are on their way to be kept at the same time.
pub const UPLOAD_PARTS_IN_FLIGHT: usize = 4;
/// Parts that one process holds for all uploads beside those two; a large one counts as often as it is larger.
pub const UPLOAD_PARTS_AHEAD: usize = 96;
/// What must arrive of an upload within the time that any request may take, in bytes; otherwise it is broken off.
pub const UPLOAD_PACE_BYTES: u64 = 16 * 1024;
/// A picture that gets a thumbnail and loses what its camera wrote into it, in bytes.
pub const ATTACHED_PICTURE_BYTES: u64 = 32 * 1024 * 1024;
/// The longer side of a thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 800;
/// Files that one call deletes.
pub const FILES_DELETED_AT_ONCE: usize = 200;

/// Exports of all their data that a user has within [`EXPORTS_WITHIN`].
pub const EXPORTS_PER_USER: usize = 2;
/// See [`EXPORTS_PER_USER`]: 7 days.
pub const EXPORTS_WITHIN: Duration = Duration::from_hours(7 * 24);
/// How long an export is kept, and shown: a day.
pub const EXPORT_LIFETIME: Duration = Duration::from_hours(24);

/// A frame from a gateway's client, in bytes.
pub const GATEWAY_FRAME_BYTES: usize = 4 * 1024;
/// Frames from one gateway's client in ten seconds.
pub const GATEWAY_FRAMES_PER_TEN_SECONDS: u32 = 60;
/// Events that a gateway session holds for a client that is slow or away, before the client must start anew.
pub const GATEWAY_SESSION_EVENTS: usize = 4_096;
/// Parts of a member list that one gateway session has on screen.
pub const GATEWAY_MEMBER_RANGES: usize = 5;
/// Places of one such part.
pub const GATEWAY_MEMBER_RANGE: usize = 100;
/// Users of whom a gateway session that has a member list on screen is told the presence besides.
pub const GATEWAY_PRESENCES_NAMED: usize = 100;
/// Gateway sessions of one user at the same time.
pub const GATEWAY_SESSIONS_PER_USER: usize = 25;

//! What goes into an export, read page by page.

use std::collections::{BTreeMap, HashMap};

use contracts::{servers::ListServersOfUserRequest, users::GetExportRequest};
use futures::StreamExt;
use model::{ChannelId, FileId, MessageId, RoleId, ServerId, Timestamp, UserId};
use platform::rpc;
use serde::{Deserialize, Serialize};

use super::archive::{Archive, ArchiveError, Entry};
use crate::{
    error::MessagesError,
    service::Service,
    store::{
        attachments::{self, Attachment},
        drafts,
        messages::{self, Message},
        own,
    },
};

/// What others are told of an account that is written out.
pub(super) struct Whose {
    pub(super) username: String,
}

const README: &str = include_str!("texts/README.txt");
/// Rows that one statement reads: where messages are, messages themselves, files, servers.
const PAGE: i64 = 1_000;
/// Messages that are read at once: of a few sizes, so that a prepared statement is used again.
const READ_AT_ONCE: usize = 64;
/// Drafts: more than anybody has.
const DRAFTS: i64 = 10_000;

/// Of a server what goes into an export: what its member sees.
#[derive(Deserialize)]
struct SeenServer {
    id: ServerId,
    name: String,
    owner_id: UserId,
    #[serde(default)]
    channels: Vec<Named<ChannelId>>,
    #[serde(default)]
    roles: Vec<Named<RoleId>>,
    me: SeenMember,
}

#[derive(Deserialize)]
struct SeenMember {
    nickname: Option<String>,
    joined_at: Timestamp,
    #[serde(default)]
    role_ids: Vec<RoleId>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Named<Id> {
    id: Id,
    /// Not there where the user does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Serialize)]
struct ShownServer<'a> {
    id: ServerId,
    name: &'a str,
    is_owner: bool,
    joined_at: Timestamp,
    nickname: Option<&'a str>,
    roles: Vec<&'a Named<RoleId>>,
}

#[derive(Serialize)]
struct ShownDraft {
    server: Named<ServerId>,
    channel: Named<ChannelId>,
    content: String,
    reply_to: Option<MessageId>,
    updated_at: Timestamp,
}

#[derive(Serialize)]
struct ShownMessage<'a> {
    id: MessageId,
    created_at: Timestamp,
    edited_at: Option<Timestamp>,
    content: &'a str,
    reply_to: Option<MessageId>,
    attachments: Vec<ShownFile<'a>>,
}

#[derive(Serialize)]
struct ShownFile<'a> {
    name: &'a str,
    size: i64,
    content_type: Option<&'a str>,
    /// Where it is in the archive.
    file: String,
}

/// Puts everything of the user into the archive.
pub(super) async fn write(
    service: &Service,
    user_id: UserId,
    archive: &mut Archive<'_>,
) -> Result<Whose, ArchiveError> {
    archive.begin("README.txt", Entry::Text).await?;
    archive.put(README.as_bytes()).await?;
    let request = GetExportRequest { user_id: user_id.0 };
    let account = service.exports.users.clone().get_export(request).await?.into_inner();
    archive.begin("account.json", Entry::Text).await?;
    // Written out so that people can read it.
    let told: serde_json::Value = serde_json::from_str(&account.account_json)?;
    archive.put(&serde_json::to_vec_pretty(&told)?).await?;
    let seen = Seen::of(service, user_id).await?;
    archive.begin("servers.json", Entry::Text).await?;
    archive.put(&serde_json::to_vec_pretty(&seen.shown(user_id))?).await?;
    let mut written_in = Vec::new();
    loop {
        let after = written_in.last().copied().unwrap_or(ServerId(0));
        let page = own::list_servers(service.tenants.shared(), user_id, after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        written_in.extend(page);
    }
    let everywhere: Vec<ServerId> = seen.servers.keys().chain(&written_in).copied().collect();
    put_drafts(service, user_id, (&seen, everywhere), archive).await?;
    for server_id in written_in {
        put_messages(service, (user_id, server_id), &seen, archive).await?;
    }
    put_files(service, user_id, archive).await?;
    Ok(Whose {
        username: account.username,
    })
}

/// The servers that the user is a member of, as they see them.
struct Seen {
    servers: BTreeMap<ServerId, SeenServer>,
    channels: HashMap<ChannelId, Option<String>>,
}

impl Seen {
    async fn of(service: &Service, user_id: UserId) -> Result<Self, ArchiveError> {
        let request = ListServersOfUserRequest { user_id: user_id.0 };
        let listed = service
            .servers
            .clone()
            .list_servers_of_user(request)
            .await?
            .into_inner();
        let (mut servers, mut channels) = (BTreeMap::new(), HashMap::new());
        for server in listed.servers {
            let server: SeenServer = serde_json::from_str(&server.server_json)?;
            channels.extend(server.channels.iter().map(|channel| (channel.id, channel.name.clone())));
            servers.insert(server.id, server);
        }
        Ok(Self { servers, channels })
    }

    fn shown(&self, user_id: UserId) -> Vec<ShownServer<'_>> {
        let shown = |server| {
            let SeenServer { roles, me, .. }: &SeenServer = server;
            ShownServer {
                id: server.id,
                name: &server.name,
                is_owner: server.owner_id == user_id,
                joined_at: me.joined_at,
                nickname: me.nickname.as_deref(),
                roles: roles.iter().filter(|role| me.role_ids.contains(&role.id)).collect(),
            }
        };
        self.servers.values().map(shown).collect()
    }

    fn server(&self, id: ServerId) -> Named<ServerId> {
        let name = self.servers.get(&id).map(|server| server.name.clone());
        Named { id, name }
    }

    fn channel(&self, id: ChannelId) -> Named<ChannelId> {
        let name = self.channels.get(&id).cloned().flatten();
        Named { id, name }
    }
}

async fn put_drafts(
    service: &Service,
    user_id: UserId,
    (seen, mut servers): (&Seen, Vec<ServerId>),
    archive: &mut Archive<'_>,
) -> Result<(), ArchiveError> {
    servers.sort_unstable();
    servers.dedup();
    let mut begun = Vec::new();
    for some in servers.chunks(READ_AT_ONCE) {
        begun.extend(drafts::list(service.tenants.shared(), user_id, some, DRAFTS).await?);
    }
    let begun = begun.into_iter().map(|row| ShownDraft {
        server: seen.server(row.server_id),
        channel: seen.channel(row.channel_id),
        content: row.content,
        reply_to: row.reply_to_id,
        updated_at: row.updated_at,
    });
    archive.begin("drafts.json", Entry::Text).await?;
    let begun: Vec<ShownDraft> = begun.collect();
    archive.put(&serde_json::to_vec_pretty(&begun)?).await
}

/// A file for each channel of the server. Where the messages are is known for all of them first: 24 bytes each.
async fn put_messages(
    service: &Service,
    (user_id, server_id): (UserId, ServerId),
    seen: &Seen,
    archive: &mut Archive<'_>,
) -> Result<(), ArchiveError> {
    let tenant = service.tenants.reader(server_id);
    let mut places: Vec<(ChannelId, MessageId)> = Vec::new();
    let mut after = (Timestamp::from_millis(i64::MIN), MessageId(0));
    loop {
        let page = own::list_messages(tenant, user_id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.created_at, last.id);
        places.extend(page.iter().map(|place| (place.channel_id, place.id)));
        archive.rest().await?;
    }
    places.sort_unstable();
    for of_channel in places.chunk_by(|one, other| one.0 == other.0) {
        let Some((channel_id, _)) = of_channel.first().copied() else {
            continue;
        };
        archive
            .begin(&format!("messages/{channel_id}.json"), Entry::Text)
            .await?;
        let (server, channel) = (seen.server(server_id), seen.channel(channel_id));
        let head = format!(
            "{{\"server\": {}, \"channel\": {}, \"messages\": [",
            serde_json::to_string(&server)?,
            serde_json::to_string(&channel)?
        );
        archive.put(head.as_bytes()).await?;
        let mut first = true;
        for some in of_channel.chunks(READ_AT_ONCE) {
            let ids: Vec<MessageId> = some.iter().map(|(_, id)| *id).collect();
            let mut found = messages::lookup_many(tenant, channel_id, &ids).await?;
            found.retain(|message| message.author_id == user_id);
            found.sort_unstable_by_key(|message| message.seq);
            let files = attachments::list_of(tenant, channel_id, &with_files(&found)).await?;
            let mut text = String::new();
            for message in &found {
                text.push_str(if first { "\n" } else { ",\n" });
                first = false;
                text.push_str(&serde_json::to_string(&shown(message, user_id, &files))?);
            }
            archive.put(text.as_bytes()).await?;
        }
        archive.put(b"\n]}\n").await?;
    }
    Ok(())
}

fn with_files(messages: &[Message]) -> Vec<MessageId> {
    let with = messages.iter().filter(|message| message.attachment_count > 0);
    with.map(|message| message.id).collect()
}

fn shown<'a>(message: &'a Message, user_id: UserId, files: &'a [Attachment]) -> ShownMessage<'a> {
    let own = |file: &&Attachment| file.message_id == Some(message.id) && file.uploader_id == user_id;
    ShownMessage {
        id: message.id,
        created_at: message.created_at,
        edited_at: message.edited_at,
        content: &message.content,
        reply_to: message.reply_to_id,
        attachments: files
            .iter()
            .filter(own)
            .map(|file| ShownFile {
                name: &file.name,
                size: file.size,
                content_type: file.content_type.as_deref(),
                file: place(file),
            })
            .collect(),
    }
}

/// Where a file is in the archive.
fn place(file: &Attachment) -> String {
    format!("files/{}-{}", file.id, file.name)
}

async fn put_files(service: &Service, user_id: UserId, archive: &mut Archive<'_>) -> Result<(), ArchiveError> {
    let mut after = (0, FileId(0));
    loop {
        let page = own::list_files(service.tenants.shared(), user_id, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = (last.size, last.id);
        for file in &page {
            put_file(service, file, archive).await?;
        }
    }
}

async fn put_file(service: &Service, file: &Attachment, archive: &mut Archive<'_>) -> Result<(), ArchiveError> {
    let mut opened = match service.open_file(file.id, false, (0, 0)).await {
        Ok(opened) => opened,
        // It was deleted meanwhile.
        Err(MessagesError::Peer(status)) if rpc::beep_code(&status) == Some("file_not_found") => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    archive.begin(&place(file), Entry::File(opened.size)).await?;
    while let Some(piece) = opened.bytes.next().await {
        archive.put(&piece?).await?;
    }
    Ok(())
}

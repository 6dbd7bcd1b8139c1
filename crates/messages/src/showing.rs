//! Messages as clients see them: with their authors, what they answer, and the reactions to them.

use std::collections::HashMap;

use model::{ChannelId, MessageId, ServerId, UserId};

use crate::{
    api::{
        attachments::resource::AttachmentResource,
        resource::{AnsweredMessage, Author, MessageResource, Reaction},
    },
    error::MessagesError,
    service::Service,
    store::{
        attachments,
        messages::{self, Message},
        reactions,
    },
};

/// Who reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reader {
    /// A user who may read what was written before.
    User(UserId),
    /// All who see the channel, whoever they are.
    All,
}

impl Service {
    /// Messages of one channel as the reader sees them.
    pub(crate) async fn shown(
        &self,
        server_id: ServerId,
        channel_id: ChannelId,
        messages: Vec<Message>,
        reader: Reader,
    ) -> Result<Vec<MessageResource>, MessagesError> {
        let originals = self.originals(server_id, channel_id, &messages, reader).await?;
        let answered = originals.iter().flatten();
        let ids = messages.iter().chain(answered).map(|message| message.author_id);
        let authors = self.authors.find_all(ids).await?;
        let author = |id: UserId| authors.get(&id).cloned().unwrap_or_else(|| Author::unknown(id));
        let mut reactions = self.reactions(server_id, channel_id, &messages, reader).await?;
        let mut files = self.files_of(server_id, channel_id, &messages).await?;
        let answered = |id: MessageId| {
            let Some(originals) = &originals else {
                return AnsweredMessage::withheld(id);
            };
            let original = originals.iter().find(|original| original.id == id);
            original.map_or_else(
                || AnsweredMessage::gone(id),
                |original| AnsweredMessage::shown(original, author(original.author_id)),
            )
        };
        let resource = |message: Message| {
            let (id, reply_to_id) = (message.id, message.reply_to_id);
            let author = author(message.author_id);
            MessageResource::new(message, author)
                .answering(reply_to_id.map(answered))
                .with_attachments(files.remove(&id).unwrap_or_default())
                .with_reactions(reactions.remove(&id).unwrap_or_default())
        };
        Ok(messages.into_iter().map(resource).collect())
    }

    /// One message as the reader sees it.
    pub(crate) async fn shown_one(&self, message: Message, reader: Reader) -> Result<MessageResource, MessagesError> {
        let (server_id, channel_id) = (message.server_id, message.channel_id);
        let shown = self.shown(server_id, channel_id, vec![message], reader).await?;
        shown.into_iter().next().ok_or(MessagesError::MessageNotFound)
    }

    /// The messages that these answer, as far as they are there; `None` when not every reader may read them.
    async fn originals(
        &self,
        server_id: ServerId,
        channel_id: ChannelId,
        messages: &[Message],
        reader: Reader,
    ) -> Result<Option<Vec<Message>>, MessagesError> {
        let mut wanted: Vec<MessageId> = messages.iter().filter_map(|message| message.reply_to_id).collect();
        if wanted.is_empty() {
            return Ok(Some(Vec::new()));
        }
        if matches!(reader, Reader::All) && !self.access.all_read_history(server_id, channel_id).await? {
            return Ok(None);
        }
        wanted.sort_unstable();
        wanted.dedup();
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for id in wanted {
            match messages.iter().find(|message| message.id == id) {
                Some(message) => found.push(message.clone()),
                None => missing.push(id),
            }
        }
        if !missing.is_empty() {
            let tenant = self.tenants.reader(server_id);
            found.extend(messages::lookup_many(tenant, channel_id, &missing).await?);
        }
        Ok(Some(found))
    }

    async fn files_of(
        &self,
        server_id: ServerId,
        channel_id: ChannelId,
        messages: &[Message],
    ) -> Result<HashMap<MessageId, Vec<AttachmentResource>>, MessagesError> {
        let with_files = messages.iter().filter(|message| message.attachment_count > 0);
        let ids: Vec<MessageId> = with_files.map(|message| message.id).collect();
        let mut all: HashMap<MessageId, Vec<AttachmentResource>> = HashMap::new();
        let tenant = self.tenants.reader(server_id);
        for file in attachments::list_of(tenant, channel_id, &ids).await? {
            if let Some(message_id) = file.message_id {
                all.entry(message_id).or_default().push(file.into());
            }
        }
        Ok(all)
    }

    async fn reactions(
        &self,
        server_id: ServerId,
        channel_id: ChannelId,
        messages: &[Message],
        reader: Reader,
    ) -> Result<HashMap<MessageId, Vec<Reaction>>, MessagesError> {
        let reacted = messages.iter().filter(|message| message.reacted);
        let ids: Vec<MessageId> = reacted.map(|message| message.id).collect();
        let mut all: HashMap<MessageId, Vec<Reaction>> = HashMap::new();
        if ids.is_empty() {
            return Ok(all);
        }
        let user_id = match reader {
            Reader::User(user_id) => user_id,
            Reader::All => UserId(0),
        };
        let tenant = self.tenants.reader(server_id);
        for tally in reactions::tallies(tenant, channel_id, &ids, user_id).await? {
            all.entry(tally.message_id).or_default().push(tally.into());
        }
        Ok(all)
    }
}

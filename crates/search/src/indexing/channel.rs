//! One channel is followed from where it was left.

use contracts::messages::{ListChangesRequest, ListMessagesRequest, messages_client::MessagesClient};
use model::{ChannelId, ServerId};
use platform::rpc::Peer;

use super::marks::Mark;
use crate::{
    document::Document,
    error::SearchError,
    index::{Change, Place, Position},
};

/// Answers of `messages` that are taken in one go: then others have their turn.
const ANSWERS_AT_ONCE: usize = 10;

/// What there is new in a channel.
#[derive(Debug, Default)]
pub(super) struct News {
    /// For the index, in order; without the new position.
    pub(super) changes: Vec<Change>,
    /// Up to where the channel is followed with them.
    pub(super) position: Position,
    /// What is left for the next time.
    pub(super) left: Option<Mark>,
}

/// Reads what a channel has after the position, as far as the mark says that there is something.
///
/// Messages are read as they are at this moment, so that one that changes meanwhile is there as it was then, and its change
/// has a number that comes after the position. That is why events are not taken for messages: they may be older.
pub(super) async fn news(
    messages: &MessagesClient<Peer>,
    place: Place,
    position: Position,
    mark: Mark,
) -> Result<News, SearchError> {
    let mut news = News {
        position,
        ..News::default()
    };
    let mut answers = 0;
    let mut changed = mark.changed;
    while changed && answers < ANSWERS_AT_ONCE {
        changed = take_changes(messages, place, &mut news).await?;
        answers += 1;
    }
    while news.position.seq < mark.seq && answers < ANSWERS_AT_ONCE {
        take_messages(messages, place, mark.seq, &mut news).await?;
        answers += 1;
    }
    if changed || news.position.seq < mark.seq {
        news.left = Some(Mark { changed, ..mark });
    }
    Ok(news)
}

/// Takes the next changes; answers whether there may be more.
async fn take_changes(
    messages: &MessagesClient<Peer>,
    (server_id, channel_id): Place,
    news: &mut News,
) -> Result<bool, SearchError> {
    let request = ListChangesRequest {
        server_id: server_id.0,
        channel_id: channel_id.0,
        after: news.position.change,
    };
    let answer = messages.clone().list_changes(request).await?.into_inner();
    let Some(last) = answer.changes.last().map(|change| change.number) else {
        return Ok(false);
    };
    for change in answer.changes {
        // What has not been read yet is read as it is then.
        if change.seq <= news.position.seq {
            let change = match change.message_json {
                Some(json) => put(server_id, channel_id, change.seq, &json),
                None => Change::Remove(channel_id, change.seq),
            };
            news.changes.push(change);
        }
    }
    news.position.change = last;
    Ok(true)
}

/// Takes the next messages.
async fn take_messages(
    messages: &MessagesClient<Peer>,
    (server_id, channel_id): Place,
    up_to: i64,
    news: &mut News,
) -> Result<(), SearchError> {
    let request = ListMessagesRequest {
        server_id: server_id.0,
        channel_id: channel_id.0,
        after: news.position.seq,
        up_to,
    };
    let answer = messages.clone().list_messages(request).await?.into_inner();
    let of_answer = answer.messages.iter();
    news.changes
        .extend(of_answer.map(|message| put(server_id, channel_id, message.seq, &message.message_json)));
    // Whatever is answered, it goes on.
    news.position.seq = answer.up_to.max(news.position.seq + 1);
    Ok(())
}

/// The message for the index. One that is not looked for, or that nobody can read, is not there.
fn put(server_id: ServerId, channel_id: ChannelId, seq: i64, json: &str) -> Change {
    match Document::from_json(json) {
        Ok(Some(document))
            if (document.server_id, document.channel_id, document.seq) == (server_id, channel_id, seq) =>
        {
            Change::Put(Box::new(document))
        }
        Ok(_) => Change::Remove(channel_id, seq),
        Err(error) => {
            tracing::error!(
                server.id = %server_id, channel.id = %channel_id, message.seq = seq, error.detail = %error,
                "a message cannot be read, and will not be found"
            );
            Change::Remove(channel_id, seq)
        }
    }
}

//! The hot path: messages are stored in groups, each in one transaction, and numbered in the order of their arrival.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use contracts::{
    events::{Audience, Event, EventKind},
    trace::Trace,
};
use model::{ChannelId, EventId, FileId, MessageId, ServerId, SlowMode};
use platform::{
    clock::{Clock, Ids},
    db::{DbError, DbResult, GroupCommit, GroupError, Tenants, Tx},
    telemetry::RequestContext,
};
use serde_json::value::RawValue;

use crate::{
    api::{
        attachments::resource::AttachmentResource,
        resource::{AnsweredMessage, Author, MessageResource},
    },
    mentions::Mentions,
    message_kind::MessageKind,
    previews::Embeds,
    store::{
        attachments::{self, Attachment},
        counters,
        mentions::{self, Call},
        messages::{self, Attempt, Message},
        preview_jobs, slow_mode,
    },
};

/// Messages that wait for the next group; more are told to come back. So many that a database that stands still does not
/// take the room of everything else.
const WAITING: usize = 2_048;
/// Messages of one transaction.
const LARGEST_GROUP: usize = 256;

/// A message to be.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) server_id: ServerId,
    pub(crate) channel_id: ChannelId,
    pub(crate) author: Author,
    pub(crate) content: String,
    pub(crate) nonce: Option<String>,
    pub(crate) kind: MessageKind,
    /// The message that it answers, as others are told of it.
    pub(crate) answered: Option<AnsweredMessage>,
    pub(crate) mentions: Mentions,
    /// The files that go with it, and whether each is hidden until one looks at it.
    pub(crate) files: Vec<(FileId, bool)>,
    /// How long the author waits between two messages there.
    pub(crate) slow_mode: SlowMode,
    /// Whether its links are to be looked at for previews.
    pub(crate) previews: bool,
    /// The request that it comes with: groups are written in a task of their own.
    pub(crate) trace: Option<Trace>,
}

impl NewMessage {
    fn place(&self) -> (ServerId, ChannelId) {
        (self.server_id, self.channel_id)
    }

    fn attempt(&self) -> Option<Attempt<'_>> {
        Some((self.server_id, self.channel_id, self.author.id, self.nonce.as_deref()?))
    }
}

/// A stored message, as JSON: encoded once for the answer and for everyone who hears of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) json: Arc<RawValue>,
    /// Whether it was stored now, and not at an earlier attempt with the same nonce.
    pub(crate) new: bool,
}

/// What became of a message to be.
#[derive(Debug, Clone)]
pub(crate) enum Appended {
    /// It is stored.
    Stored(Stored),
    /// It is not: the channel has slow mode, and the author has to wait for so long.
    TooSoon(Duration),
    /// It is not: this is no file of the author's that waits to be sent in the channel.
    NoSuchFile(FileId),
}

impl Appended {
    /// For a later attempt of the same message.
    fn again(self) -> Self {
        match self {
            Self::Stored(stored) => Self::Stored(Stored { new: false, ..stored }),
            refused => refused,
        }
    }
}

/// Where messages are stored.
pub(crate) struct Log(GroupCommit<NewMessage, Appended, DbError>);

impl Log {
    /// The log, and the task that writes it.
    pub(crate) fn new(tenants: Tenants, ids: Ids, clock: Clock) -> (Self, impl Future<Output = ()> + Send) {
        let writer = Arc::new(Writer { tenants, ids, clock });
        let (queue, work) = GroupCommit::new(WAITING, LARGEST_GROUP, move |group: Vec<NewMessage>| {
            let writer = Arc::clone(&writer);
            let cause = group.iter().find_map(|new| new.trace);
            RequestContext::scope_of_part(cause, "write group", async move { writer.write(&group).await })
        });
        (Self(queue), work)
    }

    /// Stores the message, unless slow mode forbids it, and answers when it is durable.
    pub(crate) async fn append(&self, message: NewMessage) -> Result<Appended, GroupError<DbError>> {
        self.0.submit(message).await
    }
}

pub(crate) struct Writer {
    pub(crate) tenants: Tenants,
    pub(crate) ids: Ids,
    pub(crate) clock: Clock,
}

impl Writer {
    /// Stores a group, in its order. First as if no nonce had been seen before, which is nearly always so; when one had,
    /// once more with a look at them all. Where slow mode counts, a look comes first: what was stored before is no new
    /// message.
    pub(crate) async fn write(&self, group: &[NewMessage]) -> DbResult<Vec<Appended>> {
        let started = std::time::Instant::now();
        let amount = i64::try_from(group.len()).unwrap_or(i64::MAX);
        RequestContext::with_span(|span| span.note("beep.messages", amount));
        // Files are sent once: whether a message with files was stored before must be known before they are asked for.
        let careful = |new: &NewMessage| new.slow_mode != SlowMode::default() || !new.files.is_empty();
        let stored = match self.attempt(group, group.iter().any(careful)).await? {
            Some(stored) => stored,
            None => self
                .attempt(group, true)
                .await?
                .ok_or_else(|| DbError::Conflict("a nonce under lock".to_owned()))?,
        };
        metrics::histogram!("message_group_size").record(f64::from(u32::try_from(group.len()).unwrap_or(u32::MAX)));
        metrics::histogram!("message_commit_seconds").record(started.elapsed().as_secs_f64());
        Ok(stored)
    }

    /// `None` when a nonce has been seen before and was not looked for: nothing is stored then.
    async fn attempt(&self, group: &[NewMessage], look: bool) -> DbResult<Option<Vec<Appended>>> {
        let mut tx = self.tenants.begin_group().await?;
        let mut answers: Vec<Option<Appended>> = vec![None; group.len()];
        if look {
            // Raised by nothing: from here on nobody else stores in these channels.
            counters::raise(&mut tx, &group.iter().map(|new| (new.place(), 0)).collect()).await?;
            let attempts: Vec<Attempt<'_>> = group.iter().filter_map(NewMessage::attempt).collect();
            let before = messages::find_by_nonces(&mut tx, &attempts).await?;
            let before: HashMap<_, &Message> = before
                .iter()
                .filter_map(|message| Some((key(message)?, message)))
                .collect();
            for (answer, new) in answers.iter_mut().zip(group) {
                if let Some(before) = new.attempt().and_then(|attempt| before.get(&attempt)) {
                    let files = if before.attachment_count > 0 {
                        attachments::of_message(&mut tx, new.place(), before.id).await?
                    } else {
                        Vec::new()
                    };
                    *answer = Some(Appended::Stored(Stored {
                        json: encode((*before).clone(), new, files)?,
                        new: false,
                    }));
                }
            }
        }
        // Of equal attempts within the group, the first counts.
        let mut first = HashMap::new();
        let mut to_store: Vec<usize> = (0..group.len())
            .filter(|index| answers[*index].is_none())
            .filter(|index| {
                group[*index]
                    .attempt()
                    .is_none_or(|attempt| *first.entry(attempt).or_insert(*index) == *index)
            })
            .collect();
        if look {
            self.hold_back(&mut tx, group, &mut to_store, &mut answers).await?;
        }
        let mut files = self.take_files(&mut tx, group, &mut to_store, &mut answers).await?;
        let rows = self.number(&mut tx, group, &to_store, &files).await?;
        if usize::try_from(messages::add_all(&mut tx, &rows).await?).unwrap_or(0) < rows.len() {
            return Ok(None);
        }
        mentions::add_all(&mut tx, &calls(&rows)).await?;
        self.have_previewed(&mut tx, group, &to_store, &rows).await?;
        for (index, row) in to_store.into_iter().zip(rows) {
            let (seq, audience) = (
                row.seq,
                Audience::Channel {
                    server_id: row.server_id,
                    channel_id: row.channel_id,
                },
            );
            let of_row = files.remove(&index).map(|(_, files)| files).unwrap_or_default();
            let json = encode(row, &group[index], of_row)?;
            tx.emit(Event {
                trace: group[index].trace,
                ..self.event(audience, seq, Arc::clone(&json))
            });
            answers[index] = Some(Appended::Stored(Stored { json, new: true }));
        }
        tx.commit().await?;
        Ok(Some(settled(group, answers, &first)))
    }

    /// Takes away from what is to be stored what slow mode forbids, and notes the rest.
    async fn hold_back(
        &self,
        tx: &mut Tx,
        group: &[NewMessage],
        to_store: &mut Vec<usize>,
        answers: &mut [Option<Appended>],
    ) -> DbResult<()> {
        let now = self.clock.now();
        for index in std::mem::take(to_store) {
            let new = &group[index];
            let wait = Duration::from_secs(new.slow_mode.seconds().into());
            if wait > Duration::ZERO
                && let Some(last) = slow_mode::note(tx, new.place(), new.author.id, now, wait).await?
            {
                answers[index] = Some(Appended::TooSoon(last.plus(wait).since(now)));
            } else {
                to_store.push(index);
            }
        }
        Ok(())
    }

    /// Gives the messages their files; takes away from what is to be stored what names a file that is not there.
    async fn take_files(
        &self,
        tx: &mut Tx,
        group: &[NewMessage],
        to_store: &mut Vec<usize>,
        answers: &mut [Option<Appended>],
    ) -> DbResult<HashMap<usize, (MessageId, Vec<Attachment>)>> {
        let (mut all, now) = (HashMap::new(), self.clock.now());
        for index in std::mem::take(to_store) {
            let new = &group[index];
            let (id, mut taken) = (MessageId(self.ids.next()), Vec::new());
            for (position, (file, is_spoiler)) in (0..).zip(&new.files) {
                let of = (*file, position, *is_spoiler);
                let sent = attachments::send(tx, new.place(), (id, new.author.id), of, now).await?;
                let Some(attachment) = sent else {
                    attachments::take_back(tx, new.place(), id).await?;
                    answers[index] = Some(Appended::NoSuchFile(*file));
                    break;
                };
                taken.push(attachment);
            }
            if answers[index].is_none() {
                all.insert(index, (id, taken));
                to_store.push(index);
            }
        }
        Ok(all)
    }

    /// Gives the messages their numbers.
    async fn number(
        &self,
        tx: &mut Tx,
        group: &[NewMessage],
        to_store: &[usize],
        files: &HashMap<usize, (MessageId, Vec<Attachment>)>,
    ) -> DbResult<Vec<Message>> {
        let mut counts = BTreeMap::new();
        for index in to_store {
            *counts.entry(group[*index].place()).or_insert(0) += 1;
        }
        let mut next: HashMap<_, i64> = counters::raise(tx, &counts).await?;
        for (place, count) in &counts {
            if let Some(seq) = next.get_mut(place) {
                *seq -= count;
            }
        }
        let now = self.clock.now();
        let message = |index: &usize| {
            let new = &group[*index];
            let seq = next.get_mut(&new.place()).map_or(0, |seq| {
                *seq += 1;
                *seq
            });
            let (id, count) = files
                .get(index)
                .map_or((MessageId(0), 0), |(id, files)| (*id, files.len()));
            Message {
                server_id: new.server_id,
                channel_id: new.channel_id,
                id,
                seq,
                author_id: new.author.id,
                content: new.content.clone(),
                nonce: new.nonce.clone(),
                created_at: now,
                edited_at: None,
                kind: new.kind,
                reply_to_id: new.answered.as_ref().map(|answered| answered.id),
                mentions: new.mentions.clone(),
                pinned_at: None,
                reacted: false,
                attachment_count: i64::try_from(count).unwrap_or(i64::MAX),
                embeds: Embeds::default(),
            }
        };
        Ok(to_store.iter().map(message).collect())
    }

    /// Has the links of those looked at that want it.
    async fn have_previewed(
        &self,
        tx: &mut Tx,
        group: &[NewMessage],
        to_store: &[usize],
        rows: &[Message],
    ) -> DbResult<()> {
        let with_links = to_store.iter().zip(rows).filter(|(index, _)| group[**index].previews);
        let places: Vec<_> = with_links
            .map(|(_, row)| (row.server_id, row.channel_id, row.id, row.author_id))
            .collect();
        preview_jobs::add_all(tx, &places, self.clock.now()).await
    }

    fn event(&self, audience: Audience, seq: i64, data: Arc<RawValue>) -> Event {
        Event {
            id: EventId(self.ids.next()),
            kind: EventKind::MessageCreated,
            audience,
            tenant_version: None,
            user_id: None,
            session_id: None,
            seq: Some(seq),
            trace: None,
            data,
        }
    }
}

/// The attempt that a message was stored by.
fn key(message: &Message) -> Option<Attempt<'_>> {
    Some((
        message.server_id,
        message.channel_id,
        message.author_id,
        message.nonce.as_deref()?,
    ))
}

/// Gives attempts that equal an earlier one of the group its answer.
fn settled(group: &[NewMessage], answers: Vec<Option<Appended>>, first: &HashMap<Attempt<'_>, usize>) -> Vec<Appended> {
    let firsts: Vec<Option<Appended>> = answers.clone();
    answers
        .into_iter()
        .zip(group)
        .filter_map(|(answer, new)| {
            answer.or_else(|| {
                let index = *first.get(&new.attempt()?)?;
                firsts[index].clone().map(Appended::again)
            })
        })
        .collect()
}

/// Whom the messages call.
fn calls(rows: &[Message]) -> Vec<Call> {
    let of_row = |row: &Message| {
        let (server_id, channel_id, seq, sent_at) = (row.server_id, row.channel_id, row.seq, row.created_at);
        let call = move |target_id| Call {
            server_id,
            channel_id,
            target_id,
            seq,
            sent_at,
        };
        row.mentions.targets(server_id).into_iter().map(call)
    };
    rows.iter().flat_map(of_row).collect()
}

fn encode(message: Message, new: &NewMessage, files: Vec<Attachment>) -> DbResult<Arc<RawValue>> {
    let resource = MessageResource::new(message, new.author.clone())
        .answering(new.answered.clone())
        .with_attachments(files.into_iter().map(AttachmentResource::from).collect());
    let json = serde_json::value::to_raw_value(&resource).map_err(|error| DbError::Statement(error.to_string()))?;
    Ok(Arc::from(json))
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;

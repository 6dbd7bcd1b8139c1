//! The rules.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Entry, Message};

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A message was acknowledged and is not stored.
    Lost(Message),
    /// A message is stored that nobody sent.
    NeverSent(Message),
    /// A message is stored although its sender was told that it never will be.
    StoredThoughRefused(Message),
    /// One attempt is stored more than once.
    Doubled {
        /// Who sent.
        author: String,
        /// The name of the attempt.
        nonce: String,
    },
    /// Between the stored numbers one is missing, or one is there twice.
    Hole {
        /// The number that should be there.
        expected: u64,
        /// The number that is.
        found: u64,
    },
    /// Someone was shown another message of this number than the stored one.
    Different {
        /// What was shown.
        seen: Message,
    },
    /// A message has a lower number than one that was acknowledged before it was sent.
    Reordered {
        /// The message.
        message: Message,
        /// The highest number that was acknowledged before.
        after: u64,
    },
    /// An attempt ended without the sender knowing whether it is stored.
    Unsettled {
        /// Who sent.
        author: String,
        /// The name of the attempt.
        nonce: String,
    },
    /// The numbers of a session's events have a hole or a double.
    SessionBroken {
        /// Which client.
        client: String,
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// A session was given a message twice.
    ReceivedTwice {
        /// Which client.
        client: String,
        /// The message's number.
        seq: u64,
    },
    /// A client was given a message it did not have after a later one.
    ReceivedLate {
        /// Which client.
        client: String,
        /// The message's number.
        seq: u64,
    },
    /// A client was given a message without the one before, and did not read it either.
    Gap {
        /// Which client.
        client: String,
        /// The number that is missing.
        missing: u64,
    },
    /// A client does not have all messages in the end.
    Behind {
        /// Which client.
        client: String,
        /// The last number up to which it has all.
        has: u64,
        /// The last that is stored.
        stored: u64,
    },
}

/// What the judge found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What must never be.
    pub faults: Vec<Fault>,
    /// Sessions that were taken up again.
    pub resumed: usize,
    /// Sessions that began.
    pub begun: usize,
    /// Attempts whose outcome was unknown for a while.
    pub unknown: usize,
    /// Gaps that clients saw and closed by reading.
    pub gaps_repaired: usize,
}

/// Judges a history by what is stored in the end (oldest first).
#[must_use]
pub fn judge(entries: &[Entry], stored: &[Message]) -> Verdict {
    let mut verdict = Verdict::default();
    stored_is_whole(stored, &mut verdict);
    let by_seq: BTreeMap<u64, &Message> = stored.iter().map(|message| (message.seq, message)).collect();
    senders(entries, stored, &by_seq, &mut verdict);
    let mut clients: BTreeMap<&str, Client> = BTreeMap::new();
    for entry in entries {
        let (Entry::Ready { client }
        | Entry::Resumed { client }
        | Entry::Received { client, .. }
        | Entry::Read { client, .. }) = entry
        else {
            continue;
        };
        let state = clients.entry(client).or_insert_with(|| Client::new(client));
        state.follow(entry, &by_seq, &mut verdict);
    }
    let last = stored.last().map_or(0, |message| message.seq);
    for client in clients.values() {
        client.end(last, &mut verdict);
    }
    verdict
}

fn stored_is_whole(stored: &[Message], verdict: &mut Verdict) {
    let mut attempts = HashSet::new();
    for (expected, message) in (1..).zip(stored) {
        if message.seq != expected {
            verdict.faults.push(Fault::Hole {
                expected,
                found: message.seq,
            });
        }
        if !attempts.insert((&message.author, &message.nonce)) {
            verdict.faults.push(Fault::Doubled {
                author: message.author.clone(),
                nonce: message.nonce.clone(),
            });
        }
    }
}

/// An attempt to send.
struct Attempt<'a> {
    content: &'a str,
    /// The highest number that anybody had been acknowledged before it was sent first.
    after: u64,
    settled: bool,
    refused: bool,
}

fn senders<'a>(entries: &'a [Entry], stored: &'a [Message], by_seq: &BTreeMap<u64, &Message>, verdict: &mut Verdict) {
    let mut attempts: HashMap<(&str, &str), Attempt<'a>> = HashMap::new();
    let mut highest = 0;
    for entry in entries {
        match entry {
            Entry::Sent { author, nonce, content } => {
                attempts.entry((author, nonce)).or_insert(Attempt {
                    content,
                    after: highest,
                    settled: false,
                    refused: false,
                });
            }
            Entry::Acknowledged { author, nonce, message } => {
                highest = highest.max(message.seq);
                match by_seq.get(&message.seq) {
                    None => verdict.faults.push(Fault::Lost(message.clone())),
                    Some(stored) if *stored != message || (&message.author, &message.nonce) != (author, nonce) => {
                        verdict.faults.push(Fault::Different { seen: message.clone() });
                    }
                    Some(_) => {}
                }
                if let Some(attempt) = attempts.get_mut(&(author.as_str(), nonce.as_str())) {
                    attempt.settled = true;
                }
            }
            Entry::Refused { author, nonce } => {
                if let Some(attempt) = attempts.get_mut(&(author.as_str(), nonce.as_str())) {
                    (attempt.settled, attempt.refused) = (true, true);
                }
            }
            Entry::Unknown { .. } => verdict.unknown += 1,
            _ => {}
        }
    }
    for message in stored {
        match attempts.get(&(message.author.as_str(), message.nonce.as_str())) {
            Some(attempt) if attempt.refused => verdict.faults.push(Fault::StoredThoughRefused(message.clone())),
            Some(attempt) if attempt.content == message.content => {
                if message.seq <= attempt.after {
                    verdict.faults.push(Fault::Reordered {
                        message: message.clone(),
                        after: attempt.after,
                    });
                }
            }
            _ => verdict.faults.push(Fault::NeverSent(message.clone())),
        }
    }
    let mut unsettled: Vec<_> = attempts.iter().filter(|(_, attempt)| !attempt.settled).collect();
    unsettled.sort_by_key(|(name, _)| **name);
    verdict
        .faults
        .extend(unsettled.into_iter().map(|((author, nonce), _)| Fault::Unsettled {
            author: (*author).to_owned(),
            nonce: (*nonce).to_owned(),
        }));
}

/// What a client has.
struct Client<'a> {
    name: &'a str,
    /// The number of the session's last event.
    number: u64,
    /// Numbers of messages that events of this session brought.
    received: BTreeSet<u64>,
    /// Numbers of all messages it has, from whatever source.
    has: BTreeSet<u64>,
    /// It has everything up to here, or knew that it had not and was reading.
    complete: u64,
    /// A message came without the ones before: the first that is missing.
    gap: Option<u64>,
}

impl<'a> Client<'a> {
    fn new(name: &'a str) -> Self {
        Self {
            name,
            number: 0,
            received: BTreeSet::new(),
            has: BTreeSet::new(),
            complete: 0,
            gap: None,
        }
    }

    fn follow(&mut self, entry: &Entry, stored: &BTreeMap<u64, &Message>, verdict: &mut Verdict) {
        match entry {
            Entry::Ready { .. } => {
                verdict.begun += 1;
                self.number = 1;
                self.received.clear();
            }
            Entry::Resumed { .. } => verdict.resumed += 1,
            Entry::Received { number, message, .. } => {
                if *number != self.number + 1 {
                    verdict.faults.push(Fault::SessionBroken {
                        client: self.name.to_owned(),
                        expected: self.number + 1,
                        found: *number,
                    });
                }
                self.number = *number;
                if let Some(message) = message {
                    self.receive(message, stored, verdict);
                }
            }
            Entry::Read { messages, .. } => {
                for message in messages {
                    compare(message, stored, verdict);
                    self.has.insert(message.seq);
                }
                self.advance();
                if let Some(missing) = self.gap.take() {
                    if self.complete < missing {
                        self.fault_of_gap(missing, verdict);
                    } else {
                        verdict.gaps_repaired += 1;
                    }
                }
            }
            _ => {}
        }
    }

    fn receive(&mut self, message: &Message, stored: &BTreeMap<u64, &Message>, verdict: &mut Verdict) {
        compare(message, stored, verdict);
        // What came after a gap is looked at only once the gap was closed.
        if let Some(missing) = self.gap.take() {
            self.fault_of_gap(missing, verdict);
        }
        let client = self.name.to_owned();
        let seq = message.seq;
        let latest = self.received.last().copied().unwrap_or(0);
        if !self.received.insert(seq) {
            verdict.faults.push(Fault::ReceivedTwice { client, seq });
        } else if seq < latest && !self.has.contains(&seq) {
            verdict.faults.push(Fault::ReceivedLate { client, seq });
        }
        self.has.insert(seq);
        self.advance();
        if self.complete < seq {
            self.gap = Some(self.complete + 1);
        }
    }

    fn advance(&mut self) {
        while self.has.contains(&(self.complete + 1)) {
            self.complete += 1;
        }
    }

    fn fault_of_gap(&self, missing: u64, verdict: &mut Verdict) {
        verdict.faults.push(Fault::Gap {
            client: self.name.to_owned(),
            missing,
        });
    }

    fn end(&self, last: u64, verdict: &mut Verdict) {
        if self.complete < last {
            verdict.faults.push(Fault::Behind {
                client: self.name.to_owned(),
                has: self.complete,
                stored: last,
            });
        }
    }
}

/// Whatever anybody is shown under a number is what is stored under it.
fn compare(seen: &Message, stored: &BTreeMap<u64, &Message>, verdict: &mut Verdict) {
    if stored.get(&seen.seq).is_none_or(|stored| *stored != seen) {
        verdict.faults.push(Fault::Different { seen: seen.clone() });
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;

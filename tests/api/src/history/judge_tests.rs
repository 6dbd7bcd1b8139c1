use super::*;

fn message(seq: u64, author: &str) -> Message {
    Message {
        id: format!("id{seq}"),
        seq,
        author: author.to_owned(),
        nonce: format!("n{seq}"),
        content: format!("message {seq}"),
    }
}

fn sent(message: &Message) -> Entry {
    Entry::Sent {
        author: message.author.clone(),
        nonce: message.nonce.clone(),
        content: message.content.clone(),
    }
}

fn acknowledged(message: &Message) -> Entry {
    Entry::Acknowledged {
        author: message.author.clone(),
        nonce: message.nonce.clone(),
        message: message.clone(),
    }
}

fn received(number: u64, message: &Message) -> Entry {
    Entry::Received {
        client: "c".to_owned(),
        number,
        message: Some(message.clone()),
    }
}

fn read(messages: &[Message]) -> Entry {
    Entry::Read {
        client: "c".to_owned(),
        messages: messages.to_vec(),
    }
}

fn ready() -> Entry {
    Entry::Ready { client: "c".to_owned() }
}

fn resumed() -> Entry {
    Entry::Resumed { client: "c".to_owned() }
}

/// Six messages of two senders, one of them settled by a retry; a client that resumes after the second, loses its session
/// after the fourth, and reads what it missed.
struct Good {
    entries: Vec<Entry>,
    stored: Vec<Message>,
}

fn good() -> Good {
    let stored: Vec<Message> = (1..=6)
        .map(|seq| message(seq, if seq % 2 == 0 { "b" } else { "a" }))
        .collect();
    let [m1, m2, m3, m4, m5, m6] = &stored[..] else {
        unreachable!()
    };
    let unknown = Entry::Unknown {
        author: m3.author.clone(),
        nonce: m3.nonce.clone(),
    };
    let entries = vec![
        ready(),
        sent(m1),
        sent(m2),
        acknowledged(m1),
        received(2, m1),
        acknowledged(m2),
        received(3, m2),
        sent(m3),
        unknown,
        resumed(),
        received(4, m3),
        sent(m3),
        acknowledged(m3),
        sent(m4),
        acknowledged(m4),
        received(5, m4),
        sent(m5),
        acknowledged(m5),
        ready(),
        read(std::slice::from_ref(m5)),
        // Told again after the restart: the client has it already.
        received(2, m5),
        sent(m6),
        received(3, m6),
        acknowledged(m6),
    ];
    Good { entries, stored }
}

impl Good {
    fn at(&self, entry: &Entry) -> usize {
        self.entries.iter().position(|other| other == entry).unwrap()
    }

    fn without(mut self, entry: &Entry) -> Self {
        let at = self.at(entry);
        self.entries.remove(at);
        self
    }

    fn with(mut self, entry: &Entry, instead: Entry) -> Self {
        let at = self.at(entry);
        self.entries[at] = instead;
        self
    }

    fn faults(&self) -> Vec<Fault> {
        judge(&self.entries, &self.stored).faults
    }
}

fn client() -> String {
    "c".to_owned()
}

#[test]
fn a_good_history_has_no_faults() {
    let good = good();
    let verdict = judge(&good.entries, &good.stored);
    let expected = Verdict {
        resumed: 1,
        begun: 2,
        unknown: 1,
        ..Verdict::default()
    };
    assert_eq!(verdict, expected);
}

#[test]
fn an_acknowledged_message_that_is_lost() {
    let mut history = good().without(&received(3, &message(6, "b")));
    history.stored.pop();
    assert_eq!(history.faults(), [Fault::Lost(message(6, "b"))]);
}

#[test]
fn a_stored_message_that_nobody_sent() {
    let mut history = good();
    history.stored.push(message(7, "a"));
    let behind = Fault::Behind {
        client: client(),
        has: 6,
        stored: 7,
    };
    assert_eq!(history.faults(), [Fault::NeverSent(message(7, "a")), behind]);
}

#[test]
fn a_message_that_is_stored_twice() {
    let mut history = good();
    let again = Message {
        seq: 7,
        id: "id7".to_owned(),
        ..message(6, "b")
    };
    history.stored.push(again.clone());
    history.entries.push(received(4, &again));
    let (author, nonce) = ("b".to_owned(), "n6".to_owned());
    assert_eq!(history.faults(), [Fault::Doubled { author, nonce }]);
}

#[test]
fn a_hole_in_the_numbers() {
    let last = message(6, "b");
    let far = Message { seq: 7, ..last.clone() };
    let mut history = good()
        .with(&acknowledged(&last), acknowledged(&far))
        .with(&received(3, &last), received(3, &far));
    history.stored[5] = far;
    let hole = Fault::Hole { expected: 6, found: 7 };
    let behind = Fault::Behind {
        client: client(),
        has: 5,
        stored: 7,
    };
    assert_eq!(history.faults(), [hole, behind]);
}

#[test]
fn a_message_that_says_something_else_to_someone() {
    let other = Message {
        content: "something else".to_owned(),
        ..message(4, "b")
    };
    let history = good().with(&received(5, &message(4, "b")), received(5, &other));
    assert_eq!(history.faults(), [Fault::Different { seen: other }]);
}

#[test]
fn an_attempt_that_is_answered_with_the_message_of_another() {
    let other = Entry::Acknowledged {
        author: "b".to_owned(),
        nonce: "n4".to_owned(),
        message: message(2, "b"),
    };
    let history = good().with(&acknowledged(&message(4, "b")), other);
    assert_eq!(history.faults(), [Fault::Different { seen: message(2, "b") }]);
}

#[test]
fn a_message_before_one_that_was_acknowledged_before_it_was_sent() {
    let mut history = good();
    // The sixth was acknowledged before the fifth was sent.
    let (five, six) = (message(5, "a"), message(6, "b"));
    history = history.without(&acknowledged(&six)).without(&sent(&six));
    let at = history.at(&sent(&five));
    history.entries.splice(at..at, [sent(&six), acknowledged(&six)]);
    assert_eq!(
        history.faults(),
        [Fault::Reordered {
            message: five,
            after: 6
        }]
    );
}

#[test]
fn an_outcome_that_stays_unknown() {
    let three = message(3, "a");
    let history = good().without(&acknowledged(&three));
    let (author, nonce) = (three.author, three.nonce);
    assert_eq!(history.faults(), [Fault::Unsettled { author, nonce }]);
}

#[test]
fn a_refused_message_that_is_stored() {
    let three = message(3, "a");
    let refused = Entry::Refused {
        author: three.author.clone(),
        nonce: three.nonce.clone(),
    };
    let history = good().with(&acknowledged(&three), refused);
    assert_eq!(history.faults(), [Fault::StoredThoughRefused(three)]);
}

#[test]
fn an_event_that_is_missing_after_a_resume() {
    let history = good().without(&received(4, &message(3, "a")));
    let broken = Fault::SessionBroken {
        client: client(),
        expected: 4,
        found: 5,
    };
    let gap = Fault::Gap {
        client: client(),
        missing: 3,
    };
    let behind = Fault::Behind {
        client: client(),
        has: 2,
        stored: 6,
    };
    let faults = history.faults();
    assert!(
        faults.contains(&broken) && faults.contains(&gap) && faults.contains(&behind),
        "{faults:?}"
    );
}

#[test]
fn a_message_that_comes_twice_in_a_session() {
    let mut history = good();
    history.entries.push(received(4, &message(6, "b")));
    assert_eq!(
        history.faults(),
        [Fault::ReceivedTwice {
            client: client(),
            seq: 6
        }]
    );
}

#[test]
fn messages_that_come_in_the_wrong_order() {
    let (one, two) = (message(1, "a"), message(2, "b"));
    let history = good()
        .with(&received(2, &one), received(2, &two))
        .with(&received(3, &two), received(3, &one));
    let gap = Fault::Gap {
        client: client(),
        missing: 1,
    };
    assert_eq!(
        history.faults(),
        [
            gap,
            Fault::ReceivedLate {
                client: client(),
                seq: 1
            }
        ]
    );
}

#[test]
fn a_message_that_a_new_session_neither_reads_nor_receives() {
    let five = message(5, "a");
    let history = good()
        .with(&read(std::slice::from_ref(&five)), read(&[]))
        .without(&received(2, &five))
        .with(&received(3, &message(6, "b")), received(2, &message(6, "b")));
    let behind = Fault::Behind {
        client: client(),
        has: 4,
        stored: 6,
    };
    assert_eq!(history.faults(), [behind]);
}

#[test]
fn a_gap_that_the_client_closes_by_reading_is_no_fault() {
    let five = message(5, "a");
    let mut history = good()
        .with(&read(std::slice::from_ref(&five)), read(&[]))
        .without(&received(2, &five))
        .with(&received(3, &message(6, "b")), received(2, &message(6, "b")));
    history.entries.push(read(&[five, message(6, "b")]));
    let verdict = judge(&history.entries, &history.stored);
    assert_eq!((verdict.faults, verdict.gaps_repaired), (Vec::new(), 1));
}

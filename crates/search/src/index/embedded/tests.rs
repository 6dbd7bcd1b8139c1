//! The index finds what a plain comparison with each message finds.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    time::{Duration, Instant},
};

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};

use super::*;
use crate::{
    document::{Document, Has},
    index::Rank,
    wanted::{Border, terms},
};

#[path = "fitness_tests.rs"]
mod fitness;

/// Few words, so that they meet: forms of the same word, accents, what only looks alike, and writing without spaces.
const WORDS: [&str; 18] = [
    "connect",
    "Connected",
    "connection",
    "conne",
    "été",
    "ETE",
    "étés",
    "manger",
    "mangées",
    "ERR-404",
    "err",
    "404",
    "日本語",
    "日本",
    "本",
    "한국어",
    "a",
    "the",
];

fn time(id: i64) -> Timestamp {
    Timestamp::from_millis(id / 3)
}

prop_compose! {
    fn a_text()(words in vec(select(&WORDS[..]), 0..6)) -> String {
        words.join(" ")
    }
}

prop_compose! {
    fn a_message()(
        channel in 1..5_i64, seq in 1..8_i64, author in 1..4_i64, content in a_text(), names in vec(a_text(), 0..2),
        mentions in subsequence(vec![1_i64, 2, 3], 0..=2), has in subsequence(Has::ALL.to_vec(), 0..=3), pinned in any::<bool>()
    ) -> Document {
        let id = seq * 10 + channel;
        Document {
            // Two servers with two channels each.
            server_id: ServerId(1 + (channel - 1) / 2),
            channel_id: ChannelId(channel),
            id: MessageId(id),
            seq,
            author_id: UserId(author),
            created_at: time(id),
            content,
            names,
            mentions: mentions.into_iter().map(UserId).collect(),
            has,
            pinned,
        }
    }
}

/// What happens to the index.
#[derive(Debug, Clone)]
enum Step {
    Change(Change),
    Commit,
    /// What was not committed is forgotten.
    RollBack,
}

fn a_step() -> impl Strategy<Value = Step> {
    let change = prop_oneof![
        12 => a_message().prop_map(|message| Change::Put(Box::new(message))),
        2 => (1..5_i64, 1..8_i64).prop_map(|(channel, seq)| Change::Remove(ChannelId(channel), seq)),
        1 => (1..5_i64).prop_map(|channel| Change::RemoveChannel(ChannelId(channel))),
        1 => (1..3_i64).prop_map(|server| Change::RemoveServer(ServerId(server))),
        2 => (1..5_i64, 1..9_i64, 0..9_i64).prop_map(|(channel, seq, change)| {
            Change::Follow((ServerId(1 + (channel - 1) / 2), ChannelId(channel)), Position { seq, change })
        }),
    ];
    prop_oneof![12 => change.prop_map(Step::Change), 2 => Just(Step::Commit), 1 => Just(Step::RollBack)]
}

fn a_border() -> impl Strategy<Value = Border> {
    prop_oneof![
        (1..90_i64).prop_map(|id| Border::Message(MessageId(id))),
        (1..90_i64).prop_map(|id| Border::Time(time(id))),
    ]
}

/// What somebody types.
fn a_query() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => select(&WORDS[..]).prop_map(str::to_owned),
        2 => vec(select(&WORDS[..]), 1..4).prop_map(|words| format!("\"{}\"", words.join(" "))),
        2 => select(&WORDS[..]).prop_map(|word| format!("-{word}")),
        1 => select(&["co", "man", "日", "e"][..]).prop_map(str::to_owned),
    ];
    (vec(part, 0..3), any::<bool>()).prop_map(|(parts, ended)| parts.join(" ") + if ended { " " } else { "" })
}

prop_compose! {
    fn a_search()(
        query in a_query(), authors in subsequence(vec![1_i64, 2, 3], 0..=2), channels in subsequence(vec![1_i64, 2, 3, 9], 0..=2),
        has in prop_oneof![3 => Just(Vec::new()), 1 => subsequence(Has::ALL.to_vec(), 1..=2)],
        mentions in option::weighted(0.2, 1..4_i64), pinned in option::weighted(0.2, any::<bool>()),
        before in option::weighted(0.2, a_border()), after in option::weighted(0.2, a_border()),
        sort in select(&[Sort::Newest, Sort::Oldest, Sort::Relevant][..])
    ) -> Wanted {
        Wanted {
            terms: terms(&query).unwrap(),
            authors: authors.into_iter().map(UserId).collect(),
            channels: channels.into_iter().map(ChannelId).collect(),
            has,
            mentions: mentions.map(UserId),
            pinned,
            before,
            after,
            sort,
        }
    }
}

fn a_scope() -> impl Strategy<Value = Scope> {
    let channels = subsequence(vec![1_i64, 2], 0..=2);
    (channels, any::<bool>()).prop_map(|(channels, many)| Scope {
        server_id: ServerId(1),
        // Many channels are asked for in another way than few.
        channels: channels
            .into_iter()
            .chain((100..120).filter(|_| many))
            .map(ChannelId)
            .collect(),
    })
}

/// The index as it would be if it were a list.
#[derive(Debug, Clone, Default)]
struct Plain {
    messages: BTreeMap<(ChannelId, i64), Document>,
    positions: BTreeMap<ChannelId, (Place, Position)>,
}

impl Plain {
    fn change(&mut self, change: Change) {
        match change {
            Change::Put(message) => drop(self.messages.insert((message.channel_id, message.seq), *message)),
            Change::Remove(channel, seq) => drop(self.messages.remove(&(channel, seq))),
            Change::Follow(place, position) => drop(self.positions.insert(place.1, (place, position))),
            Change::RemoveChannel(channel) => {
                self.messages.retain(|(of, _), _| *of != channel);
                self.positions.remove(&channel);
            }
            Change::RemoveServer(server) => {
                self.messages.retain(|_, message| message.server_id != server);
                self.positions.retain(|_, (place, _)| place.0 != server);
            }
        }
    }

    fn find(&self, scope: &Scope, wanted: &Wanted) -> Vec<MessageId> {
        let is_found = |message: &&Document| {
            message.server_id == scope.server_id
                && scope.channels.contains(&message.channel_id)
                && wanted.accepts(message)
        };
        let mut found: Vec<MessageId> = self
            .messages
            .values()
            .filter(is_found)
            .map(|message| message.id)
            .collect();
        found.sort_unstable_by_key(|id| Reverse(*id));
        if wanted.sort == Sort::Oldest {
            found.reverse();
        }
        found
    }
}

/// All that is found, a page at a time.
fn all_pages(index: &EmbeddedIndex, scope: &Scope, wanted: &Wanted, page: usize) -> (Vec<MessageId>, usize) {
    let (mut ids, mut after): (Vec<MessageId>, Option<Rank>) = (Vec::new(), None);
    loop {
        let until = Instant::now() + Duration::from_mins(1);
        let part = Part {
            after,
            most: page,
            counted: usize::MAX,
            until,
        };
        let found = index.find(scope, wanted, part).unwrap();
        assert!(found.hits.len() <= page);
        assert!(found.hits.windows(2).all(|pair| pair[0].rank > pair[1].rank));
        after = found.hits.last().map(|hit| hit.rank);
        ids.extend(found.hits.iter().map(|hit| hit.message_id));
        if after.is_none() {
            return (ids, found.total);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_is_found_is_what_a_look_at_every_message_finds(
        steps in vec(a_step(), 1..40), searches in vec((a_scope(), a_search(), 1..6_usize), 1..8)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let index = EmbeddedIndex::open(folder.path()).unwrap();
        let (mut committed, mut plain) = (Plain::default(), Plain::default());
        for step in steps.into_iter().chain([Step::Commit]) {
            match step {
                Step::Change(change) => {
                    plain.change(change.clone());
                    index.apply(vec![change]).unwrap();
                }
                Step::Commit => {
                    index.commit().unwrap();
                    committed = plain.clone();
                }
                Step::RollBack => {
                    index.roll_back().unwrap();
                    plain = committed.clone();
                }
            }
        }
        let mut positions = index.positions().unwrap();
        positions.sort_unstable_by_key(|(place, _)| place.1);
        let expected: Vec<_> = plain.positions.values().copied().collect();
        prop_assert_eq!(positions, expected);
        for (scope, wanted, page) in searches {
            let expected = plain.find(&scope, &wanted);
            let (mut found, total) = all_pages(&index, &scope, &wanted, page);
            if wanted.sort == Sort::Relevant {
                found.sort_unstable_by_key(|id| Reverse(*id));
            }
            prop_assert_eq!(&found, &expected, "{:?} in {:?}", wanted, scope);
            prop_assert_eq!(total, expected.len());
        }
    }
}

fn message(channel: i64, seq: i64, content: &str) -> Change {
    Change::Put(Box::new(Document {
        server_id: ServerId(1),
        channel_id: ChannelId(channel),
        id: MessageId(seq),
        seq,
        author_id: UserId(1),
        created_at: time(seq),
        content: content.to_owned(),
        names: Vec::new(),
        mentions: Vec::new(),
        has: Vec::new(),
        pinned: false,
    }))
}

fn looking_for(query: &str) -> Wanted {
    Wanted {
        terms: terms(query).unwrap(),
        ..Wanted::default()
    }
}

fn everywhere() -> Scope {
    Scope {
        server_id: ServerId(1),
        channels: HashSet::from([ChannelId(2)]),
    }
}

fn part(within: Duration) -> Part {
    Part {
        after: None,
        most: 10,
        counted: usize::MAX,
        until: Instant::now() + within,
    }
}

#[test]
fn however_many_words_begin_so_all_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let index = EmbeddedIndex::open(folder.path()).unwrap();
    let many = 3_000;
    let changes = (1..=many).map(|seq| {
        message(
            2,
            seq,
            &format!("blue whale{seq} {}", if seq % 2 == 0 { "sea" } else { "sky" }),
        )
    });
    index.apply(changes.collect()).unwrap();
    index
        .apply(vec![
            message(2, many + 1, "blue wha"),
            message(2, many + 2, "red whales"),
        ])
        .unwrap();
    index.commit().unwrap();
    let count = |query| {
        let part = part(Duration::from_mins(1));
        i64::try_from(index.find(&everywhere(), &looking_for(query), part).unwrap().total).unwrap()
    };
    assert_eq!(count("whal"), many + 1);
    assert_eq!(count("blue whal"), many);
    assert_eq!(count("blue sea whal"), many / 2);
    assert_eq!(count("blue sea wha"), many / 2);
    // The first letters are indexed by themselves.
    assert_eq!(
        (count("blue wh"), count("sea w"), count("w")),
        (many + 1, many / 2, many + 2)
    );
    assert_eq!(count("blue whale2999"), 1);
    assert_eq!(count("whal blue "), 0);
    assert_eq!(count("-whal blue "), many + 1);
}

#[test]
fn what_was_committed_is_there_after_a_start_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let place = (ServerId(1), ChannelId(2));
    let position = Position { seq: 1, change: 4 };
    {
        let index = EmbeddedIndex::open(folder.path()).unwrap();
        index
            .apply(vec![message(2, 1, "kept"), Change::Follow(place, position)])
            .unwrap();
        index.commit().unwrap();
        let next = Position { seq: 2, change: 5 };
        index
            .apply(vec![message(2, 2, "lost"), Change::Follow(place, next)])
            .unwrap();
        assert!(
            matches!(EmbeddedIndex::open(folder.path()), Err(IndexError::Engine(_))),
            "one at a time"
        );
    }
    let index = EmbeddedIndex::open(folder.path()).unwrap();
    assert_eq!(index.positions().unwrap(), [(place, position)]);
    let count = |query| {
        index
            .find(&everywhere(), &looking_for(query), part(Duration::from_mins(1)))
            .unwrap()
            .total
    };
    assert_eq!((count("kept "), count("lost ")), (1, 0));
}

#[test]
fn files_that_cannot_be_read_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    drop(EmbeddedIndex::open(folder.path()).unwrap());
    std::fs::write(folder.path().join("meta.json"), "{}").unwrap();
    let index = EmbeddedIndex::open(folder.path()).unwrap();
    assert_eq!(index.positions().unwrap(), []);
    index.apply(vec![message(2, 1, "new")]).unwrap();
    index.commit().unwrap();
    assert_eq!(
        index
            .find(&everywhere(), &looking_for("new"), part(Duration::from_mins(1)))
            .unwrap()
            .total,
        1
    );
}

#[test]
fn a_search_ends_when_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let index = EmbeddedIndex::open(folder.path()).unwrap();
    index.apply(vec![message(2, 1, "word")]).unwrap();
    index.commit().unwrap();
    let mut late = part(Duration::ZERO);
    late.until = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    assert!(matches!(
        index.find(&everywhere(), &looking_for("word"), late),
        Err(IndexError::TooSlow)
    ));
}

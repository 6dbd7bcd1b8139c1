//! What fits best comes first, in the same order on every instance.

use super::*;

#[test]
fn what_fits_best_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let index = EmbeddedIndex::open(folder.path()).unwrap();
    let changes = [
        message(2, 1, "balloon balloon"),
        message(
            2,
            2,
            "a balloon among very many other words that have nothing to do with it",
        ),
        message(2, 3, "something else"),
    ];
    index.apply(changes.into()).unwrap();
    index.commit().unwrap();
    let found = index
        .find(&everywhere(), &fitting_best("balloon "), part(Duration::from_mins(1)))
        .unwrap();
    let ids: Vec<i64> = found.hits.iter().map(|hit| hit.message_id.0).collect();
    assert_eq!(ids, [1, 2]);
}

/// Messages in which balloons come more and less often, among more and fewer words; some fit as well as others.
fn balloons() -> Vec<Change> {
    let content = |seq: i64| {
        let (often, among) = (seq % 3 + 1, seq % 5);
        "red balloon ".repeat(usize::try_from(often).unwrap()) + &"and ".repeat(usize::try_from(among).unwrap())
    };
    (1..=30).map(|seq| message(2, seq, &content(seq))).collect()
}

fn fitting_best(query: &str) -> Wanted {
    Wanted {
        sort: Sort::Relevant,
        ..looking_for(query)
    }
}

#[test]
fn pages_of_what_fits_best_follow_each_other_whatever_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let index = EmbeddedIndex::open(folder.path()).unwrap();
    index.apply(balloons()).unwrap();
    index.commit().unwrap();
    let (wanted, scope) = (fitting_best("red ball"), everywhere());
    let whole = all_pages(&index, &scope, &wanted, 50).0;
    assert_eq!(whole.len(), 30);
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = Part {
            after,
            most: 5,
            ..part(Duration::from_mins(1))
        };
        let found = index.find(&scope, &wanted, page).unwrap();
        // What is not counted is looked for all the same.
        let few = index.find(&scope, &wanted, Part { counted: 3, ..page }).unwrap();
        assert_eq!((found.total, few.total.min(3), &few.hits), (30, 3, &found.hits));
        ids.extend(found.hits.iter().map(|hit| hit.message_id));
        after = found.hits.last().map(|hit| hit.rank);
        if after.is_none() {
            break;
        }
        // Elsewhere, what makes each of the words less rare, and messages longer.
        let seq = i64::try_from(ids.len()).unwrap() * 1_000;
        let others = (seq..seq + 200).map(|seq| message(3, seq, &"red and blue balloons ".repeat(5)));
        index.apply(others.collect()).unwrap();
        index.commit().unwrap();
    }
    assert_eq!(ids, whole);
}

#[test]
fn a_message_fits_as_well_in_every_index() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = folders
        .each_ref()
        .map(|folder| EmbeddedIndex::open(folder.path()).unwrap());
    one.apply(balloons()).unwrap();
    one.commit().unwrap();
    // The same, by another way: one by one, with others, and some of them edited.
    for change in balloons().into_iter().rev() {
        other.apply(vec![message(3, 1, "balloon"), change]).unwrap();
        other.apply(vec![message(2, 31, "a red balloon")]).unwrap();
        other.commit().unwrap();
    }
    other.apply(vec![Change::Remove(ChannelId(2), 31)]).unwrap();
    other.commit().unwrap();
    for query in [
        "balloon ",
        "red balloon ",
        "red ball",
        "\"red balloon\" and ",
        "balloons -blue",
    ] {
        let all = Part {
            most: 50,
            ..part(Duration::from_mins(1))
        };
        let [found, again] = [&one, &other].map(|index| index.find(&everywhere(), &fitting_best(query), all).unwrap());
        assert!(!found.hits.is_empty());
        assert_eq!(found, again, "{query}");
    }
}

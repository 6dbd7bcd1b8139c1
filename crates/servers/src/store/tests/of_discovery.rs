//! Statements of discovery.

use std::collections::BTreeMap;

use model::search_key::KeyRange;
use platform::args;

use super::*;
use crate::{
    discovery::index_outdated,
    store::discovery::{Counts, Place, Where},
};

fn range(prefix: &str) -> KeyRange {
    KeyRange::beginning_with(prefix.as_bytes())
}

/// A server with so many members, found by its name, and by a word of its description.
async fn listed(tenants: &Tenants, id: i64, name: &str, word: &str, members: i64) {
    let mut tx = tenants.begin(ServerId(id)).await.unwrap();
    let server = ServerRow {
        id: ServerId(id),
        version: 1,
        name: name.to_owned(),
        description: word.to_owned(),
        visibility: Visibility::Public,
        owner_id: OWNER,
        member_count: members,
        created_at: now(),
        icon_url: None,
        banner_url: None,
        default_channel_id: None,
        system_channel_id: None,
    };
    servers::add(&mut tx, &server).await.unwrap();
    crate::discovery::list(&mut tx, &server).await.unwrap();
    tx.commit().await.unwrap();
}

fn ids(servers: &[ServerRow]) -> Vec<i64> {
    servers.iter().map(|server| server.id.0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_by_names_and_words_is_the_same_by_both_ways() {
    for (database, tenants) in each().await {
        let (db, kind) = (&database.db, database.kind);
        listed(&tenants, 2, "Chess club", "openings", 5).await;
        listed(&tenants, 3, "Club of chess", "endgames", 7).await;
        listed(&tenants, 4, "Games", "chess in a club", 9).await;
        listed(&tenants, 5, "Chess", "club", 7).await;
        let all = discovery::list_all(db, Place::START, 9).await.unwrap();
        assert_eq!(ids(&all), [4, 3, 5, 2, 1], "{kind}");
        let after = Place {
            member_count: 7,
            server_id: ServerId(3),
        };
        let rest = discovery::list_all(db, after, 2).await.unwrap();
        assert_eq!(ids(&rest), [5, 2], "{kind}");
        let names = [range("chess"), KeyRange::only(b"games")];
        let words = [range("club"), range("che"), range("x")];
        let counts = discovery::count(db, &names, &words, 9).await.unwrap();
        let expected = Counts {
            names: vec![2, 1],
            words: vec![[2, 2], [3, 1], [0, 0]],
        };
        assert_eq!(counts, expected, "{kind}: the server of all tests is in no list");
        for few in [true, false] {
            let found = discovery::list_named(db, &names[0], few, Place::START, 9)
                .await
                .unwrap();
            assert_eq!(ids(&found), [5, 2], "{kind}, {few}");
            let found = discovery::list_named(db, &names[0], few, after, 1).await.unwrap();
            assert_eq!(ids(&found), [5], "{kind}, {few}");
        }
        for rare in [None, Some(0), Some(1)] {
            for (place, not_named, expected) in [
                (Where::Name, "", vec![]),
                (Where::Name, "x", vec![3, 2]),
                (Where::Name, "chess c", vec![3]),
                (Where::Anywhere, "x", vec![4, 5]),
            ] {
                let page = (Place::START, 9);
                let found = discovery::list_worded(db, place, &words[..2], &range(not_named), rare, page)
                    .await
                    .unwrap();
                assert_eq!(ids(&found), expected, "{kind}, {rare:?}, {place:?}, {not_named}");
            }
        }
        let joined = discovery::list_joined(db, OWNER, &[ServerId(1), ServerId(2)])
            .await
            .unwrap();
        assert_eq!(joined, [SERVER], "{kind}");
        assert!(discovery::list_joined(db, OWNER, &[]).await.unwrap().is_empty());
    }
}

/// The server of all tests was added without words, as it was before the third migration.
#[tokio::test(flavor = "multi_thread")]
async fn servers_without_words_are_indexed_once() {
    for (database, tenants) in each().await {
        let (db, kind) = (&database.db, database.kind);
        let found = async || {
            discovery::list_named(db, &range("chess"), true, Place::START, 9)
                .await
                .unwrap()
        };
        assert!(found().await.is_empty(), "{kind}");
        let mut tx = db.begin().await.unwrap();
        let outdated = words::take_outdated(&mut tx, 1, 5).await.unwrap();
        assert_eq!(outdated.len(), 1, "{kind}");
        drop(tx);
        assert_eq!(index_outdated(db).await.unwrap(), 1, "{kind}");
        assert_eq!(index_outdated(db).await.unwrap(), 0, "{kind}");
        assert_eq!(ids(&found().await), [1], "{kind}");
        // By other rules.
        let mut tx = db.begin().await.unwrap();
        assert_eq!(words::take_outdated(&mut tx, 2, 5).await.unwrap().len(), 1, "{kind}");
        let many = words::Found {
            name_key: b"go".to_vec(),
            words: (0..600_u32).map(|word| (word.to_be_bytes().to_vec(), true)).collect(),
        };
        words::add(&mut tx, &[(SERVER, many.clone())]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(found().await.is_empty(), "{kind}");
        let count = "SELECT COUNT(*) FROM server_words WHERE server_id = $1";
        for (put, expected) in [(Some(&many), 600), (None, 0)] {
            let mut tx = tenants.begin(SERVER).await.unwrap();
            words::put(&mut tx, put, 2).await.unwrap();
            let counted: (i64,) = tx.one(count, []).await.unwrap();
            assert_eq!(counted, (expected,), "{kind}");
            tx.commit().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_gateways_that_report() {
    for (database, _) in each().await {
        let (db, kind) = (&database.db, database.kind);
        let at = Timestamp::from_millis;
        let (one, other) = (ServerId(1), ServerId(2));
        let mut tx = db.begin().await.unwrap();
        assert!(!online::touch(&mut tx, 7, at(10)).await.unwrap(), "{kind}");
        for (gateway, now, counts) in [
            (7, 10, [(one, 3), (other, 1)]),
            (8, 20, [(one, 2), (other, 4)]),
            (8, 20, [(one, 5), (other, 0)]),
        ] {
            if gateway == 7 || !online::touch(&mut tx, gateway, at(now)).await.unwrap() {
                online::begin(&mut tx, gateway, at(now)).await.unwrap();
            }
            online::put(&mut tx, gateway, &BTreeMap::from(counts)).await.unwrap();
        }
        let many: BTreeMap<ServerId, i64> = (100..400).map(|id| (ServerId(id), 1)).collect();
        online::put(&mut tx, 8, &many).await.unwrap();
        tx.commit().await.unwrap();
        let counts = async |since| {
            let mut counts: Vec<_> = online::list(db, &[one, other, ServerId(399)], at(since))
                .await
                .unwrap()
                .into_iter()
                .collect();
            counts.sort_unstable();
            counts
        };
        let last = (ServerId(399), 1);
        assert_eq!(
            counts(10).await,
            [(one, 5), (other, 1), last],
            "{kind}: the most of any"
        );
        assert_eq!(counts(11).await, [(one, 5), last], "{kind}: of those who still report");
        assert!(online::list(db, &[], at(0)).await.unwrap().is_empty());
        let mut tx = db.begin().await.unwrap();
        online::forget_silent(&mut tx, at(11)).await.unwrap();
        assert!(!online::touch(&mut tx, 7, at(30)).await.unwrap(), "{kind}: forgotten");
        online::begin(&mut tx, 8, at(30)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counts(0).await, [], "{kind}: begun anew");
        let left: (i64,) = db.one("SELECT COUNT(*) FROM online_counts", args![]).await.unwrap();
        assert_eq!(left, (0,), "{kind}");
    }
}

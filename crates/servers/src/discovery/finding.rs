//! The search: what fits best is looked for first, until a page is full.

use std::collections::HashSet;

use model::{ServerId, UserId, search_key::KeyRange};
use platform::db::{Db, DbResult};

use super::{Fit, Sought};
use crate::{
    cursor::FitCursor,
    error::Error,
    online,
    service::Service,
    store::{
        discovery::{self, Counts, FEW, Place, Where},
        servers::ServerRow,
    },
};

/// How many words are counted to find a rare one. More than these are rarely typed, and the longest come first.
const COUNTED: usize = 4;

/// How far words are counted. Of a single word it is enough to know whether it is rare; of several, how rare they are
/// together.
const COUNT_OF_ONE: i64 = FEW + 1;
const COUNT_OF_SEVERAL: i64 = 20_000;

/// A public server as somebody finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) server: ServerRow,
    pub(crate) fit: Fit,
    /// Whether who looks is a member.
    pub(crate) joined: bool,
    /// How many members are online.
    pub(crate) online: i64,
}

/// Up to `limit` public servers that fit, the best first.
pub(crate) async fn find(
    service: &Service,
    viewer: UserId,
    sought: &Sought,
    after: FitCursor,
    limit: usize,
) -> Result<Vec<Found>, Error> {
    let fitting = fitting(&service.db, sought, after, limit).await?;
    let ids: Vec<ServerId> = fitting.iter().map(|(_, server)| server.id).collect();
    let joined: HashSet<ServerId> = discovery::list_joined(&service.db, viewer, &ids)
        .await?
        .into_iter()
        .collect();
    let online = online::of(service, &ids).await?;
    let found = fitting.into_iter().map(|(fit, server)| Found {
        fit,
        joined: joined.contains(&server.id),
        online: online.in_server(&server),
        server,
    });
    Ok(found.collect())
}

async fn fitting(db: &Db, sought: &Sought, after: FitCursor, limit: usize) -> DbResult<Vec<(Fit, ServerRow)>> {
    if sought.is_everything() {
        let all = discovery::list_all(db, after.place, limit).await?;
        return Ok(all.into_iter().map(|server| (Fit::IsCalled, server)).collect());
    }
    let names = [sought.names(Fit::IsCalled), sought.names(Fit::Begins)];
    let counted = &sought.words()[..sought.words().len().min(COUNTED)];
    let up_to = if counted.len() > 1 {
        COUNT_OF_SEVERAL
    } else {
        COUNT_OF_ONE
    };
    let counts = discovery::count(db, &names, counted, up_to).await?;
    let mut found: Vec<(Fit, ServerRow)> = Vec::new();
    for fit in Fit::ALL.into_iter().skip(after.fit.number()) {
        let left = limit - found.len();
        if left == 0 {
            break;
        }
        let place = if fit == after.fit { after.place } else { Place::START };
        let servers = fitting_so(db, sought, fit, &counts, (place, left)).await?;
        // A server that changes meanwhile may fit twice.
        let known: HashSet<ServerId> = found.iter().map(|(_, server)| server.id).collect();
        let new = servers.into_iter().filter(|server| !known.contains(&server.id));
        found.extend(new.map(|server| (fit, server)));
    }
    Ok(found)
}

/// Those that fit just as well.
async fn fitting_so(
    db: &Db,
    sought: &Sought,
    fit: Fit,
    counts: &Counts,
    page: (Place, usize),
) -> DbResult<Vec<ServerRow>> {
    let (place, limit) = page;
    let names = sought.names(fit);
    match fit {
        Fit::IsCalled | Fit::Begins => match counts.names[fit.number()] {
            0 => Ok(Vec::new()),
            count => discovery::list_named(db, &names, count <= FEW, place, limit).await,
        },
        Fit::Name => worded(db, sought.words(), Where::Name, &names, counts, page).await,
        Fit::Anywhere => worded(db, sought.words(), Where::Anywhere, &names, counts, page).await,
    }
}

async fn worded(
    db: &Db,
    words: &[KeyRange],
    place: Where,
    names: &KeyRange,
    counts: &Counts,
    page: (Place, usize),
) -> DbResult<Vec<ServerRow>> {
    let of_word = |[in_name, apart]: &[i64; 2]| match place {
        Where::Name => *in_name,
        Where::Anywhere => in_name + apart,
    };
    let counts: Vec<i64> = counts.words.iter().map(of_word).collect();
    match counts.iter().enumerate().min_by_key(|(_, count)| **count) {
        None | Some((_, 0)) => Ok(Vec::new()),
        Some((rarest, _)) => {
            let rare = is_rare(&counts).then_some(rarest);
            discovery::list_worded(db, place, words, names, rare, page).await
        }
    }
}

/// Whether it takes less to sort all that have the rarest of these words, which so many have, than to walk through the
/// servers until a page of them has all: as if a hundred thousand were there, and words did not know of each other.
fn is_rare(counts: &[i64]) -> bool {
    const SERVERS: i64 = 100_000;
    let rarest = counts.iter().copied().min().unwrap_or(0);
    let page = FEW * FEW / SERVERS;
    let walked = counts.iter().fold(page, |walked, count| {
        walked.saturating_mul((SERVERS / (*count).max(1)).max(1))
    });
    rarest <= walked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_way_is_taken() {
        for (counts, rare) in [
            (vec![1], true),
            (vec![FEW - 100], true),
            (vec![COUNT_OF_ONE], false),
            (vec![10_000, 5_000], true),
            (vec![20_000, 20_000], false),
            (vec![20_000, 20_000, 20_000], false),
            (vec![20_000, 1], true),
            (vec![9_000, 9_000, 9_000], true),
        ] {
            assert_eq!(is_rare(&counts), rare, "{counts:?}");
        }
    }
}

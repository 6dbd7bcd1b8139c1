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
    let counts = discovery::count(db, &names, counted).await?;
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
    let rarest = counts
        .words
        .iter()
        .map(of_word)
        .enumerate()
        .min_by_key(|(_, count)| *count);
    match rarest {
        None | Some((_, 0)) => Ok(Vec::new()),
        Some((rarest, count)) => {
            let rare = (count <= FEW).then_some(rarest);
            discovery::list_worded(db, place, words, names, rare, page).await
        }
    }
}

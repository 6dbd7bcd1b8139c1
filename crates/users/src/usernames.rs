//! How often usernames change, and who may have one that somebody has left (U3).

use std::time::Duration;

use model::{Timestamp, UserId, limits};
use platform::db::Tx;

use crate::{error::UsersError, service::Service, store::former_username};

fn before(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(millis))
}

/// How long the user waits for the next change, of those whose times these are, earliest first.
fn wait(changes: &[Timestamp], now: Timestamp) -> Option<Duration> {
    let first = changes.len().checked_sub(limits::USERNAME_CHANGES)?;
    let passed = now.since(*changes.get(first)?);
    limits::USERNAME_CHANGES_WITHIN
        .checked_sub(passed)
        .filter(|left| !left.is_zero())
}

/// How often the user may change their name now and, where they may not, when.
pub(crate) async fn left(service: &Service, user_id: UserId) -> Result<(usize, Option<Timestamp>), UsersError> {
    let now = service.clock.now();
    let since = before(now, limits::USERNAME_CHANGES_WITHIN);
    let changes = former_username::list_since(&service.db, user_id, since).await?;
    let left = limits::USERNAME_CHANGES.saturating_sub(changes.len());
    Ok((left, wait(&changes, now).map(|wait| now.plus(wait))))
}

/// The user gives up their name for this one, in `tx`: refused when they did so too often.
pub(crate) async fn leave(tx: &mut Tx, user_id: UserId, wanted: &str, now: Timestamp) -> Result<(), UsersError> {
    let present = former_username::hold(tx, user_id).await?.ok_or(UsersError::NoAccount)?;
    if present == wanted {
        return Ok(());
    }
    let since = before(now, limits::USERNAME_CHANGES_WITHIN);
    let changes = former_username::left_since(tx, user_id, since).await?;
    if let Some(wait) = wait(&changes, now) {
        return Err(UsersError::UsernameChangedOften(wait));
    }
    let forgotten = before(now, limits::USERNAME_KEPT.max(limits::USERNAME_CHANGES_WITHIN));
    former_username::leave(tx, user_id, &present, now, forgotten).await?;
    Ok(())
}

/// The user has taken this name in `tx`: refused when it was somebody else's lately. Asked afterwards: whoever gives a name up
/// at this moment has done so by then.
pub(crate) async fn admit(tx: &mut Tx, user_id: UserId, username: &str, now: Timestamp) -> Result<(), UsersError> {
    let since = before(now, limits::USERNAME_KEPT);
    if former_username::is_kept_from(tx, user_id, username, since).await? {
        return Err(UsersError::UsernameTaken);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_the_last_changes_decides_how_long_one_waits() {
        let day = |day: u64| Timestamp::from_millis(1_800_000_000_000).plus(Duration::from_hours(24 * day));
        let days = |days: u64| Some(Duration::from_hours(24 * days));
        assert_eq!(wait(&[], day(0)), None);
        assert_eq!(wait(&[day(0)], day(0)), None);
        assert_eq!(wait(&[day(0), day(3)], day(3)), days(11));
        assert_eq!(wait(&[day(0), day(3)], day(14)), None);
        assert_eq!(wait(&[day(0), day(3), day(14)], day(15)), days(2));
    }
}

//! Who sees a channel.

use contracts::permissions::MemberAccess;
use model::{ChannelId, Permission, PermissionSet, Timestamp, search_key::fold};
use platform::db::{DbResult, TenantReader};

use crate::{
    cursor::MemberCursor,
    search_term::SearchTerm,
    store::members::{self, Membership},
    tenant::Tenant,
};

/// Members that are read at once when many of them do not see the channel.
const READ_AT_ONCE: usize = 500;
/// Members that are looked at for one page: of a channel that few of many see, a page may hold fewer than were asked for.
const LOOKED_AT: usize = 2_000;

/// A part of those who see a channel.
pub(crate) struct Viewers {
    pub(crate) members: Vec<Membership>,
    /// Where the next part begins, if there may be one.
    pub(crate) next: Option<MemberCursor>,
}

/// Up to `limit` members who see the channel and whose name has the term in it, by display name.
pub(crate) async fn list(
    reader: &mut TenantReader<'_>,
    tenant: &Tenant,
    channel_id: ChannelId,
    term: &SearchTerm,
    after: MemberCursor,
    limit: usize,
    now: Timestamp,
) -> DbResult<Viewers> {
    let sees = |member: &MemberAccess| {
        let permissions: PermissionSet = tenant.permissions_in(channel_id, member, now);
        permissions.contains(Permission::ViewChannel)
    };
    let (mut found, mut looked_at, mut after) = (Vec::new(), 0, after);
    // Where all see the channel the first rows are the page, and one to tell that there is more.
    let mut most = limit + 1;
    loop {
        let rows = members::list(reader, term, None, &after, most).await?;
        let is_last = rows.len() < most;
        looked_at += rows.len();
        if let Some(last) = rows.last() {
            after = cursor_behind(last);
        }
        found.extend(rows.into_iter().filter(|row| sees(&row.access())));
        if found.len() > limit {
            found.truncate(limit);
            let next = found.last().map(cursor_behind);
            return Ok(Viewers { members: found, next });
        }
        if is_last || looked_at >= LOOKED_AT {
            let next = (!is_last).then_some(after);
            return Ok(Viewers { members: found, next });
        }
        most = READ_AT_ONCE;
    }
}

fn cursor_behind(member: &Membership) -> MemberCursor {
    MemberCursor {
        display_name_fold: fold(&member.row.display_name),
        user_id: member.row.user_id,
    }
}

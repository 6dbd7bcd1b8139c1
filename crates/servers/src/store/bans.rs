//! The table `bans`.

use model::UserId;
use platform::{args, db::DbResult};

use super::Reads;

/// Whether the user is banned.
pub(crate) async fn stands(reads: &mut impl Reads, user_id: UserId) -> DbResult<bool> {
    let sql = "SELECT user_id FROM bans WHERE server_id = $1 AND user_id = $2";
    Ok(!reads.all::<(UserId,)>(sql, &args![user_id]).await?.is_empty())
}

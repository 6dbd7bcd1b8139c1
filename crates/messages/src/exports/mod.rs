//! All that is kept of a user, in one archive that they download.
//!
//! Whoever asks for it has a row in the table of exports, and any process that has time takes that row for a while (`work`).
//! It writes the archive as a stream into the storage service, in parts as uploads are (`archive`); what goes in is read page
//! by page (`content`), so that the memory it takes does not grow with how much somebody has written. Under what the parts
//! are kept is new each time that a row is taken: whoever has lost theirs, and does not know it yet, harms nobody. A day after
//! it was ready the archive is thrown away in the same way as files.

mod archive;
mod content;
mod work;

use std::time::Duration;

use contracts::users::users_client::UsersClient;
use http::StatusCode;
use model::{FileId, Timestamp, UserId, limits};
use platform::{db::DbError, http::Problem, rpc::Peer};
use tokio::sync::Notify;

pub(crate) use work::work;

use crate::{
    service::Service,
    store::exports::{self, ExportRow, Status},
};

/// What is needed for exports.
pub(crate) struct Exports {
    users: UsersClient<Peer>,
    asked_for: Notify,
}

impl Exports {
    pub(crate) fn new(users: UsersClient<Peer>) -> Self {
        Self {
            users,
            asked_for: Notify::new(),
        }
    }
}

/// What a user has asked for.
pub(crate) struct Asked {
    /// The last one.
    pub(crate) last: ExportRow,
    /// One from before that can be downloaded while the last one cannot.
    pub(crate) before: Option<ExportRow>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// The user has none, or none that can be downloaded.
    #[error("there is no export")]
    NotFound,
    /// One is being prepared.
    #[error("an export is being prepared")]
    Running,
    /// The user has had as many as they may, and waits so long.
    #[error("too many exports")]
    TooOften(Duration),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::NotFound => Self::not_found("export_not_found"),
            ExportError::Running => Self::conflict("export_running", "Your data is being gathered already."),
            ExportError::TooOften(wait) => {
                let detail = "You have had your data twice within seven days. Wait before you ask again.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "export_too_often", detail).with_retry_after(wait)
            }
            ExportError::Database(error) => error.into(),
        }
    }
}

impl Service {
    /// Has all that is kept of the user gathered.
    pub(crate) async fn begin_export(&self, user_id: UserId) -> Result<Asked, ExportError> {
        let now = self.clock.now();
        let since = now.minus(limits::EXPORTS_WITHIN);
        let most = i64::try_from(limits::EXPORTS_PER_USER).unwrap_or(i64::MAX);
        let mut tx = self.tenants.begin_group().await?;
        if exports::add(&mut tx, (self.ids.next(), user_id), now, (since, most)).await? {
            tx.commit().await?;
            self.exports.asked_for.notify_one();
            return self.find_export(user_id).await;
        }
        drop(tx);
        if let Some(ExportRow {
            status: Status::Preparing,
            ..
        }) = exports::newest(self.tenants.shared(), user_id, now).await?
        {
            return Err(ExportError::Running);
        }
        let asked = exports::asked_since(self.tenants.shared(), user_id, since).await?;
        // One that ended in this moment was being prepared when it was asked.
        let counted = asked.get(limits::EXPORTS_PER_USER - 1).ok_or(ExportError::Running)?;
        let free_at = counted.plus(limits::EXPORTS_WITHIN);
        Err(ExportError::TooOften(free_at.since(now)))
    }

    /// The user's last export, and what they have until it is ready.
    pub(crate) async fn find_export(&self, user_id: UserId) -> Result<Asked, ExportError> {
        let (db, now) = (self.tenants.shared(), self.clock.now());
        let last = exports::newest(db, user_id, now).await?.ok_or(ExportError::NotFound)?;
        let before = match last.status {
            Status::Ready => None,
            Status::Preparing | Status::Failed => exports::newest_ready(db, user_id, now).await?,
        };
        Ok(Asked { last, before })
    }

    /// The last one that can be downloaded, with what it is kept under.
    pub(crate) async fn find_archive(&self, user_id: UserId) -> Result<(FileId, ExportRow), ExportError> {
        let found = exports::newest_ready(self.tenants.shared(), user_id, self.clock.now()).await?;
        let found = found.and_then(|row| Some((row.file_id?, row)));
        found.ok_or(ExportError::NotFound)
    }
}

/// What an export of this moment is called.
fn file_name(username: &str, at: Timestamp) -> String {
    let plain = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    let username: String = username.chars().filter(plain).collect();
    let day = at.to_string();
    format!("beep-{username}-{}.zip", day.split('T').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_named_after_its_user_and_its_day() {
        let at = Timestamp::from_millis(1_795_000_000_000);
        for (username, name) in [
            ("ada.b_1", "beep-ada.b_1-2026-11-18.zip"),
            ("a\"; x=/é", "beep-ax-2026-11-18.zip"),
        ] {
            assert_eq!(file_name(username, at), name);
        }
    }
}

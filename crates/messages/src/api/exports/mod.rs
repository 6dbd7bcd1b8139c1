//! All that is kept of the caller, for them to download.

mod begin;
mod file;
mod get;

use model::Timestamp;
use platform::http::refusals::Case;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use crate::{
    exports::Asked,
    store::exports::{ExportRow, Status},
};

/// Everything of the caller in one archive: a zip, to be downloaded while it is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "status": "ready", "requested_at": "2026-11-26T09:30:00.000Z", "ready_at": "2026-11-26T09:31:12.000Z",
    "expires_at": "2026-11-27T09:31:12.000Z", "size": 1_482_113, "before": null
}))]
pub(crate) struct Export {
    status: ExportStatus,
    requested_at: Timestamp,
    /// When it could be downloaded first.
    ready_at: Option<Timestamp>,
    /// Until when it is there; known once it is ready. One that failed is shown until then.
    expires_at: Option<Timestamp>,
    /// The size of the archive in bytes, once it is ready.
    #[schema(minimum = 0)]
    size: Option<i64>,
    /// The one from before, which is what one downloads until this one is ready.
    before: Option<ReadyExport>,
}

/// An archive that can be downloaded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "ready_at": "2026-11-25T09:31:12.000Z", "expires_at": "2026-11-26T09:31:12.000Z", "size": 1_482_113
}))]
pub(crate) struct ReadyExport {
    /// When it could be downloaded first.
    ready_at: Timestamp,
    /// Until when it is there.
    expires_at: Timestamp,
    /// Its size in bytes.
    #[schema(minimum = 0)]
    size: i64,
}

impl ReadyExport {
    /// What is said of this one, if it is ready.
    fn of(row: &ExportRow) -> Option<Self> {
        Some(Self {
            ready_at: row.ready_at?,
            expires_at: row.expires_at?,
            size: row.size?,
        })
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportStatus {
    /// It is being gathered.
    Preparing,
    /// It can be downloaded.
    Ready,
    /// It was tried several times. It does not count towards how many one may ask for.
    Failed,
}

impl From<Asked> for Export {
    fn from(asked: Asked) -> Self {
        let row = asked.last;
        Self {
            status: match row.status {
                Status::Preparing => ExportStatus::Preparing,
                Status::Ready => ExportStatus::Ready,
                Status::Failed => ExportStatus::Failed,
            },
            requested_at: row.requested_at,
            ready_at: row.ready_at,
            expires_at: row.expires_at,
            size: row.size,
            before: asked.before.as_ref().and_then(ReadyExport::of),
        }
    }
}

/// Of what is asked for and may not be there.
const EXPORT: &[Case] = &[(
    404,
    "export_not_found",
    "The caller has none, or its time is over; of the file: or none was ready yet.",
)];

/// The routes, below the caller.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get::get_export, begin::begin_export))
        .routes(routes!(file::get_export_file))
}

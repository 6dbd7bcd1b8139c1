//! What was done to a server, and by whom.

mod list;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list::list_audit_log))
}

//! The end of the caller's account, which is asked for here because servers may stand against it.

mod begin_deletion;
mod cancel_deletion;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(
        begin_deletion::begin_deletion,
        cancel_deletion::cancel_deletion
    ))
}

//! Channels and folders of a server.

mod change;
mod create;
mod delete;
mod get;
mod list;
mod members;
mod order;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(
            list::list_channels,
            create::create_channel,
            order::order_channels
        ))
        .routes(routes!(
            get::get_channel,
            change::change_channel,
            delete::delete_channel
        ))
        .routes(routes!(members::list_channel_members))
}

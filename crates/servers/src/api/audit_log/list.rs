//! `GET /servers/{server_id}/audit-log`

use axum::extract::State;
use model::{ServerId, UserId};
use platform::http::{
    Fields, Json, Page, PageQuery, Problem, Query,
    refusals::{LIST, PATH, SERVER, SIGNED_IN},
};
use serde::Deserialize;

use crate::{
    api::{
        Api,
        access::{Allowed, ViewAuditLog},
        resource::AuditEntry,
    },
    audit::Action,
    audit_reading,
    store::audit::Wanted,
};

/// Which entries, and which page of them.
#[derive(Debug, Deserialize)]
pub(crate) struct AuditQuery {
    #[serde(flatten)]
    page: PageQuery,
    actor_id: Option<String>,
    action: Option<String>,
    target_id: Option<String>,
}

impl AuditQuery {
    fn checked(self) -> Result<(Wanted, usize), Problem> {
        let mut fields = Fields::default();
        let action = fields.parse_optional::<Action>("action", self.action.as_deref());
        let actor_id = self.actor_id.map(|id| id.parse::<UserId>()).transpose();
        if actor_id.is_err() {
            fields.add_invalid("actor_id", model::Invalid::Format);
        }
        fields.finish()?;
        let wanted = Wanted {
            before: self.page.before()?,
            actor_id: actor_id.ok().flatten(),
            action: action.flatten(),
            target_id: self.target_id,
            channels: None,
        };
        Ok((wanted, self.page.limit()?))
    }
}

platform::refusals!(
    SIGNED_IN,
    LIST,
    PATH,
    SERVER,
    &[(
        403,
        "missing_permission",
        "The caller lacks the permission view_audit_log."
    )]
);

/// Read the audit log
///
/// The newest first. Needs `view_audit_log`. What happened in a channel is told to those who see the channel; owner and
/// administrators read what happened in deleted ones, too.
#[utoipa::path(
    get, path = "/servers/{server_id}/audit-log", tag = "moderation",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("before" = Option<String>, Query, description = "The cursor of the page before."),
        ("actor_id" = Option<UserId>, Query, description = "Only what this user did."),
        ("action" = Option<Action>, Query, description = "Only this."),
        ("target_id" = Option<String>, Query, description = "Only what was done to this: an id, or the code of an invitation.")
    ),
    responses((status = 200, description = "A page of entries.", body = Page<AuditEntry>), Refusals)
)]
pub(crate) async fn list_audit_log(
    State(api): State<Api>,
    allowed: Allowed<ViewAuditLog>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let (wanted, limit) = query.checked()?;
    let server = allowed.server;
    let page = audit_reading::list(&api, &server.tenant, &server.member, server.now, wanted, limit).await?;
    Ok(Json(page))
}

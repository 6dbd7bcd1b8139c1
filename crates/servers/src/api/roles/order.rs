//! `PATCH /servers/{server_id}/roles`

use axum::extract::State;
use model::{RoleId, ServerId, limits::ROLES_PER_SERVER};
use platform::http::{
    Fields, Json, Page, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_ROLES, ManageRoles},
        resource::Role,
    },
    error::Error,
    role_changes,
};

/// Which roles go where.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"roles": [{"id": "402345678901234570", "position": 2}]}))]
pub(crate) struct RoleOrder {
    /// The roles that move. The others keep their order.
    roles: Vec<RolePlace>,
}

/// Where a role goes.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RolePlace {
    /// The role; not `everyone`, which stays below all.
    id: RoleId,
    /// Its place among all roles, from 1, since `everyone` stands at 0, upwards; beyond the end means at the top.
    #[schema(value_type = u64, minimum = 1, maximum = 4_294_967_295_i64)]
    position: u32,
}

impl RoleOrder {
    fn checked(self) -> Result<Vec<(RoleId, u32)>, Problem> {
        let mut fields = Fields::default();
        if self.roles.len() > ROLES_PER_SERVER {
            fields.add("roles", "too_long", "names more roles than a server can have");
        }
        for (index, place) in self.roles.iter().enumerate() {
            if place.position == 0 {
                let field = format!("roles.{index}.position");
                fields.add(field, "out_of_range", "is that of the role everyone, below all others");
            }
        }
        fields.finish()?;
        Ok(self.roles.into_iter().map(|place| (place.id, place.position)).collect())
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    MANAGE_ROLES,
    &[(
        403,
        "role_too_high",
        "A role stands, or would stand, no lower than the caller's highest role."
    )]
);

/// Order roles
///
/// Puts roles above or below others, all in one step or none. Needs `manage_roles`. What stands at or above the caller's
/// highest role does not move, and nothing is moved there.
#[utoipa::path(
    patch, path = "/servers/{server_id}/roles", tag = "roles", request_body = RoleOrder,
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "All roles as they stand now, the lowest first.", body = Page<Role>), Refusals)
)]
pub(crate) async fn order_roles(
    State(api): State<Api>,
    Allowed { server, .. }: Allowed<ManageRoles>,
    Json(order): Json<RoleOrder>,
) -> Result<Json<Page<Role>>, Problem> {
    let wanted = order.checked()?;
    role_changes::order(&api, server.server_id, server.user_id, &wanted).await?;
    let (tenant, _) = api
        .standing(server.server_id, server.user_id)
        .await?
        .ok_or(Error::ServerNotFound)?;
    Ok(Json(Page::whole(tenant.roles())))
}

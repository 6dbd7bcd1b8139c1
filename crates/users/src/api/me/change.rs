//! `PATCH /users/@me`

use axum::extract::State;
use model::{Biography, PersonName, StatusText, Username};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Patch, Problem,
        refusals::{BODY, FIELDS, SIGNED_IN, UNSAFE},
    },
};
use serde::{Deserialize, de::IgnoredAny};
use utoipa::ToSchema;

use crate::{
    api::{Api, refusals::IDENTITY, resource::OwnUser},
    profile,
    settings::Status,
    store::UserChange,
};

/// What changes; what is absent stays. Null empties `biography` and `status_text`. What one signs in with is not changed here:
/// a body with `email` or `password` is refused.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"biography": "Notes on engines.", "status": "away"}))]
pub(crate) struct ProfileChange {
    /// 1 to 64 characters.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 64)]
    first_name: Patch<String>,
    /// 1 to 64 characters.
    #[serde(default)]
    #[schema(value_type = String, min_length = 1, max_length = 64)]
    last_name: Patch<String>,
    /// 2 to 32 letters, digits, `_`, `-`, `.`; lowered. Changed twice in 14 days at most; the one that is left is kept from
    /// others for 30 days.
    #[serde(default)]
    #[schema(value_type = String, min_length = 2, max_length = 32)]
    username: Patch<String>,
    /// At most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    biography: Patch<String>,
    /// What others see when the user is connected.
    #[serde(default)]
    #[schema(value_type = Status)]
    status: Patch<String>,
    /// At most 128 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 128)]
    status_text: Patch<String>,
    #[serde(default)]
    #[schema(ignore)]
    email: Patch<IgnoredAny>,
    #[serde(default)]
    #[schema(ignore)]
    password: Patch<IgnoredAny>,
}

impl ProfileChange {
    fn checked(self) -> Result<UserChange, Problem> {
        let mut fields = Fields::default();
        for (name, field) in [("email", self.email), ("password", self.password)] {
            if !field.is_absent() {
                fields.add(name, "not_changeable", "cannot be changed here");
            }
        }
        let change = UserChange {
            first_name: fields.change::<PersonName>("first_name", self.first_name),
            last_name: fields.change::<PersonName>("last_name", self.last_name),
            username: fields
                .change::<Username>("username", self.username)
                .map(Username::into_string),
            biography: fields
                .change_or_empty::<Biography>("biography", self.biography)
                .map(Biography::into_string),
            status: fields.change::<Status>("status", self.status).map(Status::as_str),
            status_text: fields
                .change_or_empty::<StatusText>("status_text", self.status_text)
                .map(StatusText::into_string),
            ..UserChange::default()
        };
        fields.finish().map(|()| change)
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    IDENTITY,
    &[
        (409, "username_taken", "Somebody has this username, or had it lately."),
        (
            429,
            "username_changed_often",
            "The username was changed twice in 14 days; see Retry-After."
        ),
        (409, "kept_elsewhere", "A directory keeps the caller's names.")
    ]
);

/// Change my profile
#[utoipa::path(
    patch, path = "/users/@me", tag = "users", request_body = ProfileChange,
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn change_me(
    State(api): State<Api>,
    caller: Caller,
    Json(change): Json<ProfileChange>,
) -> Result<Json<OwnUser>, Problem> {
    let change = change.checked()?;
    Ok(Json(OwnUser::from(
        &profile::change(&api, caller.user_id, &change).await?,
    )))
}

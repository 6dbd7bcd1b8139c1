//! `GET /pictures/{name}`.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use platform::{
    http::{Path, Problem, refusals::PATH},
    objects::ObjectStore,
};
use utoipa::ToSchema;

use super::{Api, key};

/// A picture as it is stored.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, example = "the bytes of a picture")]
#[expect(dead_code, reason = "describes the answer, which is made of bytes")]
pub(crate) struct Picture(Vec<u8>);

/// How long whoever has a picture may show it without asking: so long it may be seen after it was deleted.
const KEPT_FOR_SECONDS: u32 = 24 * 60 * 60;

platform::refusals!(PATH, &[(404, "picture_not_found", "There is no picture of this name.")]);

/// A picture
///
/// Public to whoever knows the name, which cannot be guessed. What it shows never changes: it may be kept, for a day. Then one
/// should ask whether it is still there. A picture that is shown no more, because another was chosen or whoever showed it is
/// gone, is deleted.
#[utoipa::path(
    get,
    path = "/api/v1/pictures/{name}",
    tag = "pictures",
    security(()),
    params(("name" = String, Path, description = "256 bits in hex and the ending", example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.jpg")),
    responses(
        (status = 200, description = "The picture.", content((Picture = "image/jpeg"), (Picture = "image/png"))),
        (status = 304, description = "The picture that the client has."),
        Refusals
    )
)]
pub(crate) async fn get_picture<O: ObjectStore>(
    State(objects): State<Api<O>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let not_found = || Problem::not_found("picture_not_found");
    let key = key(&name).ok_or_else(not_found)?;
    let tag = format!("\"{}\"", name.split('.').next().unwrap_or_default());
    let fixed = [
        (
            header::CACHE_CONTROL,
            format!("public, max-age={KEPT_FOR_SECONDS}, immutable"),
        ),
        (header::ETAG, tag.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
    ];
    if headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| value.as_bytes() == tag.as_bytes())
        && objects.exists(&key).await?
    {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let bytes = objects.get(&key).await?.ok_or_else(not_found)?;
    let kind = match name.rsplit('.').next() {
        Some("png") => "image/png",
        _ => "image/jpeg",
    };
    Ok((fixed, [(header::CONTENT_TYPE, kind)], bytes).into_response())
}

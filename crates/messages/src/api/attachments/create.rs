//! `POST …/attachments`

use axum::{
    extract::{FromRequest, Multipart, Request, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    TUS, TUS_RESUMABLE, UPLOAD, UPLOAD_LENGTH, UPLOAD_METADATA, form, number, progress, require_version,
    resource::AttachmentResource,
};
use crate::api::{Api, ChannelPath, FOLDER, STORED};

/// A form with files.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read as it comes")]
pub(crate) struct AttachmentForm {
    /// A file with its name; at most 10 parts of this name.
    #[schema(value_type = String, format = Binary, example = "the bytes of a file")]
    file: Vec<u8>,
}

/// One file, or a list for a form of several.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Attached {
    /// Of a form with one file.
    One(AttachmentResource),
    /// Of a form with several.
    Several(Vec<AttachmentResource>),
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    FIELDS,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    TUS,
    UPLOAD,
    STORED,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks send_messages or attach_files."
        ),
        (400, "malformed_multipart", "The form cannot be read."),
        (408, "upload_too_slow", "Less than 16 KiB arrived in half a minute."),
        (413, "body_too_large", "The body is larger than 10 files may be."),
        (
            415,
            "unsupported_media_type",
            "The body is neither a form, nor is there Tus-Resumable."
        ),
    ]
);

/// Upload files
///
/// A form (`multipart/form-data`) with one or more parts `file`: they are there when it is answered, and wait a day to be sent
/// with a message (`attachment_ids`).
///
/// Or, with `Tus-Resumable: 1.0.0`, `Upload-Length` and `Upload-Metadata` (`filename` in base64) and without a body, the
/// beginning of an upload by the protocol [tus](https://tus.io/protocols/resumable-upload) that can be gone on with after a
/// break: `Location` says where its bytes go by PATCH. It must be finished within a day.
///
/// Needs `send_messages` and `attach_files`. What a file is, its content says.
#[utoipa::path(
    post, path = "/attachments", tag = "files",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`."),
        ("Upload-Length" = Option<i64>, Header, description = "How many bytes the file has."),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename` and its value in base64; the rest is passed over.")
    ),
    request_body(content = AttachmentForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The file, a list for a form of several, or nothing for an upload that begins.", body = Attached),
        Refusals
    )
)]
pub(crate) async fn create_attachment(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    request: Request,
) -> Result<Response, Problem> {
    api.uploader(caller.user_id, path).await?;
    if request.headers().contains_key(TUS_RESUMABLE) {
        return begin(&api, caller, path, request.headers()).await;
    }
    let form = Multipart::from_request(request, &()).await?;
    let mut files = form::take(api, caller.user_id, path, form).await?;
    let body = if files.len() == 1 {
        Attached::One(files.remove(0))
    } else {
        Attached::Several(files)
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// The beginning of an upload by tus.
async fn begin(api: &Api, caller: Caller, path: ChannelPath, headers: &HeaderMap) -> Result<Response, Problem> {
    require_version(headers)?;
    let size = number(headers, &UPLOAD_LENGTH)?;
    let metadata = headers.get(UPLOAD_METADATA).and_then(|value| value.to_str().ok());
    let name = file_name(metadata.unwrap_or_default()).unwrap_or_default();
    let mut upload = api.begin_upload(caller.user_id, path, &name, size).await?;
    if size == 0 {
        upload = api.finish(upload).await?;
    }
    let location = format!(
        "/api/v1/servers/{}/channels/{}/attachments/{}",
        path.server_id, path.channel_id, upload.id
    );
    let mut headers = progress(&upload);
    if let Ok(location) = HeaderValue::try_from(location) {
        headers.insert(header::LOCATION, location);
    }
    Ok((StatusCode::CREATED, headers).into_response())
}

/// The file's name in the metadata of tus: `filename d29ybGQ=,filetype aW1hZ2U=`.
fn file_name(metadata: &str) -> Option<String> {
    let pair = |pair: &str| {
        let (key, value) = pair.trim().split_once(' ')?;
        let bytes = STANDARD.decode(value.trim()).ok().filter(|_| key == "filename")?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    metadata.split(',').find_map(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_the_metadata() {
        for (metadata, name) in [
            ("filename Y2F0LnBuZw==", Some("cat.png")),
            ("filetype aW1hZ2UvcG5n,filename w6l0w6kudHh0", Some("été.txt")),
            ("is_confidential, filename Y2F0LnBuZw==", Some("cat.png")),
            ("filename %%%", None),
            ("filename", None),
            ("", None),
        ] {
            assert_eq!(file_name(metadata).as_deref(), name, "{metadata}");
        }
    }
}

//! `PATCH …/attachments/{attachment_id}`

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt};
use http::{StatusCode, header};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
    telemetry::RequestContext,
};

use super::{BYTES, TUS, UPLOAD_OFFSET, UploadPath, number, progress, require_version, unsent};
use crate::{
    api::{ATTACHMENT, Api, FOLDER, STORED},
    error::MessagesError,
    store::attachments::Attachment,
};

/// The form of the body.
const CONTENT_TYPE: &str = "application/offset+octet-stream";

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    FIELDS,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    ATTACHMENT,
    TUS,
    BYTES,
    STORED,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks send_messages or attach_files."
        ),
        (
            409,
            "upload_in_too_many_parts",
            "The upload was broken off too often; begin it anew."
        ),
        (413, "upload_too_long", "More was sent than was announced."),
        (
            415,
            "unsupported_media_type",
            "The body is not application/offset+octet-stream."
        ),
    ]
);

/// Go on with an upload
///
/// The bytes from `Upload-Offset` on, as many as there are. What arrives is kept, also when the rest does not: `HEAD` says how
/// far the upload is. The request that brings the last byte is answered when the file can be sent; should that fail, an empty
/// one at the end tries again. Two that send the same bytes harm nothing: one is answered 409.
#[utoipa::path(
    patch, path = "/attachments/{attachment_id}", tag = "files",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("attachment_id" = model::FileId, Path, description = "The upload."),
        ("Tus-Resumable" = Option<String>, Header, description = "`1.0.0`."),
        ("Upload-Offset" = i64, Header, description = "Where the body begins: how far the upload is.")
    ),
    request_body(content = String, content_type = "application/offset+octet-stream", example = "the bytes of a file"),
    responses((status = 204, description = "How far it is now: `Upload-Offset`."), Refusals)
)]
pub(crate) async fn append_to_attachment(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<UploadPath>,
    request: Request,
) -> Result<Response, Problem> {
    api.uploader(caller.user_id, path.channel()).await?;
    let upload = unsent(&api, caller.user_id, path).await?;
    let headers = request.headers();
    require_version(headers)?;
    if headers
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind != CONTENT_TYPE)
    {
        let detail = "Send application/offset+octet-stream.";
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        ));
    }
    if number(headers, &UPLOAD_OFFSET)? != upload.received {
        return Err(MessagesError::UploadOffsetConflict.into());
    }
    // In a task of its own: what has arrived is kept, also when nobody waits for it any more.
    let work = append(api, upload, request.into_body());
    let working = tokio::spawn(RequestContext::scope_of(RequestContext::current_cause(), work));
    let upload = working.await.map_err(|_| Problem::internal())??;
    Ok((StatusCode::NO_CONTENT, progress(&upload)).into_response())
}

async fn append(api: Api, upload: Attachment, body: Body) -> Result<Attachment, Problem> {
    let _place = api.files.place()?;
    let source = body.into_data_stream().map_err(|_| {
        let detail = "The body broke off. What arrived is kept: go on from there.";
        Problem::new(StatusCode::BAD_REQUEST, "body_incomplete", detail)
    });
    let upload = api.receive(upload, source.boxed()).await?;
    if upload.received < upload.size {
        return Ok(upload);
    }
    Ok(api.finish(upload).await?)
}

//! Uploads, and files that wait to be sent: at once as a form, or so that they can be gone on with after a break, by the
//! protocol tus 1.0.0 (<https://tus.io/protocols/resumable-upload>).

mod append;
mod create;
mod discard;
mod form;
mod get;
mod head;
mod remove;
pub(crate) mod resource;

use http::{HeaderMap, HeaderName, HeaderValue};
use model::{ChannelId, FileId, MessageId, ServerId, Timestamp};
use platform::http::{Fields, Problem, refusals::Case};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, ChannelPath, MessagePath};
use crate::{error::MessagesError, store::attachments::Attachment};

/// The version of the protocol.
const VERSION: &str = "1.0.0";

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// The routes below a channel.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create::create_attachment))
        .routes(routes!(
            get::get_attachment,
            head::head_attachment,
            append::append_to_attachment,
            discard::discard_attachment
        ))
}

/// The route below a channel's messages.
pub(super) fn routes_of_messages() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(remove::remove_attachment))
}

/// The upload that a path names.
#[expect(clippy::struct_field_names, reason = "the names of the path")]
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct UploadPath {
    server_id: ServerId,
    channel_id: ChannelId,
    attachment_id: FileId,
}

impl UploadPath {
    const fn channel(self) -> ChannelPath {
        ChannelPath {
            server_id: self.server_id,
            channel_id: self.channel_id,
        }
    }
}

/// The file of a message that a path names.
#[expect(clippy::struct_field_names, reason = "the names of the path")]
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct AttachedPath {
    server_id: ServerId,
    channel_id: ChannelId,
    message_id: MessageId,
    attachment_id: FileId,
}

impl AttachedPath {
    const fn message(self) -> MessagePath {
        MessagePath {
            server_id: self.server_id,
            channel_id: self.channel_id,
            message_id: self.message_id,
        }
    }
}

/// Of every route that speaks tus.
const TUS: &[Case] = &[(412, "tus_version_unsupported", "Tus-Resumable is not 1.0.0.")];
/// Of every route that begins an upload.
const UPLOAD: &[Case] = &[
    (
        413,
        "attachment_too_large",
        "The file has more bytes than GET /api/v1/instance tells.",
    ),
    (
        413,
        "attachment_quota_exceeded",
        "The caller keeps as much as they may.",
    ),
    (
        409,
        "too_many_uploads",
        "The caller has 20 uploads that are not finished.",
    ),
];
/// Of every route that takes the bytes of a file.
const BYTES: &[Case] = &[
    (400, "body_incomplete", "The body broke off; what arrived is kept."),
    (
        408,
        "upload_too_slow",
        "Less than 16 KiB arrived in half a minute; what arrived is kept.",
    ),
    (
        409,
        "upload_offset_conflict",
        "The upload goes on elsewhere than at Upload-Offset.",
    ),
];

/// Refuses another version of the protocol. Whoever names none is believed to know it.
fn require_version(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(TUS_RESUMABLE) {
        Some(version) if version != VERSION => Err(Problem::new(
            http::StatusCode::PRECONDITION_FAILED,
            "tus_version_unsupported",
            "Beep speaks tus 1.0.0.",
        )),
        _ => Ok(()),
    }
}

/// A header that is a number.
fn number(headers: &HeaderMap, name: &HeaderName) -> Result<i64, Problem> {
    let text = headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|_| digits);
    number.ok_or_else(|| {
        let mut fields = Fields::default();
        let code = if text.is_empty() { "required" } else { "format" };
        fields.add(name.as_str().to_owned(), code, "must be a whole number of bytes");
        fields.problem()
    })
}

/// How far an upload is. Of a finished one, what was announced: what is kept of it may be less.
fn progress(upload: &Attachment) -> HeaderMap {
    let length = if upload.content_type.is_some() {
        upload.received
    } else {
        upload.size
    };
    let mut headers = HeaderMap::new();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(VERSION));
    headers.insert(UPLOAD_OFFSET, upload.received.into());
    headers.insert(UPLOAD_LENGTH, length.into());
    if let Ok(date) = HeaderValue::try_from(http_date(upload.expires_at)) {
        headers.insert(UPLOAD_EXPIRES, date);
    }
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}

/// A time as headers have it (RFC 9110, 5.6.7).
fn http_date(time: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    // `2026-11-25T19:40:00.000Z`.
    let text = time.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
    let month = part(5..7).parse::<usize>().unwrap_or(1);
    let day = usize::try_from(time.as_millis() / 86_400_000 % 7).unwrap_or(0);
    format!(
        "{}, {} {} {} {} GMT",
        DAYS.get(day).unwrap_or(&DAYS[0]),
        part(8..10),
        MONTHS.get(month.saturating_sub(1)).unwrap_or(&MONTHS[0]),
        part(0..4),
        part(11..19)
    )
}

/// The caller's own upload or unsent file.
async fn unsent(api: &Api, user_id: model::UserId, path: UploadPath) -> Result<Attachment, MessagesError> {
    api.find_unsent(user_id, path.channel(), path.attachment_id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_headers_have_them() {
        for (millis, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (1_795_635_600_123, "Wed, 25 Nov 2026 19:40:00 GMT"),
        ] {
            assert_eq!(http_date(Timestamp::from_millis(millis)), text);
        }
    }
}

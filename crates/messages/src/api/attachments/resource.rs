//! A file as clients see it.

use model::FileId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::attachments::Attachment;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Attachment, example = json!({
    "id": "402345678901400000", "name": "cat.png", "content_type": "image/png", "size": 12_345, "width": 800, "height": 600,
    "placeholder": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    "url": "/api/v1/servers/402345678901230000/files/402345678901400000/cat.png",
    "thumbnail_url": "/api/v1/servers/402345678901230000/files/402345678901400000/thumbnail", "is_spoiler": false
}))]
pub(crate) struct AttachmentResource {
    id: FileId,
    name: String,
    /// By its content, whatever the client that sent it called it.
    content_type: String,
    /// In bytes, as it is kept: pictures lose what their camera wrote into them.
    size: i64,
    /// In pixels, as it is shown; null for what is no picture.
    width: Option<i64>,
    height: Option<i64>,
    /// A `ThumbHash` in base64: what to show of a picture before it is there.
    placeholder: Option<String>,
    /// Where it is, relative to the public URL.
    url: String,
    /// A smaller picture of it, at most 800 pixels wide and high.
    thumbnail_url: Option<String>,
    /// Whether it is hidden until one wants to see it.
    is_spoiler: bool,
}

impl From<Attachment> for AttachmentResource {
    fn from(file: Attachment) -> Self {
        let place = format!("/api/v1/servers/{}/files/{}", file.server_id, file.id);
        Self {
            id: file.id,
            url: format!("{place}/{}", encoded(&file.name)),
            thumbnail_url: file.has_thumbnail.then(|| format!("{place}/thumbnail")),
            name: file.name,
            content_type: file.content_type.unwrap_or_default(),
            size: file.size,
            width: file.width,
            height: file.height,
            placeholder: file.placeholder,
            is_spoiler: file.is_spoiler,
        }
    }
}

/// The text as a segment of a path, or as a value of a header (RFC 5987).
pub(in crate::api) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

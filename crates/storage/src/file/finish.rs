//! How the parts of an upload become a file.

use std::sync::Arc;

use bytes::Bytes;
use contracts::storage::{FinishFileResponse, Part};
use futures::TryStreamExt;
use image::ImageFormat;
use model::{FileId, limits::ATTACHED_PICTURE_BYTES};
use platform::objects::{ObjectError, ObjectStore};

use super::{content::Content, metadata, parts as folder_of_parts, sniff, thumbnail, whole};
use crate::{
    picture::{self, PictureError},
    workshop::Workshop,
};

/// How much is looked at to say what a file is, in bytes.
const HEAD: usize = 64 * 1024;
/// How much is looked at to say how large a picture is that is not decoded: what a camera wrote may stand before that.
const PICTURE_HEAD: u64 = 1024 * 1024;

/// Why a file is not finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FinishError {
    /// A part is not there, or they leave a gap.
    #[error("a part is missing")]
    PartMissing,
    /// Too many pictures are being worked on.
    #[error("too many pictures are being worked on")]
    Busy,
    /// The object store.
    #[error(transparent)]
    Objects(#[from] ObjectError),
}

/// Makes a file of its parts and says what it is. Finishing again answers the same.
pub(crate) async fn finish<O: ObjectStore>(
    objects: &Arc<O>,
    workshop: &Workshop,
    id: FileId,
    parts: &[Part],
) -> Result<FinishFileResponse, FinishError> {
    if let Some(content) = Content::find(&**objects, id).await? {
        return Ok(describe(objects, workshop, id, &content).await?.told);
    }
    let content = Content::of_parts(id, parts)?.ok_or(FinishError::PartMissing)?;
    let folder = folder_of_parts(id)?;
    let found = objects.list_below(&folder).await?;
    if !content.is_among(&found) {
        return Err(FinishError::PartMissing);
    }
    let described = describe(objects, workshop, id, &content).await?;
    let together = match described.content {
        None if content.count() <= 1 => Some(fetch(objects, &content, content.size()).await?),
        together => together,
    };
    if let Some(together) = together {
        objects.put(&whole(id)?, together).await?;
        objects.delete_below(&folder).await?;
    } else {
        content.keep(&**objects, id).await?;
        // Parts of attempts that lost.
        for key in content.strangers(&found) {
            objects.delete(key).await?;
        }
    }
    Ok(described.told)
}

/// What is known of a file.
struct Described {
    told: FinishFileResponse,
    /// What is to be kept of it, where that was all fetched to look at it.
    content: Option<Bytes>,
}

/// Looks at what makes up a file. The thumbnail is kept before the file is: where there is one, there is the other.
async fn describe<O: ObjectStore>(
    objects: &Arc<O>,
    workshop: &Workshop,
    id: FileId,
    content: &Content,
) -> Result<Described, FinishError> {
    let size = content.size();
    let head = fetch(objects, content, HEAD as u64).await?;
    let content_type = sniff::content_type(&head);
    let mut told = FinishFileResponse {
        size: i64::try_from(size).unwrap_or(i64::MAX),
        content_type: content_type.to_owned(),
        ..FinishFileResponse::default()
    };
    let Some(format) = picture::sniff(&head) else {
        if content_type == "image/avif" {
            set_dimensions(&mut told, sniff::avif_dimensions(&head));
        }
        return Ok(Described { told, content: None });
    };
    if size > ATTACHED_PICTURE_BYTES {
        let head = fetch(objects, content, PICTURE_HEAD).await?;
        set_dimensions(&mut told, picture::dimensions(&head).ok());
        return Ok(Described { told, content: None });
    }
    let bench = workshop.bench().await.map_err(|_| FinishError::Busy)?;
    let picture = fetch(objects, content, size).await?;
    if (picture.len() as u64) < size {
        return Err(FinishError::PartMissing);
    }
    let (bare, drawn, dimensions) = match bench.work(move || look_at(picture, format)).await {
        Ok(seen) => seen,
        // The decoder broke. It is kept as what it is not.
        Err(PictureError::Busy) => return Err(FinishError::Busy),
        Err(_) => return Ok(Described { told, content: None }),
    };
    told.size = i64::try_from(bare.len()).unwrap_or(i64::MAX);
    set_dimensions(&mut told, dimensions);
    if let Ok(drawn) = drawn {
        objects.put(&thumbnail(id)?, drawn.thumbnail).await?;
        told.placeholder = drawn.placeholder;
        told.has_thumbnail = true;
    }
    Ok(Described {
        told,
        content: Some(bare),
    })
}

type Seen = (Bytes, Result<super::thumbnail::Drawn, PictureError>, Option<(u32, u32)>);

/// The picture without metadata, what is drawn of it, and how large it is.
fn look_at(picture: Bytes, format: ImageFormat) -> Seen {
    let bare = metadata::without(&picture, format).unwrap_or(picture);
    let drawn = super::thumbnail::draw(&bare);
    let dimensions = match &drawn {
        Ok(drawn) => Some((drawn.width, drawn.height)),
        Err(_) => picture::dimensions(&bare).ok(),
    };
    (bare, drawn, dimensions)
}

fn set_dimensions(told: &mut FinishFileResponse, dimensions: Option<(u32, u32)>) {
    if let Some((width, height)) = dimensions {
        told.width = i32::try_from(width).unwrap_or(0);
        told.height = i32::try_from(height).unwrap_or(0);
    }
}

/// The first bytes of a file, at most so many.
async fn fetch<O: ObjectStore>(objects: &Arc<O>, content: &Content, most: u64) -> Result<Bytes, ObjectError> {
    let mut fetched = Vec::new();
    let mut pieces = content.read(objects, 0, most);
    while let Some(piece) = pieces.try_next().await? {
        fetched.extend_from_slice(&piece);
    }
    Ok(fetched.into())
}

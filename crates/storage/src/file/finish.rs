//! How the parts of an upload become a file.

use bytes::Bytes;
use contracts::storage::{FinishFileResponse, Part};
use futures::TryStreamExt;
use image::ImageFormat;
use model::{FileId, limits::ATTACHED_PICTURE_BYTES};
use platform::objects::{ObjectError, ObjectKey, ObjectStore};

use super::{metadata, part as key_of, parts as folder_of_parts, sniff, thumbnail, whole};
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
    objects: &O,
    workshop: &Workshop,
    id: FileId,
    parts: &[Part],
) -> Result<FinishFileResponse, FinishError> {
    let key = whole(id)?;
    let told = if let Some(size) = objects.size(&key).await? {
        describe(objects, workshop, id, &[key], size).await?.told
    } else {
        let size = size_of(parts)?;
        let keys: Vec<ObjectKey> = parts.iter().map(|part| key_of(id, *part)).collect::<Result<_, _>>()?;
        let described = describe(objects, workshop, id, &keys, size).await?;
        match described.content {
            Some(content) => objects.put(&key, content).await?,
            None if keys.is_empty() => objects.put(&key, Bytes::new()).await?,
            None if objects.join(&key, &keys).await? => {}
            None => return Err(FinishError::PartMissing),
        }
        described.told
    };
    objects.delete_below(&folder_of_parts(id)?).await?;
    Ok(told)
}

/// How long the parts are together, which must follow each other.
fn size_of(parts: &[Part]) -> Result<u64, FinishError> {
    let follows = |end: i64, part: &Part| {
        (part.start == end && part.length > 0)
            .then(|| end.checked_add(part.length))
            .flatten()
            .ok_or(FinishError::PartMissing)
    };
    let end = parts.iter().try_fold(0, follows)?;
    u64::try_from(end).map_err(|_| FinishError::PartMissing)
}

/// What is known of a file.
struct Described {
    told: FinishFileResponse,
    /// What is to be kept of it, where that was all fetched to look at it.
    content: Option<Bytes>,
}

/// Looks at what lies under the keys, one after the other. The thumbnail is kept before the file is: where there is one, there
/// is the other.
async fn describe<O: ObjectStore>(
    objects: &O,
    workshop: &Workshop,
    id: FileId,
    keys: &[ObjectKey],
    size: u64,
) -> Result<Described, FinishError> {
    let head = fetch(objects, keys, HEAD as u64).await?;
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
        let head = fetch(objects, keys, PICTURE_HEAD).await?;
        set_dimensions(&mut told, picture::dimensions(&head).ok());
        return Ok(Described { told, content: None });
    }
    let bench = workshop.bench().await.map_err(|_| FinishError::Busy)?;
    let picture = fetch(objects, keys, size).await?;
    if (picture.len() as u64) < size {
        return Err(FinishError::PartMissing);
    }
    let (content, drawn, dimensions) = match bench.work(move || look_at(picture, format)).await {
        Ok(seen) => seen,
        // The decoder broke. It is kept as what it is not.
        Err(PictureError::Busy) => return Err(FinishError::Busy),
        Err(_) => return Ok(Described { told, content: None }),
    };
    told.size = i64::try_from(content.len()).unwrap_or(i64::MAX);
    set_dimensions(&mut told, dimensions);
    if let Ok(drawn) = drawn {
        objects.put(&thumbnail(id)?, drawn.thumbnail).await?;
        told.placeholder = drawn.placeholder;
        told.has_thumbnail = true;
    }
    Ok(Described {
        told,
        content: Some(content),
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

/// The first bytes of what lies under the keys, one after the other.
async fn fetch<O: ObjectStore>(objects: &O, keys: &[ObjectKey], most: u64) -> Result<Bytes, FinishError> {
    let mut fetched = Vec::new();
    for key in keys {
        let left = most - fetched.len() as u64;
        if left == 0 {
            break;
        }
        let pieces = objects.read(key, 0, left).await?;
        let mut pieces = pieces.ok_or(FinishError::PartMissing)?;
        while let Some(piece) = pieces.try_next().await? {
            fetched.extend_from_slice(&piece);
        }
    }
    Ok(fetched.into())
}

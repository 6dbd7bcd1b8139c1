//! What cameras and programs write into pictures, where they were taken among it, is taken out. The picture stays as it is,
//! bit by bit, and its orientation with it.

use bytes::Bytes;
use image::{ImageDecoder, ImageFormat, ImageReader};
use img_parts::{
    ImageEXIF,
    jpeg::{Jpeg, markers},
    png::Png,
    riff::RiffContent,
    webp::{CHUNK_VP8X, CHUNK_XMP, WebP},
};
use std::io::Cursor;

/// The flag of VP8X that says that there is XMP.
const XMP_FLAG: u8 = 0b100;

/// The same picture without metadata; `None` when it cannot be taken apart, or has no metadata that we know of.
pub(super) fn without(picture: &Bytes, format: ImageFormat) -> Option<Bytes> {
    let orientation = orientation(picture, format).map(exif_of);
    match format {
        ImageFormat::Jpeg => jpeg(picture, orientation),
        ImageFormat::Png => png(picture.clone(), orientation),
        ImageFormat::WebP => webp(picture.clone(), orientation),
        _ => None,
    }
}

/// How the camera was held, as EXIF counts it; `None` when it was held upright.
fn orientation(picture: &Bytes, format: ImageFormat) -> Option<u8> {
    let reader = ImageReader::with_format(Cursor::new(&picture[..]), format);
    let orientation = reader.into_decoder().ok()?.orientation().ok()?.to_exif();
    (orientation > 1).then_some(orientation)
}

/// EXIF that says nothing else (TIFF 6.0: a header and one directory with one entry).
fn exif_of(orientation: u8) -> Bytes {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0]);
    exif.into()
}

fn jpeg(picture: &Bytes, orientation: Option<Bytes>) -> Option<Bytes> {
    // What comes after the picture is another picture with metadata of its own, a film, or anything else.
    let alone = picture.slice(..end_of_jpeg(picture)?);
    let mut jpeg = Jpeg::from_bytes(alone).ok()?;
    jpeg.segments_mut().retain(|segment| {
        let of_several = segment.marker() == markers::APP2 && segment.contents().starts_with(b"MPF\0");
        !of_several && !matches!(segment.marker(), markers::APP1 | markers::APP13 | markers::COM)
    });
    jpeg.set_exif(orientation);
    Some(jpeg.encoder().bytes())
}

/// Where the first picture of a JPEG ends.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        // Between segments there is what a scan is made of, in which `FF` is followed by 0 or is a restart.
        at += bytes.get(at..)?.iter().position(|byte| *byte == markers::P)?;
        match *bytes.get(at + 1)? {
            markers::EOI => return Some(at + 2),
            markers::P => at += 1,
            0 | 1 | markers::RST0..=markers::RST7 => at += 2,
            _ => {
                let length = u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?);
                at += 2 + usize::from(length);
            }
        }
    }
}

fn png(picture: Bytes, orientation: Option<Bytes>) -> Option<Bytes> {
    let mut png = Png::from_bytes(picture).ok()?;
    for kind in [*b"tEXt", *b"zTXt", *b"iTXt", *b"tIME"] {
        png.remove_chunks_by_type(kind);
    }
    png.set_exif(orientation);
    Some(png.encoder().bytes())
}

fn webp(picture: Bytes, orientation: Option<Bytes>) -> Option<Bytes> {
    let mut webp = WebP::from_bytes(picture).ok()?;
    webp.remove_chunks_by_id(CHUNK_XMP);
    if let Some(chunk) = webp.chunks_mut().iter_mut().find(|chunk| chunk.id() == CHUNK_VP8X)
        && let RiffContent::Data(content) = chunk.content_mut()
    {
        let mut flags = content.to_vec();
        if let Some(first) = flags.first_mut() {
            *first &= !XMP_FLAG;
        }
        *content = flags.into();
    }
    webp.set_exif(orientation);
    Some(webp.encoder().bytes())
}

#[cfg(test)]
#[path = "metadata_tests.rs"]
mod tests;

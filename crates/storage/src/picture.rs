//! One picture: from whatever was uploaded to what is served. Pure work on bytes.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};
use model::limits;

/// The quality of JPEGs, from 1 to 100.
const JPEG_QUALITY: u8 = 85;

/// What a picture is cut to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A square, for users and servers.
    Avatar,
    /// Three times as wide as high.
    Banner,
}

impl Shape {
    /// Width and height in pixels.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Avatar => (256, 256),
            Self::Banner => (960, 320),
        }
    }
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// More bytes, pixels or memory than [`model::limits`] allow.
    #[error("the picture is too large")]
    TooLarge,
    /// Neither PNG, JPEG, GIF nor WebP, whatever it says it is.
    #[error("a picture is a PNG, JPEG, GIF or WebP")]
    Unsupported,
    /// Of a known type, but broken.
    #[error("the picture cannot be read")]
    Unreadable,
    /// Too many pictures at the same time.
    #[error("too many pictures are being worked on")]
    Busy,
}

/// A picture as it is stored and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// `jpg` or `png`.
    pub ending: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// What names of pictures end with.
pub const ENDINGS: [&str; 2] = ["jpg", "png"];

/// Decodes the upload within limits, turns it upright, cuts it to the shape and encodes it anew, without metadata.
/// Animations are stilled at their first picture.
pub fn remake(upload: &[u8], shape: Shape) -> Result<Encoded, PictureError> {
    let (width, height) = shape.size();
    // Cut first: a picture of 8,192 by 1 pixels that is stretched before it is cut takes gigabytes.
    let picture = cut(&decode(upload)?, (width, height));
    // Then roughly, by averaging, to twice the size: exact filters on huge pictures take seconds.
    let rough = if picture.width() > width * 4 && picture.height() > height * 4 {
        picture.thumbnail_exact(width * 2, height * 2)
    } else {
        picture
    };
    encode(&rough.resize_exact(width, height, FilterType::Lanczos3))
}

/// The same, but whole and in its own proportions: made smaller until no side is longer than `side`, never larger.
pub fn remake_within(upload: &[u8], side: u32) -> Result<Encoded, PictureError> {
    let picture = decode(upload)?;
    if picture.width() <= side && picture.height() <= side {
        return encode(&picture);
    }
    let rough = if picture.width().max(picture.height()) > side * 4 {
        picture.thumbnail(side * 2, side * 2)
    } else {
        picture
    };
    encode(&rough.resize(side, side, FilterType::Lanczos3))
}

/// The largest part from the middle that has the proportions of the size.
fn cut(picture: &DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    let of = |length: u32, numerator: u32, denominator: u32| {
        let exact = u64::from(length) * u64::from(numerator) / u64::from(denominator);
        u32::try_from(exact).unwrap_or(u32::MAX).max(1)
    };
    let cut_width = picture.width().min(of(picture.height(), width, height));
    let cut_height = picture.height().min(of(picture.width(), height, width));
    let (left, top) = ((picture.width() - cut_width) / 2, (picture.height() - cut_height) / 2);
    picture.crop_imm(left, top, cut_width, cut_height)
}

/// The type by the first bytes; what the client says about it does not count.
pub(crate) fn sniff(upload: &[u8]) -> Option<ImageFormat> {
    match infer::get(upload)?.mime_type() {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/gif" => Some(ImageFormat::Gif),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

fn decode(upload: &[u8]) -> Result<DynamicImage, PictureError> {
    if upload.len() > limits::PICTURE_BYTES {
        return Err(PictureError::TooLarge);
    }
    upright(upload)
}

/// The picture as it is shown; of an animation the first one.
pub(crate) fn upright(upload: &[u8]) -> Result<DynamicImage, PictureError> {
    let format = sniff(upload).ok_or(PictureError::Unsupported)?;
    let mut allowed = Limits::default();
    allowed.max_image_width = Some(limits::PICTURE_SIDE);
    allowed.max_image_height = Some(limits::PICTURE_SIDE);
    allowed.max_alloc = Some(limits::PICTURE_MEMORY_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let orientation = decoder.orientation().map_err(|error| refusal(&error))?;
    if decoder.total_bytes() > limits::PICTURE_MEMORY_BYTES {
        return Err(PictureError::TooLarge);
    }
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Width and height as it is shown, without decoding it.
pub(crate) fn dimensions(upload: &[u8]) -> Result<(u32, u32), PictureError> {
    let format = sniff(upload).ok_or(PictureError::Unsupported)?;
    let mut allowed = Limits::no_limits();
    allowed.max_alloc = Some(limits::PICTURE_MEMORY_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    let turned = decoder
        .orientation()
        .is_ok_and(|orientation| orientation.to_exif() >= 5);
    Ok(if turned { (height, width) } else { (width, height) })
}

fn refusal(error: &image::ImageError) -> PictureError {
    match error {
        image::ImageError::Limits(_) => PictureError::TooLarge,
        image::ImageError::Unsupported(_) => PictureError::Unsupported,
        _ => PictureError::Unreadable,
    }
}

/// JPEG, or PNG when something shines through.
pub(crate) fn encode(picture: &DynamicImage) -> Result<Encoded, PictureError> {
    let rgba = picture.to_rgba8();
    let opaque = rgba.pixels().all(|pixel| pixel.0[3] == u8::MAX);
    let (width, height) = rgba.dimensions();
    let mut bytes = Vec::new();
    let written = if opaque {
        let rgb = picture.to_rgb8();
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).write_image(
            &rgb,
            width,
            height,
            image::ExtendedColorType::Rgb8,
        )
    } else {
        PngEncoder::new(&mut bytes).write_image(&rgba, width, height, image::ExtendedColorType::Rgba8)
    };
    written.map_err(|_| PictureError::Unreadable)?;
    Ok(Encoded {
        ending: if opaque { "jpg" } else { "png" },
        bytes,
        width,
        height,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn red(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_pixel(width, height, Rgb([200, 10, 10])).into()
    }

    #[test]
    fn every_known_type_becomes_the_shape() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let remade = remake(&file(&red(300, 200), format), Shape::Avatar).unwrap();
            let read = image::load_from_memory(&remade.bytes).unwrap();
            assert_eq!((read.width(), read.height()), (256, 256), "{format:?}");
            assert_eq!(remade.ending, "jpg", "{format:?}");
        }
        let banner = remake(&file(&red(5_000, 4_000), ImageFormat::Png), Shape::Banner).unwrap();
        let read = image::load_from_memory(&banner.bytes).unwrap();
        assert_eq!((read.width(), read.height()), (960, 320));
    }

    #[test]
    fn proportions_do_not_matter() {
        for (width, height, shape, part) in [
            (8_192, 1, Shape::Avatar, (1, 1)),
            (1, 8_192, Shape::Avatar, (1, 1)),
            (1, 8_192, Shape::Banner, (1, 1)),
            (8_192, 1, Shape::Banner, (3, 1)),
            (300, 200, Shape::Avatar, (200, 200)),
            (300, 200, Shape::Banner, (300, 100)),
        ] {
            let picture = red(width, height);
            let cut = cut(&picture, shape.size());
            assert_eq!((cut.width(), cut.height()), part, "{width} by {height}, {shape:?}");
            let remade = remake(&file(&picture, ImageFormat::Png), shape).unwrap();
            let read = image::load_from_memory(&remade.bytes).unwrap();
            assert_eq!(
                (read.width(), read.height()),
                shape.size(),
                "{width} by {height}, {shape:?}"
            );
        }
    }

    #[test]
    fn what_is_kept_whole_is_made_smaller_and_never_larger() {
        for (size, expected) in [
            ((800, 600), (800, 600)),
            ((1_600, 1_200), (800, 600)),
            ((1_200, 1_600), (600, 800)),
            ((8_000, 4_000), (800, 400)),
            ((30, 20), (30, 20)),
            ((8_192, 1), (800, 1)),
            ((1, 8_192), (1, 800)),
        ] {
            let remade = remake_within(&file(&red(size.0, size.1), ImageFormat::Png), 800).unwrap();
            let read = image::load_from_memory(&remade.bytes).unwrap();
            assert_eq!((read.width(), read.height()), expected, "{size:?}");
            assert_eq!((remade.width, remade.height), expected, "{size:?}");
        }
        assert_eq!(remake_within(b"<svg/>", 800), Err(PictureError::Unsupported));
    }

    #[test]
    fn it_is_cut_from_the_middle() {
        let stripes: DynamicImage = RgbImage::from_fn(900, 300, |x, _| {
            if (300..600).contains(&x) {
                Rgb([0, 200, 0])
            } else {
                Rgb([200, 0, 0])
            }
        })
        .into();
        let remade = remake(&file(&stripes, ImageFormat::Png), Shape::Avatar).unwrap();
        let read = image::load_from_memory(&remade.bytes).unwrap().to_rgb8();
        assert!(read.pixels().all(|pixel| pixel.0[1] > 150 && pixel.0[0] < 60));
    }

    #[test]
    fn what_shines_through_stays_so() {
        let glass: DynamicImage = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 255, 100])).into();
        let remade = remake(&file(&glass, ImageFormat::Png), Shape::Avatar).unwrap();
        assert_eq!(remade.ending, "png");
        assert_eq!(
            image::load_from_memory(&remade.bytes)
                .unwrap()
                .to_rgba8()
                .get_pixel(5, 5)
                .0[3],
            100
        );
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        let html = b"<!doctype html><script>alert(1)</script>".to_vec();
        let pdf = b"%PDF-1.7 ...".to_vec();
        for upload in [Vec::new(), svg, html, pdf, vec![0; 100]] {
            assert_eq!(remake(&upload, Shape::Avatar), Err(PictureError::Unsupported));
        }
        let whole = file(&red(300, 300), ImageFormat::Png);
        assert_eq!(remake(&whole[..40], Shape::Avatar), Err(PictureError::Unreadable));
        assert_eq!(
            remake(&vec![0; limits::PICTURE_BYTES + 1], Shape::Avatar),
            Err(PictureError::TooLarge)
        );
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        // A PNG of a few bytes that says it has 60,000 by 60,000 pixels.
        let mut bomb = file(&red(1, 1), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let crc = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(remake(&bomb, Shape::Avatar), Err(PictureError::TooLarge));
    }

    #[test]
    fn a_script_behind_a_picture_does_not_survive() {
        let mut polyglot = file(&red(80, 80), ImageFormat::Jpeg);
        polyglot.extend_from_slice(b"<script>alert(1)</script>");
        let remade = remake(&polyglot, Shape::Avatar).unwrap();
        assert!(!remade.bytes.windows(8).any(|window| window == b"<script>"));
    }

    /// The checksum of PNG chunks (ISO 3309).
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
            })
        })
    }
}

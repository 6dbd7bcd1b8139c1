//! A smaller picture of a picture, and a few bytes that look like it.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use image::{DynamicImage, imageops::FilterType};
use model::limits::THUMBNAIL_SIDE;

use crate::picture::{self, PictureError};

/// The side of what a placeholder is made of, in pixels: all that a `ThumbHash` looks at.
const PLACEHOLDER_SIDE: u32 = 100;

/// What is known of a picture that could be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drawn {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) placeholder: String,
    pub(super) thumbnail: Bytes,
}

/// Draws the thumbnail and the placeholder of a picture.
pub(super) fn draw(picture: &[u8]) -> Result<Drawn, PictureError> {
    let picture = picture::upright(picture)?;
    let (width, height) = (picture.width(), picture.height());
    let small = within(picture, THUMBNAIL_SIDE);
    let thumbnail = picture::encode(&small)?.bytes.into();
    let tiny = within(small, PLACEHOLDER_SIDE).to_rgba8();
    let (wide, high) = (tiny.width() as usize, tiny.height() as usize);
    let hash = thumbhash::rgba_to_thumb_hash(wide, high, tiny.as_raw());
    Ok(Drawn {
        width,
        height,
        placeholder: STANDARD.encode(hash),
        thumbnail,
    })
}

/// The picture itself, or smaller, so that neither side is longer.
fn within(picture: DynamicImage, side: u32) -> DynamicImage {
    let longer = picture.width().max(picture.height());
    if longer <= side {
        return picture;
    }
    let scaled = |length: u32| {
        let exact = (u64::from(length) * u64::from(side)).div_ceil(u64::from(longer));
        u32::try_from(exact).unwrap_or(side).clamp(1, side)
    };
    let (width, height) = (scaled(picture.width()), scaled(picture.height()));
    // Roughly first, by averaging: exact filters on huge pictures take seconds.
    let rough = if longer > side * 4 && picture.width() > width * 2 && picture.height() > height * 2 {
        picture.thumbnail_exact(width * 2, height * 2)
    } else {
        picture
    };
    rough.resize_exact(width, height, FilterType::Triangle)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::io::Cursor;

    use image::{Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::gif::GifEncoder};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = RgbImage::from_fn(width, height, |x, _| Rgb([u8::try_from(x % 256).unwrap(), 10, 200]));
        picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn neither_side_is_longer_than_allowed() {
        for ((width, height), expected) in [
            ((1_600, 1_200), (800, 600)),
            ((1_200, 1_600), (600, 800)),
            ((8_000, 1), (800, 1)),
            ((1, 8_000), (1, 800)),
            ((800, 800), (800, 800)),
            ((30, 20), (30, 20)),
            ((5_000, 4_000), (800, 640)),
        ] {
            let drawn = draw(&png(width, height)).unwrap();
            let small = image::load_from_memory(&drawn.thumbnail).unwrap();
            assert_eq!((small.width(), small.height()), expected, "{width} by {height}");
            assert_eq!((drawn.width, drawn.height), (width, height));
            let hash = STANDARD.decode(&drawn.placeholder).unwrap();
            assert!(
                thumbhash::thumb_hash_to_rgba(&hash).is_ok() && hash.len() <= 25,
                "{width} by {height}"
            );
        }
    }

    #[test]
    fn of_an_animation_the_first_picture_is_drawn() {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        for color in [[250, 0, 0, 255], [0, 250, 0, 255]] {
            encoder
                .encode_frame(Frame::new(RgbaImage::from_pixel(40, 30, Rgba(color))))
                .unwrap();
        }
        drop(encoder);
        let drawn = draw(&bytes).unwrap();
        let small = image::load_from_memory(&drawn.thumbnail).unwrap().to_rgb8();
        assert_eq!(small.dimensions(), (40, 30));
        assert!(small.pixels().all(|pixel| pixel.0[0] > 200 && pixel.0[1] < 60));
    }

    #[test]
    fn what_is_no_picture_is_not_drawn() {
        assert_eq!(draw(b"<svg/>"), Err(PictureError::Unsupported));
        assert_eq!(draw(&png(300, 300)[..60]), Err(PictureError::Unreadable));
        assert_eq!(draw(&png(8_193, 1)), Err(PictureError::TooLarge));
    }
}

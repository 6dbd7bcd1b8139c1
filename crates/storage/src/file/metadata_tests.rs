#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use image::{DynamicImage, ImageEncoder, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

use super::*;

/// EXIF with an orientation, and a text where a place would stand.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = exif_of(orientation).to_vec();
    exif.extend_from_slice(b"GPS 48.8584 N 2.2945 E");
    exif
}

fn picture() -> DynamicImage {
    RgbImage::from_fn(40, 20, |x, y| {
        Rgb([u8::try_from(x * 6).unwrap(), u8::try_from(y * 12).unwrap(), 90])
    })
    .into()
}

fn encoded(format: ImageFormat, orientation: u8) -> Bytes {
    let mut bytes = Vec::new();
    let rgb = picture().to_rgb8();
    let kind = image::ExtendedColorType::Rgb8;
    match format {
        ImageFormat::Jpeg => {
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
            encoder.set_exif_metadata(exif(orientation)).unwrap();
            encoder.write_image(&rgb, 40, 20, kind).unwrap();
        }
        ImageFormat::Png => {
            let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
            encoder.set_exif_metadata(exif(orientation)).unwrap();
            encoder.write_image(&rgb, 40, 20, kind).unwrap();
        }
        _ => {
            let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
            encoder.set_exif_metadata(exif(orientation)).unwrap();
            encoder.write_image(&rgb, 40, 20, kind).unwrap();
        }
    }
    bytes.into()
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn where_a_picture_was_taken_is_taken_out_and_it_stays_upright() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        for held in [1, 6, 8] {
            let before = encoded(format, held);
            assert!(has(&before, b"GPS 48.8584"), "{format:?}");
            let after = without(&before, format).unwrap();
            assert!(!has(&after, b"GPS"), "{format:?} {held}");
            let seen = |bytes: &Bytes| crate::picture::upright(bytes).unwrap();
            assert!(
                seen(&before) == seen(&after),
                "{format:?} {held}: the picture is another"
            );
            assert_eq!(
                crate::picture::dimensions(&after),
                Ok(if held > 4 { (20, 40) } else { (40, 20) }),
                "{format:?}"
            );
            let again = without(&after, format).unwrap();
            assert_eq!(again, after, "{format:?}: twice changes nothing");
        }
    }
}

#[test]
fn what_comes_after_a_jpeg_and_what_it_says_of_itself_goes() {
    let mut before = encoded(ImageFormat::Jpeg, 1).to_vec();
    let comment = b"\xff\xfe\0\x10somebody's PC\0";
    let xmp = b"\xff\xe1\0\x28http://ns.adobe.com/xap/1.0/\0GPSaltitu";
    before.splice(2..2, [&comment[..], &xmp[..]].concat());
    let alone = without(&Bytes::from(before.clone()), ImageFormat::Jpeg).unwrap();
    before.extend_from_slice(&encoded(ImageFormat::Jpeg, 1));
    before.extend_from_slice(b"<script>alert(1)</script>");
    let after = without(&Bytes::from(before), ImageFormat::Jpeg).unwrap();
    assert_eq!(after, alone);
    for text in [&b"GPS"[..], b"somebody", b"<script>"] {
        assert!(!has(&after, text), "{}", String::from_utf8_lossy(text));
    }
    assert!(
        crate::picture::upright(&after).unwrap() == crate::picture::upright(&encoded(ImageFormat::Jpeg, 1)).unwrap()
    );
}

#[test]
fn texts_of_a_png_go() {
    let before = encoded(ImageFormat::Png, 1);
    let mut png = Png::from_bytes(before).unwrap();
    let text = img_parts::png::PngChunk::new(*b"iTXt", Bytes::from_static(b"XML:com.adobe.xmp\0\0\0\0\0GPS"));
    png.chunks_mut().insert(1, text);
    let after = without(&png.encoder().bytes(), ImageFormat::Png).unwrap();
    assert!(!has(&after, b"GPS") && crate::picture::upright(&after).unwrap() == picture());
}

#[test]
fn what_is_broken_is_left_alone() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(format, 1);
        for length in [0, 1, 3, 12, whole.len() / 2] {
            // Whatever it makes of it, it does not break.
            let _ = without(&whole.slice(..length), format);
        }
        assert_eq!(without(&Bytes::from_static(b"\xff\xd8\xff\xe1\xff"), format), None);
    }
    assert_eq!(without(&Bytes::from_static(b"GIF89a"), ImageFormat::Gif), None);
}

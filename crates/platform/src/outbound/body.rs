//! Bodies, as far as they are wanted, unpacked within limits.

use std::{
    io::{ErrorKind, Read},
    str::FromStr,
};

use bytes::{Bytes, BytesMut};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::{FetchError, Kind};

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Deflate,
}

impl FromStr for Packing {
    type Err = FetchError;

    fn from_str(text: &str) -> Result<Self, FetchError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::Plain),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "deflate" => Ok(Self::Deflate),
            // Nothing else was offered, several layers least of all.
            _ => Err(FetchError::Unreadable),
        }
    }
}

/// Reads a body, and no more of it than is wanted.
pub(super) async fn read(content: Incoming, kind: Kind, packing: Packing) -> Result<Bytes, FetchError> {
    if !kind.in_part && content.size_hint().lower() > u64::try_from(kind.bytes).unwrap_or(u64::MAX) {
        return Err(FetchError::TooLarge);
    }
    let (body, whole) = receive(content, kind).await?;
    if packing == Packing::Plain {
        return Ok(body);
    }
    let unpacking = tokio::task::spawn_blocking(move || unpack(&body, packing, kind, whole));
    unpacking.await.map_err(|_| FetchError::Unreadable)?
}

/// What arrives, and whether it is all.
async fn receive(mut content: Incoming, kind: Kind) -> Result<(Bytes, bool), FetchError> {
    let mut body = BytesMut::new();
    while let Some(frame) = content.frame().await {
        let Ok(data) = frame.map_err(|_| FetchError::Unreadable)?.into_data() else {
            continue;
        };
        let room = kind.bytes - body.len();
        if data.len() <= room {
            body.extend_from_slice(&data);
        } else if kind.in_part {
            body.extend_from_slice(&data[..room]);
            return Ok((body.freeze(), false));
        } else {
            return Err(FetchError::TooLarge);
        }
    }
    Ok((body.freeze(), true))
}

fn unpack(body: &[u8], packing: Packing, kind: Kind, whole: bool) -> Result<Bytes, FetchError> {
    let mut reader: Box<dyn Read + '_> = match packing {
        Packing::Plain => Box::new(body),
        Packing::Gzip => Box::new(MultiGzDecoder::new(body)),
        // By the standard with zlib around it, by habit without.
        Packing::Deflate if body.first().is_some_and(|first| first & 0x0f == 8) => Box::new(ZlibDecoder::new(body)),
        Packing::Deflate => Box::new(DeflateDecoder::new(body)),
    };
    let mut unpacked = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        match reader.read(&mut part) {
            Ok(0) => break,
            Ok(length) => {
                let room = kind.bytes - unpacked.len();
                unpacked.extend_from_slice(&part[..length.min(room)]);
                if length > room && !kind.in_part {
                    return Err(FetchError::TooLarge);
                }
                if length > room {
                    break;
                }
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof && !whole => break,
            Err(_) => return Err(FetchError::Unreadable),
        }
    }
    Ok(unpacked.into())
}

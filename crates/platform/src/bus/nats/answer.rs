//! Answers in parts: NATS takes messages of about a megabyte. Each part says whose answer it belongs to, since several may
//! answer, and which part it is, since any may be lost.

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::bus::{ANSWER_BYTES, BusError};

/// The bytes of one part, at most: well below what NATS takes unless it is told otherwise.
pub(super) const PART_BYTES: usize = 256 * 1024;

const MORE: u8 = 0;
const LAST: u8 = 1;
const TOO_LARGE: u8 = 2;
const HEADER_BYTES: usize = 1 + 8 + 4;

/// An answer as messages. One that is too large is a message that says so.
pub(super) fn split(answer_id: u64, bytes: &Bytes) -> Vec<Bytes> {
    let part = |kind: u8, number: usize, bytes: &[u8]| {
        let mut part = BytesMut::with_capacity(HEADER_BYTES + bytes.len());
        part.put_u8(kind);
        part.put_u64(answer_id);
        part.put_u32(u32::try_from(number).unwrap_or(u32::MAX));
        part.put_slice(bytes);
        part.freeze()
    };
    if bytes.len() > ANSWER_BYTES {
        return vec![part(TOO_LARGE, 0, &[])];
    }
    let last = bytes.len().saturating_sub(1) / PART_BYTES;
    (0..=last)
        .map(|number| {
            let from = number * PART_BYTES;
            let to = bytes.len().min(from + PART_BYTES);
            part(if number == last { LAST } else { MORE }, number, &bytes[from..to])
        })
        .collect()
}

/// An answer that is arriving.
#[derive(Default)]
pub(super) struct Arriving {
    /// The answer that is taken: the first that was heard of.
    answer_id: Option<u64>,
    parts: u32,
    bytes: BytesMut,
}

impl Arriving {
    /// Takes a message; the answer, when that was its last part.
    pub(super) fn take(&mut self, message: &[u8]) -> Result<Option<Bytes>, BusError> {
        let unreadable = || BusError("an answer cannot be read".to_owned());
        let (header, bytes) = message.split_at_checked(HEADER_BYTES).ok_or_else(unreadable)?;
        let (kind, answer_id, number) = read(header).ok_or_else(unreadable)?;
        if *self.answer_id.get_or_insert(answer_id) != answer_id {
            // Somebody else answers, too.
            return Ok(None);
        }
        if !matches!(kind, MORE | LAST) || self.bytes.len() + bytes.len() > ANSWER_BYTES {
            return Err(BusError("the answer is too large".to_owned()));
        }
        if number != self.parts {
            return Err(BusError("a part of the answer was lost".to_owned()));
        }
        self.parts += 1;
        self.bytes.extend_from_slice(bytes);
        Ok((kind == LAST).then(|| std::mem::take(&mut self.bytes).freeze()))
    }
}

fn read(header: &[u8]) -> Option<(u8, u64, u32)> {
    let (kind, rest) = header.split_first()?;
    let (answer_id, number) = rest.split_first_chunk()?;
    Some((
        *kind,
        u64::from_be_bytes(*answer_id),
        u32::from_be_bytes(number.try_into().ok()?),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn bytes(length: usize) -> Bytes {
        (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
    }

    fn join(parts: &[Bytes]) -> Result<Option<Bytes>, BusError> {
        let mut arriving = Arriving::default();
        let (last, others) = parts.split_last().unwrap();
        for part in others {
            assert_eq!(arriving.take(part)?, None);
        }
        arriving.take(last)
    }

    #[test]
    fn an_answer_arrives_as_it_was_sent() {
        for length in [
            0,
            1,
            PART_BYTES - 1,
            PART_BYTES,
            PART_BYTES + 1,
            3 * PART_BYTES,
            ANSWER_BYTES,
        ] {
            let parts = split(7, &bytes(length));
            assert_eq!(parts.len(), length.div_ceil(PART_BYTES).max(1));
            assert_eq!(join(&parts).unwrap(), Some(bytes(length)), "{length}");
        }
    }

    #[test]
    fn what_is_too_large_is_refused_for_both() {
        let error = join(&split(7, &bytes(ANSWER_BYTES + 1))).unwrap_err();
        assert!(error.to_string().contains("too large"), "{error}");
        let mut endless = split(7, &bytes(2 * PART_BYTES)).into_iter();
        let part = endless.next().unwrap();
        let mut arriving = Arriving::default();
        let refused = (0_u32..100).find_map(|number| {
            let mut part = part.to_vec();
            part[9..13].copy_from_slice(&number.to_be_bytes());
            arriving.take(&part).err()
        });
        assert!(refused.unwrap().to_string().contains("too large"));
    }

    #[test]
    fn a_lost_part_is_noticed() {
        let mut parts = split(7, &bytes(3 * PART_BYTES));
        parts.remove(1);
        assert!(join(&parts).is_err());
        assert!(join(&parts[1..]).is_err());
    }

    #[test]
    fn of_two_who_answer_the_first_is_heard() {
        let (one, other) = (split(7, &bytes(2 * PART_BYTES)), split(8, &bytes(5)));
        let mut arriving = Arriving::default();
        assert_eq!(arriving.take(&one[0]).unwrap(), None);
        assert_eq!(arriving.take(&other[0]).unwrap(), None);
        assert_eq!(arriving.take(&one[1]).unwrap(), Some(bytes(2 * PART_BYTES)));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for message in [
            &[][..],
            &[1],
            &[LAST; 12],
            &[9; 13],
            &[MORE, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9],
        ] {
            assert!(Arriving::default().take(message).is_err(), "{message:?}");
        }
    }
}

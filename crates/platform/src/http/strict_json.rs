//! Walks over JSON before it is read, and refuses what readers differ on or stumble over: nesting deeper than the limit
//! and a key twice in one object (RFC 8259, section 4).

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// An error when `json` is not well formed, is deeper than `depth`, or has a key twice in one object.
pub(crate) fn check(json: &[u8], depth: usize) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Walk { depth_left: depth }.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// The same, and an error when it is no object: readers would take a list for one, by the order of its fields.
pub(crate) fn check_object(json: &[u8], depth: usize) -> Result<(), serde_json::Error> {
    check(json, depth)?;
    match json.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(()),
        _ => Err(serde_json::Error::custom("expected an object")),
    }
}

#[derive(Clone, Copy)]
struct Walk {
    depth_left: usize,
}

impl Walk {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth_left = self
            .depth_left
            .checked_sub(1)
            .ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Walk {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut seen = HashSet::new();
        while let Some(Key(key)) = entries.next_key()? {
            if let Some(key) = seen.replace(key) {
                return Err(A::Error::custom(format_args!(
                    "the key `{key}` stands twice in one object"
                )));
            }
            entries.next_value_seed(inner)?;
        }
        Ok(())
    }
}

/// A key, borrowed from the text unless it has escapes.
struct Key<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn depth() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        check(nested(32).as_bytes(), 32).unwrap();
        assert!(
            check(nested(33).as_bytes(), 32)
                .unwrap_err()
                .to_string()
                .contains("deeply")
        );
        assert!(check(nested(30_000).as_bytes(), 32).is_err());
        assert!(check(br#"{"a":{"b":[1]}}"#, 2).is_err());
    }

    #[test]
    fn keys_twice_also_in_disguise_and_far_inside() {
        check(br#"{"a":1,"b":{"a":2},"A":3}"#, 32).unwrap();
        for twice in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"[{"x":{"y":0,"z":0,"y":0}}]"#,
        ] {
            assert!(
                check(twice.as_bytes(), 32).unwrap_err().to_string().contains("twice"),
                "{twice}"
            );
        }
    }

    #[test]
    fn what_is_no_object() {
        check_object(b" \n{}", 32).unwrap();
        for other in ["[]", "null", "7", " \"{}\""] {
            check(other.as_bytes(), 32).unwrap();
            assert!(check_object(other.as_bytes(), 32).is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_not_json() {
        for bad in [
            "",
            "{",
            "NaN",
            "[1e999]",
            "{} {}",
            "{\"a\":01}",
            "'a'",
            "[1,]",
            "\u{feff}{}",
            "\"\\ud800\"",
        ] {
            assert!(check(bad.as_bytes(), 32).is_err(), "{bad}");
        }
        assert!(check(b"\"\xff\"", 32).is_err());
    }
}

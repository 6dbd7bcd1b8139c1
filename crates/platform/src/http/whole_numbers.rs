//! Whole numbers are whole however they are written: JSON Schema calls 2.0 an integer, and some programs write every number
//! with a fraction.

use std::borrow::Cow;

/// The same JSON with `2.0` as `2`. Takes JSON that is well formed.
pub(crate) fn without_empty_fractions(json: &[u8]) -> Cow<'_, [u8]> {
    let mut kept: Option<Vec<u8>> = None;
    let (mut at, mut copied, mut in_text) = (0, 0, false);
    while let Some(byte) = json.get(at) {
        match byte {
            b'\\' if in_text => at += 1,
            b'"' => in_text = !in_text,
            // Outside of texts, there are points in numbers only.
            b'.' if !in_text => {
                let end = at + 1 + json[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let empty = json[at + 1..end].iter().all(|digit| *digit == b'0');
                if empty && !matches!(json.get(end), Some(b'e' | b'E')) {
                    let kept = kept.get_or_insert_with(|| Vec::with_capacity(json.len()));
                    kept.extend_from_slice(&json[copied..at]);
                    copied = end;
                }
                at = end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    match kept {
        None => Cow::Borrowed(json),
        Some(mut kept) => {
            kept.extend_from_slice(&json[copied..]);
            Cow::Owned(kept)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn fractions_of_nothing_go_and_all_else_stays() {
        for (written, read) in [
            (r#"{"a":2.0,"b":[-3.00, 10.0]}"#, r#"{"a":2,"b":[-3, 10]}"#),
            ("7.0", "7"),
            ("0.0", "0"),
            (r#"{"a":1}{}"#, r#"{"a":1}{}"#),
        ] {
            assert_eq!(
                without_empty_fractions(written.as_bytes()),
                read.as_bytes(),
                "{written}"
            );
        }
        for same in [
            r#"{"a.0":"2.0 \" 3.0","b":2.5,"c":1.05,"d":1.50,"e":2.0e1}"#,
            r#""\\""#,
            "",
        ] {
            assert_eq!(without_empty_fractions(same.as_bytes()), same.as_bytes(), "{same}");
        }
        assert_eq!(without_empty_fractions(br#"["\\",2.0]"#), br#"["\\",2]"#.as_slice());
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_is_the_same(text in ".*", number: i32, other: f64) {
            let json = serde_json::json!({ text.clone(): [text, f64::from(number), other.is_finite().then_some(other)] });
            let written = serde_json::to_vec(&json).unwrap();
            let read = |bytes: &[u8]| -> serde_json::Value { serde_json::from_slice(bytes).unwrap() };
            let (before, after) = (read(&written), read(&without_empty_fractions(&written)));
            let (key, before) = before.as_object().unwrap().iter().next().unwrap();
            let after = &after[key];
            proptest::prop_assert_eq!(&before[0], &after[0]);
            proptest::prop_assert_eq!(after[1].as_i64(), Some(i64::from(number)));
            // A fraction is read with its last bit wrong sometimes, `2201139279425469.0` for one; without it, never.
            match (before[2].as_f64(), after[2].as_f64()) {
                (Some(before), Some(after)) => {
                    let off = (before - after).abs();
                    proptest::prop_assert!(off <= before.abs() * 2.0 * f64::EPSILON, "{before} {after}");
                }
                (before, after) => proptest::prop_assert_eq!(before, after),
            }
        }
    }
}

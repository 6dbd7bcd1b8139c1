//! What an answer tells, without what differs by nature: ids, times, names of requests. Two answers with the same trace
//! cannot be told apart.

use serde_json::{Map, Value};

use crate::http::Answer;

/// Headers that name the single request, the moment, or how much one has asked for.
const VOLATILE: [&str; 6] = [
    "x-request-id",
    "date",
    "ratelimit",
    "ratelimit-policy",
    "set-cookie",
    "etag",
];

/// The answer as text: status, headers and body without ids, times and tokens.
#[must_use]
pub fn of(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !VOLATILE.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
        .collect();
    headers.sort();
    let mut body = answer.json();
    let body = if body.is_null() {
        answer.text()
    } else {
        scrub(&mut body);
        body.to_string()
    };
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

/// Fields that are made anew each time.
const SECRETS: [&str; 6] = [
    "trace_id",
    "access_token",
    "refresh_token",
    "session_id",
    "challenge",
    "state",
];

/// Replaces ids, times, traces, tokens and the addresses of pictures by what they are.
pub fn scrub(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(kind) = kind_of(text) {
                kind.clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(scrub),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if SECRETS.contains(&name.as_str()) {
                    *field = Value::String(format!("<{name}>"));
                }
                // What channels are ordered by is made of the time.
                if name == "position" && field.as_i64().is_some_and(|key| key > 1 << 40) {
                    *field = Value::from("<position>");
                }
                scrub(field);
            }
            name_keys(fields);
        }
        _ => {}
    }
}

/// Keys that are ids are told apart by their order alone.
fn name_keys(fields: &mut Map<String, Value>) {
    let ids: Vec<String> = fields.keys().filter(|key| kind_of(key).is_some()).cloned().collect();
    for (number, id) in ids.iter().enumerate() {
        if let Some(field) = fields.remove(id) {
            fields.insert(format!("<id {number}>"), field);
        }
    }
}

fn kind_of(text: &str) -> Option<&'static str> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() >= 15 && digits(text) {
        return Some("<id>");
    }
    if text.starts_with("/api/v1/pictures/") {
        return Some("<picture>");
    }
    let bytes = text.as_bytes();
    let is_time = text.len() == 24 && bytes[10] == b'T' && bytes[23] == b'Z' && digits(&text[..4]);
    is_time.then_some("<time>")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_by_nature_is_replaced_and_nothing_else() {
        let mut value = json!({
            "id": "402345678901234567", "created_at": "2026-11-24T09:30:00.000Z", "trace_id": "abc",
            "name": "12", "items": [{ "content": "at 09:30", "member_count": 402_345_678, "position": 3 }],
            "avatar_url": "/api/v1/pictures/ab.jpg", "position": 93_745_716_016_153_i64, "channels": { "402345678901234567": [], "402345678901234568": ["x"] },
        });
        scrub(&mut value);
        let expected = json!({
            "id": "<id>", "created_at": "<time>", "trace_id": "<trace_id>",
            "name": "12", "items": [{ "content": "at 09:30", "member_count": 402_345_678, "position": 3 }],
            "avatar_url": "<picture>", "position": "<position>", "channels": { "<id 0>": [], "<id 1>": ["x"] },
        });
        assert_eq!(value, expected);
    }
}

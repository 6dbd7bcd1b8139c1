//! JSON bodies, read as every handler reads them, with all the types that check texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{
    Biography, ChannelId, ChannelName, Email, MessageContent, Nonce, PermissionSet, PersonName, ServerName, Timestamp, Username,
};
use platform::http::{Patch, read_json};
use serde::Deserialize;

/// Every kind of field that a body of the public API has.
#[derive(Deserialize)]
#[expect(dead_code, reason = "being read is all that is asked of the fields")]
struct Body {
    username: Option<Username>,
    first_name: Option<PersonName>,
    email: Option<Email>,
    name: Option<ServerName>,
    channel: Option<ChannelName>,
    content: Option<MessageContent>,
    nonce: Option<Nonce>,
    id: Option<ChannelId>,
    permissions: Option<PermissionSet>,
    at: Option<Timestamp>,
    #[serde(default)]
    biography: Patch<Biography>,
    inner: Option<Box<Body>>,
}

fuzz_target!(|data: &[u8]| {
    if let Ok(body) = read_json::<Body>(data)
        && let Some(content) = body.content
    {
        // What was accepted is accepted again, unchanged.
        assert_eq!(content.as_str().parse::<MessageContent>().as_ref(), Ok(&content));
    }
    let _ = read_json::<serde_json::Value>(data);
});

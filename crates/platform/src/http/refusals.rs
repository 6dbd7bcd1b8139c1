//! Every way in which a route may refuse, for its description in the contract.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, example::ExampleBuilder};

/// Status, stable code, and when it happens.
pub type Case = (u16, &'static str, &'static str);

/// Of every route, whatever it does: [`responses`] adds them.
const EVERY: &[Case] = &[
    (429, "rate_limited", "Too many requests; see Retry-After."),
    (500, "internal", "Something went wrong in Beep."),
    (
        503,
        "unavailable",
        "Something that Beep needs is away; see Retry-After.",
    ),
    (503, "overloaded", "Beep has too much to do; see Retry-After."),
    (503, "timed_out", "It took too long; see Retry-After."),
];
/// Of every route that needs a caller.
pub const SIGNED_IN: &[Case] = &[
    (401, "not_signed_in", "There is no valid access token."),
    (401, "token_expired", "The access token has expired."),
];
/// Of every route with an id in its path.
pub const PATH: &[Case] = &[(404, "not_found", "What stands in the path cannot be an id.")];
/// Of every route of one server.
pub const SERVER: &[Case] = &[(
    404,
    "server_not_found",
    "There is no such server, or the caller is not a member of it.",
)];
/// Of every route of one channel.
pub const CHANNEL: &[Case] = &[(
    404,
    "channel_not_found",
    "There is no such channel, or the caller cannot see it.",
)];
/// Of every route that changes something.
pub const UNSAFE: &[Case] = &[(
    403,
    "csrf_token_invalid",
    "Signed in by cookie, and the request does not prove that our own page made it.",
)];
/// Of every route that changes something for whoever is not signed in.
pub const FOREIGN: &[Case] = &[(
    403,
    "csrf_token_invalid",
    "A page of another site has made the browser send it.",
)];
/// Of every route with a body of JSON.
pub const BODY: &[Case] = &[
    (400, "malformed_json", "The body is not JSON of the described form."),
    (400, "body_incomplete", "The body broke off."),
    (413, "body_too_large", "The body is larger than 64 KiB."),
    (415, "unsupported_media_type", "The body is not application/json."),
];
/// Of every route that asks for the caller's password.
pub const PASSWORD: &[Case] = &[
    (403, "wrong_password", "`current_password` is wrong."),
    (
        429,
        "too_many_attempts",
        "Too many wrong passwords or codes; see Retry-After.",
    ),
];
/// Of every route that asks for a code, too, where there is a second factor.
pub const CODE: &[Case] = &[
    (
        403,
        "second_factor_required",
        "A code is asked for, and there is none in the request.",
    ),
    (403, "second_factor_wrong", "The code is wrong, or it was used before."),
];
/// Of every route that asks for a fresh sign-in at the identity manager where that is how somebody shows who they are.
pub const AGAIN: &[Case] = &[(
    403,
    "sign_in_again_required",
    "`proof` of `GET /users/@me/security` is `sign_in_again`: do that action first.",
)];
/// Of every route that asks the identity manager, where there is one.
pub const IDENTITY: &[Case] = &[(
    503,
    "identity_unavailable",
    "The identity manager does not answer; see Retry-After.",
)];
/// Of every route that checks fields of its body.
pub const FIELDS: &[Case] = &[(
    422,
    "invalid",
    "Some fields are not valid; `errors` says which and why.",
)];
/// Of every route that takes a picture.
pub const PICTURE: &[Case] = &[
    (400, "malformed_multipart", "The form cannot be read."),
    (422, "picture_too_large", "The picture has more pixels than allowed."),
    (
        422,
        "picture_type_unsupported",
        "The file is neither PNG, JPEG, GIF nor WebP.",
    ),
    (422, "picture_not_readable", "The picture is broken."),
    (413, "body_too_large", "The file is larger than 8 MiB."),
    (415, "unsupported_media_type", "The body is not multipart/form-data."),
    (422, "invalid", "There is no part `file`."),
];
/// Of every route with a page or a search term.
pub const LIST: &[Case] = &[
    (400, "malformed_query", "The query cannot be read."),
    (
        422,
        "invalid",
        "Some fields of the query are not valid; `errors` says which and why.",
    ),
];

/// The cases, and those of every route, as responses: those of one status together, with an example for each code.
#[must_use]
pub fn responses(groups: &[&[Case]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<&Case>> = BTreeMap::new();
    for case in groups.iter().copied().chain([EVERY]).flatten() {
        by_status.entry(case.0).or_default().push(case);
    }
    by_status
        .into_iter()
        .map(|(status, cases)| (status.to_string(), RefOr::T(response(status, &cases))))
        .collect()
}

fn response(status: u16, cases: &[&Case]) -> Response {
    let lines: Vec<String> = cases
        .iter()
        .map(|(_, code, when)| format!("`{code}`: {when}"))
        .collect();
    let title = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error");
    let examples = cases.iter().map(|(_, code, when)| {
        let problem = json!({
            "type": "about:blank", "title": title, "status": status, "code": code, "detail": when, "errors": [],
            "trace_id": null
        });
        (*code, ExampleBuilder::new().value(Some(problem)).build())
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new()
        .description(lines.join("\n\n"))
        .content("application/problem+json", content)
        .build()
}

/// Defines `Refusals`, all the ways in which the route of this file may refuse: `refusals!(SIGNED_IN, BODY)`. Those of
/// every route are among them.
#[macro_export]
macro_rules! refusals {
    ($($group:expr),* $(,)?) => {
        /// All the ways in which this route may refuse.
        pub(crate) struct Refusals;

        impl utoipa::IntoResponses for Refusals {
            fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                $crate::http::refusals::responses(&[$($group),*])
            }
        }
    };
}

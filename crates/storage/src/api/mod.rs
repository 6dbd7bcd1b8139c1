//! The public routes, a file for each.

mod get_picture;

use std::sync::Arc;

use platform::{
    http::ProblemBody,
    objects::{ObjectKey, ObjectStore},
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::picture::ENDINGS;

/// Where pictures are served.
pub(crate) const PICTURES: &str = "/api/v1/pictures";

/// What handlers share.
pub(crate) type Api<O> = Arc<O>;

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: storage", description = "Pictures: checked, encoded anew, stored and served."),
    tags((name = "pictures", description = "Pictures of users and servers. Their URLs never change what they show.")),
    components(schemas(ProblemBody))
)]
struct Document;

pub(crate) fn router<O: ObjectStore>() -> OpenApiRouter<Api<O>> {
    OpenApiRouter::with_openapi(Document::openapi()).routes(routes!(get_picture::get_picture))
}

/// Where a picture is kept: in one of 256 folders, by the beginning of its name. `None` for what is no picture's name.
pub(crate) fn key(name: &str) -> Option<ObjectKey> {
    let (hash, end) = name.split_once('.')?;
    (is_hash(hash) && ENDINGS.contains(&end))
        .then(|| format!("pictures/{}/{name}", &hash[..2]).parse().ok())
        .flatten()
}

/// Whether it is what names of pictures begin with: 256 bits in hex, random ones or a hash.
pub(crate) fn is_hash(text: &str) -> bool {
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 64 && text.bytes().all(lower_hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_we_give_are_keys() {
        let hash = "ab".repeat(32);
        assert!(key(&format!("{hash}.jpg")).is_some());
        for bad in [
            "",
            ".jpg",
            "../secret",
            &format!("{hash}.svg"),
            &format!("{}.jpg", hash.to_uppercase()),
            &format!("{hash}.jpg/x"),
        ] {
            assert!(key(bad).is_none(), "{bad}");
        }
    }
}

//! What an access token says (RFC 9068).

use model::{SessionId, UserId};
use serde::{Deserialize, Serialize};

/// The audience of access tokens: this API.
pub const AUDIENCE: &str = "beep";

/// The `typ` of access tokens in their header (RFC 9068, section 2.1).
pub(super) const TOKEN_TYPE: &str = "at+jwt";

/// Who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The user.
    pub user_id: UserId,
    /// The sign-in that the token belongs to.
    pub session_id: SessionId,
}

/// The claims of an access token. Times are in seconds since the Unix epoch.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Who issued the token: the instance's public URL.
    pub(super) iss: String,
    /// Whom it is for.
    pub(super) aud: String,
    /// The user.
    pub(super) sub: UserId,
    /// The sign-in.
    pub(super) sid: SessionId,
    /// When it ends to be valid.
    pub(super) exp: i64,
    /// When it was issued.
    pub(super) iat: i64,
    /// When it begins to be valid.
    pub(super) nbf: i64,
    /// The token's own id.
    pub(super) jti: String,
}

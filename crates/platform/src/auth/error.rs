//! Why tokens are refused.

use jsonwebtoken::errors::ErrorKind;

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Not an access token, or without a claim that it must have.
    #[error("the token is malformed")]
    Malformed,
    /// Signed by another algorithm than EdDSA, or not at all.
    #[error("the algorithm is not accepted")]
    Algorithm,
    /// Signed by a key that the issuer does not publish.
    #[error("the key is unknown")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the signature is wrong")]
    Signature,
    /// Issued by someone else.
    #[error("the issuer is wrong")]
    Issuer,
    /// Issued for something else.
    #[error("the audience is wrong")]
    Audience,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// The sign-in it belongs to has ended.
    #[error("the session has ended")]
    Revoked,
    /// A token could not be signed, or the issuer gives none.
    #[error("no token can be had")]
    Signing,
    /// Sealed with another key, in another place, or changed since.
    #[error("what is sealed cannot be opened")]
    Sealed,
    /// The issuer does not answer.
    #[error("the issuer cannot be reached")]
    Unreachable,
}

impl From<&jsonwebtoken::errors::Error> for AuthError {
    fn from(error: &jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidSignature => Self::Signature,
            ErrorKind::InvalidIssuer => Self::Issuer,
            ErrorKind::InvalidAudience => Self::Audience,
            ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => Self::Algorithm,
            _ => Self::Malformed,
        }
    }
}

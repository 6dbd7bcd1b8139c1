//! Why nothing was fetched.

/// Why nothing was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Neither `http` nor `https`, or without a host.
    #[error("the address is no address of the web")]
    NotOfTheWeb,
    /// The URL has a name or a password.
    #[error("the address has credentials")]
    Credentials,
    /// Whoever asked does not want to go there.
    #[error("the address is not to be visited")]
    Unwanted,
    /// None of its addresses may be connected to, or not at this port.
    #[error("the address is not public")]
    NotPublic,
    /// The name has no address.
    #[error("the name has no address")]
    Unresolved,
    /// Nobody answers there, or not in TLS.
    #[error("nobody answers at the address")]
    Unreachable,
    /// A redirect from `https` to `http`.
    #[error("a redirect leads to where nothing is encrypted")]
    Downgrade,
    /// More redirects than are followed.
    #[error("too many redirects")]
    TooManyRedirects,
    /// What comes back is no answer in HTTP, or its head is too large.
    #[error("the answer cannot be read")]
    Unreadable,
    /// The answer has another status.
    #[error("the answer has the status {0}")]
    Status(u16),
    /// The content is of none of the kinds.
    #[error("the content is of another type")]
    OtherType,
    /// It is larger than it may be.
    #[error("the content is too large")]
    TooLarge,
    /// It takes too long.
    #[error("it takes too long")]
    TooSlow,
}

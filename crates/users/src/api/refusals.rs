//! Refusals that several routes of this service share.

use platform::http::refusals::{self, Case};
pub(super) use platform::http::refusals::{AGAIN, CODE, IDENTITY};

/// Of every route that the embedded identity alone has.
pub(super) const KEPT_ELSEWHERE: &[Case] = &[(
    409,
    "kept_elsewhere",
    "The identity manager keeps what one signs in with.",
)];
/// Of every route that an identity manager alone has.
pub(super) const KEPT_HERE: &[Case] = &[(
    409,
    "kept_elsewhere",
    "Beep itself keeps what one signs in with: there are no providers.",
)];
/// Of every route that asks for the caller's password where an identity manager has it.
pub(super) const TRIES: &[Case] = refusals::PASSWORD;
/// Of every route that asks for the caller's password.
pub(super) const PASSWORD: &[Case] = &[refusals::PASSWORD[0], KEPT_ELSEWHERE[0], refusals::PASSWORD[1]];
/// Of every route of passkeys.
pub(super) const PASSKEYS: &[Case] = &[(
    409,
    "passkeys_unavailable",
    "Browsers ask for passkeys where the address of Beep begins with https and has a name.",
)];
/// Of every route that finishes what was begun with a passkey.
pub(super) const PASSKEY_BEGUN: &[Case] = &[(
    409,
    "passkey_not_begun",
    "`state` is not what was answered to the caller, it is older than five minutes, or it was used before.",
)];

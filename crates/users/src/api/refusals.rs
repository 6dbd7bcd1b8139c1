//! Refusals that several routes of this service share.

use platform::http::refusals::Case;

/// Of every route that the embedded identity alone has.
pub(super) const KEPT_ELSEWHERE: &[Case] = &[(
    409,
    "kept_elsewhere",
    "The identity manager keeps what one signs in with.",
)];
/// Of every route that asks for the caller's password.
pub(super) const PASSWORD: &[Case] = &[
    (403, "wrong_password", "`current_password` is wrong."),
    KEPT_ELSEWHERE[0],
    (
        429,
        "too_many_attempts",
        "Too many wrong passwords or codes; see Retry-After.",
    ),
];
/// Of every route that asks the identity manager, where there is one.
pub(super) const IDENTITY: &[Case] = &[(
    503,
    "identity_unavailable",
    "The identity manager does not answer; see Retry-After.",
)];
/// Of every route that asks for a fresh sign-in at the identity manager where that is how somebody shows who they are.
pub(super) const AGAIN: &[Case] = &[(
    403,
    "sign_in_again_required",
    "`proof` is `sign_in_again`: do that action first.",
)];
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
/// Of every route that asks for a code, too, where there is a second factor.
pub(super) const CODE: &[Case] = &[
    (
        403,
        "second_factor_required",
        "A code is asked for, and there is none in the request.",
    ),
    (403, "second_factor_wrong", "The code is wrong, or it was used before."),
];

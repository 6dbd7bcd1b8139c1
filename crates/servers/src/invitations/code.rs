//! What an invitation is known by.

use std::{fmt, str::FromStr};

use model::Invalid;
use rand::{
    Rng,
    distr::{Alphanumeric, SampleString},
};

/// Letters and digits of a code: 71 bits, which nobody guesses.
const LENGTH: usize = 12;

/// A code that is an invitation's, or could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationCode(String);

impl InvitationCode {
    /// A code that no invitation has.
    pub(crate) fn new(random: &mut impl Rng) -> Self {
        Self(Alphanumeric.sample_string(random, LENGTH))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for InvitationCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::Format)
        }
    }
}

impl fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back_and_nothing_else_is_one() {
        let code = InvitationCode::new(&mut rand::rng());
        assert_eq!(code.as_str().parse(), Ok(code.clone()));
        assert_ne!(InvitationCode::new(&mut rand::rng()), code);
        for none in ["", "short", "has a space1", "elevenéeeee", "thirteenchars"] {
            assert_eq!(none.parse::<InvitationCode>(), Err(Invalid::Format), "{none}");
        }
    }
}

//! Where a page of a list begins. Opaque to clients: base64 of what the list is ordered by.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Timestamp, UserId, id::InvalidId};

use crate::{discovery::Fit, store::discovery::Place};

/// A place in a server's members, by folded display name and then id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberCursor {
    /// The last member's folded display name.
    pub(crate) display_name_fold: String,
    /// The last member.
    pub(crate) user_id: UserId,
}

impl MemberCursor {
    /// Before all members.
    pub(crate) const fn start() -> Self {
        Self {
            display_name_fold: String::new(),
            user_id: UserId(0),
        }
    }
}

/// A place in the public servers, by how well they fit, then number of members, most first, and then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FitCursor {
    /// How well the last server fits.
    pub(crate) fit: Fit,
    /// Where it is among those that fit as well.
    pub(crate) place: Place,
}

impl FitCursor {
    /// Before all servers.
    pub(crate) const START: Self = Self {
        fit: Fit::IsCalled,
        place: Place::START,
    };
}

/// A place in a server's invitations, the newest first, and then by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvitationCursor {
    /// When the last invitation was made.
    pub(crate) created_at: Timestamp,
    /// The last invitation.
    pub(crate) code: String,
}

impl InvitationCursor {
    /// Before all invitations.
    pub(crate) const fn start() -> Self {
        Self {
            created_at: Timestamp::from_millis(i64::MAX),
            code: String::new(),
        }
    }
}

impl fmt::Display for MemberCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(&format!("{}:{}", self.user_id, self.display_name_fold)))
    }
}

impl FromStr for MemberCursor {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (id, name) = decode(text).ok_or(InvalidId)?;
        Ok(Self {
            display_name_fold: name,
            user_id: id.parse()?,
        })
    }
}

impl fmt::Display for InvitationCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(&format!("{}:{}", self.created_at.as_millis(), self.code)))
    }
}

impl FromStr for InvitationCursor {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (millis, code) = decode(text).ok_or(InvalidId)?;
        Ok(Self {
            created_at: Timestamp::from_millis(millis.parse().map_err(|_| InvalidId)?),
            code,
        })
    }
}

impl fmt::Display for FitCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            member_count,
            server_id,
        } = self.place;
        f.write_str(&encode(&format!("{}:{member_count}:{server_id}", self.fit.number())))
    }
}

impl FromStr for FitCursor {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (fit, place) = decode(text).ok_or(InvalidId)?;
        let (count, id) = place.split_once(':').ok_or(InvalidId)?;
        let fit = Fit::ALL.into_iter().find(|known| known.number().to_string() == fit);
        Ok(Self {
            fit: fit.ok_or(InvalidId)?,
            place: Place {
                member_count: count.parse().map_err(|_| InvalidId)?,
                server_id: id.parse()?,
            },
        })
    }
}

fn encode(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    // PostgreSQL refuses a text with a NUL.
    let (first, second) = text.split_once(':').filter(|_| !text.contains('\0'))?;
    Some((first.to_owned(), second.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use model::ServerId;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_and_back(name in "[^\\x00]{0,20}", id in 1_i64.., count in 0_i64.., fit in 0_usize..4) {
            let member = MemberCursor { display_name_fold: name, user_id: UserId(id) };
            let created_at = Timestamp::from_millis(count);
            let invitation = InvitationCursor { created_at, code: member.display_name_fold.clone() };
            prop_assert_eq!(member.to_string().parse::<MemberCursor>().unwrap(), member);
            prop_assert_eq!(invitation.to_string().parse::<InvitationCursor>().unwrap(), invitation);
            let place = Place { member_count: count, server_id: ServerId(id) };
            let fitting = FitCursor { fit: Fit::ALL[fit], place };
            prop_assert_eq!(fitting.to_string().parse::<FitCursor>().unwrap(), fitting);
        }

        #[test]
        fn anything_else_is_refused_without_a_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<MemberCursor>();
            let _ = text.parse::<FitCursor>();
            let _ = text.parse::<InvitationCursor>();
        }
    }

    #[test]
    fn what_a_database_would_refuse_is_no_cursor() {
        assert!(encode("7:a\0b").parse::<MemberCursor>().is_err());
        assert!(encode("x:a").parse::<MemberCursor>().is_err());
        for text in ["0", "0:7", "4:7:7", "00:7:7", "0:7:x", "0:7:7:7"] {
            assert!(encode(text).parse::<FitCursor>().is_err(), "{text}");
        }
    }
}

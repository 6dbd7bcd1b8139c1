//! Sign-ins that ended before their access tokens did.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use model::{SessionId, Timestamp};

use super::ACCESS_TOKEN_LIFETIME;

/// How many ended sign-ins are remembered at most (about 4 MB).
const CAPACITY: usize = 100_000;

/// The sign-ins whose access tokens are refused although they have not expired. Clones share the list.
///
/// A sign-in is forgotten when its last access token has expired, so the list stays short; when it is full nevertheless,
/// what would be forgotten first makes room.
#[derive(Debug, Clone, Default)]
pub struct RevokedSessions(Arc<RwLock<HashMap<SessionId, Timestamp>>>);

impl RevokedSessions {
    /// Refuses the tokens of this sign-in from now on.
    pub fn revoke(&self, session: SessionId, now: Timestamp) {
        let mut revoked = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if revoked.len() >= CAPACITY {
            revoked.retain(|_, until| *until > now);
        }
        if revoked.len() >= CAPACITY
            && let Some(first) = revoked
                .iter()
                .min_by_key(|(_, until)| **until)
                .map(|(session, _)| *session)
        {
            revoked.remove(&first);
        }
        // Twice the lifetime: room for clocks that differ and for a token that was issued just now.
        revoked.insert(session, now.plus(ACCESS_TOKEN_LIFETIME * 2));
    }

    /// Whether tokens of the sign-in are refused.
    #[must_use]
    pub fn contains(&self, session: SessionId) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&session)
    }

    /// Forgets the sign-ins whose tokens have all expired; to be called now and then.
    pub fn forget_expired(&self, now: Timestamp) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, until| *until > now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembered_until_the_last_token_has_expired() {
        let revoked = RevokedSessions::default();
        let start = Timestamp::from_millis(1_800_000_000_000);
        revoked.clone().revoke(SessionId(1), start);
        revoked.forget_expired(start.plus(ACCESS_TOKEN_LIFETIME));
        assert!(revoked.contains(SessionId(1)) && !revoked.contains(SessionId(2)));
        revoked.forget_expired(start.plus(ACCESS_TOKEN_LIFETIME * 2));
        assert!(!revoked.contains(SessionId(1)));
    }

    #[test]
    fn bounded() {
        let revoked = RevokedSessions::default();
        for id in 1..=i64::try_from(CAPACITY).unwrap_or(0) {
            revoked.revoke(SessionId(id), Timestamp::from_millis(id));
        }
        revoked.revoke(SessionId(-1), Timestamp::from_millis(i64::from(u16::MAX)));
        assert!(!revoked.contains(SessionId(1)) && revoked.contains(SessionId(2)) && revoked.contains(SessionId(-1)));
    }
}

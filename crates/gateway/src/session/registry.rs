//! All sessions of this gateway, by what the client calls them and by user.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{SessionId, UserId, limits};

use super::Session;

/// The sessions. Cheap to clone.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    by_id: HashMap<Box<str>, Arc<Session>>,
    by_user: HashMap<UserId, Vec<Arc<Session>>>,
}

impl Sessions {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a session. A user who has too many loses one, which is answered: the one without a connection for the
    /// longest time, or the oldest when all are connected.
    pub fn add(&self, session: &Arc<Session>) -> Option<Arc<Session>> {
        let mut tables = self.tables();
        tables.by_id.insert(session.id.clone(), Arc::clone(session));
        let of_user = tables.by_user.entry(session.user_id).or_default();
        of_user.push(Arc::clone(session));
        let (_new, others) = of_user.split_last()?;
        let left = others.iter().filter(|other| other.detached_at().is_some());
        let lost = left.min_by_key(|other| other.detached_at()).or(others.first())?;
        (others.len() >= limits::GATEWAY_SESSIONS_PER_USER).then(|| Arc::clone(lost))
    }

    /// Removes a session; `false` when it was gone already.
    pub fn remove(&self, session: &Arc<Session>) -> bool {
        let mut tables = self.tables();
        // One of the same name may have come in its place, back from another gateway.
        if tables
            .by_id
            .get(&session.id)
            .is_some_and(|found| Arc::ptr_eq(found, session))
        {
            tables.by_id.remove(&session.id);
        }
        let mut removed = false;
        if let Some(of_user) = tables.by_user.get_mut(&session.user_id) {
            let before = of_user.len();
            of_user.retain(|other| !Arc::ptr_eq(other, session));
            removed = of_user.len() < before;
            if of_user.is_empty() {
                tables.by_user.remove(&session.user_id);
            }
        }
        removed
    }

    /// The session that the client names.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.tables().by_id.get(id).cloned()
    }

    /// The sessions of a user.
    #[must_use]
    pub fn of_user(&self, user_id: UserId) -> Vec<Arc<Session>> {
        self.tables().by_user.get(&user_id).cloned().unwrap_or_default()
    }

    /// The sessions of one sign-in of a user.
    #[must_use]
    pub fn of_sign_in(&self, user_id: UserId, signed_in: SessionId) -> Vec<Arc<Session>> {
        self.of_user(user_id)
            .into_iter()
            .filter(|session| session.signed_in == signed_in)
            .collect()
    }

    /// All sessions.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Session>> {
        self.tables().by_id.values().cloned().collect()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.tables().by_id.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use model::Timestamp;

    use super::*;

    fn session(number: usize) -> Arc<Session> {
        let now = Timestamp::from_millis(i64::try_from(number).unwrap());
        Session::new(format!("{number}").into(), UserId(1), SessionId(1), None, now)
    }

    #[test]
    fn too_many_sessions_cost_the_one_that_was_left_first() {
        let sessions = Sessions::default();
        let all: Vec<_> = (0..=limits::GATEWAY_SESSIONS_PER_USER + 1).map(session).collect();
        let (most, late) = all.split_at(limits::GATEWAY_SESSIONS_PER_USER);
        for session in most {
            assert!(sessions.add(session).is_none());
            session.attach();
        }
        most[7].detach(1, Timestamp::from_millis(2));
        most[3].detach(1, Timestamp::from_millis(3));
        assert_eq!(sessions.add(&late[0]).unwrap().id, most[7].id);
        sessions.remove(&most[7]);
        late[0].attach();
        most[3].attach();
        assert_eq!(
            sessions.add(&late[1]).unwrap().id,
            most[0].id,
            "all are connected: the oldest"
        );
    }
}

//! Names and pictures beside messages, remembered until their user changes.

use std::{collections::HashMap, time::Duration};

use contracts::users::{GetSummariesRequest, users_client::UsersClient};
use model::UserId;
use moka::sync::Cache;
use platform::rpc::Peer;

use crate::{api::resource::Author, error::MessagesError};

const REMEMBERED: u64 = 100_000;
const BELIEVED: Duration = Duration::from_mins(5);

/// What is remembered.
pub(crate) struct Authors {
    users: UsersClient<Peer>,
    known: Cache<UserId, Author>,
    /// Who had a name; whether they still have it is seen in `known`.
    named: Cache<String, UserId>,
}

impl Authors {
    pub(crate) fn new(users: UsersClient<Peer>) -> Self {
        Self {
            users,
            known: Cache::builder().max_capacity(REMEMBERED).time_to_live(BELIEVED).build(),
            named: Cache::builder().max_capacity(REMEMBERED).time_to_live(BELIEVED).build(),
        }
    }

    /// One author.
    pub(crate) async fn find(&self, id: UserId) -> Result<Author, MessagesError> {
        Ok(self
            .find_all([id])
            .await?
            .remove(&id)
            .unwrap_or_else(|| Author::unknown(id)))
    }

    /// These authors, in one call at most. Who is not there any more is left out.
    pub(crate) async fn find_all(
        &self,
        ids: impl IntoIterator<Item = UserId>,
    ) -> Result<HashMap<UserId, Author>, MessagesError> {
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for id in ids {
            match self.known.get(&id) {
                Some(author) => drop(found.insert(id, author)),
                None if !missing.contains(&id.0) => missing.push(id.0),
                None => {}
            }
        }
        if !missing.is_empty() {
            let answer = self
                .users
                .clone()
                .get_summaries(GetSummariesRequest {
                    user_ids: missing,
                    usernames: Vec::new(),
                })
                .await?
                .into_inner();
            for author in answer.users.into_iter().map(Author::from) {
                self.known.insert(author.id, author.clone());
                found.insert(author.id, author);
            }
        }
        Ok(found)
    }

    /// The users of these names, in lower case, in one call at most. A name that nobody has is left out.
    pub(crate) async fn find_named(&self, names: Vec<String>) -> Result<HashMap<String, UserId>, MessagesError> {
        let (mut found, mut missing) = (HashMap::new(), Vec::new());
        for name in names {
            let id = self.named.get(&name);
            match id.filter(|id| self.known.get(id).is_some_and(|author| author.username == name)) {
                Some(id) => drop(found.insert(name, id)),
                None => missing.push(name),
            }
        }
        if !missing.is_empty() {
            let request = GetSummariesRequest {
                user_ids: Vec::new(),
                usernames: missing,
            };
            let answer = self.users.clone().get_summaries(request).await?.into_inner();
            for author in answer.users.into_iter().map(Author::from) {
                self.named.insert(author.username.clone(), author.id);
                self.known.insert(author.id, author.clone());
                found.insert(author.username, author.id);
            }
        }
        Ok(found)
    }

    /// The user has changed.
    pub(crate) fn forget(&self, id: UserId) {
        self.known.invalidate(&id);
    }

    /// Events were lost: nothing is believed any more.
    pub(crate) fn forget_all(&self) {
        self.known.invalidate_all();
        self.named.invalidate_all();
    }
}

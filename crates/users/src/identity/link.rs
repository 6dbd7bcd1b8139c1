//! Links by which a password is set or an e-mail address is confirmed: 256 random bits, of which only a hash is stored. They
//! stand behind `#`, which browsers send to nobody.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Email, UserId};
use platform::{
    clock::Clock,
    db::{Db, DbResult},
};
use sha2::{Digest, Sha256};

use crate::store::{self, NewLink, Purpose};

/// How long a link to set a password is good.
pub(super) const PASSWORD_LIFETIME: Duration = Duration::from_hours(1);
/// How long one is good again that could not be used.
pub(super) const AGAIN_LIFETIME: Duration = Duration::from_mins(10);
/// How long a link to confirm an address is good.
pub(super) const EMAIL_LIFETIME: Duration = Duration::from_hours(24);

/// Gives out links.
pub(crate) struct Links {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    /// Where browsers find Beep.
    pub(crate) public_url: String,
}

impl Links {
    /// Gives out a new link; the address of the page that it opens.
    pub(crate) async fn give(&self, purpose: Purpose, user_id: UserId, email: &Email) -> DbResult<String> {
        let secret = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let (page, lifetime) = match purpose {
            Purpose::Password => ("reset-password", PASSWORD_LIFETIME),
            Purpose::Email => ("confirm-email", EMAIL_LIFETIME),
        };
        let now = self.clock.now();
        let new = NewLink {
            hash: &hash(&secret),
            purpose,
            user_id,
            email: email.expose(),
            now,
            expires_at: now.plus(lifetime),
        };
        let mut tx = self.db.begin().await?;
        store::link::add(&mut tx, &new).await?;
        tx.commit().await?;
        Ok(format!("{}/{page}#token={secret}", self.public_url))
    }
}

/// What is stored of a link, and what is looked up.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

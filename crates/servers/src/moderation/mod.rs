//! What moderators do to members and former members: kick, ban, and lift bans. Time-outs are changes of a member
//! ([`crate::member_changes`]).

mod ban;
mod kick;

pub(crate) use ban::{NewBan, ban, unban};
pub(crate) use kick::kick;

use crate::{
    acting::Acting,
    error::Error,
    membership,
    store::{members::Membership, servers},
};

/// Ends the membership of somebody whom the actor stands above.
async fn remove(acting: &mut Acting<'_>, target: &Membership) -> Result<(), Error> {
    acting.outranks(&target.access())?;
    let server = servers::count_one_less(&mut acting.tx)
        .await?
        .ok_or(Error::ServerNotFound)?;
    membership::dismiss(acting.service, &mut acting.tx, &server, target).await
}

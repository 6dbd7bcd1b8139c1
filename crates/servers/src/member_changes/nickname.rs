//! What a member is called in a server.

use model::{Nickname, Permission, Reason};

use crate::{
    acting::Acting,
    audit::{Action, Changes, Entry},
    error::Error,
    store::members::{self, Membership},
};

/// What a member shall be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NewNickname {
    /// By their own name.
    OwnName,
    /// By this one.
    Is(Nickname),
}

/// Gives the member another nickname, or none: one's own with `change_nickname` or `manage_nicknames`, that of somebody
/// below with `manage_nicknames`.
pub(super) async fn change(
    acting: &mut Acting<'_>,
    target: &mut Membership,
    nickname: &NewNickname,
    reason: Option<&Reason>,
) -> Result<(), Error> {
    let own = target.row.user_id == acting.member.user_id;
    if !own {
        acting.require(Permission::ManageNicknames)?;
        acting.outranks(&target.access())?;
    } else if !acting.permissions().contains(Permission::ManageNicknames) {
        acting.require(Permission::ChangeNickname)?;
    }
    let before = target.row.nickname.take();
    target.row.nickname = match nickname {
        NewNickname::OwnName => None,
        NewNickname::Is(nickname) => Some(nickname.as_str().to_owned()),
    };
    if target.row.nickname == before {
        return Ok(());
    }
    members::rename(&mut acting.tx, &target.row).await?;
    if !own {
        let entry = Entry {
            action: Action::MemberNicknameUpdated,
            target: target.row.user_id.into(),
            channel_id: None,
            changes: Changes::default().with("nickname", before, target.row.nickname.clone()),
            reason: reason.cloned(),
        };
        acting.record(entry).await?;
    }
    Ok(())
}

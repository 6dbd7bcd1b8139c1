//! What the names in a text stand for.

use std::collections::HashMap;

use contracts::permissions::{MemberAccess, TenantAccess};
use futures::future::try_join_all;
use model::{ChannelId, Permission, Timestamp, UserId, limits::MENTIONS_PER_MESSAGE};

use super::{
    MentionKind, Mentions, Token,
    scan::{Candidate, begins_with, candidates, usernames},
};
use crate::{error::MessagesError, service::Service};

/// The names of all.
const EVERYONE: &str = "everyone";

/// Usernames that are tried at one place: `@ada.` may mean `ada.` or `ada`.
const NAMES_PER_PLACE: usize = 3;

/// Where a message is written, and by whom.
pub(crate) struct Place<'a> {
    pub(crate) tenant: &'a TenantAccess,
    pub(crate) channel_id: ChannelId,
    pub(crate) author: &'a MemberAccess,
    pub(crate) now: Timestamp,
}

impl Place<'_> {
    fn sees(&self, channel_id: ChannelId) -> bool {
        let there = self.tenant.in_channel(channel_id, self.author, self.now);
        there.contains(Permission::ViewChannel)
    }

    fn may_call_many(&self) -> bool {
        let here = self.tenant.in_channel(self.channel_id, self.author, self.now);
        here.contains(Permission::MentionEveryone)
    }
}

impl Mentions {
    /// What the text mentions. Users are mentioned who see the channel; everyone, and roles that not everybody may
    /// mention, by those with the right to it; channels that the author sees. All else stays text. A name that stood in the
    /// message before it was edited goes on meaning whom it meant, whoever has that name today.
    pub(crate) async fn of(
        service: &Service,
        place: &Place<'_>,
        text: &str,
        before: Option<&Self>,
    ) -> Result<Self, MessagesError> {
        let candidates = candidates(text);
        if candidates.is_empty() {
            return Ok(Self::default());
        }
        let users = users(service, place, &candidates, before).await?;
        let mut mentions = Self::default();
        for candidate in candidates {
            if mentions.tokens.len() >= MENTIONS_PER_MESSAGE {
                break;
            }
            let token = token(place, &users, before, candidate);
            if let Some(token) = token
                && !mentions.tokens.contains(&token)
            {
                mentions.tokens.push(token);
            }
        }
        Ok(mentions)
    }
}

/// Users by their names and ids, as far as they see the channel.
#[derive(Default)]
struct Users {
    by_name: HashMap<String, UserId>,
    seeing: Vec<UserId>,
}

async fn users(
    service: &Service,
    place: &Place<'_>,
    candidates: &[Candidate<'_>],
    before: Option<&Mentions>,
) -> Result<Users, MessagesError> {
    let (mut names, mut ids): (Vec<String>, Vec<UserId>) = (Vec::new(), Vec::new());
    for candidate in candidates.iter().take(MENTIONS_PER_MESSAGE) {
        match candidate {
            Candidate::At(rest) => {
                names.extend(usernames(rest).into_iter().take(NAMES_PER_PLACE).map(str::to_lowercase));
            }
            Candidate::User(_, id) => ids.push(UserId(*id)),
            _ => {}
        }
    }
    names.sort_unstable();
    names.dedup();
    let mut users = Users::default();
    if !names.is_empty() {
        users.by_name = service.authors.find_named(names).await?;
        let kept = before.into_iter().flat_map(|before| before.named(MentionKind::User));
        users
            .by_name
            .extend(kept.map(|(name, id)| (name.to_lowercase(), UserId(id))));
    }
    ids.extend(users.by_name.values().copied());
    ids.sort_unstable();
    ids.dedup();
    let asked = ids
        .iter()
        .map(|id| service.access.sees(place.tenant, place.channel_id, *id));
    let seen = try_join_all(asked).await?;
    users.seeing = ids
        .into_iter()
        .zip(seen)
        .filter_map(|(id, sees)| sees.then_some(id))
        .collect();
    Ok(users)
}

fn token(place: &Place<'_>, users: &Users, before: Option<&Mentions>, candidate: Candidate<'_>) -> Option<Token> {
    let calls_many = place.may_call_many();
    let tenant = place.tenant;
    let kept = |kind| before.into_iter().flat_map(move |before| before.named(kind));
    match candidate {
        Candidate::At(rest) => {
            let (mut best, mut length) = (None, 0);
            for name in usernames(rest) {
                let user = users.by_name.get(&name.to_lowercase());
                if let Some(id) = user.filter(|id| users.seeing.contains(id))
                    && name.len() > length
                {
                    (best, length) = (Some((MentionKind::User, Some(id.0))), name.len());
                }
            }
            let called = tenant
                .standings()
                .iter()
                .filter(|role| role.id != tenant.server_id.everyone() && (calls_many || role.mentionable));
            let of_before = kept(MentionKind::Role).filter(|(_, id)| called.clone().any(|role| role.id.0 == *id));
            for (name, id) in of_before.chain(called.clone().map(|role| (&*role.name, role.id.0))) {
                if let Some(end) = begins_with(rest, name)
                    && end > length
                {
                    (best, length) = (Some((MentionKind::Role, Some(id))), end);
                }
            }
            if let Some(end) = begins_with(rest, EVERYONE)
                && calls_many
                && end > length
            {
                (best, length) = (Some((MentionKind::Everyone, None)), end);
            }
            let (kind, id) = best?;
            Some(Token::new(&format!("@{}", &rest[..length]), kind, id))
        }
        Candidate::Hash(rest) => {
            let seen = tenant
                .channels()
                .iter()
                .filter(|channel| !channel.is_folder() && place.sees(channel.id));
            let of_before =
                kept(MentionKind::Channel).filter(|(_, id)| seen.clone().any(|channel| channel.id.0 == *id));
            let named = of_before
                .map(|(name, id)| (name, false, id))
                .chain(seen.clone().map(|channel| (&*channel.name, true, channel.id.0)))
                .filter_map(|(name, is_of_today, id)| Some((begins_with(rest, name)?, is_of_today, id)));
            // Of equal names what was meant before is meant, and then the oldest channel.
            let (end, _, id) =
                named.min_by_key(|(end, is_of_today, id)| (std::cmp::Reverse(*end), *is_of_today, *id))?;
            Some(Token::new(&format!("#{}", &rest[..end]), MentionKind::Channel, id))
        }
        Candidate::User(whole, id) => {
            let seen = users.seeing.contains(&UserId(id));
            seen.then(|| Token::new(whole, MentionKind::User, id))
        }
        Candidate::Role(whole, id) => {
            let role = tenant.standings().iter().find(|role| role.id.0 == id)?;
            let is_called = (calls_many || role.mentionable) && role.id != tenant.server_id.everyone();
            is_called.then(|| Token::new(whole, MentionKind::Role, id))
        }
        Candidate::Channel(whole, id) => {
            let channel = tenant.channel(ChannelId(id))?;
            let seen = !channel.is_folder() && place.sees(channel.id);
            seen.then(|| Token::new(whole, MentionKind::Channel, id))
        }
    }
}

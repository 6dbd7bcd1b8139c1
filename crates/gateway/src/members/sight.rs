//! By what it is decided who sees a channel. Channels that are alike in it have one list.

use contracts::permissions::TenantAccess;
use model::{ChannelId, OverwriteTarget, Permission};

/// An overwrite as far as it shows or hides: on the folder or the channel, of a role or a member, allowing or denying.
type Part = (bool, bool, i64, bool, bool);

/// All overwrites that show or hide a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sight(Box<[Part]>);

impl Sight {
    /// That of a channel; `None` when there is none of that id.
    #[must_use]
    pub fn of(tenant: &TenantAccess, channel_id: ChannelId) -> Option<Self> {
        let channel = tenant.channel(channel_id)?;
        let folder = channel.parent_id.and_then(|id| tenant.channel(id));
        let levels = [(true, folder), (false, Some(channel))];
        let mut parts: Vec<Part> = Vec::new();
        for (of_folder, level) in levels {
            for overwrite in level.iter().flat_map(|level| level.overwrites()) {
                let shows = overwrite.allow.contains(Permission::ViewChannel);
                let hides = overwrite.deny.contains(Permission::ViewChannel);
                if shows || hides {
                    let (of_member, target) = match overwrite.target {
                        OverwriteTarget::Role(id) => (false, id.0),
                        OverwriteTarget::Member(id) => (true, id.0),
                    };
                    parts.push((of_folder, of_member, target, shows, hides));
                }
            }
        }
        parts.sort_unstable();
        Some(Self(parts.into()))
    }
}

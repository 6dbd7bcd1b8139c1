//! Previews of what messages link to (M7).
//!
//! A message is sent without; its links are fetched in the background (`work`), by a way out that reaches nothing inside
//! (`platform::outbound`), and it is told of again when its previews have come. What a link leads to is remembered for a while,
//! for everybody (`memory`). Of a page only its words about itself are taken, as text (`page`, `oembed`, `text`), and its
//! picture, which `storage` encodes anew: whoever reads a message contacts nobody but this Beep. A picture is there while a message or the
//! memory shows it (`store::preview_pictures`).

mod charset;
mod embed;
mod fetching;
mod known;
mod links;
mod memory;
mod oembed;
mod page;
mod text;
pub(crate) mod work;

use model::Permission;
use platform::{clock::Clock, db::Tenants, outbound::Outbound, pictures::Pictures};
use tokio::sync::{Notify, futures::Notified};
use url::Url;

pub(crate) use self::{
    embed::{Embed, Embeds},
    memory::{Memory, forget},
    work::have_the_same_links,
};
use crate::{access::Viewer, external_links::OwnAddresses};

/// Whether and where links are looked at.
pub(crate) struct Previews {
    is_on: bool,
    own: OwnAddresses,
    waiting: Notify,
}

impl Previews {
    pub(crate) fn new(is_on: bool, own: OwnAddresses) -> Self {
        Self {
            is_on,
            own,
            waiting: Notify::new(),
        }
    }

    /// The links of a text that are looked at: those to other sites.
    pub(crate) fn links(&self, text: &str) -> Vec<Url> {
        let mut links = links::links(text);
        links.retain(|link| !self.own.has(link));
        links
    }

    /// Whether a text that this viewer writes is to have previews.
    pub(crate) fn are_wanted(&self, viewer: Viewer, text: &str) -> bool {
        self.is_on && viewer.permissions.contains(Permission::EmbedLinks) && !self.links(text).is_empty()
    }

    /// Those of the previews whose links still stand in the text.
    pub(crate) fn kept(&self, embeds: &Embeds, text: &str) -> Embeds {
        let links = self.links(text);
        let stands = |embed: &&Embed| links.iter().any(|link| link.as_str() == embed.url);
        Embeds(embeds.0.iter().filter(stands).cloned().collect())
    }

    /// Says that a message waits.
    pub(crate) fn wake(&self) {
        self.waiting.notify_one();
    }

    /// Until the next message waits.
    fn woken(&self) -> Notified<'_> {
        self.waiting.notified()
    }
}

/// What links lead to, for those who look at them.
pub(crate) fn memory(
    tenants: Tenants,
    clock: Clock,
    (outbound, pictures): (Outbound, Pictures),
    own: OwnAddresses,
) -> Memory {
    Memory::new(tenants, clock, fetching::Fetching::new(outbound, pictures, own))
}

//! From a link to its preview: the page, what oEmbed tells of it, its picture.

use std::sync::Arc;

use model::limits::{EMBED_PAGE_BYTES, PICTURE_BYTES};
use platform::{
    outbound::{FetchError, Fetched, Kind, Outbound},
    pictures::{NotKept, Pictures},
};
use tokio::sync::Semaphore;
use tonic::Code;
use url::Url;

use super::{
    charset,
    embed::{Embed, EmbedKind, Image},
    known::{Known, known},
    oembed::{self, Told},
    page::{self, Page},
};
use crate::external_links::OwnAddresses;

const PAGE: Kind = Kind {
    types: &["text/html", "application/xhtml+xml"],
    bytes: EMBED_PAGE_BYTES,
    in_part: true,
};
const PICTURE: Kind = Kind {
    types: &["image/png", "image/jpeg", "image/webp", "image/gif"],
    bytes: PICTURE_BYTES,
    in_part: false,
};
const OEMBED: Kind = Kind {
    types: &["application/json", "application/json+oembed", "text/json"],
    bytes: 64 * 1024,
    in_part: false,
};
/// Pages that are read at the same time, on threads that may block.
const READERS: usize = 2;
/// Smaller pictures are there to count readers, or to be seen in another place.
const SMALLEST_PICTURE: u32 = 16;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) embed: Option<Embed>,
    /// Whether it is all that there is. Otherwise it is worth another look before long.
    pub(super) complete: bool,
}

/// Who looks.
pub(super) struct Fetching {
    outbound: Outbound,
    pictures: Pictures,
    own: OwnAddresses,
    readers: Arc<Semaphore>,
}

impl Fetching {
    pub(super) fn new(outbound: Outbound, pictures: Pictures, own: OwnAddresses) -> Self {
        Self {
            outbound,
            pictures,
            own,
            readers: Arc::new(Semaphore::new(READERS)),
        }
    }

    /// Looks at what a link leads to.
    pub(super) async fn look(&self, link: &Url) -> Found {
        match known(link) {
            Some(known) => self.known(link, known).await,
            None => self.unknown(link).await,
        }
    }

    async fn get(&self, url: &Url, kinds: &[Kind]) -> Result<Fetched, FetchError> {
        let fetched = self.outbound.get(url, kinds, |url| !self.own.has(url)).await;
        let outcome = match &fetched {
            Ok(_) => "fetched",
            Err(FetchError::NotPublic | FetchError::Downgrade | FetchError::Credentials | FetchError::Unwanted) => {
                "refused"
            }
            Err(FetchError::TooSlow) => "slow",
            Err(_) => "failed",
        };
        metrics::counter!("link_preview_requests", "outcome" => outcome).increment(1);
        fetched
    }

    /// Of what is known by its looks only the title and the picture are asked for.
    async fn known(&self, link: &Url, known: Known) -> Found {
        let told = self.told(&known.told_at).await;
        let complete = told.is_some();
        let told = told.unwrap_or_default();
        let embed = Embed {
            provider: Some(known.provider.to_owned()),
            title: told.title,
            author: told.author,
            player: Some(known.player),
            ..Embed::bare(link.as_str(), known.kind)
        };
        self.with_image(embed, told.image, complete).await
    }

    async fn unknown(&self, link: &Url) -> Found {
        let nothing = |complete| Found { embed: None, complete };
        let Ok(fetched) = self.get(link, &[PAGE, PICTURE]).await else {
            return nothing(false);
        };
        if PICTURE.types.contains(&fetched.content_type.as_str()) {
            let image = self.keep(fetched.body.to_vec()).await;
            let embed = Embed {
                image: image.clone().ok().flatten(),
                ..Embed::bare(link.as_str(), EmbedKind::Image)
            };
            return Found {
                embed: embed.image.is_some().then_some(embed),
                complete: image.is_ok(),
            };
        }
        let Some(page) = self.read(fetched).await else {
            return nothing(false);
        };
        let told = match &page.told_at {
            Some(told_at) => self.told(told_at).await.unwrap_or_default(),
            None => Told::default(),
        };
        let embed = Embed {
            provider: page.provider.or(told.provider),
            title: page.title.or(told.title),
            description: page.description,
            author: told.author.or(page.author),
            color: page.color,
            ..Embed::bare(link.as_str(), EmbedKind::Link)
        };
        self.with_image(embed, page.image.or(told.image), true).await
    }

    /// Reads a page on a thread that may block.
    async fn read(&self, fetched: Fetched) -> Option<Page> {
        let reader = Arc::clone(&self.readers).acquire_owned().await.ok()?;
        let reading = tokio::task::spawn_blocking(move || {
            let _reader = reader;
            let html = charset::decode(&fetched.body, fetched.charset.as_deref());
            page::read(&html, &fetched.url)
        });
        reading.await.ok()
    }

    /// What oEmbed tells there; nothing when nobody answers.
    async fn told(&self, at: &Url) -> Option<Told> {
        let fetched = self.get(at, &[OEMBED]).await.ok()?;
        oembed::read(&fetched.body, &fetched.url)
    }

    async fn with_image(&self, embed: Embed, image: Option<Url>, complete: bool) -> Found {
        let (image, is_final) = match image {
            None => (None, true),
            Some(url) => match self.get(&url, &[PICTURE]).await {
                Ok(fetched) => self
                    .keep(fetched.body.to_vec())
                    .await
                    .map_or((None, false), |image| (image, true)),
                Err(_) => (None, false),
            },
        };
        let embed = Embed { image, ..embed };
        Found {
            embed: embed.says_something().then_some(embed),
            complete: complete && is_final,
        }
    }

    /// Has a picture remade and kept; `Ok(None)` when it is none that can be shown, `Err` when nobody can tell now.
    async fn keep(&self, content: Vec<u8>) -> Result<Option<Image>, ()> {
        match self.pictures.keep_of_page(content).await {
            Ok(kept) => {
                let image = Image {
                    url: kept.url,
                    width: kept.width,
                    height: kept.height,
                    placeholder: None,
                };
                Ok(Some(image).filter(|image| image.width.min(image.height) >= SMALLEST_PICTURE))
            }
            Err(NotKept::Refused(refused)) if refused.code() == Code::InvalidArgument => Ok(None),
            Err(error) => {
                tracing::warn!(error.detail = %error, "the picture of a preview could not be kept");
                Err(())
            }
        }
    }
}

//! A preview, as clients see it and as it is kept.

use std::collections::BTreeSet;

use platform::{
    db::{Column, DbError, DbResult, Row},
    pictures::key_of,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EmbedKind {
    /// A page.
    Link,
    /// A picture, and nothing else.
    Image,
    /// A video with a player.
    Video,
    /// Something else with a player.
    Rich,
}

/// Whose player it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlayerKind {
    Youtube,
    Spotify,
    Twitter,
}

/// What plays it, in a frame. A client loads it when its user asks for it, and not before: whose player it is learns of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EmbedPlayer)]
pub(crate) struct Player {
    pub(crate) kind: PlayerKind,
    /// What is played, in the words of whose player it is.
    pub(crate) id: String,
    /// What the frame shows.
    pub(crate) url: String,
    /// The proportions of the frame.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// A picture, which Beep keeps itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EmbedImage)]
pub(crate) struct Image {
    /// Relative to the public URL.
    pub(crate) url: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What to show while it is loaded; null for none.
    pub(crate) placeholder: Option<String>,
}

/// The preview of a link in a message. All of its texts are those of the page: anybody can write anything there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "kind": "video", "provider": "YouTube",
    "title": "A song", "description": null, "author": "A singer", "color": null,
    "image": {"url": "/api/v1/pictures/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.jpg",
              "width": 480, "height": 360, "placeholder": null},
    "player": {"kind": "youtube", "id": "dQw4w9WgXcQ", "url": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
               "width": 16, "height": 9}
}))]
pub(crate) struct Embed {
    /// The link, as it stands in the message.
    pub(crate) url: String,
    pub(crate) kind: EmbedKind,
    /// Whose page it says it is; null when it says nothing.
    pub(crate) provider: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) author: Option<String>,
    /// `#rrggbb`.
    #[schema(pattern = "^#[0-9a-f]{6}$")]
    pub(crate) color: Option<String>,
    pub(crate) image: Option<Image>,
    pub(crate) player: Option<Player>,
}

impl Embed {
    /// One of which nothing is known but where it leads.
    pub(crate) fn bare(url: &str, kind: EmbedKind) -> Self {
        Self {
            url: url.to_owned(),
            kind,
            provider: None,
            title: None,
            description: None,
            author: None,
            color: None,
            image: None,
            player: None,
        }
    }

    /// Whether there is anything to show.
    pub(crate) fn says_something(&self) -> bool {
        self.title.is_some() || self.description.is_some() || self.image.is_some() || self.player.is_some()
    }

    /// The key of its picture.
    pub(crate) fn picture(&self) -> Option<String> {
        self.image.as_ref().map(|image| key_of(&image.url).to_owned())
    }
}

/// The previews of a message, in the order of its links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Embeds(pub(crate) Vec<Embed>);

impl Embeds {
    /// The keys of the pictures that they show.
    pub(crate) fn pictures(&self) -> BTreeSet<String> {
        self.0.iter().filter_map(Embed::picture).collect()
    }

    /// For the database; nothing when there are none.
    pub(crate) fn to_column(&self) -> Option<String> {
        (!self.0.is_empty())
            .then(|| serde_json::to_string(&self.0).ok())
            .flatten()
    }
}

impl Column for Embeds {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        match Option::<String>::read(row, index)? {
            None => Ok(Self::default()),
            Some(json) => serde_json::from_str(&json)
                .map(Self)
                .map_err(|error| DbError::Statement(error.to_string())),
        }
    }
}

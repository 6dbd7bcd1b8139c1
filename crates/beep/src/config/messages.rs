//! What becomes of messages.

use platform::http::{InvalidNetwork, Network};
use serde::Deserialize;

use super::setting::{ListItem, SettingType, section};

section! {
    /// What becomes of messages.
    Messages in "messages." {
        /// Whether links in messages get previews. For them the messages service contacts whatever people link to, and nothing
        /// inside: public addresses at the ports 80 and 443 only.
        link_previews: bool = Fixed("true");
        /// Addresses or networks that are not public, to which links may lead all the same, at any port. Whoever may write a
        /// message can have Beep look at what is there: name nothing that trusts its network.
        preview_allowed_networks: Vec<PreviewNetwork> = Fixed("");
    }
}

/// The address or the network of what may be previewed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PreviewNetwork {
    network: Network,
    text: String,
}

impl PreviewNetwork {
    /// The network.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for PreviewNetwork {
    type Error = InvalidNetwork;

    fn try_from(text: String) -> Result<Self, InvalidNetwork> {
        Ok(Self {
            network: text.trim().parse()?,
            text: text.trim().to_owned(),
        })
    }
}

impl SettingType for PreviewNetwork {
    const FORM: &'static str = "an address or a network";
    fn show(&self) -> String {
        self.text.clone()
    }
}

impl ListItem for PreviewNetwork {
    const LIST_FORM: &'static str = "a list of addresses or networks, such as [\"10.0.0.0/8\", \"::1\"]";
}

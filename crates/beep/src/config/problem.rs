//! What can be wrong with a configuration, in one line that names the setting and where it came from.

use std::path::PathBuf;

/// A configuration that Beep cannot run with.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration file {}: {detail}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not, on one line.
        detail: String,
    },
    /// A key that no setting has.
    #[error("{key} ({from}): there is no such setting{}", suggestion.map(|key| format!(", did you mean {key}?")).unwrap_or_default())]
    Unknown {
        /// What was set.
        key: String,
        /// Where.
        from: String,
        /// The setting that was perhaps meant.
        suggestion: Option<&'static str>,
    },
    /// A value that the setting cannot have, alone or beside the others.
    #[error("{key}{} ({from}): {detail}", value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default())]
    Invalid {
        /// The setting.
        key: String,
        /// The value, unless it may hold a secret.
        value: Option<String>,
        /// Where it was set.
        from: String,
        /// What it must be.
        detail: String,
    },
}

/// What a section found wrong with its own values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid {
    pub(super) key: &'static str,
    pub(super) detail: String,
}

impl Invalid {
    pub(super) fn new(key: &'static str, detail: impl Into<String>) -> Self {
        Self {
            key,
            detail: detail.into(),
        }
    }
}

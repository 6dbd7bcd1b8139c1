//! The environment of the process, read once and passed on, so that tests can have their own.

use std::{collections::BTreeMap, path::PathBuf};

/// What Beep's own variables start with.
const PREFIX: &str = "BEEP_";
/// Variables that are Beep's but not settings: the configuration file, and what tests are told.
const NOT_SETTINGS: [&str; 2] = ["BEEP_CONFIG", "BEEP_TEST_"];

/// Environment variables.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The environment of this process. Bytes that are not UTF-8 become replacement characters.
    #[must_use]
    pub fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let variables = std::env::vars_os();
        let text = |value: std::ffi::OsString| value.to_string_lossy().into_owned();
        Self(variables.map(|(name, value)| (text(name), text(value))).collect())
    }

    /// An environment of these variables.
    #[must_use]
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    /// The variables that are settings, by name.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.iter().any(|other| name.starts_with(other)))
    }

    /// The configuration file that `BEEP_CONFIG` names.
    pub(super) fn config_file(&self) -> Option<PathBuf> {
        self.get("BEEP_CONFIG").map(PathBuf::from)
    }

    /// Where programs keep their data, by the XDG base directory specification; `./data` for one without a home.
    pub(super) fn data_dir(&self) -> PathBuf {
        let absolute = |name| self.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let data_home = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
        data_home.map_or_else(|| PathBuf::from("data"), |home| home.join("beep"))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

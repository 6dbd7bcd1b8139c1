//! `services.toml`: the deployment units and who may call whom.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::tree;

/// A deployment unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// What it owns.
    pub owns: String,
    /// Whom it may call, and why.
    #[serde(default)]
    pub calls: BTreeMap<String, String>,
}

/// The units by name.
#[must_use]
pub fn units() -> BTreeMap<String, Unit> {
    toml::from_str(&tree::read("services.toml")).expect("services.toml has the form that this crate describes")
}

//! A folder for what a Beep keeps and says.

use std::path::{Path, PathBuf};

/// A folder below the system's temporary one. It is removed by its Beep, or by the guard of its processes when the test
/// program ends without having done so.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("beep-test-").tempdir().unwrap().keep())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

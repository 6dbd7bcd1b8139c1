//! Where pictures and files are kept.

use std::path::PathBuf;

use super::setting::section;

section! {
    /// Where pictures and files are kept.
    Storage in "storage." {
        /// The folder for pictures and files.
        directory: PathBuf = Derived("<data_dir>/files");
    }
}

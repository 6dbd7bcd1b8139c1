//! Where the index of messages is kept.

use std::path::PathBuf;

use super::setting::section;

section! {
    /// Where the index of messages is kept.
    Search in "search." {
        /// The folder of the index by which messages are found. Each process with the search service has its own. It holds
        /// nothing that cannot be made again: without it, it is made anew from the messages, in the background. `beep search
        /// rebuild` makes it anew, too: see [search.md](search.md).
        directory: PathBuf = Derived("<data_dir>/search");
    }
}

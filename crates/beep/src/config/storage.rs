//! Where pictures and files are kept.

use std::path::PathBuf;

use super::setting::section;

section! {
    /// Where pictures and files are kept.
    Storage in "storage." {
        /// The folder for pictures and files.
        directory: PathBuf = Derived("<data_dir>/files");
        /// The largest file that can be attached to a message, in bytes. Where services are apart, the same for `messages` and
        /// `edge`.
        attachment_bytes: u64 = Fixed("104857600"), 1 ..= 1_099_511_627_776;
        /// How much all files of a user may take, in bytes. What they delete, or do not send within a day, makes room. Where
        /// services are apart, the same for `messages` and `edge`.
        bytes_per_user: u64 = Fixed("5368709120"), 1 ..= 1_125_899_906_842_624;
    }
}

//! Files with secret keys, made when they are missing and readable for their owner only.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::Secret;

/// What the file holds; when it is missing, what `new` makes is written there first.
pub(super) fn open(file: &Path, new: impl FnOnce() -> Secret<Vec<u8>>) -> io::Result<Secret<Vec<u8>>> {
    let content = match fs::read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(file, &new())?;
            fs::read(file)?
        }
        read => read?,
    };
    Ok(Secret::new(content))
}

/// Writes a new key beside the file and links it there: of two processes that start at once, one wins, and no one ever
/// sees half a key.
fn create(file: &Path, key: &Secret<Vec<u8>>) -> io::Result<()> {
    let draft = file.with_extension(format!("{}.new", std::process::id()));
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let written = out
        .write_all(key.expose())
        .and_then(|()| out.sync_all())
        .and_then(|()| match fs::hard_link(&draft, file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        });
    fs::remove_file(&draft)?;
    written
}

//! The files of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders of what is generated, installed or run, at any depth.
const NOT_OURS: [&str; 7] = [
    ".git",
    "target",
    "node_modules",
    "dist",
    "data",
    "artefacts",
    "proptest-regressions",
];

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the root of the repository")
}

/// The paths below `folder` of files with one of the extensions, relative to the root, sorted.
#[must_use]
pub fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root(), Path::new(folder), extensions, &mut found);
    found.sort();
    found
}

fn walk(root: &Path, folder: &Path, extensions: &[&str], found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries.map(|entry| entry.expect("an entry of a folder")) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = folder.join(&name);
        if entry.file_type().expect("the type of a file").is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                walk(root, &path, extensions, found);
            }
        } else if path
            .extension()
            .is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
        {
            found.push(path.to_string_lossy().trim_start_matches("./").to_owned());
        }
    }
}

/// The text of a file, by its path relative to the root.
#[must_use]
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

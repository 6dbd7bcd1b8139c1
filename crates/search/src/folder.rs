//! The folder of the index: which process has it, which index in it answers, and whether it is wanted anew.
//!
//! `current` says which index answers, by its number; it lies in the folder `index-<number>`. While it is made anew, the next one
//! grows beside it. The file `rebuild` says that it is wanted anew, and is there until it has been: whatever ends in between,
//! it is gone on with. Nothing else in the folder is touched.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

/// Held by the process that has the folder.
const LOCK: &str = "lock";
/// Which index answers.
const CURRENT: &str = "current";
/// That the index is wanted anew; in it, how many messages have been taken so far.
const WANTED: &str = "rebuild";
/// What the folder of an index begins with.
const INDEX: &str = "index-";
/// How long to wait for a process that is about to end, or only looks whether the folder is in use.
const LOCK_WITHIN: Duration = Duration::from_secs(2);

/// The folder, which this process has.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    current: AtomicU64,
    _lock: File,
}

impl Folder {
    /// Takes the folder, which is made if it is not there, and takes away what no index in it needs any more.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK))?;
        take(&lock)?;
        let current = read_number(&path.join(CURRENT));
        if current.is_none() {
            forget_earlier_form(path)?;
            write_whole(path, CURRENT, "1")?;
        }
        let folder = Self {
            path: path.to_owned(),
            current: AtomicU64::new(current.unwrap_or(1)),
            _lock: lock,
        };
        folder.tidy()?;
        Ok(folder)
    }

    fn of(&self, number: u64) -> PathBuf {
        self.path.join(format!("{INDEX}{number}"))
    }

    /// Where the index lies that answers.
    pub(crate) fn current(&self) -> PathBuf {
        self.of(self.current.load(Ordering::SeqCst))
    }

    /// Where the index lies that is to answer once it is whole.
    pub(crate) fn next(&self) -> PathBuf {
        self.of(self.current.load(Ordering::SeqCst) + 1)
    }

    /// Whether the index is wanted anew.
    pub(crate) fn is_wanted(&self) -> io::Result<bool> {
        self.path.join(WANTED).try_exists()
    }

    /// Says how many messages the next index has taken so far, to whoever waits for it.
    pub(crate) fn tell(&self, messages: u64) -> io::Result<()> {
        write_whole(&self.path, WANTED, &messages.to_string())
    }

    /// From now on, whatever ends, the next index is the one that answers.
    pub(crate) fn advance(&self) -> io::Result<()> {
        let next = self.current.load(Ordering::SeqCst) + 1;
        write_whole(&self.path, CURRENT, &next.to_string())?;
        self.current.store(next, Ordering::SeqCst);
        Ok(())
    }

    /// The index has been made anew.
    pub(crate) fn is_done(&self) -> io::Result<()> {
        match fs::remove_file(self.path.join(WANTED)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes away the folders of all indexes that do not answer and are not being made.
    pub(crate) fn tidy(&self) -> io::Result<()> {
        let mut kept = vec![self.current()];
        if self.is_wanted()? {
            kept.push(self.next());
        }
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let number = name.strip_prefix(INDEX).and_then(|number| number.parse::<u64>().ok());
            if number.is_some() && !kept.contains(&path) {
                fs::remove_dir_all(&path)?;
            }
        }
        Ok(())
    }
}

/// Takes the lock, and waits a moment for whoever has it.
fn take(lock: &File) -> io::Result<()> {
    let until = Instant::now() + LOCK_WITHIN;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < until => sleep(Duration::from_millis(20)),
            Err(error) => return Err(error.into()),
        }
    }
}

fn read_number(path: &Path) -> Option<u64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Writes a file that is there with all of its content or not at all.
fn write_whole(folder: &Path, name: &str, content: &str) -> io::Result<()> {
    let beside = folder.join(format!("{name}.new"));
    let mut file = File::create(&beside)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// Takes away an index of the form in which it lay in the folder itself.
fn forget_earlier_form(folder: &Path) -> io::Result<()> {
    const FORM: &str = "meta.json";
    const FILES: &str = ".managed.json";
    if !folder.join(FORM).try_exists()? {
        return Ok(());
    }
    let files = fs::read(folder.join(FILES)).unwrap_or_default();
    let mut files: Vec<String> = serde_json::from_slice(&files).unwrap_or_default();
    files.retain(|name| Path::new(name).file_name().is_some_and(|plain| plain == name.as_str()));
    let others = [FORM, FILES, ".tantivy-writer.lock", ".tantivy-meta.lock"];
    files.extend(others.map(str::to_owned));
    for name in files {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// What becomes of the wish that the index be made anew.
#[derive(Debug)]
pub enum Asked {
    /// There is none yet: it is made with the next start.
    Nothing,
    /// Nobody uses it at the moment: it is made anew from the next start on.
    AtStart,
    /// A running process makes it anew.
    Now(Rebuilding),
}

/// How far a running process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many messages have been taken so far.
    Taken(u64),
    /// The index has been made anew, and answers.
    Done,
    /// The process has ended before. The next one goes on.
    Ended,
}

/// An index that a running process makes anew.
#[derive(Debug)]
pub struct Rebuilding(PathBuf);

/// Asks that the index in this folder be made anew: of the process that uses it, or of the next one.
///
/// # Errors
/// The folder cannot be read or written.
pub fn ask_for_rebuild(folder: &Path) -> io::Result<Asked> {
    if !folder.try_exists()? {
        return Ok(Asked::Nothing);
    }
    let wanted = folder.join(WANTED);
    if !wanted.try_exists()? {
        write_whole(folder, WANTED, "0")?;
    }
    Ok(if is_in_use(folder)? {
        Asked::Now(Rebuilding(folder.to_owned()))
    } else {
        Asked::AtStart
    })
}

fn is_in_use(folder: &Path) -> io::Result<bool> {
    match File::open(folder.join(LOCK)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(lock) => match lock.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        },
    }
}

impl Rebuilding {
    /// How far it is.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn progress(&self) -> io::Result<Progress> {
        // In this order: whoever is done and ends is done.
        let in_use = is_in_use(&self.0)?;
        let wanted = self.0.join(WANTED);
        Ok(if !wanted.try_exists()? {
            Progress::Done
        } else if in_use {
            Progress::Taken(read_number(&wanted).unwrap_or(0))
        } else {
            Progress::Ended
        })
    }
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;

//! One process of Beep, which never outlives the test program.

use std::{
    ffi::OsString,
    fs::OpenOptions,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::patience;

/// How long a process may take to stop when it is asked to: Beep's own drain takes ten seconds at most.
const STOPPED_WITHIN: Duration = Duration::from_secs(30);

/// Kills the process that it is given, and removes the folder, when its input ends.
const GUARD: &str = r#"trap '' TERM INT HUP; cat; kill -9 "$1" 2>/dev/null; rm -rf -- "$2""#;

/// How a process is started, each time anew.
pub(super) struct Launch {
    /// Beep, or another program by its name.
    pub(super) program: Option<&'static str>,
    pub(super) arguments: Vec<String>,
    pub(super) settings: Vec<(String, String)>,
    /// How many open files it may have at first, unless it asks for more; none: as many as the test program.
    pub(super) open_files: Option<u32>,
    /// The network namespace that it lives in; none: the one of the test program.
    pub(super) namespace: Option<String>,
    /// What it says is added to this file.
    pub(super) log: PathBuf,
}

/// A running process. It is killed with this value; a guard kills it when the test program ends before.
pub(super) struct Process {
    child: Child,
    guard: Child,
}

/// Another command of the program than to serve, with the same options and settings.
pub(super) fn command(launch: &Launch, words: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(words)
        .args(launch.arguments.iter().skip(1))
        .envs(launch.settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Where the program is: named by the environment, or beside the test in the target folder.
fn binary() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment what to test"
    )]
    let named = std::env::var_os("BEEP_TEST_BINARY").map(PathBuf::from);
    let binary = named.unwrap_or_else(|| {
        let test = std::env::current_exe().unwrap();
        test.parent().and_then(Path::parent).unwrap().join("beep")
    });
    assert!(
        binary.exists(),
        "{} is missing: `cargo build -p beep` first, or name a program in BEEP_TEST_BINARY",
        binary.display()
    );
    binary
}

impl Process {
    pub(super) fn start(launch: &Launch) -> Self {
        let log = OpenOptions::new().create(true).append(true).open(&launch.log).unwrap();
        let program = launch.program.map_or_else(binary, PathBuf::from);
        // Each becomes the next: signals reach the program as if it had been started directly.
        let mut line = vec![program.into_os_string()];
        if let Some(files) = launch.open_files {
            let files = files.to_string();
            let first = ["sh", "-c", r#"ulimit -Sn "$0"; exec "$@""#, &files];
            line.splice(0..0, first.map(OsString::from));
        }
        if let Some(namespace) = &launch.namespace {
            line.splice(0..0, ["ip", "netns", "exec", namespace].map(OsString::from));
        }
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]);
        let child = command
            .args(&launch.arguments)
            .envs(launch.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("Beep does not start");
        // The guard waits for the end of its input, which is the end of this program if nobody ended the guard before.
        // Whoever asks all processes of a test run to stop leaves it its work.
        let guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(child.id().to_string())
            .arg(launch.log.parent().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("sh");
        Self { child, guard }
    }

    /// Fails when it has ended by itself.
    pub(super) fn assert_alive(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("Beep has ended by itself: {status}");
        }
    }

    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Kills it and waits for its end.
    pub(super) fn kill(self) {
        drop(self);
    }

    /// Asks it to stop, and answers with its exit code.
    pub(super) async fn stop(mut self) -> Option<i32> {
        signal(self.child.id(), "TERM");
        let child = &mut self.child;
        let status = patience::until(STOPPED_WITHIN, "Beep stops", async || child.try_wait().unwrap()).await;
        status.code()
    }
}

/// Sends a signal to a process.
fn signal(id: u32, name: &str) {
    let status = Command::new("sh")
        .args(["-c", r#"kill -s "$1" "$2""#, "signal", name, &id.to_string()])
        .status()
        .unwrap();
    assert!(status.success(), "process {id} could not be sent {name}");
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

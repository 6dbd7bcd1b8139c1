//! The program as an operator meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::process::{Command, Output};

fn beep(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beep"));
    command.env_clear().args(arguments).output().expect("beep starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_wrong_configuration_is_one_line_and_exit_code_2() {
    for arguments in [
        &["serve", "--listen", "8080"][..],
        &["config", "check", "--listen", "8080"],
        &["serve", "--config", "/nowhere/beep.toml"],
        &["serve", "--database-url", "mysql://db/beep"],
    ] {
        let output = beep(arguments);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{arguments:?}: {complaint}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
    assert!(
        text(&beep(&["serve", "--listen", "8080"]).stderr)
            .starts_with("beep: listen = \"8080\" (option --listen): must be")
    );
}

#[test]
fn config_check_explains_without_doing() {
    let folder = std::env::temp_dir().join(format!("beep-check-{}", std::process::id()));
    let output = beep(&["config", "check", "--data-dir", folder.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("option --data-dir"));
    assert!(!folder.exists(), "a check must not create anything");
}

#[test]
fn the_version_is_that_of_the_workspace() {
    assert_eq!(
        text(&beep(&["--version"]).stdout),
        format!("beep {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_cannot_be_used_ends_the_start_with_its_key_and_without_its_secret() {
    let server = s3_server::S3Server::start().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data").display().to_string();
    for (bucket, secret, expected) in [
        (
            s3_server::BUCKET,
            "a secret that opens nothing",
            "beep: the storage service cannot start: storage.s3.secret_access_key = …: it answers 403 SignatureDoesNotMatch",
        ),
        (
            "another",
            s3_server::SECRET_ACCESS_KEY,
            "beep: the storage service cannot start: storage.s3.bucket = another: it answers 404 NoSuchBucket",
        ),
    ] {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", &data];
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_beep"));
        command
            .env_clear()
            .args(serve)
            .env("BEEP_STORAGE__OBJECTS", "s3")
            .env("BEEP_STORAGE__S3__ENDPOINT", server.endpoint())
            .env("BEEP_STORAGE__S3__BUCKET", bucket)
            .env("BEEP_STORAGE__S3__ACCESS_KEY_ID", s3_server::ACCESS_KEY_ID)
            .env("BEEP_STORAGE__S3__SECRET_ACCESS_KEY", secret);
        let output = command.kill_on_drop(true).output();
        let output = tokio::time::timeout(std::time::Duration::from_mins(1), output).await;
        let output = output.expect("it ends").expect("beep starts");
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(complaint.starts_with(expected), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(
            !format!("{complaint}{}", text(&output.stdout)).contains(secret),
            "{complaint}"
        );
    }
}

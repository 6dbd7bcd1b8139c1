//! Whether Beep answers as its contract says, asked by schemathesis: thousands of requests made from the contract, good ones
//! and bad ones. It finds no fault of the server and no status, header or body that the contract does not describe.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use api::{
    beep::{Beep, Database, Setup},
    left_out::left_out,
    people::{Person, Server, id, picture, text},
};

/// How many requests are made up for each operation, at most, beside those that are made of the contract alone.
const EXAMPLES: u32 = 20;
/// Operations that end what the others are about. They come last.
const ENDINGS: [&str; 8] = [
    // While the caller owns a server: otherwise the sign-ins end.
    "begin_deletion",
    "revoke_invitation",
    "delete_message",
    "delete_role",
    "delete_channel",
    "leave_server",
    "destroy_server",
    "end_session",
];
/// After it the caller is nobody.
const LAST: &str = "logout";

/// Its body is bytes of a file, of a type that schemathesis cannot write.
const NO_KNOWN_BODY: &str = "append_to_attachment";

/// Where schemathesis is.
fn schemathesis() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment where programs are"
    )]
    std::env::var_os("BEEP_TEST_SCHEMATHESIS").map(PathBuf::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_one_that_the_contract_describes() {
    let Some(program) = schemathesis() else {
        return left_out("BEEP_TEST_SCHEMATHESIS does not say where schemathesis is (scripts/test does)");
    };
    let beep = Setup::default().start(Database::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let person = Person::sign_up(&beep).await;
    write_settings(folder.path(), &person).await;
    let run = Run {
        program: &program,
        folder: folder.path(),
        beep: &beep,
        person: &person,
    };
    let mut endings: Vec<&str> = ENDINGS.to_vec();
    endings.push(LAST);
    run.of(&without(&[&endings[..], &[NO_KNOWN_BODY]].concat()));
    for ending in endings {
        run.of(&["--include-operation-id".to_owned(), ending.to_owned()]);
    }
}

fn without(operations: &[&str]) -> Vec<String> {
    let options = operations.iter();
    options
        .flat_map(|operation| ["--exclude-operation-id".to_owned(), (*operation).to_owned()])
        .collect()
}

/// Says which things there are, so that requests are not only about what there is not.
async fn write_settings(folder: &Path, person: &Person) {
    let server: Server = person.create_server("public").await;
    let message = person.send_message(&server, "Hello").await;
    let path = format!("{}/invitations", server.path());
    let link = person.post(&path, serde_json::json!({})).await.expect(201);
    let role = person.create_role(&server, &[]).await;
    let me = person.put_avatar(picture(1)).await.expect(200);
    let avatar = text(&me["avatar_url"]);
    let picture = avatar.rsplit('/').next().unwrap();
    let settings = format!(
        r#"
[parameters]
"path.server_id" = "{}"
"path.channel_id" = "{}"
"path.message_id" = "{}"
"path.user_id" = "{}"
"path.code" = "{}"
"path.role_id" = "{role}"
"path.target_id" = "{role}"
"path.name" = "{picture}"

# What no schema can say is answered 422: a channel that is in another server, a name of spaces alone. A link that nobody was
# sent is 410, whatever else there is to say.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "413", "422", "429"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "410", "415", "422", "428", "429", "5xx"]

# It writes names of parts of a form in bytes that no header has.
[[operations]]
include-operation-id = ["put_avatar", "put_own_banner", "put_icon", "put_banner"]
checks.positive_data_acceptance.enabled = false

# Uploads in pieces have the answers of their protocol (tus: 412 for another version), which tests of their own look at; and a
# name of a part of a form may be in bytes that no header has.
[[operations]]
include-operation-id = ["create_attachment", "head_attachment"]
checks.positive_data_acceptance.enabled = false
checks.negative_data_rejection.enabled = false
checks.missing_required_header.enabled = false

# A log-out token that the identity manager did not sign is answered 400, as its protocol wants it.
[[operations]]
include-operation-id = ["backchannel_logout"]
checks.positive_data_acceptance.enabled = false

# It cannot begin a WebSocket.
[[operations]]
include-operation-id = ["connect"]
checks.positive_data_acceptance.enabled = false
"#,
        server.id,
        server.channel_id,
        id(&message),
        person.id,
        text(&link["code"])
    );
    std::fs::write(folder.join("schemathesis.toml"), settings).unwrap();
}

struct Run<'a> {
    program: &'a Path,
    folder: &'a Path,
    beep: &'a Beep,
    person: &'a Person,
}

impl Run<'_> {
    /// Asks these operations.
    fn of(&self, operations: &[String]) {
        let mut command = Command::new(self.program);
        command
            .current_dir(self.folder)
            .args(["--config-file", "schemathesis.toml", "run"])
            .arg(format!("{}/api/v1/openapi.json", self.beep.url()))
            .args(["--header", &format!("Authorization: Bearer {}", self.person.token)])
            .args(["--max-examples", &EXAMPLES.to_string(), "--generation-deterministic"])
            // The same every time, and every failure at once.
            .args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure"])
            .args(["--request-timeout", "30", "--warnings", "off", "--no-color"])
            .args(operations);
        let output = command.output().expect("schemathesis starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "answers that the contract does not describe:\n{said}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

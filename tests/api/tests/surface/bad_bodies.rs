//! Bodies that are no JSON, too deep, ambiguous, too large or of the wrong type, for every operation that takes JSON: each is
//! refused with a problem that the contract describes.

use std::collections::{BTreeMap, BTreeSet};

use api::{
    beep::{Database, Shared, shared},
    contract,
    http::{Answer, Body, Caller, Credentials},
    people::{Person, id},
};

use crate::authorisation::table::{Row, Sample, rows};

type Problems = BTreeMap<(String, String), BTreeSet<(u16, String)>>;

/// Texts that no reader may take for an object.
fn not_json() -> Vec<Vec<u8>> {
    let texts = [
        "",
        " ",
        "{",
        "}",
        "null",
        "true",
        "7",
        "\"text\"",
        "[]",
        "[{}]",
        "{} {}",
        "{},",
        "{\"a\":}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":1e999}",
        "{\"a\":01}",
        "{\"a\":1,}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "{\"x\":{\"a\":1,\"a\":2}}",
        "\u{feff}{}",
        "/**/{}",
        "<a/>",
        "a=1&b=2",
    ];
    let deep =
        |open: &str, close: &str, depth: usize| format!("{{\"a\":{}1{}}}", open.repeat(depth), close.repeat(depth));
    let mut all: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    all.push(deep("[", "]", 32).into_bytes());
    all.push(deep("{\"a\":", "}", 32).into_bytes());
    all.push(deep("[", "]", 30_000).into_bytes());
    all.push("[".repeat(60_000).into_bytes());
    all.push(b"{\"a\":\"\xff\"}".to_vec());
    all.push(b"{\"a\":\"\xed\xa0\x80\"}".to_vec());
    all.push(b"{\"\xc0\xaf\":1}".to_vec());
    all.push(vec![0; 16]);
    all
}

/// Somebody for whom every operation would be done, and what paths of operations name.
struct Stage {
    beep: Shared,
    owner: Person,
    values: [(&'static str, String); 9],
    problems: Problems,
}

impl Stage {
    async fn new() -> Self {
        let beep = shared(Database::Sqlite).await;
        let owner = Person::sign_up(&beep).await;
        let server = owner.create_server("public").await;
        let message = owner.send_message(&server, "here").await;
        let role_id = owner.create_role(&server, &[]).await;
        Self {
            values: [
                ("{server_id}", server.id.clone()),
                ("{channel_id}", server.channel_id.clone()),
                ("{message_id}", id(&message)),
                ("{user_id}", owner.id.clone()),
                ("{role_id}", role_id.clone()),
                ("{target_id}", role_id),
                ("{passkey_id}", "1".to_owned()),
                ("{provider_id}", "google".to_owned()),
                ("{emoji}", "%F0%9F%91%8D".to_owned()),
            ],
            problems: contract::problems(&beep).await,
            owner,
            beep,
        }
    }

    async fn send(&self, row: &Row, caller: &Caller, body: Body) -> Answer {
        let path = self
            .values
            .iter()
            .fold(row.path.to_owned(), |path, (name, value)| path.replace(name, value));
        let answer = caller.send(row.method, &path, body).await;
        let documented = &self.problems[&(row.method.to_owned(), row.path.to_owned())];
        assert!(
            answer.status < 300 || documented.contains(&(answer.status, answer.code())),
            "{} {} answers what its contract does not describe: {}",
            row.method,
            row.path,
            answer.text()
        );
        answer
    }
}

fn rows_with_json() -> Vec<Row> {
    let takes_json = |row: &Row| matches!(row.sample, Sample::Json(_));
    rows().into_iter().filter(takes_json).collect()
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(60).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_refused_as_such() {
    let stage = Stage::new().await;
    for row in rows_with_json() {
        for body in not_json() {
            // Without a body, the refresh token is looked for among the cookies.
            if row.path == "/auth/refresh" && body.is_empty() {
                continue;
            }
            let what = format!("{} {}: {}", row.method, row.path, shown(&body));
            let answer = stage
                .send(&row, &stage.owner, Body::Raw("application/json", body))
                .await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (400, "malformed_json"),
                "{what}: {}",
                answer.text()
            );
        }
    }
    stage.owner.get("/users/@me").await.expect(200);
    assert!(!stage.beep.log().contains("panicked"), "a panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_are_refused_before_they_are_read() {
    let stage = Stage::new().await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024)).into_bytes();
    for row in rows_with_json() {
        let what = format!("{} {}", row.method, row.path);
        let body = Body::Raw("application/json", large.clone());
        let answer = stage.send(&row, &stage.owner, body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (413, "body_too_large"),
            "{what}: {}",
            answer.text()
        );
        let body = Body::Unannounced("application/json", large.clone());
        let answer = stage.send(&row, &stage.owner, body).await;
        assert_eq!(
            answer.status,
            413,
            "{what}, its length not announced: {}",
            answer.text()
        );
    }
    for path in ["/users/@me/avatar", "/users/@me/banner"] {
        let file = Body::File(vec![0; 9 * 1024 * 1024]);
        let answer = stage.owner.send("PUT", path, file).await;
        answer.is_problem(413, "body_too_large");
        let file = Body::File(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec());
        let answer = stage.owner.send("PUT", path, file).await;
        answer.is_problem(422, "picture_type_unsupported");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_another_type_are_refused() {
    let stage = Stage::new().await;
    // What a form of a foreign page can send without asking first is among these.
    let kinds = [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
    ];
    for row in rows_with_json().iter().filter(|row| row.path != "/auth/refresh") {
        let Sample::Json(json) = &row.sample else {
            unreachable!()
        };
        for kind in kinds {
            let body = Body::Raw(kind, json.to_string().into_bytes());
            let answer = stage.send(row, &stage.owner, body).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (415, "unsupported_media_type"),
                "{} {} as {kind:?}: {}",
                row.method,
                row.path,
                answer.text()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_another_type_are_refused() {
    let stage = Stage::new().await;
    let values = ["1", "true", "[]", "{}", "1.5e300", "[\"a\"]"];
    for row in rows_with_json() {
        let Sample::Json(sample) = &row.sample else {
            unreachable!()
        };
        for field in sample.as_object().unwrap().keys() {
            for value in values {
                let mut body = sample.clone();
                body[field] = serde_json::from_str(value).unwrap();
                // A list, an object, or a number, is what is wanted there.
                if (sample[field].is_array() && value.starts_with('['))
                    || (sample[field].is_object() && value == "{}")
                    || (sample[field].is_number() && value == "1")
                {
                    continue;
                }
                let answer = stage
                    .send(
                        &row,
                        &stage.owner,
                        Body::Raw("application/json", body.to_string().into_bytes()),
                    )
                    .await;
                assert!(
                    matches!(answer.status, 400 | 422),
                    "{} {}: {field} = {value}: {}",
                    row.method,
                    row.path,
                    answer.text()
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_id_is_not_found() {
    let stage = Stage::new().await;
    let ids = [
        "0",
        "-1",
        "+1",
        "01",
        "1.0",
        "1e5",
        "9223372036854775808",
        "99999999999999999999",
        "abc",
        "%00",
        "%20",
        "1%20OR%201=1",
        "%D9%A1%D9%A2",
        "null",
        "undefined",
        "@me",
        "%2e%2e",
        "1%2F2",
        "%F0%9F%90%9D",
        "%ff",
    ];
    for row in rows().iter().filter(|row| row.path.contains("_id}")) {
        for parameter in [
            "{server_id}",
            "{channel_id}",
            "{message_id}",
            "{user_id}",
            "{role_id}",
            "{target_id}",
            "{session_id}",
            "{passkey_id}",
        ] {
            if !row.path.contains(parameter) {
                continue;
            }
            for wrong in ids {
                // Another operation, of whoever asks.
                if parameter == "{user_id}" && wrong == "@me" {
                    continue;
                }
                // Clients themselves make the path of another operation of this one.
                if wrong == "%2e%2e" && rows().iter().any(|other| is_one_up(row, parameter, other)) {
                    continue;
                }
                let path = row.path.replace(parameter, wrong);
                let odd = Row {
                    path: Box::leak(path.into_boxed_str()),
                    ..row.clone()
                };
                let body = match &row.sample {
                    Sample::Json(json) => Body::Json(json.clone()),
                    _ => Body::Empty,
                };
                let path = stage
                    .values
                    .iter()
                    .fold(odd.path.to_owned(), |path, (name, value)| path.replace(name, value));
                let answer = stage.owner.send(row.method, &path, body).await;
                assert!(
                    answer.status == 404 || answer.status == 400,
                    "{} {path}: {} {}",
                    row.method,
                    answer.status,
                    answer.text()
                );
                assert_ne!(answer.code(), "", "{path}: {}", answer.text());
            }
        }
    }
}

/// Whether `other` is what is asked when the parameter of `row`'s path is "..".
fn is_one_up(row: &Row, parameter: &str, other: &Row) -> bool {
    let Some((before, after)) = row.path.split_once(parameter) else {
        return false;
    };
    let above = before.trim_end_matches('/').rsplit_once('/').map(|(above, _)| above);
    other.method == row.method && above.is_some_and(|above| other.path == format!("{above}{after}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_may_be_anything() {
    let stage = Stage::new().await;
    let headers: [(&'static str, String); 9] = [
        ("authorization", "Bearer".to_owned()),
        ("authorization", format!("Bearer {}", "a.".repeat(3_000))),
        ("authorization", "\u{e9}".to_owned()),
        ("cookie", "beep_access=; beep_access".to_owned()),
        ("cookie", ";;;=;=;".repeat(200)),
        ("accept-language", "*;q=2,,\u{e9}".to_owned()),
        ("x-request-id", "<script>".to_owned()),
        ("traceparent", "00-zz-1-".to_owned()),
        ("if-none-match", "*".to_owned()),
    ];
    for header in headers {
        let shown = format!("{header:?}");
        let caller = stage.owner.with(Credentials::Browser(vec![header]));
        for path in ["/users/@me", "/auth/providers", "/servers/discover"] {
            let answer = caller.get(path).await;
            assert!(matches!(answer.status, 200 | 401 | 431), "{shown}: {}", answer.text());
            assert!(!answer.header("x-request-id").contains('<'), "{shown}");
        }
    }
}

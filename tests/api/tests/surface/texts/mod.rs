//! Whatever people write is either refused, and the field is named, or stored and given back exactly.

mod naughty;

use api::{
    beep::{Database, shared},
    http::Answer,
    people::{Person, newcomer},
};
use naughty::STRINGS;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

/// How a text is tidied up before it is stored.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// Ends cut, white space inside as single spaces, composed.
    OneLine,
    /// Line ends as line feeds, empty lines before and white space behind cut.
    Lines,
}

impl Form {
    fn of(self, text: &str) -> String {
        match self {
            Self::OneLine => text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect(),
            Self::Lines => {
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                text.trim_end().trim_start_matches('\n').to_owned()
            }
        }
    }
}

/// A field of text: how it is written and where it is read again.
struct Field {
    name: &'static str,
    form: Form,
    method: &'static str,
    path: String,
    read: String,
    others: Value,
}

async fn fields(person: &Person) -> Vec<Field> {
    use Form::{Lines, OneLine};
    let server = person.create_server("public").await;
    let message = person.send_message(&server, "before").await;
    let message = format!("{}/{}", server.messages(), api::people::id(&message));
    let field = |name, form, path: &str| Field {
        name,
        form,
        method: "PATCH",
        path: path.to_owned(),
        read: path.to_owned(),
        others: json!({}),
    };
    vec![
        field("first_name", OneLine, "/users/@me"),
        field("last_name", OneLine, "/users/@me"),
        field("biography", Lines, "/users/@me"),
        field("status_text", OneLine, "/users/@me"),
        field("name", OneLine, &server.path()),
        field("description", Lines, &server.path()),
        field("name", OneLine, &server.channel()),
        field("topic", OneLine, &server.channel()),
        field("content", Lines, &message),
        Field {
            method: "POST",
            read: String::new(),
            others: json!({ "kind": "folder" }),
            ..field("name", OneLine, &format!("{}/channels", server.path()))
        },
        Field {
            method: "POST",
            read: String::new(),
            ..field("content", Lines, &server.messages())
        },
    ]
}

fn refuses(answer: &Answer, field: &str) -> bool {
    let errors = answer.json()["errors"].clone();
    answer.status == 422 && errors.as_array().is_some_and(|errors| errors.len() == 1) && errors[0]["field"] == field
}

async fn write_everywhere(database: Database) {
    let beep = shared(database).await;
    let person = Person::sign_up(&beep).await;
    let (mut stored, mut refused) = (0, 0);
    for field in fields(&person).await {
        for text in STRINGS {
            let what = format!(
                "{database:?}: {} {} of {} {text:?}",
                field.method, field.name, field.path
            );
            let mut body = field.others.clone();
            body[field.name] = json!(text);
            let answer = person
                .send(field.method, &field.path, api::http::Body::Json(body))
                .await;
            if answer.status >= 300 {
                assert!(refuses(&answer, field.name), "{what}: {}", answer.text());
                refused += 1;
                continue;
            }
            let seen = if field.read.is_empty() {
                let path = format!("{}/{}", field.path, api::people::id(&answer.json()));
                person.get(&path).await.expect(200)
            } else {
                person.get(&field.read).await.expect(200)
            };
            let expected = field.form.of(text);
            // What is emptied may be told as nothing at all.
            let got = seen[field.name].as_str().unwrap_or_default();
            assert_eq!(got, expected, "{what}");
            assert_eq!(
                answer.json()[field.name].as_str().unwrap_or_default(),
                expected,
                "{what}"
            );
            stored += 1;
        }
    }
    assert!(stored > 300 && refused > 100, "{stored} stored, {refused} refused");
    assert!(!beep.log().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_refused_or_given_back_exactly() {
    futures::future::join_all(Database::all().into_iter().map(write_everywhere)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_searched_for_is_searched_for_or_refused() {
    for database in Database::all() {
        let beep = shared(database).await;
        let person = Person::sign_up(&beep).await;
        let server = person.create_server("public").await;
        let member = format!("{}/members", server.path());
        for text in STRINGS {
            for path in ["/servers/discover", &member] {
                let answer = person.search(path, text).await;
                assert!(
                    answer.status == 200 || refuses(&answer, "query"),
                    "{database:?}: {path} {text:?}: {}",
                    answer.text()
                );
            }
        }
        // A sign that means anything to the database means itself here.
        let name = json!({ "name": "100% sure_thing" });
        person.patch(&server.path(), name).await.expect(200);
        let finds = async |term: &str| {
            let found = person.search("/servers/discover", term).await.expect(200);
            found.to_string().contains(&server.id)
        };
        assert!(finds("100% sure_t").await && !finds("%0_ sure%").await && !finds("_00").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_up_with_anything_can_sign_in_with_it() {
    let beep = shared(Database::Sqlite).await;
    let nobody = api::http::Caller::nobody(beep.address);
    for text in STRINGS {
        for field in ["username", "email"] {
            let mut account = newcomer();
            account[field] = json!(text);
            let answer = nobody.post("/auth/register", account).await;
            assert!(
                answer.status == 201 || refuses(&answer, field),
                "{field} {text:?}: {}",
                answer.text()
            );
        }
        let credentials = json!({ "email": text, "password": text });
        let answer = nobody.post("/auth/login", credentials).await;
        assert!(
            matches!(answer.code().as_str(), "invalid_credentials" | "too_many_attempts"),
            "{text:?}: {}",
            answer.text()
        );
    }
    // Passwords are taken as they are, whatever is in them; a few, since each is hashed slowly on purpose.
    for text in [
        "pass\u{0}word\u{0}",
        "\u{202e}e\u{301}\u{e9} long enough 🐝🐝",
        "'; DROP TABLE users; --",
        "  spaces around  ",
    ] {
        let mut account = newcomer();
        account["password"] = json!(text);
        let person = Person::sign_up_as(&beep, account).await;
        person.sign_in_again().await;
        let cut = json!({ "email": person.email, "password": text.trim_end_matches([' ', '\0', '-']) });
        if cut["password"] != text {
            let answer = nobody.post("/auth/login", cut).await;
            answer.is_problem(401, "invalid_credentials");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_text_is_taken_and_one_character_more_is_not() {
    for database in Database::all() {
        let beep = shared(database).await;
        let person = Person::sign_up(&beep).await;
        let server = person.create_server("public").await;
        let message = person.send_message(&server, "before").await;
        let message = format!("{}/{}", server.messages(), api::people::id(&message));
        for (field, path, most) in [
            ("first_name", "/users/@me", 64),
            ("last_name", "/users/@me", 64),
            ("biography", "/users/@me", 500),
            ("status_text", "/users/@me", 128),
            ("name", &server.path(), 100),
            ("description", &server.path(), 1_000),
            ("name", &server.channel(), 100),
            ("topic", &server.channel(), 1_024),
            ("content", &message, 4_000),
        ] {
            // Each takes four bytes, and two units in the languages of browsers.
            let longest = "🐝".repeat(most);
            let seen = person.patch(path, json!({ field: longest })).await.expect(200);
            assert_eq!(seen[field], longest, "{database:?}: {path} {field}");
            let answer = person.patch(path, json!({ field: format!("{longest}b") })).await;
            assert!(
                refuses(&answer, field),
                "{database:?}: {path} {field}: {}",
                answer.text()
            );
            assert_eq!(answer.json()["errors"][0]["code"], "too_long");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_and_cursors_of_any_kind_are_taken_or_refused() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let server = person.create_server("public").await;
    person.send_message(&server, "one").await;
    let members = format!("{}/members", server.path());
    for path in [&server.messages(), &members, "/servers/discover"] {
        for query in [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=65536",
            "limit=",
            "limit=abc",
            "limit=1&limit=2",
            "limit=1e1",
        ] {
            let answer = person.get(&format!("{path}?{query}")).await;
            assert!(
                matches!(
                    (answer.status, answer.code().as_str()),
                    (422, "invalid") | (400, "malformed_query")
                ),
                "{path}?{query}: {} {}",
                answer.status,
                answer.text()
            );
        }
        for query in ["limit=1", "limit=100", "unknown=1", "%ff=%ff"] {
            person.get(&format!("{path}?{query}")).await.expect(200);
        }
    }
    for cursor in ["before", "after", "around"] {
        for text in ["0", "-1", "abc", "", "99999999999999999999", "%00", "1.5"] {
            let answer = person.get(&format!("{}?{cursor}={text}", server.messages())).await;
            assert!(
                matches!(
                    (answer.status, answer.code().as_str()),
                    (422, "invalid") | (400, "malformed_query")
                ),
                "{cursor}={text}: {} {}",
                answer.status,
                answer.text()
            );
        }
        let page = person
            .get(&format!("{}?{cursor}=9223372036854775807", server.messages()))
            .await;
        page.expect(200);
    }
}
